"""Reads of accounts."""

from accounts.models import User
from accounts.scope import actor_of, scope_of
from foundation.actor import Actor
from foundation.clock import today
from foundation.permissions import Permission

PREFIX = "user:"


def user_for_key(key: str) -> User | None:
    """Find the active user behind an actor key."""
    if not key.startswith(PREFIX):
        return None
    return User.objects.filter(username=key.removeprefix(PREFIX), is_active=True).first()


def actor_of_key(key: str) -> Actor | None:
    """Find the actor behind a key, as they stand today; None when they may not act any more."""
    user = user_for_key(key)
    return None if user is None else actor_of(user, on=today())


def names_of_keys(keys: frozenset[str]) -> dict[str, str]:
    """Names behind actor keys of users, disabled ones included, in one query."""
    usernames = {key.removeprefix(PREFIX) for key in keys if key.startswith(PREFIX)}
    found = User.objects.filter(username__in=usernames).values_list("username", "name")
    return {f"{PREFIX}{username}": name for username, name in found}


def actor_may(actor: Actor, permission: Permission) -> bool:
    """Whether an actor holds a right today, by all grants in force; the system may do what its jobs are for."""
    if actor.kind == "system":
        return True
    user = user_for_key(actor.key)
    return user is not None and scope_of(user, on=today()).may(permission)
