"""Writes of exemptions: what an upheld fault-tolerance case takes off one subject's own line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.errors import BookingError
from evaluation.models import Exemption, Occurrence
from evaluation.services.subjects import period_ids, subject_ids, subject_of
from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import record, use_case
from foundation.ledger.models import Entry
from foundation.ledger.store import staged, writing
from foundation.plain_text import text_fault
from foundation.refs import new_ref
from intake.models import Indicator


@dataclass(frozen=True)
class ExemptionRow:
    """One exemption of one subject in one period from exactly one thing: indicator, occurrence or gate."""

    case_number: str
    period: str
    unit_code: str = ""
    employee_no: str = ""
    indicator: str = ""
    occurrence_ref: str = ""
    gate: str = ""


@use_case
def grant_exemptions(*, rows: Sequence[ExemptionRow], actor: Actor, reason: str) -> Entry:
    """Record exemptions in bulk: all of them, or none with the first reason why not."""
    columns = _columns(rows)
    with staged(Exemption, columns) as stage, writing(kind="exemptions", actor=actor, reason=reason) as entry:
        stage.write(entry, stage.classify())
    assert entry.saved is not None
    after = {"cases": sorted({row.case_number for row in rows}), "reason": reason}
    record("exemptions.granted", entry.saved, after=after, rows_sha256=rows_digest(rows))
    return entry.saved


@use_case
def void_exemption(*, exemption: Exemption, actor: Actor, reason: str) -> Exemption:
    """Take an exemption back; the row stays for the auditor."""
    if exemption.is_void:
        raise BookingError("void_already")
    columns = {field.column: [getattr(exemption, field.attname)] for field in _fields()}
    columns["is_void"] = [True]
    with staged(Exemption, columns) as stage, writing(kind="exemptions", actor=actor, reason=reason) as entry:
        if not Exemption.objects.filter(pk=exemption.pk, seq_to=None).exists():
            raise BookingError("fact_moved_on")
        stage.write(entry, stage.classify())
    assert entry.saved is not None
    record("exemption.voided", entry.saved, after={"exemption": exemption.ref, "reason": reason})
    return Exemption.objects.get(ref=exemption.ref, seq_to=None)


def _fields() -> list[Any]:
    names = ("ref", *Exemption.CONTENT)
    return [Exemption._meta.get_field(name) for name in names]


def _columns(rows: Sequence[ExemptionRow]) -> dict[str, list[Any]]:
    subjects = subject_ids(unit_codes=[row.unit_code for row in rows], employee_nos=[row.employee_no for row in rows])
    periods = period_ids(row.period for row in rows)
    codes = {row.indicator for row in rows if row.indicator}
    indicators = dict(Indicator.objects.filter(code__in=codes).values_list("code", "pk"))
    for row in rows:
        _refuse_bad_row(row, indicators)
    found = [subject_of(subjects, row.unit_code, row.employee_no) for row in rows]
    for row, subject in zip(rows, found, strict=True):
        if row.occurrence_ref:
            _refuse_foreign_occurrence(row, subject, periods[row.period])
    return {
        "ref": [new_ref() for _row in rows],
        "case_number": [row.case_number for row in rows],
        "subject_id": found,
        "period_id": [periods[row.period] for row in rows],
        "indicator_id": [indicators.get(row.indicator) for row in rows],
        "occurrence_ref": [row.occurrence_ref for row in rows],
        "gate": [row.gate for row in rows],
    }


def _refuse_bad_row(row: ExemptionRow, indicators: dict[str, int]) -> None:
    if text_fault(row.case_number, most=40) is not None:
        raise BookingError("case_number_wrong")
    if sum(map(bool, (row.indicator, row.occurrence_ref, row.gate))) != 1:
        raise BookingError("one_thing_needed", case_number=row.case_number)
    if row.indicator and row.indicator not in indicators:
        raise BookingError("indicator_unknown", indicator=row.indicator)


def _refuse_foreign_occurrence(row: ExemptionRow, subject: int, period: int) -> None:
    named = Occurrence.objects.filter(ref=row.occurrence_ref, subject=subject, period=period, seq_to=None)
    if not named.exists():
        raise BookingError("occurrence_unknown", case_number=row.case_number)
