"""Writes of peer groups: fixed before the period, a later change carries its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from evaluation.errors import BookingError
from evaluation.models import GroupMember, GroupSet
from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import record, use_case
from foundation.ledger.models import Entry
from foundation.ledger.store import staged, writing
from foundation.plain_text import text_fault
from units.services import units_by_code

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
FOR_EVER = date.max


@dataclass(frozen=True)
class MemberRow:
    """A unit belongs to a group from one day to another, both inside."""

    unit_code: str
    group: str
    starts_on: date
    ends_on: date | None = None


@use_case
def create_group_set(*, code: str, actor: Actor, name: str) -> GroupSet:
    """Name a table of peer groups; scheme documents refer to it by its code."""
    if not _CODE.fullmatch(code):
        raise BookingError("set_code_wrong", group_set=code)
    if text_fault(name, most=100) is not None:
        raise BookingError("name_wrong")
    if GroupSet.objects.filter(code=code).exists():
        raise BookingError("set_code_taken", group_set=code)
    group_set = GroupSet.objects.create(code=code, name=name)
    record("groupset.created", group_set, after={"name": name})
    return group_set


@use_case
def place_units(*, group_set: GroupSet, actor: Actor, rows: Sequence[MemberRow], on: date, reason: str = "") -> Entry:
    """Put units into peer groups; ``on`` is the day of the decision.

    What begins before that day needs a reason, which the run page shows: groups are fixed
    before the period (design §4).
    """
    units = units_by_code(row.unit_code for row in rows)
    seen: set[tuple[str, date]] = set()
    for row in rows:
        _refuse_bad_row(row)
        if row.starts_on < on and not reason.strip():
            raise BookingError("reason_needed", unit_code=row.unit_code, starts_on=row.starts_on)
        if (row.unit_code, row.starts_on) in seen:
            raise BookingError("in_two_groups", unit_code=row.unit_code, starts_on=row.starts_on, other=row.group)
        seen.add((row.unit_code, row.starts_on))
        if row.unit_code not in units:
            raise BookingError("unit_unknown", unit_code=row.unit_code)
    known = {code: unit.pk for code, unit in units.items()}
    entry = _write(group_set, rows, known, actor=actor, reason=reason)
    after = {"group_set": group_set.code, "count": len(rows), "reason": reason}
    record("groupmembers.placed", entry, after=after, rows_sha256=rows_digest(rows))
    return entry


@use_case
def end_membership(*, member: GroupMember, actor: Actor, ends_on: date, reason: str) -> Entry:
    """Say on which day a unit belongs to its group for the last time."""
    code = member.unit.code
    row = MemberRow(code, member.group_key, member.starts_on, ends_on)
    _refuse_bad_row(row)
    entry = _write(member.group_set, [row], {code: member.unit_id}, actor=actor, reason=reason, seen=member)
    record("groupmember.ended", entry, after={"unit": code, "ends_on": str(ends_on), "reason": reason})
    return entry


def _refuse_bad_row(row: MemberRow) -> None:
    if text_fault(row.group, most=40) is not None:
        raise BookingError("group_wrong", unit_code=row.unit_code)
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise BookingError("dates_reversed", unit_code=row.unit_code, starts_on=row.starts_on, ends_on=row.ends_on)


def _write(
    group_set: GroupSet,
    rows: Sequence[MemberRow],
    units: dict[str, int],
    *,
    actor: Actor,
    reason: str,
    seen: GroupMember | None = None,
) -> Entry:
    columns: dict[str, Sequence[Any]] = {
        "group_set_id": [group_set.pk] * len(rows),
        "unit_id": [units[row.unit_code] for row in rows],
        "group_key": [row.group for row in rows],
        "starts_on": [row.starts_on for row in rows],
        "ends_on": [row.ends_on for row in rows],
        "reason": [reason] * len(rows),
    }
    with staged(GroupMember, columns) as stage, writing(kind="groupmembers", actor=actor, reason=reason) as entry:
        GroupSet.objects.select_for_update(of=("self",)).get(pk=group_set.pk)
        if seen is not None and not GroupMember.objects.filter(pk=seen.pk, seq_to=None).exists():
            raise BookingError("fact_moved_on")
        _refuse_overlaps(group_set, rows, units)
        stage.write(entry, stage.classify())
    assert entry.saved is not None
    return entry.saved


def _refuse_overlaps(group_set: GroupSet, rows: Sequence[MemberRow], units: dict[str, int]) -> None:
    """Refuse one unit in two groups of a set on one day; a row with the same first day is a correction."""
    held: dict[int, list[tuple[date, date, str]]] = {}
    replaced = {(units[row.unit_code], row.starts_on) for row in rows}
    for member in GroupMember.objects.filter(group_set=group_set, unit__in=units.values(), seq_to=None):
        if (member.unit_id, member.starts_on) not in replaced:
            span = (member.starts_on, member.ends_on or FOR_EVER, member.group_key)
            held.setdefault(member.unit_id, []).append(span)
    for row in rows:
        spans = held.setdefault(units[row.unit_code], [])
        for starts_on, ends_on, other in spans:
            if row.starts_on <= ends_on and starts_on <= (row.ends_on or FOR_EVER):
                raise BookingError("in_two_groups", unit_code=row.unit_code, starts_on=starts_on, other=other)
        spans.append((row.starts_on, row.ends_on or FOR_EVER, row.group))
