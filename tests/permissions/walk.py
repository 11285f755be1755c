"""Every URL of the product with its parameters filled, as the walks ask for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.enums import POWER_OF_ROLE, Power, Role
from accounts.models import User
from accounts.roles import ROLES
from foundation.permissions import Permission
from foundation.web.checks import patterns
from tests.cast import CITY_LEVELS, make_user

FILLED = {"slug": "zz-nobody", "str": "zz-nobody", "int": "999999999"}
"""References that belong to nothing."""

PARAMETER = re.compile(r"<(\w+):\w+>")


@dataclass(frozen=True)
class Door:
    """One URL and the permissions that open it; none of them: open to everyone."""

    route: str
    url: str
    needed: frozenset[Permission]

    def is_open_to(self, role: Role | None) -> bool:
        """Whether somebody in this role passes; None is a user without any grant."""
        held = ROLES[role].permissions if role else frozenset()
        return not self.needed or bool(self.needed & held)


def doors() -> Iterator[Door]:
    """Every URL, as the start-up check sees them: a new one is walked without a line here."""
    for route, pattern in patterns():
        url = PARAMETER.sub(lambda found: FILLED[found[1]], route)
        yield Door(route, url, frozenset(getattr(pattern.callback, "ordos_permissions")))  # noqa: B009 - set by @page


def somebody(role: Role | None) -> User:
    """A user in this role over the whole city, or one without any grant."""
    power = POWER_OF_ROLE[role] if role else Power.BUSINESS
    return make_user("somebody", "某人", role, levels=CITY_LEVELS, power=power)
