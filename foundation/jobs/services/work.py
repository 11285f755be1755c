"""Work jobs: one by its reference (Celery), or a whole tree in this process (commands)."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection

from foundation import clock
from foundation.actor import Actor, actor_for_key
from foundation.errors import DomainError
from foundation.faults import fault
from foundation.jobs.context import Children, JobContext, Outcome
from foundation.jobs.enums import ENDED_STATES, OPEN_STATES, JobState
from foundation.jobs.errors import JobCancelled, JobError, LostLease
from foundation.jobs.heartbeat import Heartbeat
from foundation.jobs.models import Job
from foundation.jobs.registry import Kind, kind_named
from foundation.jobs.services.claims import MAX_ATTEMPTS, claim_job, free_at, release_job
from foundation.jobs.services.endings import (
    cancel_held_job,
    crash,
    fail_job,
    finish_job,
    refusal,
    spawn_children,
)
from foundation.jobs.services.sweeps import end_exhausted

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.2


def work_job(ref: str) -> Job | None:
    """Claim the job, do its body or its closing step, and write down how it went.

    None when there was nothing to do: somebody holds it, it waits for its children or it has
    ended. Every message may come twice; the second finds nothing to do.
    """
    job = claim_job(ref)
    if job is None:
        return None
    log.info("job %s %s claimed, attempt %s", job.kind, job.ref, job.attempt)
    try:
        with Heartbeat(job) as pulse:
            outcome = _do(job, pulse)
        _write_down(job, outcome)
    except LostLease:
        log.warning("job %s %s lost its lease; another worker goes on", job.kind, job.ref)
        return None
    except JobCancelled:
        cancel_held_job(job)
    except DomainError as error:
        fail_job(job, refusal(error))
    except (OperationalError, InterfaceError) as error:
        _try_later(job, error)
    except (KeyboardInterrupt, SystemExit):
        release_job(job, wake_at=clock.now())
        raise
    except Exception as error:  # the task boundary: recorded for administrators and shown
        log.exception("job %s %s crashed", job.kind, job.ref)
        fail_job(job, crash(job, error))
    return Job.objects.get(pk=job.pk)


def _do(job: Job, pulse: Heartbeat) -> Outcome:
    if job.cancel_asked:
        raise JobCancelled(job.ref)
    kind = kind_named(job.kind)
    actor = _owner(job, kind)
    context = JobContext(
        ref=job.ref,
        kind=job.kind,
        args=job.args,
        actor=actor,
        stage=job.stage,
        attempt=job.attempt,
        job_pk=job.pk,
        pulse=pulse,
    )
    if job.state == JobState.RUNNING:
        return kind.work(context)
    fault("jobs.before_closing")
    if not kind.closes_over_failures:
        _refuse_failed_children(job)
    outcome = kind.close(context) if kind.close else {}
    fault("jobs.after_closing")
    return outcome


def _owner(job: Job, kind: Kind) -> Actor:
    # As they stand now: rights may have been withdrawn between the request and this claim.
    actor = actor_for_key(job.owner_key)
    if actor is None:
        raise JobError("owner_gone")
    if not kind.may(actor):
        raise JobError("not_allowed")
    return actor


def _refuse_failed_children(job: Job) -> None:
    failed = Job.objects.filter(parent=job, stage_of_parent=job.stage).exclude(state=JobState.DONE)
    first = failed.order_by("pk").first()
    if first is None:
        return
    reason = (first.error or {}).get("message") or JobState(first.state).label
    raise JobError("child_failed", failed=failed.count(), reason=str(reason), child=first.ref)


def _write_down(job: Job, outcome: Outcome) -> None:
    if isinstance(outcome, Children):
        spawn_children(job, outcome)
    else:
        finish_job(job, outcome)


def _try_later(job: Job, error: Exception) -> None:
    # The server may have gone away under this connection; a fresh one tells.
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    if job.attempt >= MAX_ATTEMPTS:
        told = JobError("database_away", attempts=job.attempt)
        fail_job(job, {**refusal(told), "detail": str(error)})
        return
    log.warning("job %s %s: database away, attempt %s: %s", job.kind, job.ref, job.attempt, error)
    release_job(job, wake_at=clock.now() + back_off(job.attempt))


def back_off(attempt: int) -> timedelta:
    """How long to leave a database alone: 2, 4, 8 … seconds, a minute at most."""
    return timedelta(seconds=min(2**attempt, 60))


def work_inline(job: Job) -> Job:
    """Work a whole tree in this process and give the ended job.

    Live workers may help, since messages go out as ever: what they hold is waited for, what a
    dead one held is taken over when its lease is over.
    """
    while True:
        now = clock.now()
        refs = list(_free_refs(job, now=now))
        worked = [done for ref in refs if (done := work_job(ref)) is not None]
        job = Job.objects.get(pk=job.pk)
        if job.state in ENDED_STATES:
            return job
        if not any(_moved(done) for done in worked):
            end_exhausted(now=clock.now(), within=_tree(job))
            time.sleep(_POLL_SECONDS)


def _moved(job: Job) -> bool:
    return job.state != JobState.QUEUED


def _free_refs(job: Job, *, now: datetime) -> Iterator[str]:
    free = Job.objects.filter(free_at(now), pk__in=_tree(job), attempt__lt=MAX_ATTEMPTS).order_by("pk")
    yield from free.values_list("ref", flat=True)


def _tree(job: Job) -> list[int]:
    level = [job.pk]
    tree = list(level)
    while level:
        below = Job.objects.filter(parent_id__in=level, state__in=OPEN_STATES)
        level = list(below.values_list("pk", flat=True))
        tree += level
    return tree
