"""Scope: how far a reader sees. The first argument of every selector."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.enums import Role
from accounts.models import Grant, User
from accounts.roles import ROLES
from foundation.actor import Actor
from foundation.permissions import Permission
from units.selectors import subtree_ids


@dataclass(frozen=True)
class Scope:
    """What one reader may do and see, worked out once a request.

    ``units`` is None where all units are in scope; ``levels`` are the post levels of persons
    that the reader manages; ``cut_out`` are subjects taken out of it (own file, superiors,
    declared relations); ``owned_unit`` is the unit of a clerk, whose rows the clerk may not enter.
    """

    actor_key: str
    permissions: frozenset[Permission]
    units: frozenset[int] | None = frozenset()
    levels: frozenset[str] = frozenset()
    cut_out: frozenset[int] = frozenset()
    self_subject: int | None = None
    roles: frozenset[Role] = frozenset()
    own_units: frozenset[int] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether the reader has a right at all; whom it reaches is the selectors' business."""
        return permission in self.permissions


NOBODY = Scope(actor_key="", permissions=frozenset())

_REACHING = frozenset({Role.HR_OFFICER, Role.LEADERSHIP, Role.UNIT_CLERK, Role.CASE_DECIDER})
"""Roles whose grants reach units and persons; the three powers and the cadre's own role do not."""

_cut_outs: list[Callable[[User, date], Iterable[int]]] = []


def register_cut_out(source: Callable[[User, date], Iterable[int]]) -> None:
    """Let a higher app name subjects that are cut out of a user's scope."""
    _cut_outs.append(source)


def grants_in_force(user: User, *, on: date) -> list[Grant]:
    """Approved grants of an active user that hold on a day, oldest first."""
    if not user.is_active:
        return []
    held = Grant.objects.filter(user=user, approved_by__isnull=False, starts_on__lte=on)
    held = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    return list(held.prefetch_related("levels").order_by("pk"))


def scope_of(user: User, *, on: date) -> Scope:
    """Work out a user's scope on a day from the grants in force.

    The three powers see no personnel data: their grants add permissions and no units.
    """
    grants = grants_in_force(user, on=on)
    permissions: frozenset[Permission] = frozenset().union(*(ROLES[Role(g.role)].permissions for g in grants))
    reaching = [g for g in grants if g.role in _REACHING]
    whole_city = any(g.unit_id is None for g in reaching)
    roots = {g.unit_id for g in reaching if g.unit_id is not None}
    own = {user.subject_id} if user.subject_id is not None else set()
    return Scope(
        actor_key=user.actor_key,
        permissions=permissions,
        units=None if whole_city else frozenset(subtree_ids(roots) if roots else ()),
        levels=frozenset(level.level for g in reaching for level in g.levels.all()),
        cut_out=frozenset(own).union(*(frozenset(source(user, on)) for source in _cut_outs)),
        self_subject=user.subject_id,
        roles=frozenset(Role(g.role) for g in grants),
        own_units=frozenset(g.unit_id for g in grants if g.role == Role.UNIT_CLERK and g.unit_id is not None),
    )


def actor_of(user: User, *, on: date) -> Actor:
    """Give the actor behind a user, with the first role in force."""
    grants = grants_in_force(user, on=on)
    return Actor(key=user.actor_key, name=user.name, role=grants[0].role if grants else "none")
