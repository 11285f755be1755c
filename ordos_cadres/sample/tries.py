"""Two files for an officer to try: one with planted faults, and the same mended.

The mended file corrects figures of 2026Q2 and brings some that were missing, so that scores change.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from cadres.enums import PostClass
from foundation.tabular.writing import Written, write_xlsx
from ordos_cadres.sample.draws import draws
from ordos_cadres.sample.figures import Figure
from ordos_cadres.sample.people import Person, spell_rows
from ordos_cadres.sample.sheets import COLUMNS, SHEET, cells

FOLDER = "try"
FAULTY, MENDED = "有错误的上传示例.xlsx", "改好的上传示例.xlsx"
PERIOD = "2026Q2"
PEOPLE = 12
LATE = 3
"""The last of these people have no OT01 in the first files of the quarter: the mended file brings it."""
EXAMPLE_UNIT = "150627"
SERVED_SINCE = 2025

EMPLOYEE_NO, NAME, UNIT_CODE, INDICATOR, PERIOD_COLUMN, VALUE = "A", "B", "C", "D", "E", "F"


@dataclass(frozen=True)
class Planted:
    """One planted fault: where it stands, its code, and what stands there."""

    row: int
    column: str
    code: str
    value: str


def example_people(everybody: Sequence[Person]) -> list[Person]:
    """Deputies of one banner and then of others who served in one post throughout the quarter."""
    away = {row.employee_no for row in spell_rows(everybody)}
    steady = [
        person
        for person in everybody
        if person.number not in away
        and len(person.posts) == 1
        and person.posts[0].post_class == PostClass.DEPUTY
        and person.posts[0].starts_on.year < SERVED_SINCE
    ]
    own = [person for person in steady if person.posts[0].unit_code == EXAMPLE_UNIT]
    others = [person for person in steady if person.posts[0].unit_code != EXAMPLE_UNIT]
    return [*own, *others][:PEOPLE]


def is_late(figure: Figure, late: Collection[str]) -> bool:
    """Whether a figure is kept out of the first files because the mended file brings it."""
    return figure.subject in late and (figure.indicator, figure.period) == ("OT01", PERIOD)


def late_people(everybody: Sequence[Person]) -> frozenset[str]:
    """Employee numbers of those whose tasks of the quarter come late."""
    return frozenset(person.number for person in example_people(everybody)[-LATE:])


def mended_rows(figures: Sequence[Figure], everybody: Sequence[Person]) -> list[list[Written]]:
    """Figures of the quarter for the example people, partly corrected, partly new."""
    people = {person.number: place for place, person in enumerate(example_people(everybody))}
    rows: list[list[Written]] = []
    for figure in figures:
        if figure.subject not in people or figure.period != PERIOD or figure.indicator not in ("OT01", "JY03"):
            continue
        rows.append(list(cells(_revised(figure, people[figure.subject]))))
    return rows


def _revised(figure: Figure, place: int) -> Figure:
    """Every second task list was closed better than first reported; nothing passes its bound."""
    if figure.indicator != "OT01" or place % 2 or not isinstance(figure.value, Decimal):
        return figure
    return replace(figure, value=min(figure.value + draws("mended", place).randrange(2, 6), Decimal(120)))


def faulty_rows(mended: Sequence[Sequence[Written]]) -> tuple[list[list[Written]], tuple[Planted, ...]]:
    """The mended rows with faults planted at known cells. The heading is row 1 of the sheet."""
    rows = [list(row) for row in mended]
    planted: list[Planted] = []

    def plant(row: int, column: str, code: str, value: str) -> None:
        rows[row - 2][ord(column) - ord("A")] = value
        planted.append(Planted(row, column, code, value))

    without_zeros = str(int(str(rows[2][0])))
    plant(4, EMPLOYEE_NO, "employee_unknown", without_zeros)
    plant(6, VALUE, "not_a_number", "9_5")
    plant(8, VALUE, "too_many_places", "96.375")
    plant(10, INDICATOR, "indicator_unknown", "OT10")
    plant(12, PERIOD_COLUMN, "period_kind", "2026-06")
    plant(14, PERIOD_COLUMN, "period_unknown", "2026Q5")
    plant(16, VALUE, "out_of_bounds", "950")
    plant(18, NAME, "name_mismatch", "样某某")
    twice = [*rows[18]]
    twice[5], twice[6] = "61.5", None
    rows.append(twice)
    planted.append(Planted(20, VALUE, "duplicate_conflict", str(rows[18][5])))
    planted.append(Planted(len(rows) + 1, VALUE, "duplicate_conflict", "61.5"))
    return rows, tuple(planted)


def write_tries(folder: Path, mended: Sequence[Sequence[Written]]) -> tuple[Planted, ...]:
    """Write both files; returns what was planted."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    faulty, planted = faulty_rows(mended)
    for name, rows in ((MENDED, mended), (FAULTY, faulty)):
        with (place / name).open("wb") as stream:
            write_xlsx(COLUMNS, rows, stream, sheet=SHEET)
    return planted
