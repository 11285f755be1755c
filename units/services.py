"""Writes of units: one by one and in bulk, as an import wizard calls them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import found_done, record, use_case
from foundation.plain_text import text_fault
from units.enums import SubjectKind, SuccessionKind, UnitKind
from units.errors import UnitError
from units.models import Subject, Unit, UnitAlias, UnitSuccession

_CODE = re.compile(r"[0-9A-Za-z-]{1,32}", re.ASCII)


@dataclass(frozen=True)
class UnitRow:
    """One unit to register; a parent stands in the database or in an earlier row."""

    code: str
    name: str
    kind: UnitKind
    starts_on: date
    parent_code: str = ""
    ends_on: date | None = None


@use_case
def register_units(*, rows: Sequence[UnitRow], actor: Actor) -> list[Unit]:
    """Register units in bulk: all of them, or none with the first reason why not."""
    if not rows:
        found_done()
        return []
    _refuse_bad_rows(rows)
    known = units_by_code({row.parent_code for row in rows if row.parent_code})
    subjects = Subject.objects.bulk_create([Subject(kind=SubjectKind.UNIT) for _row in rows])
    made: dict[str, Unit] = {}
    for row, subject in zip(rows, subjects, strict=True):
        parent = made.get(row.parent_code) or known.get(row.parent_code)
        if row.parent_code and parent is None:
            raise UnitError("parent_unknown", unit_code=row.code, parent=row.parent_code)
        made[row.code] = Unit(
            subject=subject,
            code=row.code,
            name=row.name,
            kind=row.kind,
            parent=parent,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
    units = Unit.objects.bulk_create(made.values())
    record("units.registered", units[0], after={"count": len(units)}, rows_sha256=rows_digest(rows))
    return units


def register_unit(*, row: UnitRow, actor: Actor) -> Unit:
    """Register one unit."""
    return register_units(rows=[row], actor=actor)[0]


@use_case
def rename_unit(*, unit: Unit, actor: Actor, name: str) -> Unit:
    """Give a unit another name; files that still use the old one find it by alias."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    _refuse_bad_name(unit.code, name)
    before = unit.name
    unit.name = name
    unit.save(update_fields=["name"])
    UnitAlias.objects.get_or_create(text=before, defaults={"unit": unit})
    record("unit.renamed", unit, before={"name": before}, after={"name": name})
    return unit


@use_case
def add_unit_alias(*, unit: Unit, actor: Actor, text: str) -> UnitAlias:
    """Let files speak of a unit by another name, too."""
    _refuse_bad_name(unit.code, text)
    taken = UnitAlias.objects.select_related("unit").filter(text=text).first()
    if taken is not None:
        raise UnitError("alias_taken", text=text, name=taken.unit.name)
    alias = UnitAlias.objects.create(unit=unit, text=text)
    record("unit.alias_added", unit, after={"alias": text})
    return alias


@use_case
def end_unit(*, unit: Unit, actor: Actor, ends_on: date) -> Unit:
    """Say on which day a unit exists for the last time."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if unit.ends_on is not None:
        raise UnitError("ended_already", name=unit.name, ends_on=unit.ends_on)
    if ends_on < unit.starts_on:
        raise UnitError("dates_reversed", unit_code=unit.code, starts_on=unit.starts_on, ends_on=ends_on)
    unit.ends_on = ends_on
    unit.save(update_fields=["ends_on"])
    record("unit.ended", unit, after={"ends_on": ends_on.isoformat()})
    return unit


@use_case
def record_succession(
    *, predecessor: Unit, actor: Actor, successor: Unit, took_effect_on: date, how: SuccessionKind
) -> UnitSuccession:
    """Say which unit came out of which, so that trends do not break at a merger."""
    if predecessor.pk == successor.pk:
        raise UnitError("same_unit", name=predecessor.name)
    succession = UnitSuccession.objects.create(
        predecessor=predecessor, successor=successor, took_effect_on=took_effect_on, how=how
    )
    after = {"successor": successor.code, "took_effect_on": took_effect_on.isoformat(), "how": how}
    record("unit.succeeded", predecessor, after=after)
    return succession


def units_by_code(codes: Iterable[str]) -> dict[str, Unit]:
    """Units by their code, for services that take rows with codes."""
    return {unit.code: unit for unit in Unit.objects.filter(code__in=sorted(set(codes)))}


def _refuse_bad_rows(rows: Sequence[UnitRow]) -> None:
    seen: set[str] = set()
    for row in rows:
        if not _CODE.fullmatch(row.code):
            raise UnitError("code_wrong", unit_code=row.code)
        if row.code in seen:
            raise UnitError("code_twice", unit_code=row.code)
        seen.add(row.code)
        _refuse_bad_name(row.code, row.name)
        if row.ends_on is not None and row.ends_on < row.starts_on:
            raise UnitError("dates_reversed", unit_code=row.code, starts_on=row.starts_on, ends_on=row.ends_on)
    taken = units_by_code(seen)
    if taken:
        unit = next(taken[row.code] for row in rows if row.code in taken)
        raise UnitError("code_taken", unit_code=unit.code, name=unit.name)


def _refuse_bad_name(code: str, name: str) -> None:
    if text_fault(name, most=100) is not None:
        raise UnitError("name_wrong", unit_code=code)
