"""Find what no live worker holds and wake one; ask for what the clock says is due."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from foundation.jobs.enums import OPEN_STATES, JobState
from foundation.jobs.errors import JobError, LostLease
from foundation.jobs.messages import send_messages
from foundation.jobs.models import Job
from foundation.jobs.registry import due_jobs
from foundation.jobs.services.claims import MAX_ATTEMPTS, free_at, lease, new_worker
from foundation.jobs.services.endings import fail_job, refusal
from foundation.jobs.services.requests import message_patience, request_job

log = logging.getLogger(__name__)

# A long queue is sent again in portions, or the messages would outgrow the work.
SENT_AT_ONCE = 200
LONGEST_LOOK = 4


def sweep(*, now: datetime) -> int:
    """Do one round; give how many jobs were sent again. Any number of sweeps may run at once."""
    end_exhausted(now=now)
    sent = send_overdue(now=now)
    request_due(now=now)
    return sent


def send_overdue(*, now: datetime) -> int:
    """Send messages for jobs that wait longer than a message takes, or whose lease is over."""
    overdue = free_at(now) & Q(wake_at__lte=now, state__in=OPEN_STATES, attempt__lt=MAX_ATTEMPTS)
    late = Job.objects.filter(overdue).order_by("wake_at").only("ref", "state", "created_at")[:SENT_AT_ONCE]
    # Of several sweeps the one whose UPDATE counts sends.
    mine = [
        job.ref for job in late if Job.objects.filter(overdue, pk=job.pk).update(wake_at=now + _next_look(job, now=now))
    ]
    if mine:
        log.info("sweep: %s jobs sent again", len(mine))
    return send_messages(mine)


def _next_look(job: Job, *, now: datetime) -> timedelta:
    # A job that waits because all workers are busy needs no message every round: they would outgrow the queue.
    patience = message_patience()
    if job.state != JobState.QUEUED:
        return patience
    return min(max(patience, (now - job.created_at) / 2), LONGEST_LOOK * patience)


def end_exhausted(*, now: datetime, within: Sequence[int] | None = None) -> int:
    """Fail jobs whose holders died ``MAX_ATTEMPTS`` times: shown, and not repeated for ever."""
    exhausted = free_at(now) & Q(attempt__gte=MAX_ATTEMPTS)
    rows = Job.objects.filter(exhausted) if within is None else Job.objects.filter(exhausted, pk__in=within)
    ended = 0
    for job in rows.order_by("pk"):
        worker = new_worker()
        if not Job.objects.filter(exhausted, pk=job.pk).update(worker=worker, lease_until=now + lease()):
            continue
        job.worker = worker
        try:
            fail_job(job, refusal(JobError("died_too_often", attempts=job.attempt)), now=now)
        except LostLease:
            continue
        ended += 1
        log.error("job %s %s failed: its worker died %s times", job.kind, job.ref, job.attempt)
    return ended


def request_due(*, now: datetime) -> int:
    """Ask for due jobs that were never made; the unique ``once`` decides between two sweeps."""
    due = list(due_jobs(now))
    known = set(Job.objects.filter(once__in=[job.once for job in due]).values_list("once", flat=True)) if due else set()
    missing = [job for job in due if job.once not in known]
    for job in missing:
        request_job(kind=job.kind, key=job.key, actor=job.actor, args=job.args, once=job.once)
    return len(missing)
