"""An upload from the file to the receipt: received → checked or rejected → committed.

All or nothing. What is stored is what was confirmed: the plan's digest is taken again under the
lock of the ledger. Lock order: ledger head → batch → job → audit head.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from foundation.actor import Actor
from foundation.audit.use_case import found_done, record, use_case
from foundation.clock import now, today
from foundation.faults import fault
from foundation.files.content import Content, keep_content, store
from foundation.files.errors import FilesError
from foundation.jobs.models import Job
from foundation.jobs.services import request_job
from foundation.ledger.models import Entry
from foundation.ledger.store import Stage, writing
from foundation.numbering import save_numbered
from foundation.plain_text import text_fault
from foundation.tabular.errors import TableError
from foundation.tabular.reading import file_kind
from foundation.tabular.table import FileKind
from intake.checks import EntryRights, entry_rights_of
from intake.enums import BatchState
from intake.errors import IntakeError
from intake.job_kinds import CHECK_JOB, COMMIT_JOB, job_key
from intake.models import Batch, Repeat
from intake.reports import Report, refused_report
from intake.selectors.batches import standing_receipt
from intake.services.examining import PARTS, Examined, Progress, confirmed_sha256, examined, upload_limits

ENTRY_KIND = "upload"

_BLOCK = 1 << 20
_REASON_MOST = 500


@dataclass(frozen=True)
class Requested:
    """A batch and the job that works on it."""

    batch: Batch
    job: Job


@dataclass(frozen=True)
class Outcome:
    """How a check or a commit ended: the state of the batch, and the receipt if there is one."""

    batch: Batch
    state: BatchState
    receipt: Entry | None = None
    changed_since: bool = False

    @property
    def is_earlier(self) -> bool:
        """Whether the receipt is that of an earlier batch with the same file."""
        return self.receipt is not None and self.batch.entry is None

    def to_json(self) -> dict[str, Any]:
        """Give what the job keeps as its result."""
        return {
            "batch": self.batch.ref,
            "state": self.state.value,
            "receipt": self.receipt.seq if self.receipt else None,
            "is_earlier": self.is_earlier,
            "changed_since": self.changed_since,
        }


def receive_upload(*, chunks: Iterable[bytes], name: str, actor: Actor, reason: str = "") -> Requested:
    """Keep an uploaded file and ask for its check.

    The size is limited while it is read. Raises IntakeError ``may_not_upload``, FilesError
    ``too_big``, TableError for a file that is none of ours; then nothing is kept.
    """
    if not entry_rights_of(actor, on=today()).may_upload:
        raise IntakeError("may_not_upload")
    if reason and text_fault(reason, most=_REASON_MOST) is not None:
        raise IntakeError("reason_wrong")
    name = _plain_name(name)
    with _spooled(chunks, name) as spool:
        kind = file_kind(Path(spool.name), name=name, limits=upload_limits())
        content = keep_content(_blocks(spool), limit=_size_limit(name))
    fault("upload.after_keep")
    received = receive_batch(content=content, actor=actor, name=name, kind=kind, reason=reason)
    fault("upload.after_commit")
    return received


@use_case
def receive_batch(*, content: Content, actor: Actor, name: str, kind: FileKind, reason: str = "") -> Requested:
    """Make a batch of a kept file and ask for its check."""
    file = store(content, name=name, kind="upload", media_type=kind.media_type, actor=actor)
    batch = Batch(file=file, reason=reason, uploaded_by=actor.key, uploaded_at=now())
    save_numbered(batch)
    job = _request(CHECK_JOB, batch, actor)
    record("batch.received", batch, after={"number": batch.number, "file": name, "sha256": content.sha256})
    fault("upload.before_commit")
    return Requested(batch, job)


@use_case
def request_check(*, batch: Batch, actor: Actor) -> Requested:
    """Ask for the check once more, after its job failed for a reason outside the file."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state != BatchState.RECEIVED:
        raise IntakeError("nothing_to_check", batch=str(batch), state=BatchState(batch.state).label)
    job = _request(CHECK_JOB, batch, actor)
    record("batch.check_requested", batch, after={"job": job.ref})
    return Requested(batch, job)


def check_batch(*, batch: Batch, actor: Actor, progress: Progress) -> Outcome:
    """Check a received batch and write the report down; once done, done."""
    if batch.state != BatchState.RECEIVED:
        return _settled(batch)
    return _check(batch, actor, progress, changed_since=False)


@use_case
def request_commit(*, batch: Batch, actor: Actor, plan_sha256: str, accepted_corrections: int = 0) -> Requested:
    """Confirm the changes that were shown and ask for the store.

    ``plan_sha256`` is that of the page the officer looked at; another one refuses. A file that
    corrects is stored only if the officer says how many corrections that are.
    """
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not entry_rights_of(actor, on=today()).may_upload:
        raise IntakeError("may_not_upload")
    if batch.state != BatchState.CHECKED:
        raise IntakeError("not_checked", batch=str(batch), state=BatchState(batch.state).label)
    if batch.plan_sha256 != plan_sha256:
        raise IntakeError("plan_is_another", batch=str(batch))
    count = Report.from_json(batch.report or {}).n_changed
    if accepted_corrections != count:
        raise IntakeError("corrections_not_accepted", batch=str(batch), count=count, accepted=accepted_corrections)
    job = _request(COMMIT_JOB, batch, actor, plan_sha256=plan_sha256)
    record("batch.confirmed", batch, after={"plan_sha256": plan_sha256, "corrections": count, "job": job.ref})
    return Requested(batch, job)


