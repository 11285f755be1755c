"""Pages of the rooms of foundation: jobs, and whether the house stands."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foundation.constraints import missing_guards
from foundation.jobs.models import Job
from foundation.jobs.selectors import latest_checkup, open_checkup, progress_rows, visible_jobs
from foundation.jobs.services import request_checkup
from foundation.permissions import Permission
from foundation.web.checkup_page import checkup_view
from foundation.web.job_page import JobView, job_views
from foundation.web.keyset import Keyset
from foundation.web.list_page import ListPage
from foundation.web.page import PageRequest, page, public
from foundation.web.parts import Confirm, Pager, Stop


@public
def health(request: HttpRequest) -> JsonResponse:
    """Say that the web process answers and the database is whole; says nothing else to anyone."""
    missing = missing_guards(connection)
    return JsonResponse({"status": "guards_missing" if missing else "ok"}, status=503 if missing else 200)


class JobList(ListPage[Job, JobView]):
    """作业: what the machine was asked to do, newest first."""

    permissions = (Permission.VIEW_JOBS,)
    template_name = "jobs/job_list.html"
    fragment_name = "jobs/_job_table.html"
    keyset = Keyset(("pk",), descending=True)

    def queryset(self) -> QuerySet[Job]:
        """Jobs that the reader may look at."""
        return visible_jobs(self.request.scope)

    def present(self, rows: Sequence[Job]) -> list[JobView]:
        """How far each is."""
        return job_views(progress_rows(rows), reader=self.request.scope.actor_key)

    def context(self, rows: list[JobView], pager: Pager) -> dict[str, Any]:
        """Whether the house stood, when it was last looked at."""
        return {"checkup": checkup_view(latest_checkup())}


@page(Permission.VIEW_HOME)
def job_detail(request: PageRequest, ref: str) -> HttpResponse:
    """How far one job is; htmx asks for the fragment alone."""
    job = get_object_or_404(visible_jobs(request.scope), ref=ref)
    (shown,) = job_views(progress_rows([job]), reader=request.scope.actor_key)
    if request.htmx:
        answer = render(request, "jobs/_job_progress.html", {"job": shown})
        if not shown.is_open:
            # What stands around the fragment has changed too: a report, a receipt, a ranking.
            answer.headers["HX-Refresh"] = "true"
        return answer
    trail = [Stop(_("作业"), ""), Stop(shown.label, "")]
    return render(request, "jobs/job_detail.html", {"job": shown, "trail": trail})


@page(Permission.VIEW_JOBS)
@require_GET
def checkup_detail(request: PageRequest) -> HttpResponse:
    """自检: every invariant, as it was found when it was last looked at."""
    at_work = open_checkup()
    shown = job_views(progress_rows([at_work]), reader=request.scope.actor_key)[0] if at_work else None
    may_start = Permission.START_CHECKUP in request.scope.permissions
    context = {
        "checkup": checkup_view(latest_checkup()),
        "job": shown,
        "confirm": Confirm(reverse("jobs:checkup-start"), _("现在自检")) if may_start and not at_work else None,
        "trail": [Stop(_("作业"), reverse("jobs:job-list")), Stop(_("自检"))],
    }
    return render(request, "jobs/checkup_detail.html", context)


@page(Permission.START_CHECKUP)
@require_POST
def checkup_start(request: PageRequest) -> HttpResponse:
    """Look now, as the night does."""
    request_checkup(actor=request.actor)
    return redirect("jobs:checkup-detail")
