"""What the body of a job sees, and what it may give back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from foundation.actor import Actor
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job


class Pulse(Protocol):
    """The holder's heartbeat, as far as a body needs it."""

    def note(self, done: int, total: int, note: str) -> None:
        """Take the progress along with the next heartbeat; raise when the job is not ours any more."""


@dataclass(frozen=True)
class ChildJob:
    """One child to be made; ``key`` defaults to the parent's reference, stage and the child's place."""

    kind: str
    args: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True)
class Children:
    """Given back by a body: go on with these children, and call the closing step when all have ended."""

    jobs: Sequence[ChildJob]
    note: str = ""


@dataclass(frozen=True)
class ChildOutcome:
    """How one child ended, for the closing step."""

    ref: str
    kind: str
    args: dict[str, Any]
    stage: int
    state: JobState
    result: dict[str, Any]
    error: dict[str, Any]

    @property
    def is_done(self) -> bool:
        """Whether it ended well."""
        return self.state == JobState.DONE


Outcome = Mapping[str, Any] | Children | None


@dataclass(frozen=True)
class JobContext:
    """A claimed job at work. ``stage`` counts how often this job has sent out children."""

    ref: str
    kind: str
    args: dict[str, Any]
    actor: Actor
    stage: int
    attempt: int
    job_pk: int
    pulse: Pulse

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Say how far the body is; costs no query. Call it often: here a body learns that it must stop.

        Raises ``LostLease`` or ``JobCancelled``; let both pass.
        """
        self.pulse.note(done, total, note)

    def children(self, *, stage: int | None = None) -> list[ChildOutcome]:
        """Give the children in the order in which they were made; those of one stage if it is named."""
        rows = Job.objects.filter(parent_id=self.job_pk).order_by("pk")
        if stage is not None:
            rows = rows.filter(stage_of_parent=stage)
        return [
            ChildOutcome(
                row.ref, row.kind, row.args, row.stage_of_parent, JobState(row.state), row.outcome(), row.error or {}
            )
            for row in rows
        ]