def commit_batch(*, batch: Batch, actor: Actor, plan_sha256: str, progress: Progress) -> Outcome:
    """Store a confirmed batch, or send it back to *checked* with the reason.

    The kept file is parsed and checked again with the rights that the actor has now. Worked a
    second time after a lost worker, it finds the receipt and answers the same.
    """
    if batch.state != BatchState.CHECKED:
        return _settled(batch)
    rights = entry_rights_of(actor, on=today())
    with examined(batch, rights, progress=progress) as seen:
        if not seen.has_errors and seen.plan_sha256 == plan_sha256:
            if seen.same_as is not None:
                return _settled(batch, seen.same_as)
            fault("store.after_stage")
            stored = _store(seen, actor, plan_sha256, rights)
            if stored is not None:
                fault("store.after_commit")
                progress(PARTS, PARTS, _("已入库"))
                return _settled(stored)
    return _check(_fresh(batch), actor, progress, changed_since=True)


class MovedOnError(Exception):
    """Under the lock something is not as it was confirmed; nothing was written."""


def _store(seen: Examined, actor: Actor, plan_sha256: str, rights: EntryRights) -> Batch | None:
    try:
        return store_batch(batch=seen.batch, actor=actor, stage=seen.stage, plan_sha256=plan_sha256, rights=rights)
    except MovedOnError:
        stored = _fresh(seen.batch)
        return stored if stored.state == BatchState.COMMITTED else None


@use_case
def store_batch(*, batch: Batch, actor: Actor, stage: Stage, plan_sha256: str, rights: EntryRights) -> Batch:
    """Write the staged facts of a batch, if under the lock all is still as it was confirmed."""
    with writing(kind=ENTRY_KIND, actor=actor, reason=batch.reason) as entry:
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.state != BatchState.CHECKED or batch.plan_sha256 != plan_sha256:
            raise MovedOnError
        plan = stage.classify()
        if confirmed_sha256(plan, batch.left_out) != plan_sha256 or entry_rights_of(actor, on=today()) != rights:
            raise MovedOnError
        if plan.n_same:
            stage.note_same(Repeat, entry)
        stage.write(entry, plan)
    assert entry.saved is not None
    batch.state, batch.entry = BatchState.COMMITTED, entry.saved
    batch.committed_by, batch.committed_at = actor.key, now()
    batch.save(update_fields=["state", "entry", "committed_by", "committed_at"])
    counts = {"new": entry.n_new, "changed": entry.n_changed, "same": entry.n_same}
    record(
        "batch.committed",
        batch,
        after={"number": batch.number, "receipt": entry.seq, **counts},
        rows_sha256=entry.saved.rows_sha256,
    )
    fault("store.before_commit")
    return batch


def _check(batch: Batch, actor: Actor, progress: Progress, *, changed_since: bool) -> Outcome:
    rights, plan_sha256 = entry_rights_of(actor, on=today()), ""
    try:
        with examined(batch, rights, progress=progress) as seen:
            report, plan_sha256 = seen.report(changed_since=changed_since), seen.plan_sha256
    except TableError as error:
        report = refused_report(error)
    batch = record_check(batch=batch, actor=actor, report=report, plan_sha256="" if report.has_errors else plan_sha256)
    progress(PARTS, PARTS, _("检查完毕"))
    return _settled(batch)


@use_case
def record_check(*, batch: Batch, actor: Actor, report: Report, plan_sha256: str) -> Batch:
    """Write down what a check found, unless the batch was stored or rejected meanwhile."""
    open_states = (BatchState.RECEIVED, BatchState.CHECKED)
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state not in open_states:
        found_done()
        return batch
    batch.state = BatchState.REJECTED if report.has_errors else BatchState.CHECKED
    batch.report, batch.plan_sha256, batch.checked_at = report.to_json(), plan_sha256, now()
    batch.save(update_fields=["state", "report", "plan_sha256", "checked_at"])
    record(
        f"batch.{batch.state}",
        batch,
        after={"rows": report.rows, "errors": report.error_count, "plan_sha256": plan_sha256},
    )
    return _fresh(batch)


def _settled(batch: Batch, earlier: Batch | None = None) -> Outcome:
    """The outcome that stands for a batch as it is; ``earlier`` holds the receipt of the same file, if known."""
    batch = _fresh(batch)
    return Outcome(
        batch=batch,
        state=BatchState(batch.state),
        receipt=standing_receipt(batch) or (earlier.entry if earlier else None),
        changed_since=batch.entry is None and Report.from_json(batch.report or {}).changed_since,
    )


def _fresh(batch: Batch) -> Batch:
    return Batch.objects.select_related("file", "entry").get(pk=batch.pk)


def _request(kind: str, batch: Batch, actor: Actor, **args: str) -> Job:
    return request_job(kind=kind, key=job_key(kind, batch.ref), actor=actor, args={"batch": batch.ref, **args})


def _plain_name(name: str) -> str:
    """The sender's file name as a text that every database and page can hold."""
    kept = "".join(char for char in PurePath(name.replace("\\", "/")).name if char.isprintable())
    return kept[-255:] or "-"


def _size_limit(name: str) -> int:
    is_csv = PurePath(name).suffix.lower() == ".csv"
    return int(settings.UPLOAD_CSV_MAX_BYTES if is_csv else settings.UPLOAD_XLSX_MAX_BYTES)


@contextmanager
def _spooled(chunks: Iterable[bytes], name: str) -> Iterator[IO[bytes]]:
    """What was sent, in a file of its own until it is known to be one of ours.

    Content that was kept is never deleted again: somebody else may have sent the same meanwhile.
    """
    size, limit = 0, _size_limit(name)
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as spool:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise FilesError("too_big", megabytes=limit // 1_000_000)
            spool.write(chunk)
        spool.flush()
        spool.seek(0)
        yield spool


def _blocks(spool: IO[bytes]) -> Iterator[bytes]:
    while block := spool.read(_BLOCK):
        yield block
