"""Cancel a job and all that hangs below it, on a person's word."""

from foundation import clock
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.jobs.enums import OPEN_STATES, JobState
from foundation.jobs.errors import JobError
from foundation.jobs.models import Job
from foundation.jobs.services.endings import after_child, lock_parent


@use_case
def cancel_job(*, job: Job, actor: Actor) -> Job:
    """End what nobody works on at once, and ask the bodies at work to stop at their next progress.

    What a body has committed by then stays: its effects are whole use cases.
    """
    now = clock.now()
    parent = lock_parent(job)
    tree = _lock_open_tree(job)
    if not tree:
        raise JobError("already_ended")
    open_children: dict[int, int] = {}
    for each in reversed(tree):
        waits = each.waits_for_children and open_children.get(each.pk, 0) > 0
        each.cancel_asked = True
        if waits or each.is_held(now):
            if each.parent_id is not None:
                open_children[each.parent_id] = open_children.get(each.parent_id, 0) + 1
        else:
            each.state, each.ended_at = JobState.CANCELLED, now
            each.worker, each.lease_until, each.wake_at = "", None, None
        each.save(update_fields=["cancel_asked", "state", "ended_at", "worker", "lease_until", "wake_at"])
    ended = tree[0]
    if ended.state == JobState.CANCELLED:
        after_child(parent, now=now)
    record("job.cancelled", ended, after={"kind": ended.kind, "key": ended.key, "state": str(ended.state)})
    return ended


def _lock_open_tree(job: Job) -> list[Job]:
    # Level by level from the top: ids grow downwards, and every other lock is taken in that order.
    level = list(Job.objects.select_for_update(of=("self",)).filter(pk=job.pk, state__in=OPEN_STATES))
    tree = list(level)
    while level:
        below = Job.objects.select_for_update(of=("self",)).filter(parent__in=level, state__in=OPEN_STATES)
        level = list(below.order_by("pk"))
        tree += level
    return tree
