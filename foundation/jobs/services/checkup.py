"""自检: ask every invariant, one after the other, and tell what holds and what does not."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db import InterfaceError, OperationalError

from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.invariants import Invariant, Place, invariants, one_view
from foundation.jobs.models import Job
from foundation.jobs.services.requests import request_job

log = logging.getLogger(__name__)

CHECKUP = "jobs.checkup"
SHOWN_PLACES = 5
COUNTED_PLACES = 1_000
"""Beyond that it is enough to know that there are more."""


class Verdict(StrEnum):
    """How one invariant fared."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNREADABLE = "unreadable"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Finding:
    """One invariant: its verdict, how many places break it and the first of them."""

    code: str
    name: str
    verdict: Verdict
    broken: int
    places: tuple[Place, ...]
    seconds: float


@dataclass(frozen=True)
class Checkup:
    """All that was asked at one time."""

    findings: tuple[Finding, ...]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What does not hold, or is so damaged that it cannot be read."""
        return tuple(each for each in self.findings if each.verdict in {Verdict.BROKEN, Verdict.UNREADABLE})

    def to_json(self) -> dict[str, Any]:
        """Give what a job keeps; texts are told when they are shown."""
        return {"is_whole": not self.broken, "findings": [asdict(each) for each in self.findings]}


def check_up(
    *, now: datetime, only: Sequence[str] = (), told: Callable[[int, int, str], None] | None = None
) -> Checkup:
    """Look at every invariant, or at some; each at one view of the database, without locks.

    Raises KeyError for a code or name that no invariant has.
    """
    wanted = invariants(only)
    findings = []
    for done, each in enumerate(wanted):
        if told is not None:
            told(done, len(wanted), str(each.sentence))
        findings.append(_look(each, now))
    return Checkup(tuple(findings))


@use_case
def request_checkup(*, actor: Actor) -> Job:
    """Ask for a checkup now; one at a time."""
    job = request_job(kind=CHECKUP, key=CHECKUP, actor=actor)
    record("checkup.requested", job)
    return job


def _look(invariant: Invariant, now: datetime) -> Finding:
    if invariant.not_yet:
        return Finding(invariant.code, invariant.name, Verdict.NOT_YET, 0, (), 0.0)
    begun = time.monotonic()
    first: list[Place] = []
    more, verdict = 0, Verdict.HOLDS
    try:
        with one_view() if invariant.at_one_moment else nullcontext():
            places = iter(invariant.look(now))
            first.extend(islice(places, SHOWN_PLACES))
            more = sum(1 for _ in islice(places, COUNTED_PLACES - len(first)))
    except (OperationalError, InterfaceError):
        # The database is away: that is no finding about what it holds.
        raise
    except Exception:  # the boundary: damaged rows may break the reader itself, and the others are still looked at
        log.exception("invariant %s %s cannot be looked at", invariant.code, invariant.name)
        verdict = Verdict.UNREADABLE
    for facts in first:
        verdict = Verdict.BROKEN
        log.error("invariant %s %s is broken: %s", invariant.code, invariant.name, dict(facts))
    seconds = round(time.monotonic() - begun, 3)
    return Finding(invariant.code, invariant.name, verdict, len(first) + more, tuple(first), seconds)
