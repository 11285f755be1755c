"""核算: the list, one run, the button."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.request import Request
from evaluation.models import Run
from evaluation.presenters.addresses import difference_url
from evaluation.presenters.alarms import alarm_notes
from evaluation.presenters.runs import ShownRunRow, run_facts, run_group, run_head, run_inputs, run_row
from evaluation.selectors.alarms import alarm_rows
from evaluation.selectors.runs import current_runs, run_page, run_rows, visible_runs
from evaluation.selectors.runs_compared import run_before
from evaluation.services.runs import RUN, request_all_runs, request_full_runs, request_run
from foundation.errors import DomainError
from foundation.jobs.selectors import JobProgress
from foundation.permissions import Permission
from foundation.web.job_page import ResultLink, register_result_link
from foundation.web.keyset import Keyset
from foundation.web.list_page import ListPage
from foundation.web.page import page
from foundation.web.parts import Chip, Confirm, Empty, Option, Pager, Stop
from foundation.web.typed import typed


class RunList(ListPage[Run, ShownRunRow]):
    """核算, newest first."""

    permissions = (Permission.VIEW_RUNS,)
    template_name = "evaluation/run_list.html"
    fragment_name = "evaluation/_run_table.html"
    keyset = Keyset(("number",), descending=True)
    request: Request

    def queryset(self) -> QuerySet[Run]:
        """Runs that the reader may look at, of one period if one is chosen."""
        runs, period = visible_runs(self.request.scope), self._period()
        return runs.filter(period__code=period) if period else runs

    def present(self, rows: Sequence[Run]) -> list[ShownRunRow]:
        """One line a run."""
        return [run_row(row) for row in run_rows(rows)]

    def context(self, rows: list[ShownRunRow], pager: Pager) -> dict[str, Any]:
        """Filters, the button, and what to do where there is nothing."""
        may_start, alarms = self.request.scope.may(Permission.START_RUN), alarm_rows(self.request.scope)
        return {
            "page": {
                "finding": _("每晚 02:00 自动核算；数据改动后也可以马上重新核算。输入没变的组沿用原结果。"),
                "chips": [self._chip()],
                "confirm": Confirm(reverse("evaluation:run-start"), _("重新核算")) if may_start else None,
                "notes": alarm_notes(alarms),
                "full": _full() if may_start and alarms else None,
                "empty": None
                if rows
                else Empty(_("还没有核算过"), _("入库考核数据后，按“重新核算”。"), icon="calculator"),
            }
        }

    def _period(self) -> str:
        return typed(self.request.GET.get("period", ""), most=10)

    def _chip(self) -> Chip:
        here, chosen = reverse("evaluation:run-list"), self._period()
        codes = sorted({each.period_code for each in current_runs(self.request.scope)}, reverse=True)
        options = [Option(_("全部"), here, not chosen)]
        options += [Option(code, f"{here}?period={code}", code == chosen) for code in codes]
        return Chip(_("期间"), chosen or _("全部"), options)


@page(Permission.VIEW_RUNS)
@require_GET
def run_detail(request: Request, ref: str) -> HttpResponse:
    """One run: inputs, groups, statistics, warnings, duration."""
    found = run_page(request.scope, ref=ref)
    if found is None:
        raise Http404("run")
    groups = [run_group(found, group) for group in found.groups]
    head = run_head(found)
    before = run_before(found.shown.run) if request.scope.may(Permission.VIEW_RESULTS) else None
    context = {
        "run": head,
        "trail": [Stop(_("核算"), reverse("evaluation:run-list")), Stop(head.number)],
        "facts": run_facts(found),
        "warnings": found.warnings,
        "inputs": run_inputs(found),
        "groups": groups,
        "groups_heading": _("%(n)s 个同类组") % {"n": len(groups)},
        "confirm": _again(request, found.row.scheme_code, found.row.period_code),
        "compare_url": difference_url(ref, before.ref) if before else "",
    }
    return render(request, "evaluation/run_detail.html", context)


@page(Permission.START_RUN)
@require_POST
def run_start(request: Request) -> HttpResponse:
    """Ask for a run of one scheme in one period, or of all; lead to the job that does it."""
    scheme, period = typed(request.POST.get("scheme", ""), most=60), typed(request.POST.get("period", ""), most=10)
    try:
        if scheme or period:
            job = request_run(scheme_code=scheme, period_code=period, actor=request.actor)
        elif request.POST.get("full"):
            job = request_full_runs(actor=request.actor)
        else:
            job = request_all_runs(actor=request.actor)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("evaluation:run-list")
    if job.again:
        messages.info(request, _("正在核算的一次用的是较早的数据；完成后会自动再核算一次。"))
    return redirect("jobs:job-detail", ref=job.ref)


def _full() -> Confirm:
    """Where an alarm stands: the order to compute everything without narrowing."""
    label = _("全部重新核算")
    return Confirm(reverse("evaluation:run-start"), label, fields=[("full", "1")], main=False)


def _again(request: Request, scheme: str, period: str) -> Confirm | None:
    if not request.scope.may(Permission.START_RUN):
        return None
    fields = [("scheme", scheme), ("period", period)]
    return Confirm(reverse("evaluation:run-start"), _("重新核算"), fields=fields, main=False)


def _runs_link(job: JobProgress) -> ResultLink:
    return ResultLink(reverse("evaluation:run-list"), _("看核算记录"))


register_result_link(RUN, _runs_link)
