"""Batches as people see them: who may look at which, the list, what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.scope import Scope
from foundation.actor import actor_names
from foundation.ledger.models import Entry
from foundation.permissions import Permission
from foundation.web.parts import Tag
from intake.enums import BatchState
from intake.models import Batch
from intake.reports import Report

_TAGS = {
    BatchState.RECEIVED: "",
    BatchState.CHECKED: "accent",
    BatchState.COMMITTED: "good",
    BatchState.REJECTED: "bad",
    BatchState.WITHDRAWN: "watch",
}


def visible_batches(scope: Scope) -> QuerySet[Batch]:
    """Batches that a reader may look at: an officer of the whole city sees all, others their own."""
    batches = Batch.objects.select_related("file", "entry")
    if not scope.may(Permission.VIEW_BATCHES):
        return batches.none()
    if Role.HR_OFFICER in scope.roles and scope.units is None:
        return batches
    return batches.filter(uploaded_by=scope.actor_key)


def latest_batches(scope: Scope, *, limit: int) -> list["BatchRow"]:
    """The newest batches that a reader may look at."""
    return batch_rows(visible_batches(scope).order_by("-number")[:limit])


@dataclass(frozen=True)
class BatchRow:
    """One batch in a list."""

    ref: str
    number: int
    label: str
    file_name: str
    state: Tag
    n_rows: int | None
    result: str
    who: str
    at: datetime


def batch_rows(batches: Iterable[Batch]) -> list[BatchRow]:
    """Rows of a list, in the order of the batches; one more query for all their names."""
    batches = list(batches)
    names = actor_names(batch.uploaded_by for batch in batches)
    return [_row(batch, names[batch.uploaded_by]) for batch in batches]


def _row(batch: Batch, who: str) -> BatchRow:
    report = Report.from_json(batch.report) if batch.report else None
    return BatchRow(
        ref=batch.ref,
        number=batch.number,
        label=batch_label(batch),
        file_name=batch.file.name,
        state=state_tag(batch, report),
        n_rows=report.rows if report else None,
        result=_result(batch, report),
        who=who,
        at=batch.uploaded_at,
    )


def state_tag(batch: Batch, report: Report | None) -> Tag:
    """The state of a batch in a word; a file that is stored already under another batch says so."""
    state = BatchState(batch.state)
    if state is BatchState.CHECKED and report and report.same_as:
        return Tag(_("内容已在库"), "good")
    return Tag(state.label, _TAGS[state])


def standing_receipt(batch: Batch) -> Entry | None:
    """The receipt of a batch, or of an earlier one that stored this very file and stands.

    An earlier batch may have been withdrawn since the check; then this file may be stored anew.
    """
    same_as = (batch.report or {}).get("same_as")
    if batch.entry is not None or same_as is None or batch.state != BatchState.CHECKED:
        return batch.entry
    return Entry.objects.filter(batch__ref=same_as, batch__state=BatchState.COMMITTED).first()


def batch_label(batch: Batch) -> str:
    """Name a batch for people."""
    return number_label(batch.number)


def number_label(number: int) -> str:
    """Name a batch of which only the number is known."""
    return _("批次 %(number)s") % {"number": number}


def _result(batch: Batch, report: Report | None) -> str:
    if batch.entry is not None:
        return _("回执 %(seq)s：新增 %(new)s，改动 %(changed)s，相同 %(same)s") % _counts(batch.entry)
    if report is None:
        return _("等待检查")
    if report.has_errors:
        return _("%(count)s 处错误") % {"count": f"{report.error_count:,}"}
    if report.same_as:
        return _("与已入库的文件相同")
    return _("等待提交，%(count)s 处提醒") % {"count": f"{report.warning_count:,}"}


def _counts(entry: Entry) -> dict[str, str | int]:
    return {
        "seq": entry.seq,
        "new": f"{entry.n_new:,}",
        "changed": f"{entry.n_changed:,}",
        "same": f"{entry.n_same:,}",
    }


@dataclass(frozen=True)
class WaitingBatch:
    """A batch of the reader that asks for a step."""

    ref: str
    title: str
    note: str


def waiting_batches(scope: Scope, *, limit: int = 5) -> list[WaitingBatch]:
    """Own batches that wait for their sender: to be committed, or to be mended and sent anew.

    A rejected batch waits until its sender uploads again.
    """
    if not scope.may(Permission.UPLOAD_DATA):
        return []
    own = Batch.objects.filter(uploaded_by=scope.actor_key).select_related("file")
    later = Batch.objects.filter(uploaded_by=scope.actor_key, number__gt=OuterRef("number"))
    waiting = own.filter(
        Q(state=BatchState.CHECKED, report__same_as=None) | (Q(state=BatchState.REJECTED) & ~Exists(later))
    )
    return [_waiting(batch) for batch in waiting.order_by("-number")[:limit]]


def _waiting(batch: Batch) -> WaitingBatch:
    report = Report.from_json(batch.report or {})
    asked = _("%(batch)s 有 %(count)s 处错误，改好后重新上传") if report.has_errors else _("%(batch)s 已检查，等您提交")
    title = asked % {"batch": batch_label(batch), "count": f"{report.error_count:,}"}
    return WaitingBatch(batch.ref, title, batch.file.name)


def count_batches_after(*, seq: int) -> int:
    """How many batches were stored after a cut, or stored before and withdrawn after, and so wait for the next run."""
    stored = Q(state=BatchState.COMMITTED, entry_id__gt=seq)
    withdrawn = Q(state=BatchState.WITHDRAWN, entry_id__lte=seq, entry__withdrawn_by__gt=seq)
    return Batch.objects.filter(stored | withdrawn).count()
