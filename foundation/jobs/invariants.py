"""Jobs: nobody holds one longer than the lease, and no tree stands still."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from foundation.invariants import Place, register_invariant
from foundation.jobs.enums import ENDED_STATES, OPEN_STATES, JobState
from foundation.jobs.models import Job
from foundation.jobs.services.claims import MAX_ATTEMPTS

SLACK = timedelta(seconds=30)
"""A sweep comes that often: until then a lease that is over is nobody's fault."""


def _overheld(now: datetime) -> Iterator[Place]:
    rows = Job.objects.filter(state__in=OPEN_STATES, lease_until__lt=now - SLACK).order_by("pk")
    for ref, kind, until in rows.values_list("ref", "kind", "lease_until").iterator():
        yield {"ref": ref, "kind": kind, "until": str(until)}


def _stuck(_: datetime) -> Iterator[Place]:
    """Waits for children of which none is open: nobody will start its closing step."""
    open_child = Job.objects.filter(parent=OuterRef("pk"), state__in=OPEN_STATES)
    rows = Job.objects.filter(~Exists(open_child), state=JobState.RUNNING, worker="").order_by("pk")
    for ref, kind in rows.values_list("ref", "kind").iterator():
        yield {"ref": ref, "kind": kind}


def _orphaned(_: datetime) -> Iterator[Place]:
    rows = Job.objects.filter(state__in=OPEN_STATES, parent__state__in=ENDED_STATES).order_by("pk")
    for ref, parent in rows.values_list("ref", "parent__ref").iterator():
        yield {"ref": ref, "parent": parent}


def _tried_too_often(_: datetime) -> Iterator[Place]:
    rows = Job.objects.filter(attempt__gt=MAX_ATTEMPTS).order_by("pk")
    for ref, attempt in rows.values_list("ref", "attempt").iterator():
        yield {"ref": ref, "attempt": attempt}


def _two_open(_: datetime) -> Iterator[Place]:
    twice = Count("pk")
    rows = Job.objects.filter(Q(state__in=OPEN_STATES)).values("key").annotate(n=twice).filter(n__gt=1).order_by("key")
    for row in rows.iterator():
        yield {"key": row["key"], "n": row["n"]}


register_invariant(
    "I9",
    "job_leases",
    sentence=_("没有任务在租约到期 30 秒后仍被占用"),
    place=_("任务 %(ref)s（%(kind)s）的租约止于 %(until)s"),
    look=_overheld,
)
register_invariant(
    "I9",
    "job_trees_move",
    sentence=_("等待子任务的任务，至少有一个子任务未结束"),
    place=_("任务 %(ref)s（%(kind)s）的子任务已全部结束，它仍在等待"),
    look=_stuck,
)
register_invariant(
    "I9",
    "job_trees_end_together",
    sentence=_("任务结束后，名下没有未结束的子任务"),
    place=_("任务 %(ref)s 未结束，其上级任务 %(parent)s 已结束"),
    look=_orphaned,
)
register_invariant(
    "I9",
    "job_attempts",
    sentence=_("没有任务执行超过 5 次"),
    place=_("任务 %(ref)s 执行了 %(attempt)s 次"),
    look=_tried_too_often,
)
register_invariant(
    "I9",
    "job_keys",
    sentence=_("同一件事同时只有一个未结束的任务"),
    place=_("%(key)s 有 %(n)s 个未结束的任务"),
    look=_two_open,
)
