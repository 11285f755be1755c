"""Kinds of jobs and what is due by the clock: filled by higher apps in their ``tasks`` modules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise

from foundation.actor import SYSTEM, Actor
from foundation.jobs.context import JobContext, Outcome

Body = Callable[[JobContext], Outcome]


def _anyone(_: Actor) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """How jobs of one kind are worked."""

    name: str
    title: str | Promise
    work: Body
    close: Body | None = None
    may: Callable[[Actor], bool] = _anyone
    runs_again: bool = False
    closes_over_failures: bool = False


@dataclass(frozen=True)
class DueJob:
    """A job that the clock asks for; ``once`` makes sure that it is made a single time for ever."""

    kind: str
    key: str
    once: str
    args: Mapping[str, Any] = field(default_factory=dict)
    actor: Actor = SYSTEM


_kinds: dict[str, Kind] = {}


@dataclass(frozen=True)
class Chore:
    """Small upkeep that every worker does by itself; nobody asks whether it was done, so it has no row."""

    do: Callable[[datetime], object]
    every: timedelta


_chores: list[Chore] = []
_due: list[Callable[[datetime], Iterable[DueJob]]] = []


def register_kind(
    name: str,
    *,
    work: Body,
    title: str | Promise,
    close: Body | None = None,
    may: Callable[[Actor], bool] = _anyone,
    runs_again: bool = False,
    closes_over_failures: bool = False,
) -> None:
    """Tell the workers how to do jobs of this kind (``app.noun_verb``).

    ``work`` gives a JSON-able dict (the result) or ``Children``; it may be called again after
    a lost worker, so its effects must be idempotent. ``close`` is called when all children have
    ended and may send out further children. ``may`` is asked before every claim's work, with the
    owner as they stand then. ``runs_again``: asked for while one is at work, it is queued once
    more at its end. ``closes_over_failures``: close even if a child failed; otherwise the parent
    fails with the child's reason.
    """
    if name in _kinds:
        raise ValueError(f"job kind {name} registered twice")
    _kinds[name] = Kind(name, title, work, close, may, runs_again, closes_over_failures)


def kind_named(name: str) -> Kind:
    """Give a registered kind; KeyError is a programming error."""
    return _kinds[name]


def title_of(name: str) -> str:
    """Give the title for a page; a kind that this version no longer knows shows its name."""
    kind = _kinds.get(name)
    return str(kind.title) if kind else name


def register_due(due: Callable[[datetime], Iterable[DueJob]]) -> None:
    """Let the sweep ask at every tick which jobs are due by now, missed ones included."""
    _due.append(due)


def due_jobs(now: datetime) -> list[DueJob]:
    """Collect what is due; cheap, without side effects, called every few seconds."""
    return [job for due in _due for job in due(now)]


def register_chore(do: Callable[[datetime], object], *, every: timedelta) -> None:
    """Let each worker do this at its start and from then on now and then; twice at once must do no harm."""
    _chores.append(Chore(do, every))


def chores() -> tuple[Chore, ...]:
    """All upkeep."""
    return tuple(_chores)
