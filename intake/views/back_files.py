"""Files that go back to the sender of a batch."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from accounts.request import Request
from foundation.errors import DomainError
from foundation.files.content import path_of
from foundation.permissions import Permission
from foundation.tabular.table import FileKind
from foundation.web.page import page
from intake.enums import BackFile
from intake.selectors.back_files import kept_back_file
from intake.selectors.batches import visible_batches
from intake.services.back_files import give_file, is_made_at_once, request_file


@page(Permission.VIEW_BATCHES)
@require_POST
def batch_back_file(request: Request, ref: str, what: str) -> HttpResponseBase:
    """Make the marked file or the bad rows: a small one at once, a large one as a job of the batch's page."""
    batch = get_object_or_404(visible_batches(request.scope), ref=ref)
    wanted = _wanted(what)
    try:
        if not is_made_at_once(batch):
            request_file(batch=batch, actor=request.actor, what=wanted, language=get_language() or "zh-hans")
            return redirect("intake:batch-detail", ref=ref)
        content = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
        made = give_file(batch=batch, actor=request.actor, what=wanted, stream=content)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("intake:batch-detail", ref=ref)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=made.name, content_type=FileKind.XLSX.media_type)


@page(Permission.VIEW_BATCHES)
@require_GET
def batch_kept_file(request: Request, ref: str, what: str, job: str) -> HttpResponseBase:
    """Give the file that a job of the reader made."""
    batch = get_object_or_404(visible_batches(request.scope), ref=ref)
    file = kept_back_file(request.scope, batch, what=_wanted(what), job=job)
    if file is None or not path_of(file.sha256).is_file():
        raise Http404("file")
    content = path_of(file.sha256).open("rb")
    return FileResponse(content, as_attachment=True, filename=file.name, content_type=file.media_type)


def _wanted(what: str) -> BackFile:
    if what not in BackFile.values:
        raise Http404("kind of file")
    return BackFile(what)
