"""A result to take home: the proof as data for tools/verify_score.py, and as a workbook that computes."""

import json
from io import BytesIO
from tempfile import TemporaryFile

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.request import Request
from cadres.models import Cadre
from evaluation.presenters.proof_books import write_proof_book
from evaluation.selectors.proofs import Proof
from evaluation.services.exports import export_proof
from foundation.permissions import Permission
from foundation.tabular.table import FileKind
from foundation.web.page import page
from foundation.web.typed import typed
from units.models import Unit


@page(Permission.VIEW_RESULTS, Permission.VIEW_OWN_RESULT)
@require_POST
def cadre_proof(request: Request, ref: str, scheme: str, period: str) -> HttpResponseBase:
    """The proof of a cadre's total; taking it is recorded."""
    return _answer(request, get_object_or_404(Cadre, ref=ref).pk, scheme, period)


@page(Permission.VIEW_RESULTS)
@require_POST
def unit_proof(request: Request, ref: str, scheme: str, period: str) -> HttpResponseBase:
    """The proof of a unit's total; taking it is recorded."""
    return _answer(request, get_object_or_404(Unit, code=typed(ref)).pk, scheme, period)


def _answer(request: Request, subject: int, scheme: str, period: str) -> HttpResponseBase:
    proof = export_proof(
        scope=request.scope, scheme_code=scheme, period_code=period, subject=subject, actor=request.actor
    )
    if proof is None:
        raise Http404("result")
    name = f"{proof['subject']['number']} {scheme} {period}"
    return _book(proof, name) if request.POST.get("form") == "xlsx" else _data(proof, name)


def _data(proof: Proof, name: str) -> FileResponse:
    content = BytesIO(json.dumps(proof, ensure_ascii=False, indent=1).encode())
    return FileResponse(content, as_attachment=True, filename=f"{name}.json", content_type="application/json")


def _book(proof: Proof, name: str) -> FileResponse:
    content = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    write_proof_book(proof, content)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=f"{name}.xlsx", content_type=FileKind.XLSX.media_type)
