"""填报模板: what a scheme asks of the reader, and the sheet for it."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.request import Request
from evaluation.enums import EntryForm
from evaluation.presenters.entry_sheets import blank_page, entry_page, entry_url
from evaluation.selectors.entry_sheets import Asked, asked_of, asking_periods, asking_schemes, period_to_fill
from evaluation.services.entry_sheets import take_entry_sheet
from foundation.clock import today
from foundation.errors import DomainError
from foundation.permissions import Permission
from foundation.tabular.table import FileKind
from foundation.web.page import page
from foundation.web.typed import typed


@page(Permission.UPLOAD_DATA)
@require_GET
def entry_sheet(request: Request) -> HttpResponse:
    """Choose scheme, period and unit; see what the sheet will ask."""
    on = today()
    schemes = asking_schemes(request.scope, on=on)
    if not schemes:
        return render(request, "evaluation/entry_sheet.html", blank_page())
    wanted = typed(request.GET.get("scheme", "")) or schemes[0].code
    scheme = next((each for each in schemes if each.code == wanted), None)
    if scheme is None:
        raise Http404("scheme")
    periods = asking_periods(request.scope, scheme_code=scheme.code, on=on)
    first = period_to_fill(scheme, periods, on=on)
    period = typed(request.GET.get("period", "")) or (first.code if first else "")
    asked = _asked(request, request.GET, scheme=scheme.code, period=period)
    if asked is None and period:
        raise Http404("entry sheet")
    return render(request, "evaluation/entry_sheet.html", entry_page(asked, schemes, periods, scheme.code))


@page(Permission.UPLOAD_DATA)
@require_POST
def entry_sheet_download(request: Request) -> HttpResponseBase:
    """Give the sheet as a file; that it left is written down."""
    form = request.POST.get("form", "")
    asked = _asked(
        request,
        request.POST,
        scheme=typed(request.POST.get("scheme", "")),
        period=typed(request.POST.get("period", "")),
    )
    if asked is None or form not in EntryForm.values:
        raise Http404("entry sheet")
    content = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    try:
        name = take_entry_sheet(asked=asked, actor=request.actor, form=EntryForm(form), stream=content)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(entry_url(asked.scheme.code, asked.period.code))
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=f"{name}.xlsx", content_type=FileKind.XLSX.media_type)


def _asked(request: Request, words: QueryDict, *, scheme: str, period: str) -> Asked | None:
    """What is asked, if scheme and period are among what the reader may choose."""
    on = today()
    if scheme not in {each.code for each in asking_schemes(request.scope, on=on)}:
        return None
    chosen = next((p for p in asking_periods(request.scope, scheme_code=scheme, on=on) if p.code == period), None)
    if chosen is None:
        return None
    unit = typed(words.get("unit", ""))
    return asked_of(request.scope, scheme_code=scheme, period=chosen, unit_code=unit, on=on)
