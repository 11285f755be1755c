"""Values and targets of the sample city, drawn figure by figure in scaled integers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from random import Random

from cadres.enums import PostClass, PostingKind, PostLevel
from intake.services.indicators import IndicatorRow
from intake.services.periods import PeriodRow
from ordos_cadres.sample.draws import draws, milli
from ordos_cadres.sample.measures import (
    INDICATORS_OF_FIRST_SECRETARIES,
    INDICATORS_OF_OFFICES,
    INDICATORS_OF_OFFICIALS,
    INDICATORS_OF_UNITS,
    PERSON_MEASURES,
    RURAL,
    UNIT_MEASURES,
    Measure,
    Shape,
)
from ordos_cadres.sample.people import Person
from ordos_cadres.sample.places import Place, compared_places
from units.enums import UnitKind

Value = Decimal | str

NOT_APPLICABLE = "不适用"
PRELIMINARY, FINAL = "初核", "终核"
GRADES = ("好", "较好", "一般", "较差")
GRADE_FROM = (150, -650, -1250)
"""From which draw on a quarter was good, fairly good, ordinary."""

MISSING_OF_1000 = 9
TWIN_UNITS = {"150600-26": "150600-25"}
"""Units whose figures are another's: they tie."""
SPARSE = {("150600-30", "2026Q1"), ("150627104", "2026Q2")}
"""Units that sent too little in a period to be scored."""
SPARSE_INDICATORS = frozenset({"DD01", "DD09A", "DD09B", "DD09C", "JY02"})
WITHOUT_TARGET = {("150600-14", "DD01", "2025Q3"), ("150602102", "DD01", "2026Q1")}
OUTLIERS = {
    ("150623", "DD04", "2026-03"): Decimal("320.50"),
    ("150625", "CX03", "2025"): Decimal("412.00"),
    ("150600-09", "DD01", "2026Q1"): Decimal("163.20"),
}


@dataclass(frozen=True)
class Figure:
    """One line of a file: one subject, one indicator, one period."""

    subject: str
    name: str
    indicator: str
    period: str
    value: Value
    target: Decimal | None = None
    vintage: str = FINAL
    evidence: str = ""
    is_cadre: bool = False


@dataclass(frozen=True)
class Drawer:
    """Draws the figures of a city from its indicators and periods."""

    indicators: dict[str, IndicatorRow]
    periods: tuple[PeriodRow, ...]

    def of_units(self) -> Iterator[Figure]:
        """Every figure of every compared unit."""
        for place in compared_places():
            for code in INDICATORS_OF_UNITS[place.kind]:
                for period in self._periods(code):
                    figure = self._of_unit(place, code, period)
                    if not _is_missing(figure, TWIN_UNITS.get(place.code, place.code)):
                        yield figure

    def of_people(self, everybody: Sequence[Person]) -> Iterator[Figure]:
        """Every figure of everybody who serves in a post that is scored."""
        twins = _twins(everybody)
        for person in everybody:
            for code in _indicators_of(person):
                for period in self._periods(code):
                    if not _serves(person, period):
                        continue
                    key = twins.get(person.number, person.number)
                    figure = self._of_person(person, key, code, period)
                    if code == "OT01" or not _is_missing(figure, key):
                        yield figure

    def _periods(self, code: str) -> list[PeriodRow]:
        return [period for period in self.periods if period.kind == self.indicators[code].native_period]

    def _of_unit(self, place: Place, code: str, period: PeriodRow) -> Figure:
        figure = Figure(place.code, place.name, code, period.code, NOT_APPLICABLE)
        source = draws(TWIN_UNITS.get(place.code, place.code), code, period.code)
        if (place.kind == UnitKind.SUBDISTRICT and code in RURAL) or _has_no_case(code, source):
            return figure
        key = TWIN_UNITS.get(place.code, place.code)
        figure = self._drawn(figure, key, UNIT_MEASURES[code], source, period)
        outlier = OUTLIERS.get((place.code, code, period.code))
        if outlier is not None:
            figure = replace(figure, value=outlier)
        if (place.code, code, period.code) in WITHOUT_TARGET:
            figure = replace(figure, target=None)
        return figure

    def _of_person(self, person: Person, key: str, code: str, period: PeriodRow) -> Figure:
        figure = Figure(person.number, person.row.name, code, period.code, NOT_APPLICABLE, is_cadre=True)
        return self._drawn(figure, key, PERSON_MEASURES[code], draws(key, code, period.code), period)

    def _drawn(self, figure: Figure, key: str, measure: Measure, source: Random, period: PeriodRow) -> Figure:
        """A figure round its middle: what the subject is like weighs a little more than the period."""
        row = self.indicators[figure.indicator]
        deviation = 600 * _quality(key) + 500 * milli(source)
        if measure.shape is Shape.GRADE:
            place = sum(deviation < edge * 1000 for edge in GRADE_FROM)
            return replace(figure, value=GRADES[place])
        if measure.shape is Shape.YES_NO:
            return replace(figure, value=row.options[0 if deviation > -800_000 else 1][0])
        unit = 10**row.places
        scaled = _scaled(measure.middle, unit) + _scaled(measure.spread, unit) * deviation // 1_000_000
        target = _scaled(measure.target, unit) if measure.target else None
        if measure.shape is Shape.PROGRESS:
            # Cumulated over the year: the target is the share of the year that has passed.
            target = 100 * unit * period.ends_on.month // 12
            scaled = scaled * period.ends_on.month // 12
        low, high = _scaled(row.low, unit), _scaled(row.high, unit)
        value = min(max(scaled, low), high)
        return replace(figure, value=_plain(value, row.places), target=_target(target, row.places))


