"""Login, logout and the choice of a language."""

from typing import cast

from django.conf import settings
from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.forms import LoginForm
from accounts.request import Request
from foundation.web.page import public


@public
@never_cache
@sensitive_post_parameters("password")
def login(request: Request) -> HttpResponse:
    """Let a user in and lead on to the page that was asked for."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    onward = wanted if _is_ours(request, wanted) else settings.LOGIN_REDIRECT_URL
    if request.user.is_authenticated:
        return redirect(onward)
    form = LoginForm(request, request.POST or None)
    if form.is_valid() and form.user is not None:
        open_session(request, form.user)
        return redirect(onward)
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/login.html", {"form": form, "next": wanted}, status=status)


@public
@require_POST
def logout(request: Request) -> HttpResponse:
    """End the session; the browser forgets what it kept."""
    close_session(request)
    answer = redirect("accounts:login")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return cast(HttpResponse, answer)


@public
@require_POST
def language(request: Request) -> HttpResponse:
    """Keep the reader's language in a cookie and lead back to the page; a foreign address is not followed."""
    return set_language(request)


def _is_ours(request: Request, url: str) -> bool:
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
