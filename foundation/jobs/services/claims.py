"""Take a job, keep it, give it back: one conditional UPDATE each, and its row count is the answer."""

import os
import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from foundation import clock
from foundation.faults import fault
from foundation.jobs.enums import OPEN_STATES, JobState
from foundation.jobs.errors import JobCancelled, LostLease
from foundation.jobs.models import Job
from foundation.refs import new_ref

MAX_ATTEMPTS = 5


def new_worker() -> str:
    """Name one claim: where it happens, for people, and a random part that no other claim has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{new_ref()}"


def lease() -> timedelta:
    """How long a holder may be silent."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def free_at(now: datetime) -> Q:
    """Jobs that a worker may take: nobody alive holds them and they wait for no child."""
    return (
        Q(state=JobState.QUEUED)
        | Q(state=JobState.CLOSING, worker="")
        | Q(state__in=(JobState.RUNNING, JobState.CLOSING), lease_until__lt=now)
    )


def held(job: Job) -> QuerySet[Job]:
    """The row of this job as long as this very claim holds it."""
    return Job.objects.filter(pk=job.pk, worker=job.worker, state__in=OPEN_STATES).exclude(worker="")


def claim_job(ref: str, *, worker: str | None = None, now: datetime | None = None) -> Job | None:
    """Take the job if it is free; None when somebody else holds it, it has ended or is exhausted."""
    now = now or clock.now()
    worker = worker or new_worker()
    taken = Job.objects.filter(free_at(now), ref=ref, attempt__lt=MAX_ATTEMPTS).update(
        state=Case(When(state=JobState.CLOSING, then=Value(JobState.CLOSING)), default=Value(JobState.RUNNING)),
        worker=worker,
        lease_until=now + lease(),
        wake_at=now + lease(),
        attempt=F("attempt") + 1,
        started_at=Coalesce(F("started_at"), Value(now)),
    )
    if not taken:
        return None
    job = Job.objects.filter(ref=ref, worker=worker).first()
    if job is not None:
        fault("jobs.claimed")
        fault(f"jobs.claimed.{job.kind}")
    return job


def beat_job(
    job: Job, *, done: int | None = None, total: int | None = None, note: str | None = None, now: datetime | None = None
) -> None:
    """Renew the lease and say how far the job is.

    Raises ``LostLease`` when this claim does not hold the job any more, ``JobCancelled`` when a
    person asked to stop it.
    """
    changes = {"progress_done": done, "progress_all": total, "note": note}
    renewed = held(job).update(
        lease_until=(now or clock.now()) + lease(),
        **{name: value for name, value in changes.items() if value is not None},
    )
    if not renewed:
        raise LostLease(job.ref)
    fault("jobs.heartbeat")
    if held(job).filter(cancel_asked=True).exists():
        raise JobCancelled(job.ref)


def release_job(job: Job, *, wake_at: datetime) -> None:
    """Give the job back unfinished; the sweep wakes a worker for it from ``wake_at`` on."""
    held(job).update(
        state=Case(When(state=JobState.CLOSING, then=Value(JobState.CLOSING)), default=Value(JobState.QUEUED)),
        worker="",
        lease_until=None,
        wake_at=wake_at,
    )
