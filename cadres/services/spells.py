"""Writes of status spells (probation, leave, illness …) and sanctions: facts from day to day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cadres.enums import SanctionKind, SpellKind
from cadres.errors import CadreError
from cadres.models import Sanction, StatusSpell
from cadres.services.cadres import cadres_by_number, lock_cadres
from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import record, use_case
from foundation.ledger.models import Entry
from foundation.ledger.store import staged, writing
from foundation.refs import new_ref


@dataclass(frozen=True)
class SpellRow:
    """One spell of a cadre, both days inside; without an end it goes on."""

    employee_no: str
    kind: SpellKind
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class SanctionRow:
    """One sanction: decided on ``starts_on``, in force until ``ends_on``."""

    employee_no: str
    kind: SanctionKind
    starts_on: date
    ends_on: date | None = None


@use_case
def record_spells(*, rows: Sequence[SpellRow], actor: Actor, reason: str) -> Entry:
    """Record status spells in bulk: all of them, or none with the first reason why not."""
    entry = _write(StatusSpell, rows, actor=actor, reason=reason)
    record("spells.recorded", entry, after={"count": len(rows)}, rows_sha256=rows_digest(rows))
    return entry


@use_case
def record_sanctions(*, rows: Sequence[SanctionRow], actor: Actor, reason: str) -> Entry:
    """Record sanctions in bulk: all of them, or none with the first reason why not."""
    entry = _write(Sanction, rows, actor=actor, reason=reason)
    record("sanctions.recorded", entry, after={"count": len(rows)}, rows_sha256=rows_digest(rows))
    return entry


@use_case
def end_spell(*, spell: StatusSpell, actor: Actor, ends_on: date, reason: str) -> StatusSpell:
    """Say on which day a spell holds for the last time."""
    no = spell.cadre.employee_no
    if ends_on < spell.starts_on:
        raise CadreError("dates_reversed", employee_no=no, starts_on=spell.starts_on, ends_on=ends_on)
    columns = _columns([SpellRow(no, SpellKind(spell.kind), spell.starts_on, ends_on)], [spell.ref], [spell.cadre_id])
    with staged(StatusSpell, columns) as stage, writing(kind="statusspells", actor=actor, reason=reason) as entry:
        lock_cadres([spell.cadre_id])
        if not StatusSpell.objects.filter(pk=spell.pk, seq_to=None).exists():
            raise CadreError("fact_moved_on")
        stage.write(entry, stage.classify())
    assert entry.saved is not None
    record("spell.ended", entry.saved, after={"spell": spell.ref, "ends_on": str(ends_on)})
    return StatusSpell.objects.get(ref=spell.ref, seq_to=None)


def _write(
    model: type[StatusSpell] | type[Sanction],
    rows: Sequence[SpellRow] | Sequence[SanctionRow],
    *,
    actor: Actor,
    reason: str,
) -> Entry:
    cadres = cadres_by_number(row.employee_no for row in rows)
    for row in rows:
        if row.employee_no not in cadres:
            raise CadreError("employee_no_unknown", employee_no=row.employee_no)
        if row.ends_on is not None and row.ends_on < row.starts_on:
            days = {"starts_on": row.starts_on, "ends_on": row.ends_on}
            raise CadreError("dates_reversed", employee_no=row.employee_no, **days)
    people = [cadres[row.employee_no].pk for row in rows]
    columns = _columns(rows, [new_ref() for _row in rows], people)
    with (
        staged(model, columns) as stage,
        writing(kind=f"{model._meta.model_name}s", actor=actor, reason=reason) as entry,
    ):
        lock_cadres(people)
        stage.write(entry, stage.classify())
    assert entry.saved is not None
    return entry.saved


def _columns(
    rows: Sequence[SpellRow] | Sequence[SanctionRow], refs: Sequence[str], people: Sequence[int]
) -> dict[str, Sequence[Any]]:
    return {
        "ref": refs,
        "cadre_id": people,
        "kind": [row.kind.value for row in rows],
        "starts_on": [row.starts_on for row in rows],
        "ends_on": [row.ends_on for row in rows],
    }
