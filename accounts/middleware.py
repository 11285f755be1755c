"""Who asks, and in which language: every request carries its actor and its scope."""

from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.scope import NOBODY, Scope, actor_of, scope_of
from foundation.clock import today


class ActorMiddleware:
    """Put ``actor`` and ``scope`` on the request; both are worked out once, when first read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        request_id = uuid4().hex[:16]
        request.request_id = request_id  # type: ignore[attr-defined]  # ours, unknown to Django
        request.scope = SimpleLazyObject(lambda: _scope(request))  # type: ignore[attr-defined]  # ours, unknown to Django
        request.actor = SimpleLazyObject(lambda: _actor(request, request_id))  # type: ignore[attr-defined]  # ours, unknown to Django
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class LanguageMiddleware:
    """Answer in the language that the reader chose; Chinese to everyone else, whatever the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _scope(request: HttpRequest) -> Scope:
    user = request.user
    return scope_of(user, on=today()) if isinstance(user, User) else NOBODY


def _actor(request: HttpRequest, request_id: str) -> object:
    user = request.user
    if not isinstance(user, User):
        raise RuntimeError("an anonymous request has no actor")
    return actor_of(user, on=today()).during(request_id)
