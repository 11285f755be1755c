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
from foundation.jobs.registry import DueJob

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
    """After a step, send out the next; after the last one, tell what each gave."""
    if context.stage < len(STEPS):
        return _send(context.stage)
    return {"steps": [child.result for child in context.children()]}


def _send(at: int) -> Children:
    step = STEPS[at]
    return Children([ChildJob(step.kind, step.args)], note=step.purpose)
