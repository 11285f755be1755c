"""The night: what happens at 02:00, step after step, readable as a list.

The sweep asks at every tick whether tonight's night is due; ``once`` makes two clocks one night,
and a night that nobody was there for is made up when somebody is. A step is a job of its own:
it has children, can be killed and goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from evaluation.services.full_checks import FULL_CHECK
from evaluation.services.runs import RUN
from foundation.clock import now
from foundation.jobs.context import ChildJob, Children, JobContext
from foundation.jobs.errors import JobError
from foundation.jobs.models import Job
from foundation.jobs.registry import DueJob
from foundation.jobs.services.checkup import CHECKUP

NIGHT = "ordos_cadres.night"


@dataclass(frozen=True)
class Step:
    """One step of the night: what it is for, and the kind of job that does it."""

    purpose: str
    kind: str
    args: dict[str, Any] = field(default_factory=dict)
    is_weekly: bool = False
    """Only in the first night from `FULL_CHECK_WEEKDAY` on."""


STEPS = (
    Step(
        "Recompute every scheme in every period with data, units before persons, and move all pointers together",
        RUN,
        {"all": True, "night": True},
    ),
    Step("Compute everything shown once more in full; what differs is an alarm", FULL_CHECK, is_weekly=True),
    Step("Look whether everything holds that must hold; what is broken fails the night and is shown", CHECKUP),
)


def due_nights(now: datetime) -> Iterable[DueJob]:
    """The night of this day once its hour has come, in the office's time."""
    local = timezone.localtime(now)
    if local.hour >= settings.NIGHT_HOUR:
        name = f"night:{local:%Y-%m-%d}"
        yield DueJob(kind=NIGHT, key=name, once=name)


def begin(context: JobContext) -> Children:
    """Send out the first step; whether it is the night of the weekly ones travels with the steps."""
    return _send(0, is_weekly=is_weekly_due(now()))


def is_weekly_due(at: datetime) -> bool:
    """Whether no weekly step was made since the last night of its weekday: one that was missed is made up."""
    local = timezone.localtime(at)
    since = local.replace(hour=settings.NIGHT_HOUR % 24, minute=0, second=0, microsecond=0)
    since -= timedelta(days=(local.isoweekday() - settings.FULL_CHECK_WEEKDAY) % 7)
    if since > local:
        since -= timedelta(days=7)
    return not Job.objects.filter(kind=FULL_CHECK, created_at__gte=since).exists()


def _steps(*, is_weekly: bool) -> list[Step]:
    return [step for step in STEPS if is_weekly or not step.is_weekly]


def go_on(context: JobContext) -> dict[str, Any] | Children:
    """After a step, send out the next, even if it failed; after the last one, tell what each gave."""
    steps = context.children()
    is_weekly = bool(steps[0].args.get("weekly"))
    if context.stage < len(_steps(is_weekly=is_weekly)):
        return _send(context.stage, is_weekly=is_weekly)
    failed = [step for step in steps if not step.is_done]
    if failed:
        reason = failed[0].error.get("message") or str(failed[0].state.label)
        raise JobError("child_failed", failed=len(failed), reason=reason, child=failed[0].ref)
    return {"steps": [step.result for step in steps]}


def _send(at: int, *, is_weekly: bool) -> Children:
    step = _steps(is_weekly=is_weekly)[at]
    return Children([ChildJob(step.kind, {**step.args, "weekly": is_weekly})], note=step.purpose)
