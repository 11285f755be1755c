"""The officer says which rows of a file are no data, or takes that back."""

from collections.abc import Callable

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.request import Request
from foundation.errors import DomainError
from foundation.permissions import Permission
from foundation.web.page import page
from intake.forms import LeaveOutForm
from intake.selectors.batches import visible_batches
from intake.services.note_rows import leave_rows_out, take_rows_back


@page(Permission.UPLOAD_DATA)
@require_POST
def batch_leave_out(request: Request, ref: str) -> HttpResponseBase:
    """The rows that the page showed are no data; the file is checked anew without them."""
    batch, form = get_object_or_404(visible_batches(request.scope), ref=ref), LeaveOutForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请从本页的按钮提交。"))
        return redirect("intake:batch-detail", ref=ref)
    rows = form.cleaned_data["rows"]
    return _answer(request, ref, lambda: leave_rows_out(batch=batch, actor=request.actor, rows=rows))


@page(Permission.UPLOAD_DATA)
@require_POST
def batch_take_back(request: Request, ref: str) -> HttpResponseBase:
    """All rows count again; the file is checked anew with them."""
    batch = get_object_or_404(visible_batches(request.scope), ref=ref)
    return _answer(request, ref, lambda: take_rows_back(batch=batch, actor=request.actor))


def _answer(request: Request, ref: str, act: Callable[[], object]) -> HttpResponseBase:
    try:
        act()
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("intake:batch-detail", ref=ref)
