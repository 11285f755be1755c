"""Writes of occurrences: bonus and deduction (A…) with points, gates (G…) with an effect only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluation.errors import BookingError
from evaluation.models import Occurrence
from evaluation.services.subjects import period_ids, subject_ids, subject_of
from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import record, use_case
from foundation.files.models import StoredFile
from foundation.ledger.models import Entry
from foundation.ledger.store import staged, writing
from foundation.plain_text import text_fault
from foundation.refs import new_ref
from foundation.tabular.numbers import parse_values

_CODE = re.compile(r"[A-Z][A-Z0-9]{0,9}", re.ASCII)
GATE = "G"
POINT_PLACES = 6
"""Scores and points are micro-points (design §5)."""


@dataclass(frozen=True)
class OccurrenceRow:
    """One occurrence on one subject (a unit code or an employee number) in one period.

    ``points`` is text as people write it; a gate has none.
    """

    code: str
    period: str
    source_text: str
    unit_code: str = ""
    employee_no: str = ""
    points: str = ""
    source_case: str = ""


@dataclass(frozen=True)
class _Draft:
    ref: str
    subject: int
    period: int
    code: str
    points: int | None
    source_text: str
    source_case: str
    evidence: int | None = None
    is_void: bool = False


@use_case
def book_occurrences(
    *, rows: Sequence[OccurrenceRow], actor: Actor, reason: str, evidence: StoredFile | None = None
) -> Entry:
    """Book occurrences in bulk: all of them, or none with the first reason why not."""
    subjects = subject_ids(unit_codes=[row.unit_code for row in rows], employee_nos=[row.employee_no for row in rows])
    periods = period_ids(row.period for row in rows)
    drafts = [
        _Draft(
            ref=new_ref(),
            subject=subject_of(subjects, row.unit_code, row.employee_no),
            period=periods[row.period],
            code=row.code,
            points=_micro_points(row),
            source_text=row.source_text,
            source_case=row.source_case,
            evidence=evidence.pk if evidence else None,
        )
        for row in rows
    ]
    entry = _write(drafts, actor=actor, reason=reason)
    record("occurrences.booked", entry, after={"count": len(rows), "reason": reason}, rows_sha256=rows_digest(rows))
    return entry


@use_case
def void_occurrence(*, occurrence: Occurrence, actor: Actor, reason: str) -> Occurrence:
    """Take an occurrence back; every point comes back, the row stays for the auditor."""
    if occurrence.is_void:
        raise BookingError("void_already")
    draft = replace(_draft_of(occurrence), is_void=True)
    entry = _write([draft], actor=actor, reason=reason, seen=occurrence)
    record("occurrence.voided", entry, after={"occurrence": occurrence.ref, "reason": reason})
    return Occurrence.objects.get(ref=occurrence.ref, seq_to=None)


def _micro_points(row: OccurrenceRow) -> int | None:
    if not _CODE.fullmatch(row.code):
        raise BookingError("event_code_wrong", event=row.code)
    if text_fault(row.source_text, most=300) is not None:
        raise BookingError("source_wrong", event=row.code)
    if row.code.startswith(GATE):
        if row.points:
            raise BookingError("points_not_for_gate", event=row.code)
        return None
    if not row.points:
        raise BookingError("points_needed", event=row.code)
    parsed = parse_values([row.points], places=POINT_PLACES)
    if parsed.faults[0]:
        raise BookingError("points_wrong", event=row.code, points=row.points)
    if not parsed.values[0]:
        raise BookingError("points_zero", event=row.code)
    return int(parsed.values[0])


def _draft_of(occurrence: Occurrence) -> _Draft:
    return _Draft(
        ref=occurrence.ref,
        subject=occurrence.subject_id,
        period=occurrence.period_id,
        code=occurrence.code,
        points=occurrence.points,
        source_text=occurrence.source_text,
        source_case=occurrence.source_case,
        evidence=occurrence.evidence_id,
        is_void=occurrence.is_void,
    )


def _write(drafts: Sequence[_Draft], *, actor: Actor, reason: str, seen: Occurrence | None = None) -> Entry:
    columns: dict[str, Sequence[Any]] = {
        "ref": [draft.ref for draft in drafts],
        "subject_id": [draft.subject for draft in drafts],
        "period_id": [draft.period for draft in drafts],
        "code": [draft.code for draft in drafts],
        "points": [draft.points for draft in drafts],
        "evidence_id": [draft.evidence for draft in drafts],
        "source_text": [draft.source_text for draft in drafts],
        "source_case": [draft.source_case for draft in drafts],
        "is_void": [draft.is_void for draft in drafts],
    }
    with staged(Occurrence, columns) as stage, writing(kind="occurrences", actor=actor, reason=reason) as entry:
        if seen is not None and not Occurrence.objects.filter(pk=seen.pk, seq_to=None).exists():
            raise BookingError("fact_moved_on")
        stage.write(entry, stage.classify())
    assert entry.saved is not None
    return entry.saved
