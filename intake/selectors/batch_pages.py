"""The page of one batch: what was found, what would change, what can be done."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.scope import Scope
from foundation.actor import actor_names
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.selectors import JobProgress, progress_rows
from foundation.permissions import Permission
from foundation.web.parts import Step, Tag
from intake.enums import BatchState
from intake.job_kinds import CHECK_JOB, COMMIT_JOB, MARK_JOB, WITHDRAW_JOB, job_key
from intake.models import Batch
from intake.reports import FoundKind, Report
from intake.selectors.batches import batch_label, standing_receipt, state_tag, visible_batches
from intake.selectors.corrections import CorrectionPanel, correction_panel
from intake.selectors.withdrawals import WithdrawalPanel, withdrawal_panel


@dataclass(frozen=True)
class CellRow:
    """One cell of a problem."""

    ref: str
    name: str
    value: str
    message: str
    suggestion: str


@dataclass(frozen=True)
class KindRow:
    """One kind of problem."""

    severity: str
    code: str
    label: str
    count: int
    where: str
    remedy: str
    open: bool
    cells: tuple[CellRow, ...]
    more: int


@dataclass(frozen=True)
class ProblemPanel:
    """What the check found, with a heading that says what to do first."""

    heading: str
    note: str
    n_ok: int
    n_error: int
    n_warning: int
    compare: str
    kinds: tuple[KindRow, ...]
    cut: str


@dataclass(frozen=True)
class ReceiptPanel:
    """The receipt of a batch, or of the earlier batch with the same file."""

    number: str
    at: datetime
    who: str
    n_new: int
    n_changed: int
    n_same: int
    rows_sha256: str
    is_earlier: bool


@dataclass(frozen=True)
class BackPanel:
    """The files that go back to the sender: what is in them, and which lie ready for this reader."""

    note: str
    is_next: bool
    """Whether the marked file is what helps the reader on."""
    has_bad_rows: bool
    job: JobProgress | None
    """The one that is being made, or the last one if it failed."""
    ready: dict[str, str]
    """By kind of file: the job that made it."""


@dataclass(frozen=True)
class NoteLine:
    """A row of the file that is no data, or looks like it."""

    row: int
    text: str


@dataclass(frozen=True)
class BatchPage:
    """All that the page of one batch shows; the view adds the URLs."""

    batch: Batch
    title: str
    file_name: str
    fingerprint: str
    purpose: str
    state: Tag
    steps: tuple[Step, ...]
    job: JobProgress | None
    """The job at work on it, or the last one if it failed."""
    problems: ProblemPanel | None
    back: BackPanel | None
    receipt: ReceiptPanel | None
    corrections: CorrectionPanel | None
    header_row: int
    note_rows: tuple[NoteLine, ...]
    """Rows below the table that wait for the officer's word."""
    left_out: tuple[NoteLine, ...]
    """Rows that are no data by the officer's word."""
    may_settle_rows: bool
    withdrawal: WithdrawalPanel | None
    may_withdraw: bool
    may_commit: bool
    commit_label: str
    commit_refusal: str
    plan_sha256: str


def batch_page(scope: Scope, *, ref: str) -> BatchPage | None:
    """The page of a batch that the reader may look at, in a number of queries that no row changes."""
    batch = visible_batches(scope).filter(ref=ref).first()
    if batch is None:
        return None
    report = Report.from_json(batch.report) if batch.report else None
    withdrawal = withdrawal_panel(scope, batch)
    job = _job(batch, withdrawal)
    receipt = _receipt(batch)
    is_open = batch.state in {BatchState.CHECKED, BatchState.REJECTED} and scope.may(Permission.UPLOAD_DATA)
    is_mine_to_commit = batch.state == BatchState.CHECKED and scope.may(Permission.UPLOAD_DATA)
    is_working = job is not None and not job.is_ended
    return BatchPage(
        batch=batch,
        title=batch_label(batch),
        file_name=batch.file.name,
        fingerprint=f"{batch.file.sha256[:8]} … {batch.file.sha256[-4:]}",
        purpose=_purpose(batch, report),
        state=state_tag(batch, report),
        steps=_steps(batch, report),
        job=job,
        problems=_panel(report) if report else None,
        back=_back(scope, batch, report) if report and report.kinds and report.is_readable else None,
        receipt=receipt,
        corrections=correction_panel(scope, report) if report and batch.entry is None else None,
        header_row=report.header_row if report else 1,
        note_rows=_note_rows(report) if report else (),
        left_out=tuple(NoteLine(row.row, row.text) for row in report.left_out) if report else (),
        may_settle_rows=is_open and not is_working,
        withdrawal=withdrawal,
        may_withdraw=batch.state == BatchState.COMMITTED and _may_touch(scope),
        may_commit=is_mine_to_commit and receipt is None and not is_working,
        commit_label=_("提交入库"),
        commit_refusal=_refusal(report),
        plan_sha256=batch.plan_sha256,
    )


def _note_rows(report: Report) -> tuple[NoteLine, ...]:
    texts = {cell.row: cell.value for kind in report.kinds if kind.code == "note_row" for cell in kind.cells}
    return tuple(NoteLine(row, texts.get(row, "")) for row in report.note_rows)


def _may_touch(scope: Scope) -> bool:
    return scope.may(Permission.WITHDRAW_DATA) or scope.may(Permission.APPROVE_WITHDRAWALS)


