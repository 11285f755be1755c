"""Writes of indicators: definitions, options, owners."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import found_done, record, use_case
from foundation.plain_text import text_fault
from foundation.tabular.numbers import MOST_PLACES, parse_values
from intake.enums import Direction, PeriodKind
from intake.errors import DefinitionError
from intake.models import Indicator, IndicatorOption, IndicatorOwner
from units.enums import SubjectKind
from units.services import units_by_code

_CODE = re.compile(r"[A-Z][A-Z0-9]{0,29}", re.ASCII)


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator to define; numbers are text as people write them (``-50``, ``95.5``).

    ``options`` are (label that files carry, number that is stored for it); ``owner_codes`` are
    codes of the units whose clerks enter the indicator.
    """

    code: str
    name_zh: str
    name_en: str
    subject_kind: SubjectKind
    measure: str
    places: int
    low: str
    high: str
    direction: Direction
    native_period: PeriodKind
    basis: str
    options: tuple[tuple[str, str], ...] = ()
    owner_codes: tuple[str, ...] = ()
    note: str = ""
    sunset_on: date | None = None


@use_case
def define_indicators(*, rows: Sequence[IndicatorRow], actor: Actor) -> list[Indicator]:
    """Define indicators in bulk: all of them, or none with the first reason why not."""
    if not rows:
        found_done()
        return []
    _refuse_taken_codes(rows)
    indicators = Indicator.objects.bulk_create([_indicator(row) for row in rows])
    options = [option for row, made in zip(rows, indicators, strict=True) for option in _options(row, made)]
    IndicatorOption.objects.bulk_create(options)
    IndicatorOwner.objects.bulk_create(_owners(rows, indicators))
    codes = [indicator.code for indicator in indicators]
    record("indicators.defined", indicators[0], after={"codes": codes}, rows_sha256=rows_digest(rows))
    return indicators


def define_indicator(*, row: IndicatorRow, actor: Actor) -> Indicator:
    """Define one indicator."""
    return define_indicators(rows=[row], actor=actor)[0]


@use_case
def assign_owners(*, indicator: Indicator, actor: Actor, unit_codes: Sequence[str]) -> Indicator:
    """Say anew whose clerks enter an indicator."""
    indicator = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    before = sorted(IndicatorOwner.objects.filter(indicator=indicator).values_list("unit__code", flat=True))
    units = units_by_code(unit_codes)
    for code in unit_codes:
        if code not in units:
            raise DefinitionError("owner_unknown", indicator=indicator.code, unit_code=code)
    IndicatorOwner.objects.filter(indicator=indicator).exclude(unit__in=units.values()).delete()
    kept = set(IndicatorOwner.objects.filter(indicator=indicator).values_list("unit_id", flat=True))
    new = [IndicatorOwner(indicator=indicator, unit=unit) for unit in units.values() if unit.pk not in kept]
    IndicatorOwner.objects.bulk_create(new)
    record("indicator.owners_assigned", indicator, before={"owners": before}, after={"owners": sorted(units)})
    return indicator


def _refuse_taken_codes(rows: Sequence[IndicatorRow]) -> None:
    seen: set[str] = set()
    for row in rows:
        if not _CODE.fullmatch(row.code):
            raise DefinitionError("code_wrong", indicator=row.code)
        if row.code in seen:
            raise DefinitionError("code_twice", indicator=row.code)
        seen.add(row.code)
    taken = Indicator.objects.filter(code__in=seen).order_by("code").first()
    if taken is not None:
        raise DefinitionError("code_taken", indicator=taken.code)


def _indicator(row: IndicatorRow) -> Indicator:
    for field, text, most in (("名称", row.name_zh, 100), ("计量单位", row.measure, 20), ("口径依据", row.basis, 500)):
        if text_fault(text, most=most) is not None:
            raise DefinitionError("text_wrong", indicator=row.code, field=field)
    if not 0 <= row.places <= MOST_PLACES:
        raise DefinitionError("places_wrong", indicator=row.code, places=row.places)
    low, high = _scaled(row, row.low), _scaled(row, row.high)
    if low >= high:
        raise DefinitionError("bounds_reversed", indicator=row.code, low=row.low, high=row.high)
    return Indicator(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        subject_kind=row.subject_kind,
        measure=row.measure,
        places=row.places,
        low=low,
        high=high,
        direction=row.direction,
        native_period=row.native_period,
        basis=row.basis,
        note=row.note,
        sunset_on=row.sunset_on,
    )


def _options(row: IndicatorRow, indicator: Indicator) -> list[IndicatorOption]:
    made: list[IndicatorOption] = []
    for label, text in row.options:
        stored = _scaled(row, text)
        if any(option.label == label or option.stored == stored for option in made):
            raise DefinitionError("option_twice", indicator=row.code, label=label)
        if not indicator.low <= stored <= indicator.high:
            raise DefinitionError("option_outside", indicator=row.code, label=label)
        made.append(IndicatorOption(indicator=indicator, label=label, stored=stored))
    return made


def _owners(rows: Sequence[IndicatorRow], indicators: Sequence[Indicator]) -> list[IndicatorOwner]:
    units = units_by_code(code for row in rows for code in row.owner_codes)
    owners: list[IndicatorOwner] = []
    for row, indicator in zip(rows, indicators, strict=True):
        for code in row.owner_codes:
            if code not in units:
                raise DefinitionError("owner_unknown", indicator=row.code, unit_code=code)
            owners.append(IndicatorOwner(indicator=indicator, unit=units[code]))
    return owners


def _scaled(row: IndicatorRow, text: str) -> int:
    parsed = parse_values([text], places=row.places)
    if parsed.faults[0]:
        raise DefinitionError("bound_wrong", indicator=row.code, text=text, places=row.places)
    return int(parsed.values[0])
