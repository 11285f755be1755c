"""A job as pages show it: what is being done, how far it is, where its result stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation.actor import actor_names
from foundation.jobs.selectors import JobProgress


@dataclass(frozen=True)
class ResultLink:
    """Where the result of a job stands."""

    url: str
    label: str | Promise


_links: dict[str, Callable[[JobProgress], ResultLink | None]] = {}


def register_result_link(kind: str, link: Callable[[JobProgress], ResultLink | None]) -> None:
    """Let an app say where the results of its kind of job stand."""
    _links[kind] = link


@dataclass(frozen=True)
class JobView:
    """What jobs/_job_progress.html and jobs/job_detail.html read."""

    ref: str
    label: str
    state: str
    state_label: str
    is_open: bool
    done: int
    all: int
    percent: int
    note: str
    poll_url: str
    again_note: str
    error: str
    result_url: str
    result_label: str
    asked_by: str
    created_at: datetime
    ended_at: datetime | None
    attempt: int
    reference: str
    url: str


def job_views(jobs: Sequence[JobProgress], *, reader: str) -> list[JobView]:
    """Turn progress into words; one query for the names of all owners.

    Only who asked for a job is led to its result: an administrator who watches may not open it.
    """
    names = actor_names(job.owner_key for job in jobs)
    return [_view(job, names[job.owner_key], is_own=job.owner_key == reader) for job in jobs]


def _view(job: JobProgress, asked_by: str, *, is_own: bool) -> JobView:
    link = _links[job.kind](job) if is_own and job.kind in _links else None
    address = reverse("jobs:job-detail", args=[job.ref])
    return JobView(
        ref=job.ref,
        label=job.title,
        state=job.state.value,
        state_label=job.state_label,
        is_open=not job.is_ended,
        done=job.done,
        all=job.total,
        percent=job.percent or 0,
        note=job.note,
        poll_url=address,
        again_note=_("完成后会再做一次，把刚才新增的数据也算进去。") if job.again else "",
        error=job.error_text,
        result_url=link.url if link else "",
        result_label=str(link.label) if link else "",
        asked_by=asked_by,
        created_at=job.created_at,
        ended_at=job.ended_at,
        attempt=job.attempt,
        reference=job.ref,
        url=address,
    )
