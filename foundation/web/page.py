"""Who may open a page: every view says it, and the start stops where one does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from foundation.actor import Actor
from foundation.permissions import Permission

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., Any])


class Reader(Protocol):
    """What a page must know of whoever asks: the form of ``accounts.scope.Scope``."""

    @property
    def actor_key(self) -> str:
        """Key of the actor who asks."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Rights of the reader on this day."""


class PageRequest(HttpRequest):
    """A request as our middleware leaves it."""

    actor: Actor
    scope: Reader
    request_id: str
    htmx: Any


def page(*permissions: Permission) -> Callable[[Callable[P, HttpResponseBase]], Callable[P, HttpResponseBase]]:
    """Open a view to readers who hold one of ``permissions``.

    Not logged in: the login page (htmx: 401, and the whole page goes there). No right: 403.
    Which objects a reader sees is the selectors' business: a foreign one is not there (404).
    """
    if not permissions:
        raise ValueError("a page names at least one permission; a public one says @public")

    def decorate(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request = cast(PageRequest, args[0])
            if not request.user.is_authenticated:
                return _to_login(request)
            if not request.scope.permissions.intersection(permissions):
                raise PermissionDenied
            response = view(*args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        guarded.ordos_permissions = frozenset(permissions)  # type: ignore[attr-defined]  # a function may carry attributes
        return guarded

    return decorate


def public(view: View) -> View:
    """Open a view to everyone, logged in or not."""
    view.ordos_permissions = frozenset()  # type: ignore[attr-defined]  # a function may carry attributes
    return view


def _to_login(request: PageRequest) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("accounts:login")})
    return redirect_to_login(request.get_full_path(), reverse("accounts:login"))