def _job(batch: Batch, withdrawal: WithdrawalPanel | None) -> JobProgress | None:
    keys = [job_key(kind, batch.ref) for kind in (CHECK_JOB, COMMIT_JOB)]
    if withdrawal is not None:
        keys.append(job_key(WITHDRAW_JOB, withdrawal.ref))
    job = Job.objects.filter(key__in=keys).order_by("-pk").first()
    progress = progress_rows([job])[0] if job else None
    return progress if progress and (not progress.is_ended or progress.error_code) else None


def _back(scope: Scope, batch: Batch, report: Report) -> BackPanel:
    asked = Job.objects.filter(kind=MARK_JOB, owner_key=scope.actor_key, key__startswith=job_key(MARK_JOB, batch.ref))
    # What was made before the last check tells of another report.
    made = progress_rows(asked.filter(created_at__gte=batch.checked_at).order_by("pk")) if batch.checked_at else []
    at_work = made[-1] if made and (not made[-1].is_ended or made[-1].error_code) else None
    count = f"{report.error_count + report.warning_count:,}"
    return BackPanel(
        note=_("标注文件：在原表上把 %(count)s 处标色并写批注，可直接改。") % {"count": count},
        is_next=report.has_errors and batch.entry is None,
        has_bad_rows=report.error_rows > 0,
        job=at_work,
        ready={job.result["what"]: job.ref for job in made if job.state is JobState.DONE},
    )


def _purpose(batch: Batch, report: Report | None) -> str:
    if batch.state == BatchState.WITHDRAWN:
        return _("这批数据已经撤回，不再作数。同一份文件可以重新上传。")
    if batch.entry is not None:
        return _("数据已经入库，下一次核算即用。")
    if report is None:
        return _("文件已经收到，正在检查。检查通过、由您提交之前，不写入任何数据。")
    if report.same_as:
        return _("同一份文件此前已经入库，再传一次不改变任何数据。")
    if report.changed_since:
        return _("您提交之后、写入之前，库中数据或您的权限有了变化，没有写入任何数据。请看新的检查结果。")
    return _("检查通过前不写入任何数据。同一份文件再传一次，结果不变。")


def _steps(batch: Batch, report: Report | None) -> tuple[Step, ...]:
    found = _("等待检查")
    if report:
        counts = {"errors": f"{report.error_count:,}", "warnings": f"{report.warning_count:,}"}
        found = _("%(errors)s 处错误，%(warnings)s 处提醒") % counts
    is_stored = batch.entry is not None or bool(report and report.same_as)
    is_rejected = batch.state == BatchState.REJECTED
    checked = "failed" if is_rejected else "done" if report else "current"
    stored = _("已入库") if is_stored else _("由您提交后入库")
    return (
        Step(_("选文件"), batch.file.name, "done"),
        Step(_("检查"), found, checked),
        Step(_("提交"), stored, "done" if is_stored else "current" if report and not is_rejected else "todo"),
    )


def _panel(report: Report) -> ProblemPanel:
    cut = sum(kind.cut for kind in report.kinds)
    first = next((kind.code for kind in report.kinds), "")
    return ProblemPanel(
        heading=_heading(report),
        note=_("全部 %(rows)s 行一起入库，有一处错误就都不入库。提醒不妨碍提交，请逐条看过。")
        % {"rows": f"{report.rows:,}"},
        n_ok=report.good_rows,
        n_error=report.error_rows,
        n_warning=report.warning_rows,
        compare=_("与库中数据相比：相同 %(same)s 条，新增 %(new)s 条，改动 %(changed)s 条")
        % {"same": f"{report.n_same:,}", "new": f"{report.n_new:,}", "changed": f"{report.n_changed:,}"},
        kinds=tuple(_kind(kind, is_open=kind.code == first) for kind in report.kinds),
        cut=_("另有 %(count)s 处没有逐条列出，改好列出的再传一次即可看到。") % {"count": f"{cut:,}"} if cut else "",
    )


def _heading(report: Report) -> str:
    counts = {"errors": f"{report.error_count:,}", "warnings": f"{report.warning_count:,}"}
    if report.has_errors:
        return _("先改 %(errors)s 处错误，再重新上传") % counts
    if report.warning_count:
        return _("没有错误，有 %(warnings)s 处提醒") % counts
    return _("没有发现问题")


def _kind(kind: FoundKind, *, is_open: bool) -> KindRow:
    where = _("%(columns)s 列") % {"columns": "、".join(kind.columns)} if kind.columns else ""
    return KindRow(
        severity=kind.severity.value,
        code=kind.code,
        label=kind.title,
        count=kind.count,
        where=where,
        remedy=kind.remedy,
        open=is_open,
        cells=tuple(CellRow(cell.ref, cell.subject, cell.value, cell.message, cell.suggestion) for cell in kind.cells),
        more=kind.cut,
    )


def _receipt(batch: Batch) -> ReceiptPanel | None:
    entry = standing_receipt(batch)
    if entry is None:
        return None
    return ReceiptPanel(
        number=_("回执 %(seq)s") % {"seq": entry.seq},
        at=entry.at,
        who=actor_names([entry.actor_key])[entry.actor_key],
        n_new=entry.n_new,
        n_changed=entry.n_changed,
        n_same=entry.n_same,
        rows_sha256=entry.rows_sha256,
        is_earlier=batch.entry is None,
    )


def _refusal(report: Report | None) -> str:
    if report is not None and report.has_errors:
        return _("还有 %(count)s 处错误，不能提交") % {"count": f"{report.error_count:,}"}
    return ""
