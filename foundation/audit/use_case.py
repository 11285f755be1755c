"""One way to write: a use case is one transaction with one event, chained as its last statement."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import models, transaction

from foundation.actor import Actor
from foundation.audit.chain import append
from foundation.audit.models import AuditEvent
from foundation.clock import now

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class _Open:
    actor: Actor
    events: list[AuditEvent] = field(default_factory=list)
    found_done: bool = False


_open: ContextVar[_Open | None] = ContextVar("open_use_case", default=None)


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """Run a keyword-only service in one transaction that cannot commit without an audit event.

    The service has a keyword ``actor``, calls ``record`` once (or ``found_done`` when it found
    that everything was done already), and never calls another use case.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _open.get() is not None:
            raise RuntimeError(f"use case {function.__name__} inside another one")
        actor = kwargs["actor"]
        if not isinstance(actor, Actor):
            raise TypeError(f"use case {function.__name__} needs an Actor")
        with transaction.atomic(durable=True):
            current = _Open(actor)
            token = _open.set(current)
            try:
                result = function(*args, **kwargs)
            finally:
                _open.reset(token)
            if not current.events and not current.found_done:
                raise RuntimeError(f"use case {function.__name__} recorded no event")
            for event in current.events:
                append(event)
        return result

    return run


def record(
    action: str,
    obj: models.Model,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    rows_sha256: str = "",
) -> None:
    """Say what the open use case did (``noun.past``) and to what; chained just before the commit."""
    current = _open.get()
    if current is None:
        raise RuntimeError(f"{action} recorded outside a use case")
    _refuse_floats(action, before, after)
    current.events.append(
        AuditEvent(
            at=now(),
            action=action,
            actor_key=current.actor.key,
            actor_name=current.actor.name,
            actor_role=current.actor.role,
            object_kind=obj._meta.label_lower,
            object_ref=_ref_of(obj),
            before=before,
            after=after,
            rows_sha256=rows_sha256,
            request_id=current.actor.request_id,
        )
    )


def _refuse_floats(action: str, *values: Any) -> None:
    """PostgreSQL gives 1e22 back as a whole number, and the hash would not fit any more."""
    for value in values:
        if isinstance(value, float):
            raise TypeError(f"{action} records a float; write it as text or as an integer with its unit")
        if isinstance(value, dict):
            _refuse_floats(action, *value.values())
        elif isinstance(value, list | tuple):
            _refuse_floats(action, *value)


def found_done() -> None:
    """Say that the open use case found its work already done and changed nothing."""
    current = _open.get()
    if current is None:
        raise RuntimeError("found_done outside a use case")
    current.found_done = True


def _ref_of(obj: models.Model) -> str:
    for name in ("ref", "code", "username"):
        value = getattr(obj, name, None)
        if value:
            return str(value)
    return str(obj.pk)
