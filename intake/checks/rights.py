"""What a person may enter: read anew for every check, and once more under the lock of a store."""

from dataclasses import dataclass
from datetime import date

from accounts.enums import Role
from accounts.models import User
from accounts.scope import Scope, grants_in_force, scope_of
from accounts.selectors import user_for_key
from foundation.actor import Actor
from foundation.permissions import Permission
from units.selectors import subtree_ids


@dataclass(frozen=True)
class Reach:
    """One grant of an HR officer: units (None: all) × post levels. Without levels it reaches units only."""

    units: frozenset[int] | None
    levels: frozenset[str]


@dataclass(frozen=True)
class EntryRights:
    """What one person may enter.

    An HR officer enters any indicator about subjects within a reach; a unit clerk enters the
    indicators of the own units about everybody else. Nobody enters about a subject that is cut out.
    """

    may_upload: bool
    reaches: tuple[Reach, ...] = ()
    own_units: frozenset[int] = frozenset()
    cut_out: frozenset[int] = frozenset()


NOTHING = EntryRights(may_upload=False)


def entry_rights(user: User, *, on: date) -> EntryRights:
    """Work out what a user may enter on a day.

    Grants are taken one by one: the levels of one must not reach into the units of another.
    """
    scope = scope_of(user, on=on)
    if not scope.may(Permission.UPLOAD_DATA):
        return NOTHING
    grants = [grant for grant in grants_in_force(user, on=on) if grant.role == Role.HR_OFFICER]
    reaches = tuple(
        Reach(
            units=None if grant.unit_id is None else subtree_ids([grant.unit_id]),
            levels=frozenset(level.level for level in grant.levels.all()),
        )
        for grant in grants
    )
    return EntryRights(may_upload=True, reaches=reaches, own_units=scope.own_units, cut_out=scope.cut_out)


def entry_rights_for(scope: Scope, *, on: date) -> EntryRights:
    """`entry_rights` of a reader."""
    user = user_for_key(scope.actor_key)
    return NOTHING if user is None else entry_rights(user, on=on)


def entry_rights_of(actor: Actor, *, on: date) -> EntryRights:
    """`entry_rights` of whoever acts; an actor that is no user may enter nothing."""
    user = user_for_key(actor.key)
    return NOTHING if user is None else entry_rights(user, on=on)
