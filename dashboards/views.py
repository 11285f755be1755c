"""The first page after the login."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.request import Request
from dashboards.home import home_page
from foundation.permissions import Permission
from foundation.web.page import page


@page(Permission.VIEW_HOME)
@require_GET
def home(request: Request) -> HttpResponse:
    """What waits for the reader, how fresh the data are, where to go."""
    return render(request, "dashboards/home.html", {"home": home_page(request.scope)})
