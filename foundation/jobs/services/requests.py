"""Ask for a job: one open job a key, one job for ever a ``once``."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from foundation import clock
from foundation.actor import Actor
from foundation.jobs.enums import OPEN_STATES, JobState
from foundation.jobs.messages import send_after_commit
from foundation.jobs.models import Job
from foundation.jobs.registry import kind_named

_ROUNDS = 5


def message_patience() -> timedelta:
    """How long a message may be on its way before the sweep believes it lost."""
    return timedelta(seconds=settings.JOB_SWEEP_SECONDS)


def request_job(
    *,
    kind: str,
    key: str,
    actor: Actor,
    args: Mapping[str, Any] | None = None,
    once: str | None = None,
) -> Job:
    """Queue a job, or give the one that is open under the same key.

    ``key`` names everything in ``args`` that matters. Asked for while the older one is already at
    work and of a kind that ``runs_again``, that one is marked ``again``: it is queued once more when
    it ends, since it may have read its cut before. Called inside a use case: the row commits with
    it, and the message goes out after.
    """
    kind_named(kind)
    for _ in range(_ROUNDS):
        with transaction.atomic():
            made = _insert(kind=kind, key=key, actor=actor, args=args or {}, once=once)
            if made is not None:
                send_after_commit([made.ref])
                return made
            found = _standing(key=key, once=once, actor=actor)
            if found is not None:
                return found
        # It ended between the two statements: its key is free again.
    raise RuntimeError(f"job key {key} was taken and freed {_ROUNDS} times in a row")


def _insert(*, kind: str, key: str, actor: Actor, args: Mapping[str, Any], once: str | None) -> Job | None:
    now = clock.now()
    job = Job(
        kind=kind,
        key=key,
        owner_key=actor.key,
        args=dict(args),
        once=once,
        created_at=now,
        wake_at=now + message_patience(),
    )
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return Job.objects.filter(ref=job.ref).first()


def _standing(*, key: str, once: str | None, actor: Actor) -> Job | None:
    if once is not None and (before := Job.objects.filter(once=once).first()) is not None:
        return before
    # The lock makes a claim wait for our commit: a job that we leave as `queued` reads its cut after it.
    job = Job.objects.select_for_update(of=("self",)).filter(key=key, state__in=OPEN_STATES).first()
    if job is not None and job.state != JobState.QUEUED and kind_named(job.kind).runs_again:
        job.again_by = actor.key
        job.save(update_fields=["again_by"])
    return job
