"""Pages of withdrawals: the preview, the request, the decision, what waits."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.request import Request
from foundation.errors import DomainError
from foundation.jobs.selectors import JobProgress
from foundation.permissions import Permission
from foundation.web.attempt import attempt
from foundation.web.job_page import ResultLink, register_result_link
from foundation.web.keyset import Keyset
from foundation.web.list_page import ListPage
from foundation.web.page import page
from foundation.web.parts import BigFact, Chip, Confirm, Empty, Option, Pager, Stop, Tab
from intake.enums import WithdrawalState
from intake.forms import ApproveForm, RefuseForm, WithdrawForm
from intake.job_kinds import WITHDRAW_JOB
from intake.models import Observation, Withdrawal
from intake.selectors.batches import batch_label
from intake.selectors.withdrawals import (
    PreviewRow,
    WithdrawalPage,
    WithdrawalRow,
    closing_preview,
    closing_rows,
    counts_text,
    deciding_withdrawals,
    kept_preview,
    kept_rows,
    visible_withdrawals,
    withdrawal_page,
    withdrawal_rows,
)
from intake.services.withdrawals import Asked, approve_withdrawal, ask_withdrawal, cancel_withdrawal, refuse_withdrawal

KEPT = "kept"


class BatchWithdraw(ListPage[Observation, PreviewRow]):
    """What a withdrawal of a batch would close and open again; the form that asks for it, or that decides."""

    permissions = (Permission.WITHDRAW_DATA, Permission.APPROVE_WITHDRAWALS)
    template_name = "intake/batch_withdraw.html"
    fragment_name = "intake/_withdrawal_preview.html"
    keyset = Keyset(("period_id", "subject_id", "indicator_id", "facet"))
    request: Request
    shown: WithdrawalPage
    form: WithdrawForm

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # our request
        """The preview as it is now; a batch that is not stored has none."""
        self.shown = _preview_or_404(request, kwargs["ref"])
        self.form = WithdrawForm()
        return super().get(request, *args, **kwargs)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the withdrawal that the preview showed."""
        self.shown, self.form = _preview_or_404(request, kwargs["ref"]), WithdrawForm(request.POST)
        asked = self._ask() if self.form.is_valid() else None
        if asked is not None:
            return redirect("intake:batch-detail", ref=self.shown.batch.ref)
        answer = super().get(request, *args, **kwargs)
        answer.status_code = 422
        return answer

    def _ask(self) -> Asked | None:
        return attempt(
            self.form, ask_withdrawal, batch=self.shown.batch, actor=self.request.actor, **self.form.cleaned_data
        )

    def queryset(self) -> QuerySet[Observation]:
        """Values that go, or those that stay."""
        return kept_rows(self.shown.batch) if self._is_kept() else closing_rows(self.shown.batch)

    def present(self, rows: Sequence[Observation]) -> list[PreviewRow]:
        """What each is now and would be."""
        preview = kept_preview if self._is_kept() else closing_preview
        return preview(self.request.scope, self.shown.batch, rows)

    def context(self, rows: list[PreviewRow], pager: Pager) -> dict[str, Any]:
        """The consequence in numbers, the warning, and what this reader may do."""
        shown, plan = self.shown, self.shown.plan
        return {
            "shown": shown,
            "form": self.form if shown.may_ask else None,
            "needs_second": settings.WITHDRAWAL_NEEDS_SECOND_PERSON,
            "is_kept": self._is_kept(),
            "trail": _trail(shown),
            "tabs": self._tabs(),
            "facts": [
                BigFact(_("恢复旧值"), f"{plan.n_reopened:,}", _("条")),
                BigFact(_("收回"), f"{plan.n_removed:,}", _("条"), note=_("撤回后没有数据")),
                BigFact(_("不变"), f"{plan.n_kept:,}", _("条"), note=_("已被后来的批次更正")),
            ],
            "ask_label": _("申请撤回：%(counts)s") % {"counts": _consequence(shown)},
            "approve": _approve_button(shown),
            "refuse_url": _url(shown, "withdrawal-refuse"),
            "cancel": Confirm(_url(shown, "withdrawal-cancel"), _("取消申请"), main=False),
        }

    def _is_kept(self) -> bool:
        return self.request.GET.get("show") == KEPT

    def _tabs(self) -> list[Tab]:
        here, plan = reverse("intake:batch-withdraw", args=[self.shown.batch.ref]), self.shown.plan
        return [
            Tab(_("撤回的"), here, not self._is_kept(), plan.n_closed),
            Tab(_("不变的"), f"{here}?show={KEPT}", self._is_kept(), plan.n_kept),
        ]


