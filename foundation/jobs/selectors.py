"""Reads for pages: which jobs a person may see, and how far one is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count, Q, QuerySet

from foundation.jobs.enums import ENDED_STATES, OPEN_STATES, JobState
from foundation.jobs.models import Job
from foundation.jobs.registry import title_of
from foundation.jobs.services.checkup import CHECKUP
from foundation.permissions import Permission


class JobScope(Protocol):
    """What of a reader's scope counts here; accounts' Scope fits."""

    @property
    def actor_key(self) -> str:
        """Key of the reader."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Rights of the reader."""


@dataclass(frozen=True)
class ChildCounts:
    """How many children of a job stand where."""

    queued: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """All children that were made so far."""
        return self.queued + self.running + self.done + self.failed + self.cancelled


@dataclass(frozen=True)
class JobProgress:
    """One job as a page shows it. ``percent`` is None while nothing is known; texts are for people."""

    ref: str
    kind: str
    title: str
    owner_key: str
    state: JobState
    percent: int | None
    done: int
    total: int
    note: str
    error_code: str
    error_text: str
    error_detail: str
    result: dict[str, Any]
    children: ChildCounts
    stage: int
    attempt: int
    is_ended: bool
    again: bool
    is_being_cancelled: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(self.state.label)


def visible_jobs(scope: JobScope) -> QuerySet[Job]:
    """Jobs that people started and may look at: their own, and all with ``VIEW_JOBS``; no children."""
    jobs = Job.objects.filter(parent=None)
    if Permission.VIEW_JOBS in scope.permissions:
        return jobs
    return jobs.filter(owner_key=scope.actor_key)


def latest_checkup() -> Job | None:
    """The newest 自检 that has ended, by night or by hand; None before the first."""
    return Job.objects.filter(kind=CHECKUP, state__in=(JobState.DONE, JobState.FAILED)).order_by("-pk").first()


def open_checkup() -> Job | None:
    """The 自检 that waits or is at work."""
    return Job.objects.filter(kind=CHECKUP, state__in=OPEN_STATES).order_by("-pk").first()


def job_progress(ref: str) -> JobProgress | None:
    """Tell how far a job is, in two queries; None when there is none. Whoever calls has asked for the right."""
    job = Job.objects.filter(ref=ref).first()
    return None if job is None else progress_rows([job])[0]


def progress_rows(jobs: Iterable[Job]) -> list[JobProgress]:
    """Tell how far several jobs are, in one query for all their children."""
    jobs = list(jobs)
    counts = _child_counts([job.pk for job in jobs])
    return [_progress(job, counts.get(job.pk, ChildCounts())) for job in jobs]


def _child_counts(parents: list[int]) -> dict[int, ChildCounts]:
    def ended(state: JobState) -> Count:
        return Count("pk", filter=Q(state=state))

    rows = (
        Job.objects.filter(parent_id__in=parents)
        .order_by("parent_id")
        .values_list("parent_id")
        .annotate(
            queued=ended(JobState.QUEUED),
            running=Count("pk", filter=Q(state__in=(JobState.RUNNING, JobState.CLOSING))),
            done=ended(JobState.DONE),
            failed=ended(JobState.FAILED),
            cancelled=ended(JobState.CANCELLED),
        )
    )
    return {parent: ChildCounts(*counts) for parent, *counts in rows}


def _progress(job: Job, children: ChildCounts) -> JobProgress:
    error = job.error or {}
    return JobProgress(
        ref=job.ref,
        kind=job.kind,
        title=title_of(job.kind),
        owner_key=job.owner_key,
        state=JobState(job.state),
        percent=_percent(job),
        done=job.progress_done,
        total=job.progress_all,
        note=job.note,
        error_code=str(error.get("code", "")),
        error_text=str(error.get("message", "")),
        error_detail=str(error.get("traceback") or error.get("detail") or ""),
        result=job.outcome(),
        children=children,
        stage=job.stage,
        attempt=job.attempt,
        is_ended=job.state in ENDED_STATES,
        again=job.again and job.state in OPEN_STATES,
        is_being_cancelled=job.cancel_asked and job.state in OPEN_STATES,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def _percent(job: Job) -> int | None:
    if job.state == JobState.DONE:
        return 100
    if job.progress_all == 0:
        return None
    # 100 is shown for an ended job only: the last step may still fail.
    return min(99, job.progress_done * 100 // job.progress_all)
