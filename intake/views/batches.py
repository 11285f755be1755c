"""Pages of upload and of batches."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.request import Request
from foundation.errors import DomainError
from foundation.files.content import path_of
from foundation.permissions import Permission
from foundation.web.attempt import attempt
from foundation.web.job_page import job_views
from foundation.web.keyset import Keyset
from foundation.web.list_page import ListPage
from foundation.web.page import page
from foundation.web.parts import Chip, Confirm, Empty, Option, Pager, Search, Step, Stop
from foundation.web.typed import typed
from intake.enums import BatchState
from intake.forms import CommitForm, UploadForm
from intake.models import Batch
from intake.presenters.back_files import back_buttons
from intake.presenters.note_rows import notes_panels
from intake.selectors.batch_pages import BatchPage, batch_page
from intake.selectors.batches import BatchRow, batch_rows, visible_batches
from intake.services.batches import receive_upload, request_check, request_commit

FILE_RULES = (
    gettext_lazy("长表：一行一个对象、一个指标、一个期间。表头为工号（或单位代码）、指标代码、期间、数值。"),
    gettext_lazy("宽表：一行一个对象，一列一个指标，表头以指标代码开头，期间是一列。从“下载模板”开始最省事。"),
    gettext_lazy("需要时加姓名、目标值、口径、佐证编号、备注；其他列请删去。"),
    gettext_lazy("工号、单位代码设为文本格式，前面的 0 不能少。"),
    gettext_lazy("数值只写数，不带单位；没有发生的写“不适用”，要收回已入库的值写“作废”。"),
    gettext_lazy("只放一张有数据的可见工作表。.xlsx 不超过 20 MB、20 万行；更大的用 .csv（UTF-8 或 GB18030）。"),
)


@page(Permission.UPLOAD_DATA)
def batch_upload(request: Request) -> HttpResponse:
    """Take a file and lead to its batch, where the check is going on."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        requested = attempt(
            form,
            receive_upload,
            at="file",
            chunks=file.chunks(),
            name=file.name,
            actor=request.actor,
            reason=form.cleaned_data["reason"],
        )
        if requested is not None:
            return redirect("intake:batch-detail", ref=requested.batch.ref)
    context = {
        "form": form,
        "steps": [Step(_("选文件"), "", "current"), Step(_("检查")), Step(_("提交"))],
        "rules": FILE_RULES,
        "list_url": reverse("intake:batch-list"),
        # Only an address: what knows the schemes stands above this app.
        "template_url": reverse("evaluation:entry-sheet"),
    }
    return render(request, "intake/batch_form.html", context, status=422 if form.errors else 200)


class BatchList(ListPage[Batch, BatchRow]):
    """批次, newest first."""

    permissions = (Permission.VIEW_BATCHES,)
    template_name = "intake/batch_list.html"
    fragment_name = "intake/_batch_table.html"
    keyset = Keyset(("number",), descending=True)
    STATES: ClassVar[tuple[BatchState, ...]] = tuple(BatchState)
    request: Request

    def queryset(self) -> QuerySet[Batch]:
        """Batches that the reader may look at, by state and by a word of the file's name or the number."""
        batches, state, words = visible_batches(self.request.scope), self._state(), self._words()
        if state:
            batches = batches.filter(state=state)
        if words:
            found = Q(file__name__icontains=words)
            if words.isascii() and words.isdecimal() and len(words) < 9:
                found |= Q(number=int(words))
            batches = batches.filter(found)
        return batches

    def present(self, rows: Sequence[Batch]) -> list[BatchRow]:
        """One line a batch."""
        return batch_rows(rows)

    def context(self, rows: list[BatchRow], pager: Pager) -> dict[str, Any]:
        """Filters, and what to do where there is nothing."""
        return {
            "page": {
                **self._filters(),
                "upload_url": self._upload_url(),
                "withdrawals_url": self._withdrawals_url(),
                "empty": None if rows else self._empty(),
            }
        }

    def _filters(self) -> dict[str, Any]:
        here, state = reverse("intake:batch-list"), self._state()
        choices = [Option(_("全部"), here, not state)]
        choices += [Option(s.label, f"{here}?state={s.value}", s.value == state) for s in self.STATES]
        chosen = BatchState(state).label if state else _("全部")
        keep = [("state", state)] if state else []
        return {
            "chips": [Chip(_("状态"), chosen, choices)],
            "search": Search(here, self._words(), _("文件名或批次号"), keep),
        }

    def _state(self) -> str:
        state = self.request.GET.get("state", "")
        return state if state in BatchState.values else ""

    def _words(self) -> str:
        return typed(self.request.GET.get("q", ""))

    def _upload_url(self) -> str:
        return reverse("intake:batch-upload") if self.request.scope.may(Permission.UPLOAD_DATA) else ""

    def _withdrawals_url(self) -> str:
        scope = self.request.scope
        may = scope.may(Permission.WITHDRAW_DATA) or scope.may(Permission.APPROVE_WITHDRAWALS)
        return reverse("intake:withdrawal-list") if may else ""

    def _empty(self) -> Empty:
        if self._state() or self._words():
            return Empty(
                _("没有符合条件的批次"),
                _("换一个状态或检索词再看。"),
                action_label=_("看全部批次"),
                action_url=reverse("intake:batch-list"),
            )
        url = self._upload_url()
        return Empty(
            _("还没有上传过数据"),
            _("上传的每个文件是一个批次：先检查，再入库，留存原件与回执。"),
            icon="upload",
            action_label=_("上传文件") if url else "",
            action_url=url,
        )