class WithdrawalList(ListPage[Withdrawal, WithdrawalRow]):
    """Requests, newest first; those that wait for the reader at first."""

    permissions = (Permission.WITHDRAW_DATA, Permission.APPROVE_WITHDRAWALS)
    template_name = "intake/withdrawal_list.html"
    fragment_name = "intake/_withdrawal_table.html"
    keyset = Keyset(("id",), descending=True)
    request: Request

    def queryset(self) -> QuerySet[Withdrawal]:
        """Those about batches that the reader may look at."""
        scope = self.request.scope
        return visible_withdrawals(scope) if self._is_all() else deciding_withdrawals(scope)

    def present(self, rows: Sequence[Withdrawal]) -> list[WithdrawalRow]:
        """One line a request."""
        return withdrawal_rows(rows)

    def context(self, rows: list[WithdrawalRow], pager: Pager) -> dict[str, Any]:
        """The filter, and words where there is nothing."""
        here, is_all = reverse("intake:withdrawal-list"), self._is_all()
        choices = [Option(_("等我决定"), here, not is_all), Option(_("全部"), f"{here}?show=all", is_all)]
        title = _("还没有撤回申请") if is_all else _("没有等您决定的撤回申请")
        return {
            "chips": [Chip(_("申请"), _("全部") if is_all else _("等我决定"), choices)],
            "empty": None if rows else Empty(title, _("在已入库批次的页面上可以申请撤回。"), icon="check-circle"),
            "trail": [Stop(_("数据")), Stop(_("批次"), reverse("intake:batch-list")), Stop(_("撤回申请"))],
        }

    def _is_all(self) -> bool:
        scope = self.request.scope
        return self.request.GET.get("show") == "all" or not scope.may(Permission.APPROVE_WITHDRAWALS)


@page(Permission.APPROVE_WITHDRAWALS)
@require_POST
def withdrawal_approve(request: Request, ref: str) -> HttpResponse:
    """Approve what somebody else asked for, as the preview showed it."""
    form = ApproveForm(request.POST)
    plan = form.cleaned_data["plan_sha256"] if form.is_valid() else ""
    return _decided(request, ref, approve_withdrawal, plan_sha256=plan)


@page(Permission.APPROVE_WITHDRAWALS)
@require_POST
def withdrawal_refuse(request: Request, ref: str) -> HttpResponse:
    """Refuse what somebody else asked for, with the reason."""
    form = RefuseForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    return _decided(request, ref, refuse_withdrawal, answer=answer)


@page(Permission.WITHDRAW_DATA)
@require_POST
def withdrawal_cancel(request: Request, ref: str) -> HttpResponse:
    """Take the own request back."""
    return _decided(request, ref, cancel_withdrawal)


def _decided(request: Request, ref: str, service: Callable[..., object], **words: str) -> HttpResponse:
    withdrawal = get_object_or_404(visible_withdrawals(request.scope), ref=ref)
    try:
        service(withdrawal=withdrawal, actor=request.actor, **words)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        is_open = withdrawal.state in {WithdrawalState.WAITING, WithdrawalState.APPROVED}
        return redirect("intake:batch-withdraw" if is_open else "intake:batch-detail", ref=withdrawal.batch.ref)
    return redirect("intake:batch-detail", ref=withdrawal.batch.ref)


def _preview_or_404(request: Request, ref: str) -> WithdrawalPage:
    shown = withdrawal_page(request.scope, ref=ref)
    if shown is None:
        raise Http404("batch")
    return shown


def _trail(shown: WithdrawalPage) -> list[Stop]:
    batch = Stop(batch_label(shown.batch), reverse("intake:batch-detail", args=[shown.batch.ref]))
    return [Stop(_("数据")), Stop(_("批次"), reverse("intake:batch-list")), batch, Stop(_("撤回"))]


def _consequence(shown: WithdrawalPage) -> str:
    return counts_text(shown.plan.n_reopened, shown.plan.n_removed, shown.plan.n_kept)


def _url(shown: WithdrawalPage, name: str) -> str:
    return reverse(f"intake:{name}", args=[shown.open.ref]) if shown.open else ""


def _approve_button(shown: WithdrawalPage) -> Confirm | None:
    if shown.open is None or not shown.open.may_decide:
        return None
    moved = _("申请之后库中数据有了变化，后果与申请时不同。请不予批准，由申请人看过新的预览后重新申请。")
    return Confirm(
        url=_url(shown, "withdrawal-approve"),
        label=_("批准撤回：%(counts)s") % {"counts": _consequence(shown)},
        consequence=_("批准后立即撤回，下一次核算不再使用这些数。撤回不能取消，需要时请重新上传。"),
        fields=[("plan_sha256", shown.plan.sha256)],
        disabled_reason="" if shown.is_as_asked else moved,
    )


def _batch_link(job: JobProgress) -> ResultLink | None:
    ref = job.result.get("batch")
    return ResultLink(reverse("intake:batch-detail", args=[ref]), _("看批次")) if ref else None


register_result_link(WITHDRAW_JOB, _batch_link)
