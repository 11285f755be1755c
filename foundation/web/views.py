"""Pages of the rooms of foundation: jobs, and whether the house stands."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from foundation.constraints import missing_guards
from foundation.jobs.models import Job
from foundation.jobs.selectors import JobProgress, progress_rows, visible_jobs
from foundation.permissions import Permission
from foundation.web.keyset import Keyset
from foundation.web.list_page import ListPage
from foundation.web.page import PageRequest, page, public


@public
def health(request: HttpRequest) -> JsonResponse:
    """Say that the web process answers and the database is whole; says nothing else to anyone."""
    missing = missing_guards(connection)
    return JsonResponse({"status": "guards_missing" if missing else "ok"}, status=503 if missing else 200)


class JobList(ListPage[Job, JobProgress]):
    """作业: what the machine was asked to do, newest first."""

    permissions = (Permission.VIEW_JOBS,)
    template_name = "jobs/job_list.html"
    fragment_name = "jobs/_job_table.html"
    keyset = Keyset(("pk",), descending=True)

    def queryset(self) -> QuerySet[Job]:
        """Jobs that the reader may look at."""
        return visible_jobs(self.request.scope)

    def present(self, rows: Sequence[Job]) -> list[JobProgress]:
        """How far each is."""
        return progress_rows(rows)

    def context(self, rows: list[JobProgress]) -> dict[str, Any]:
        """The rows under the name that the templates read."""
        return {"jobs": rows}


@page(Permission.VIEW_HOME)
def job_detail(request: PageRequest, ref: str) -> HttpResponse:
    """How far one job is; htmx asks for the fragment alone."""
    job = get_object_or_404(visible_jobs(request.scope), ref=ref)
    (progress,) = progress_rows([job])
    template = "jobs/_job_progress.html" if request.htmx else "jobs/job_detail.html"
    return render(request, template, {"job": progress})