@page(Permission.VIEW_BATCHES)
@require_GET
def batch_detail(request: Request, ref: str) -> HttpResponse:
    """One batch: how far it is, what was found, what can be done."""
    return _batch_answer(request, _page_or_404(request, ref))


def _batch_answer(request: Request, shown: BatchPage, *, refusal: str = "", status: int = 200) -> HttpResponse:
    if refusal:
        messages.error(request, refusal)
    job = job_views([shown.job], reader=request.scope.actor_key)[0] if shown.job else None
    context = {
        "batch": shown,
        "trail": [Stop(_("数据")), Stop(_("批次"), reverse("intake:batch-list")), Stop(shown.title)],
        "steps": shown.steps,
        "job": job,
        "problems": shown.problems,
        "notes": notes_panels(shown),
        "back": back_buttons(shown, reader=request.scope.actor_key),
        "receipt": shown.receipt,
        # Only an address: what uses the data stands above this app.
        "next_url": reverse("evaluation:run-list") if request.scope.may(Permission.VIEW_RUNS) else "",
        "withdrawal": shown.withdrawal,
        "withdraw_url": reverse("intake:batch-withdraw", args=[shown.batch.ref]) if shown.may_withdraw else "",
        "corrections": shown.corrections,
        "commit": _commit(shown),
        "recheck": _recheck(shown),
        "reupload_url": reverse("intake:batch-upload") if shown.batch.state == BatchState.REJECTED else "",
        "file_url": reverse("intake:batch-file", args=[shown.batch.ref]),
        "template_url": reverse("evaluation:entry-sheet") if request.scope.may(Permission.UPLOAD_DATA) else "",
    }
    return render(request, "intake/batch_detail.html", context, status=status)


def _commit(shown: BatchPage) -> Confirm | None:
    if not shown.may_commit:
        return None
    return Confirm(
        url=reverse("intake:batch-commit", args=[shown.batch.ref]),
        label=shown.commit_label,
        consequence=_("入库后用于下一次核算。改错用更正：再传一份新文件，旧值留存。"),
        fields=[("plan_sha256", shown.plan_sha256)],
        accept=shown.corrections.accept if shown.corrections and not shown.commit_refusal else None,
        disabled_reason=shown.commit_refusal,
        main=not shown.commit_refusal,
    )


def _recheck(shown: BatchPage) -> Confirm | None:
    if shown.batch.state != BatchState.RECEIVED or shown.job is None or not shown.job.is_ended:
        return None
    return Confirm(url=reverse("intake:batch-check", args=[shown.batch.ref]), label=_("重新检查"))


@page(Permission.UPLOAD_DATA)
@require_POST
def batch_commit(request: Request, ref: str) -> HttpResponse:
    """Confirm the plan that the page showed; the worker stores it."""
    shown, form = _page_or_404(request, ref), CommitForm(request.POST)
    if not form.is_valid():
        return _batch_answer(request, shown, refusal=_("请从本页的按钮提交。"), status=422)
    try:
        request_commit(
            batch=shown.batch,
            actor=request.actor,
            plan_sha256=form.cleaned_data["plan_sha256"],
            accepted_corrections=form.cleaned_data["accepted_corrections"] or 0,
        )
    except DomainError as refusal:
        return _batch_answer(request, _page_or_404(request, ref), refusal=refusal.message, status=409)
    return redirect("intake:batch-detail", ref=ref)


@page(Permission.UPLOAD_DATA)
@require_POST
def batch_check(request: Request, ref: str) -> HttpResponse:
    """Ask for the check once more, after its job failed."""
    shown = _page_or_404(request, ref)
    try:
        request_check(batch=shown.batch, actor=request.actor)
    except DomainError as refusal:
        return _batch_answer(request, shown, refusal=refusal.message, status=409)
    return redirect("intake:batch-detail", ref=ref)


@page(Permission.VIEW_BATCHES)
@require_GET
def batch_file(request: Request, ref: str) -> HttpResponseBase:
    """Give the file as it came, as an attachment."""
    batch = get_object_or_404(visible_batches(request.scope), ref=ref)
    content = path_of(batch.file.sha256)
    if not content.is_file():
        raise Http404("content")
    return FileResponse(
        content.open("rb"), as_attachment=True, filename=batch.file.name, content_type=batch.file.media_type
    )


def _page_or_404(request: Request, ref: str) -> BatchPage:
    shown = batch_page(request.scope, ref=ref)
    if shown is None:
        raise Http404("batch")
    return shown
