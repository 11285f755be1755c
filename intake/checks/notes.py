"""Rows below the table that are no data: totals, notes, who filled it in.

They are errors until the officer says that they are no data; nothing is skipped silently. Told by
their own words alone, never by what exists: so they tell nobody anything.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from foundation.tabular.folding import fold_heading, trim
from foundation.tabular.headings import match_headings
from foundation.tabular.table import FileProblem, SheetRow, Table
from intake.long_form import HEADINGS

NOTES_MOST = 100
"""Where more rows than these look like notes, the table itself is wrong."""

_TOTALS = frozenset(
    ("合计", "总计", "小计", "共计", "累计", "平均", "平均值", "均值", "total", "subtotal", "sum", "average")
)
_SENTENCE = re.compile("[\u4e00-\u9fff)）][:：]|[。；]|^[※*＊]")
_HAN = re.compile("[\u4e00-\u9fff]")
_DATE = re.compile(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?: .*)?")
_SHORT = 2
_NAMING = ("indicator_code", "period")
# What people write freely beside a figure.
_FREE = frozenset(("evidence_ref", "remark", "source_row"))


@dataclass(frozen=True)
class _Places:
    """By field, the place of its column in a row; the width of the columns that speak."""

    of: Mapping[str, int]
    free: frozenset[int]

    def cell(self, row: SheetRow, field: str) -> str:
        place = self.of.get(field, -1)
        return trim(row.cells[place])[0] if 0 <= place < len(row.cells) else ""


def find_notes(table: Table, *, is_wide: bool) -> tuple[SheetRow, ...]:
    """The rows at the foot of the sheet that look like no data, in their order; none where all rows do."""
    matched = {field: column.number - 1 for field, column in match_headings(table, HEADINGS).columns.items()}
    if "period" not in matched or not (is_wide or "indicator_code" in matched):
        return ()
    places = _Places(matched, frozenset(matched[field] for field in _FREE & matched.keys()))
    notes: list[SheetRow] = []
    for row in _from_the_foot(table):
        if not _is_note(row, places):
            break
        notes.append(row)
        if len(notes) > NOTES_MOST:
            return ()
    is_all = len(notes) == len(table) + len(table.loose)
    return () if is_all else tuple(reversed(notes))


def problems_of(notes: Iterable[SheetRow]) -> tuple[FileProblem, ...]:
    """What is told of them."""
    return tuple(FileProblem("note_row", row=row.number, value=row.text) for row in notes)


def _is_note(row: SheetRow, places: _Places) -> bool:
    said = [trim(cell)[0] for place, cell in enumerate(row.cells) if place not in places.free]
    if any(fold_heading(text) in _TOTALS or _SENTENCE.search(text) for text in said):
        return True
    # Words alone, or a date: a row with a code or a figure is one of data that wants its indicator.
    filled = [text for text in said if text]
    is_short = len(filled) <= _SHORT or not any(places.cell(row, field) for field in _NAMING)
    return is_short and all(_HAN.search(text) or _DATE.fullmatch(text) for text in filled)


def _from_the_foot(table: Table) -> Iterator[SheetRow]:
    """Rows that stand in columns and rows that do not, the last first."""
    loose = list(table.loose)
    for place in range(len(table) - 1, -1, -1):
        number = int(table.rows[place])
        while loose and loose[-1].number > number:
            yield loose.pop()
        yield table.row(place)
    yield from reversed(loose)
