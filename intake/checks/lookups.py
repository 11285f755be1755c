"""What rows are compared with: loaded once a check, in a number of queries that no row changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cadres.models import Cadre, Posting
from intake.enums import PeriodKind
from intake.models import Indicator, IndicatorOption, IndicatorOwner, Period
from units.enums import SubjectKind
from units.models import Unit, UnitAlias

Ids = NDArray[np.int64]

NO_DAY = date.max.toordinal()
_PERIOD_KINDS = list(PeriodKind)
PERCENT = "%"


@dataclass(frozen=True, eq=False)
class Indicators:
    """All indicators; arrays are parallel, ``place`` gives the position of a code."""

    place: dict[str, int]
    rows: list[Indicator]
    ids: Ids
    places: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    is_percent: NDArray[np.bool_]
    is_of_cadres: NDArray[np.bool_]
    period_kind: NDArray[np.int64]
    ends_on: NDArray[np.int64]
    options: dict[int, dict[str, int]]
    """By position: label → stored number."""
    owners: dict[int, frozenset[int]]
    """By position: units that enter it."""


@dataclass(frozen=True, eq=False)
class Periods:
    """All periods; days are ordinals, both inside."""

    place: dict[str, int]
    rows: list[Period]
    ids: Ids
    kind: NDArray[np.int64]
    starts_on: NDArray[np.int64]
    ends_on: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Units:
    """All units by code and by alias."""

    place: dict[str, int]
    ids: Ids
    names: list[frozenset[str]]
    """By position: the name and the aliases."""
    starts_on: NDArray[np.int64]
    ends_on: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cadres:
    """All cadres by employee number, and their postings as they stand in the ledger now."""

    place: dict[str, int]
    ids: Ids
    names: list[str]
    post_cadre: Ids
    """By posting: subject id of the cadre."""
    post_unit: Ids
    post_level: NDArray[np.object_]
    post_starts_on: NDArray[np.int64]
    post_ends_on: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lookups:
    """Everything that rows name by a code."""

    indicators: Indicators
    periods: Periods
    units: Units
    cadres: Cadres


def load_lookups(indicators: Indicators, *, with_cadres: bool) -> Lookups:
    """Read what rows may name; cadres and postings only if the sheet speaks of persons."""
    return Lookups(indicators, _periods(), load_units(), load_cadres() if with_cadres else _no_cadres())


def period_kind_number(kind: str) -> int:
    """Place of a period kind among all, for arrays."""
    return _PERIOD_KINDS.index(PeriodKind(kind))


def _ints(values: Iterable[int]) -> Ids:
    return np.array(list(values), dtype=np.int64)


def _last_day(day: date | None) -> int:
    return NO_DAY if day is None else day.toordinal()


def load_indicators() -> Indicators:
    """Read all indicators: the headings of a wide sheet name them."""
    rows = list(Indicator.objects.order_by("code"))
    place_of_id = {row.pk: place for place, row in enumerate(rows)}
    options: dict[int, dict[str, int]] = {}
    labels = IndicatorOption.objects.order_by("-stored").values_list("indicator_id", "label", "stored")
    for indicator, label, stored in labels:
        options.setdefault(place_of_id[indicator], {})[label] = stored
    owners: dict[int, set[int]] = {}
    for indicator, unit in IndicatorOwner.objects.values_list("indicator_id", "unit_id"):
        owners.setdefault(place_of_id[indicator], set()).add(unit)
    return Indicators(
        place={row.code: place for place, row in enumerate(rows)},
        rows=rows,
        ids=_ints(row.pk for row in rows),
        places=_ints(row.places for row in rows),
        low=_ints(row.low for row in rows),
        high=_ints(row.high for row in rows),
        is_percent=np.array([row.measure == PERCENT for row in rows], dtype=bool),
        is_of_cadres=np.array([row.subject_kind == SubjectKind.CADRE for row in rows], dtype=bool),
        period_kind=_ints(period_kind_number(row.native_period) for row in rows),
        ends_on=_ints(_last_day(row.sunset_on) for row in rows),
        options=options,
        owners={place: frozenset(units) for place, units in owners.items()},
    )


def _periods() -> Periods:
    rows = list(Period.objects.order_by("code"))
    return Periods(
        place={row.code: place for place, row in enumerate(rows)},
        rows=rows,
        ids=_ints(row.pk for row in rows),
        kind=_ints(period_kind_number(row.kind) for row in rows),
        starts_on=_ints(row.starts_on.toordinal() for row in rows),
        ends_on=_ints(row.ends_on.toordinal() for row in rows),
    )


def load_units() -> Units:
    """Read all units with their aliases."""
    rows = list(Unit.objects.order_by("code").values_list("subject_id", "code", "name", "starts_on", "ends_on"))
    place_of_id = {row[0]: place for place, row in enumerate(rows)}
    place: dict[str, int] = {}
    names = [{row[2]} for row in rows]
    for unit, text in UnitAlias.objects.values_list("unit_id", "text"):
        place[text] = place_of_id[unit]
        names[place_of_id[unit]].add(text)
    # A code wins over another unit's alias.
    place |= {row[1]: number for number, row in enumerate(rows)}
    return Units(
        place=place,
        ids=_ints(row[0] for row in rows),
        names=[frozenset(known) for known in names],
        starts_on=_ints(row[3].toordinal() for row in rows),
        ends_on=_ints(_last_day(row[4]) for row in rows),
    )


def load_cadres() -> Cadres:
    """Read all cadres and the postings of now."""
    rows = list(Cadre.objects.order_by("employee_no").values_list("subject_id", "employee_no", "name"))
    postings = Posting.objects.filter(seq_to=None)
    posts = list(postings.values_list("cadre_id", "unit_id", "post_level", "starts_on", "ends_on"))
    levels = np.empty(len(posts), dtype=object)
    levels[:] = [post[2] for post in posts]
    return Cadres(
        place={row[1]: place for place, row in enumerate(rows)},
        ids=_ints(row[0] for row in rows),
        names=[row[2] for row in rows],
        post_cadre=_ints(post[0] for post in posts),
        post_unit=_ints(post[1] for post in posts),
        post_level=levels,
        post_starts_on=_ints(post[3].toordinal() for post in posts),
        post_ends_on=_ints(_last_day(post[4]) for post in posts),
    )


def _no_cadres() -> Cadres:
    none = _ints(())
    return Cadres({}, none, [], none, none, np.empty(0, dtype=object), none, none)


def places_of(texts: NDArray[np.object_], place: dict[str, int]) -> Ids:
    """Position of each text among what it may name; −1 where it names nothing."""
    return np.fromiter((place.get(text, -1) for text in texts), dtype=np.int64, count=len(texts))
