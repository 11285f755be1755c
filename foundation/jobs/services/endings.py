"""How a job ends, and what its end sets going: the parent's closing step, or the same job again.

Lock order: a parent's row before its child's, which is the order of their ids.
"""

import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise

from foundation import clock
from foundation.errors import DomainError
from foundation.faults import fault
from foundation.jobs.context import Children
from foundation.jobs.enums import OPEN_STATES, JobState
from foundation.jobs.errors import JobError, LostLease
from foundation.jobs.messages import send_after_commit
from foundation.jobs.models import Job
from foundation.jobs.services.claims import held
from foundation.jobs.services.requests import message_patience


def finish_job(job: Job, result: Mapping[str, Any] | None, *, now: datetime | None = None) -> Job | None:
    """End the job well; give its parent when this was the last open child."""
    return _end(job, JobState.DONE, result=storable(dict(result or {})), now=now)


def fail_job(job: Job, error: Mapping[str, Any], *, now: datetime | None = None) -> Job | None:
    """End the job with what went wrong; its siblings go on."""
    return _end(job, JobState.FAILED, error=storable(dict(error)), now=now)


def cancel_held_job(job: Job, *, now: datetime | None = None) -> Job | None:
    """End the job because a person asked for it, at the point where its body noticed."""
    return _end(job, JobState.CANCELLED, now=now)


@transaction.atomic
def _end(job: Job, state: JobState, *, now: datetime | None, **outcome: Any) -> Job | None:
    now = now or clock.now()
    parent = lock_parent(job)
    ended = held(job).update(state=state, worker="", lease_until=None, wake_at=None, ended_at=now, **outcome)
    if not ended:
        raise LostLease(job.ref)
    if state != JobState.CANCELLED:
        _queue_again(job, now=now)
    closing = after_child(parent, now=now)
    fault("jobs.before_end_commit")
    return closing


def lock_parent(job: Job) -> Job | None:
    """Lock the parent's row before the child's is touched.

    Without this lock each of two children that end at once sees the other still open, and the
    closing step never starts (60 of 100 races).
    """
    if job.parent_id is None:
        return None
    fault("jobs.before_parent_lock")
    parent = Job.objects.select_for_update(of=("self",)).get(pk=job.parent_id)
    fault("jobs.after_parent_lock")
    return parent


def after_child(parent: Job | None, *, now: datetime) -> Job | None:
    """Count an ended child of a locked parent; start the closing step when no sibling is open."""
    if parent is None:
        return None
    waiting = Job.objects.filter(pk=parent.pk, state=JobState.RUNNING, worker="")
    waiting.update(progress_done=F("progress_done") + 1)
    if Job.objects.filter(parent=parent, state__in=OPEN_STATES).exists():
        return None
    if not waiting.update(state=JobState.CLOSING, attempt=0, wake_at=now + message_patience()):
        return None
    send_after_commit([parent.ref])
    return Job.objects.get(pk=parent.pk)


def _queue_again(job: Job, *, now: datetime) -> None:
    # Read after the update above has locked the row: a request that came first has committed its mark.
    again_by = Job.objects.values_list("again_by", flat=True).get(pk=job.pk)
    if not again_by:
        return
    anew = Job.objects.create(
        kind=job.kind,
        key=job.key,
        owner_key=again_by,
        args=job.args,
        created_at=now,
        wake_at=now + message_patience(),
    )
    send_after_commit([anew.ref])


@transaction.atomic
def spawn_children(job: Job, children: Children, *, now: datetime | None = None) -> list[str]:
    """Make the children and let the job wait for them, both or neither; give their references."""
    now = now or clock.now()
    stage = job.stage + 1
    left = bool(children.jobs)
    waits = held(job).update(
        state=JobState.RUNNING if left else JobState.CLOSING,
        stage=stage,
        worker="",
        lease_until=None,
        wake_at=None if left else now + message_patience(),
        attempt=0,
        progress_done=0,
        progress_all=len(children.jobs),
        note=short(children.note),
    )
    if not waits:
        raise LostLease(job.ref)
    made = Job.objects.bulk_create(
        Job(
            kind=child.kind,
            key=child.key or f"{job.ref}:{stage}:{place}",
            owner_key=job.owner_key,
            parent_id=job.pk,
            stage_of_parent=stage,
            args=dict(child.args),
            created_at=now,
            wake_at=now + message_patience(),
        )
        for place, child in enumerate(children.jobs)
    )
    fault("jobs.before_spawn_commit")
    refs = [child.ref for child in made]
    send_after_commit(refs or [job.ref])
    return refs


def refusal(error: DomainError) -> dict[str, Any]:
    """Describe a refusal for the job's row: its code and facts, and the sentence as a person reads it."""
    return {"code": error.code, "facts": error.facts, "message": error.message}


def crash(job: Job, error: BaseException) -> dict[str, Any]:
    """Describe a bug for the job's row: a sentence for everyone, the traceback for administrators."""
    told = JobError("crashed", type=type(error).__name__, ref=job.ref)
    return {**refusal(told), "detail": str(error), "traceback": "".join(traceback.format_exception(error))}


def short(note: str) -> str:
    """Cut a note to its column; NUL never reaches PostgreSQL."""
    return note.replace("\x00", "")[:200]


def storable(value: Any) -> Any:
    """Make a value fit a JSON column of both databases.

    PostgreSQL refuses NUL and lone surrogates where SQLite stores them; a quoted cell may hold both.
    """
    match value:
        case None | bool() | int() | float():
            return value
        case str() | Promise():
            return str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
        case Mapping():
            return {str(key): storable(each) for key, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
        case _:
            return storable(str(value))
