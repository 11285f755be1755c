"""The night: what happens at 02:00, step after step, readable as a list.

The sweep asks at every tick whether tonight's night is due; ``once`` makes two clocks one night,
and a night that nobody was there for is made up when somebody is. A step is a job of its own:
it has children, can be killed and goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from evaluation.services.runs import RUN
from foundation.jobs.context import ChildJob, Children, JobContext
from foundation.jobs.errors import JobError
from foundation.jobs.registry import DueJob
from foundation.jobs.services.checkup import CHECKUP

NIGHT = "ordos_cadres.night"


@dataclass(frozen=True)
class Step:
    """One step of the night: what it is for, and the kind of job that does it."""

    purpose: str
    kind: str
    args: dict[str, Any] = field(default_factory=dict)


STEPS = (
    Step(
        "Recompute every scheme in every period with data, units before persons, and move all pointers together",
        RUN,
        {"all": True, "night": True},
    ),
    Step("Look whether everything holds that must hold; what is broken fails the night and is shown", CHECKUP),
)


def due_nights(now: datetime) -> Iterable[DueJob]:
    """The night of this day once its hour has come, in the office's time."""
    local = timezone.localtime(now)
    if local.hour >= settings.NIGHT_HOUR:
        name = f"night:{local:%Y-%m-%d}"
        yield DueJob(kind=NIGHT, key=name, once=name)


def begin(context: JobContext) -> Children:
    """Send out the first step."""
    return _send(0)


def go_on(context: JobContext) -> dict[str, Any] | Children:
    """After a step, send out the next, even if it failed; after the last one, tell what each gave."""
    if context.stage < len(STEPS):
        return _send(context.stage)
    steps = context.children()
    failed = [step for step in steps if not step.is_done]
    if failed:
        reason = failed[0].error.get("message") or str(failed[0].state.label)
        raise JobError("child_failed", failed=len(failed), reason=reason, child=failed[0].ref)
    return {"steps": [step.result for step in steps]}


def _send(at: int) -> Children:
    step = STEPS[at]
    return Children([ChildJob(step.kind, step.args)], note=step.purpose)
