"""Who acts: one type for users, API clients and the system itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

ActorKind = Literal["user", "client", "system"]


@dataclass(frozen=True)
class Actor:
    """Somebody or something that writes. ``key`` (``user:anna``) is kept for ever, as plain text."""

    key: str
    name: str
    role: str
    kind: ActorKind = "user"
    request_id: str = ""

    def during(self, request_id: str) -> "Actor":
        """Give the same actor, acting within one request."""
        return replace(self, request_id=request_id)


SYSTEM = Actor(key="system", name="系统", role="system", kind="system")

_sources: list[Callable[[str], Actor | None]] = []


def register_actor_source(source: Callable[[str], Actor | None]) -> None:
    """Let a higher app (accounts) turn keys back into actors with their present rights."""
    _sources.append(source)


def actor_for_key(key: str) -> Actor | None:
    """Find the actor behind a key as they stand now; None when they may not act any more."""
    if key == SYSTEM.key:
        return SYSTEM
    return next((actor for source in _sources if (actor := source(key)) is not None), None)


_names: list[Callable[[frozenset[str]], dict[str, str]]] = []


def register_actor_names(source: Callable[[frozenset[str]], dict[str, str]]) -> None:
    """Let a higher app tell the names behind many keys at once."""
    _names.append(source)


def actor_names(keys: Iterable[str]) -> dict[str, str]:
    """Names behind keys, for lists; a key that nobody knows any more stands for itself."""
    wanted = frozenset(keys)
    known = {key: key for key in wanted} | {SYSTEM.key: SYSTEM.name}
    for source in _names:
        known.update(source(wanted))
    return known
