"""Pages of the rooms of foundation: jobs, and whether the house stands."""

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from foundation.constraints import missing_guards
from foundation.jobs.selectors import progress_rows, visible_jobs
from foundation.permissions import Permission
from foundation.web.keyset import Keyset
from foundation.web.list_page import Column, ListPage
from foundation.web.page import PageRequest, page, public


@public
def health(request: HttpRequest) -> JsonResponse:
    """Say that the web process answers and the database is whole; says nothing else to anyone."""
    missing = missing_guards(connection)
    return JsonResponse({"status": "ok" if not missing else "guards_missing"}, status=200 if not missing else 503)


class JobList(ListPage):
    """作业: what the machine was asked to do, newest first."""

    permissions = (Permission.VIEW_JOBS,)
    template_name = "jobs/job_list.html"
    fragment_name = "jobs/_job_table.html"
    keyset = Keyset(("pk",), descending=True)
    export_name = "作业"
    columns = (
        Column(_("作业"), lambda job: job.title),
        Column(_("状态"), lambda job: job.state_label),
        Column(_("发起"), lambda job: job.owner_key),
    )

    def queryset(self):  # type: ignore[no-untyped-def]
        return visible_jobs(self.request.scope)

    def present(self, rows):  # type: ignore[no-untyped-def]
        return progress_rows(rows)


@page(Permission.VIEW_HOME)
def job_detail(request: PageRequest, ref: str) -> HttpResponse:
    """How far one job is; htmx asks for the fragment alone."""
    job = get_object_or_404(visible_jobs(request.scope), ref=ref)
    (progress,) = progress_rows([job])
    template = "jobs/_job_progress.html" if request.htmx else "jobs/job_detail.html"
    return render(request, template, {"job": progress})


__all__ = ["HttpResponse", "JobList", "PermissionDenied", "health", "job_detail"]
