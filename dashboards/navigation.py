"""What the frame of every office page shows: the rail, who one is, how fresh the data are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.scope import Scope
from evaluation.selectors.freshness import freshness
from foundation.permissions import Permission


@dataclass(frozen=True)
class Place:
    """One place of the product that a reader may go to."""

    label: str | Promise
    route: str
    icon: str
    needs: frozenset[Permission]


RAIL: tuple[tuple[str | Promise, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place(_("首页"), "dashboards:home", "home", frozenset({Permission.VIEW_HOME})),
            Place(_("指数榜"), "evaluation:ranking-list", "ranking", frozenset({Permission.VIEW_RESULTS})),
            Place(_("我的得分"), "evaluation:own-result", "person", frozenset({Permission.VIEW_OWN_RESULT})),
        ),
    ),
    (
        _("数据"),
        (
            Place(_("上传"), "intake:batch-upload", "upload", frozenset({Permission.UPLOAD_DATA})),
            Place(_("批次"), "intake:batch-list", "layers", frozenset({Permission.VIEW_BATCHES})),
        ),
    ),
    (_("考核"), (Place(_("核算"), "evaluation:run-list", "calculator", frozenset({Permission.VIEW_RUNS})),)),
    (_("审计"), (Place(_("审计记录"), "accounts:event-list", "shield", frozenset({Permission.READ_AUDIT})),)),
    (_("系统"), (Place(_("作业"), "jobs:job-list", "refresh", frozenset({Permission.VIEW_JOBS})),)),
)
"""Only what exists; a place comes with its issue."""


@dataclass(frozen=True)
class RailItem:
    """A place as the rail shows it."""

    label: str | Promise
    url: str
    icon: str
    count: int | None
    current: bool


@dataclass(frozen=True)
class RailGroup:
    """Places under one head."""

    label: str | Promise
    items: list[RailItem]


@dataclass(frozen=True)
class Person:
    """Who is logged in, as the top bar says it."""

    name: str
    office: str
    logout_url: str
    password_url: str


def rail_of(scope: Scope, path: str) -> list[RailGroup]:
    """Give the groups of the rail that a reader may see; the longest address that fits is current."""
    groups = [(label, _allowed(scope, places)) for label, places in RAIL]
    addresses = [reverse(place.route) for _label, places in groups for place in places]
    here = _current(addresses, path)
    return [
        RailGroup(label, [RailItem(p.label, reverse(p.route), p.icon, None, reverse(p.route) == here) for p in places])
        for label, places in groups
        if places
    ]


def _current(addresses: Iterable[str], path: str) -> str:
    """The place that a path belongs to: a result hangs below the ranking, or below one's own score."""
    fitting = [each for each in addresses if (path == each if each == "/" else path.startswith(each))]
    if fitting:
        return max(fitting, key=len)
    above = [reverse("evaluation:ranking-list"), reverse("evaluation:own-result")]
    is_result = path.startswith(("/cadres/", "/units/"))
    return next((each for each in above if is_result and each in addresses), "")


def _allowed(scope: Scope, places: Iterable[Place]) -> list[Place]:
    return [place for place in places if place.needs & scope.permissions]


def person_of(user: User, scope: Scope) -> Person:
    """Say who is logged in and in which role."""
    roles = [str(role.label) for role in Role if role in scope.roles]
    return Person(user.name, "、".join(roles), reverse("accounts:logout"), "")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what layouts/office.html needs; worked out only where it is shown."""
    user = request.user
    if not isinstance(user, User):
        return {"product_name": settings.PRODUCT_NAME}
    scope: Scope = request.scope  # type: ignore[attr-defined]  # set by ActorMiddleware
    return {
        "product_name": settings.PRODUCT_NAME,
        "demo_data": settings.DEMO_DATA,
        "rail": SimpleLazyObject(lambda: rail_of(scope, request.path)),
        "person": SimpleLazyObject(lambda: person_of(user, scope)),
        "freshness": SimpleLazyObject(lambda: freshness(scope)),
    }
