"""Rows of a file that are no data: the officer says so, the batch remembers it and is checked anew."""

from collections.abc import Sequence

from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.clock import today
from foundation.jobs.services import request_job
from intake.checks import entry_rights_of
from intake.enums import BatchState
from intake.errors import IntakeError
from intake.job_kinds import CHECK_JOB, job_key
from intake.models import Batch
from intake.reports import Report
from intake.services.batches import Requested


@use_case
def leave_rows_out(*, batch: Batch, actor: Actor, rows: Sequence[int]) -> Requested:
    """Take the officer's word that rows below the table are no data, and check the file without them.

    ``rows`` are those that the page showed; only rows that the check itself offered can be left out.
    """
    batch = _open_batch(batch, actor)
    if not rows or tuple(rows) != Report.from_json(batch.report or {}).note_rows:
        raise IntakeError("rows_are_others", batch=str(batch))
    return _check_anew(batch, actor, "batch.rows_left_out", sorted({*batch.left_out, *rows}))


@use_case
def take_rows_back(*, batch: Batch, actor: Actor) -> Requested:
    """Read all rows of the file again, also those that were left out."""
    batch = _open_batch(batch, actor)
    if not batch.left_out:
        raise IntakeError("rows_are_others", batch=str(batch))
    return _check_anew(batch, actor, "batch.rows_taken_back", [])


def _open_batch(batch: Batch, actor: Actor) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not entry_rights_of(actor, on=today()).may_upload:
        raise IntakeError("may_not_upload")
    if batch.state not in {BatchState.CHECKED, BatchState.REJECTED}:
        raise IntakeError("rows_are_settled", batch=str(batch), state=BatchState(batch.state).label)
    return batch


def _check_anew(batch: Batch, actor: Actor, action: str, left_out: list[int]) -> Requested:
    before = {"left_out": batch.left_out}
    batch.state, batch.left_out = BatchState.RECEIVED, left_out
    batch.report, batch.plan_sha256, batch.checked_at = None, "", None
    batch.save(update_fields=["state", "left_out", "report", "plan_sha256", "checked_at"])
    job = request_job(kind=CHECK_JOB, key=job_key(CHECK_JOB, batch.ref), actor=actor, args={"batch": batch.ref})
    record(action, batch, before=before, after={"left_out": left_out, "job": job.ref})
    return Requested(batch, job)