def corrected(figure: Figure, by: str) -> Figure:
    """The same figure as it turned out to be, with a value that differs by ``by``."""
    assert isinstance(figure.value, Decimal)
    return replace(figure, value=figure.value + Decimal(by), vintage=FINAL)


@cache
def _quality(key: str) -> int:
    return milli(draws("quality", key))


def _scaled(text: str, unit: int) -> int:
    return int(Decimal(text) * unit)


def _plain(scaled: int, places: int) -> Decimal:
    return Decimal(scaled).scaleb(-places)


def _target(scaled: int | None, places: int) -> Decimal | None:
    return None if scaled is None else _plain(scaled, places)


def _is_missing(figure: Figure, key: str) -> bool:
    if (figure.subject, _quarter(figure.period)) in SPARSE and figure.indicator in SPARSE_INDICATORS:
        return True
    dice = draws("missing", key, figure.indicator, figure.period)
    return dice.randrange(1000) < MISSING_OF_1000


def _quarter(period: str) -> str:
    year, dash, month = period.partition("-")
    return f"{year}Q{(int(month) + 2) // 3}" if dash else period


def _has_no_case(code: str, source: Random) -> bool:
    """Some had no experiment to register, some windows too few cases in a month."""
    return (code == "CX07" and source.randrange(7) == 0) or (code == "DD10" and source.randrange(20) == 0)


def _indicators_of(person: Person) -> tuple[str, ...]:
    post = person.main[-1]
    if post.kind == PostingKind.FIRST_SECRETARY:
        return INDICATORS_OF_FIRST_SECRETARIES
    if post.post_level == PostLevel.STAFF:
        return ()
    return INDICATORS_OF_OFFICES if post.unit_code.startswith("150600-") else INDICATORS_OF_OFFICIALS


def _serves(person: Person, period: PeriodRow) -> bool:
    return any(
        post.starts_on <= period.ends_on and (post.ends_on is None or post.ends_on >= period.starts_on)
        for post in person.main
    )


def _twins(everybody: Sequence[Person]) -> dict[str, str]:
    """Two deputies of one department with the same figures: they tie."""
    deputies = [p for p in everybody if len(p.posts) == 1 and p.posts[0].unit_code == "150600-12" and _is_deputy(p)]
    return {deputies[1].number: deputies[0].number} if len(deputies) > 1 else {}


def _is_deputy(person: Person) -> bool:
    return person.posts[0].post_class == PostClass.DEPUTY
