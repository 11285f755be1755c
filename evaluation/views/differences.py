"""Two runs beside each other: a peer group, and one subject line by line."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from accounts.request import Request
from cadres.models import Cadre
from evaluation.presenters.addresses import difference_url
from evaluation.presenters.differences import (
    compare_chip,
    difference,
    difference_facts,
    difference_notes,
    difference_trail,
    here_of,
)
from evaluation.presenters.evidence import Evidence, evidence
from evaluation.presenters.group_differences import (
    bound,
    chosen_kind,
    difference_head,
    difference_pager,
    move_row,
)
from evaluation.presenters.group_differences import difference_trail as group_trail
from evaluation.selectors.differences import SubjectDifference, subject_difference
from evaluation.selectors.group_differences import DifferenceQuery, group_difference
from evaluation.selectors.runs_compared import TwoRuns, runs_to_compare, two_runs
from evaluation.services.difference_exports import export_difference
from foundation.permissions import Permission
from foundation.web.keyset import read_cursor
from foundation.web.list_page import sheet_answer
from foundation.web.page import page
from foundation.web.typed import typed
from intake.enums import Facet
from intake.selectors.observations import history_of, source_of
from units.models import Unit


@page(Permission.VIEW_RESULTS)
@require_GET
def difference_list(request: Request, ref: str, other: str) -> HttpResponse:
    """A peer group in two runs: who moved, who came and left, what was written in between."""
    runs = _runs(ref, other)
    query = _query(request, ref, other)
    found = group_difference(request.scope, runs, query)
    if found is None:
        raise Http404("difference")
    newer, older = runs.newer.run.ref, runs.older.run.ref
    may_export = request.scope.may(Permission.EXPORT_RESULTS)
    address = difference_url(newer, older)
    compare = compare_chip(runs, runs_to_compare(request.scope, runs.newer.run), address=address)
    context = {
        "page": difference_head(found, query, export_url=f"{address}export/" if may_export else "", compare=compare),
        "query": {"group": found.group, "kind": query.kind, "text": query.text},
        "rows": [move_row(found, row) for row in found.rows],
        "pager": difference_pager(found, query),
        "trail": group_trail(found),
    }
    return render(request, f"evaluation/{'_difference_table' if request.htmx else 'difference_list'}.html", context)


@page(Permission.EXPORT_RESULTS)
@require_POST
def difference_export(request: Request, ref: str, other: str) -> HttpResponseBase:
    """All of a group's difference that the reader may see under these filters, as a sheet; it is recorded."""
    given = request.POST
    query = DifferenceQuery(
        group=typed(given.get("group", "")), kind=chosen_kind(given.get("kind", "")), text=typed(given.get("q", ""))
    )
    sheet = export_difference(scope=request.scope, runs=_runs(ref, other), query=query, actor=request.actor)
    return sheet_answer(sheet.name, sheet.columns, sheet.rows)


@page(Permission.VIEW_RESULTS, Permission.VIEW_OWN_RESULT)
@require_GET
def difference_cadre(request: Request, ref: str, other: str, cadre: str) -> HttpResponse:
    """What moved a cadre's total between two runs; officials see their own."""
    return _detail(request, _runs(ref, other), get_object_or_404(Cadre, ref=cadre).pk)


@page(Permission.VIEW_RESULTS)
@require_GET
def difference_unit(request: Request, ref: str, other: str, unit: str) -> HttpResponse:
    """What moved a unit's total between two runs."""
    return _detail(request, _runs(ref, other), get_object_or_404(Unit, code=typed(unit)).pk)


def _runs(ref: str, other: str) -> TwoRuns:
    runs = two_runs(ref, other)
    if runs is None:
        raise Http404("two runs of one scheme")
    return runs


def _query(request: Request, ref: str, other: str) -> DifferenceQuery:
    given, after = request.GET, None
    if cursor := given.get("after"):
        first, change, subject = read_cursor(cursor, bound(ref, other), 3)
        after = (first, change, subject)
    return DifferenceQuery(
        group=typed(given.get("group", "")),
        kind=chosen_kind(given.get("kind", "")),
        text=typed(given.get("q", "")),
        after=after,
    )


def _detail(request: Request, runs: TwoRuns, subject: int) -> HttpResponse:
    found = subject_difference(request.scope, runs, subject=subject)
    if found is None:
        raise Http404("difference")
    here = here_of(found)
    panel = _evidence(request, found, here)
    if request.htmx:
        return render(request, "evaluation/_evidence.html", {"evidence": panel})
    compare = compare_chip(runs, runs_to_compare(request.scope, runs.newer.run), address=here)
    context = {
        "who": found.who,
        "trail": difference_trail(found, may_see_list=request.scope.may(Permission.VIEW_RESULTS)),
        "chips": (compare,),
        "facts": difference_facts(found),
        "notes": difference_notes(found),
        "difference": difference(found, here=here),
        "evidence": panel,
    }
    return render(request, "evaluation/difference_detail.html", context)


def _evidence(request: Request, found: SubjectDifference, here: str) -> Evidence | None:
    """The cell behind the newer value of a line."""
    anchor = request.GET.get("line", "")
    line = next((each.line for each in found.lines if each.line.anchor == anchor and each.is_new_side), None)
    cell = next((cell for cell in reversed(line.cells) if not cell.is_target), None) if line else None
    if line is None or cell is None:
        return None
    said = history_of(
        period_id=cell.period_id,
        subject_id=cell.subject_id,
        indicator_id=cell.indicator_id,
        facet=Facet.VALUE,
        places=line.places,
        cut_seq=found.runs.newer.run.cut_seq,
    )
    source = source_of(request.scope, said_by=cell.said_by, sheet=cell.sheet, row=cell.row, col=cell.col)
    return evidence(line, cell, source, said, contribution="", close_url=here)
