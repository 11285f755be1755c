"""One subject's result: why the score is what it is, down to the cell."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.request import Request
from cadres.models import Cadre
from cadres.selectors import own_cadre, visible_cadres
from evaluation.presenters.addresses import ranking_url, run_url, subject_difference_url, subject_url
from evaluation.presenters.choices import period_switch
from evaluation.presenters.evidence import Evidence, evidence
from evaluation.presenters.waterfalls import contribution_of, facts, notes, waterfall, without_lines
from evaluation.selectors.explanations import ExplanationPage, SubjectResult, explanation, results_of
from evaluation.selectors.runs_compared import run_to_compare
from foundation.clock import today
from foundation.permissions import Permission
from foundation.web.figures import points_text
from foundation.web.page import page
from foundation.web.parts import Confirm, Empty, Stop, Tab
from foundation.web.typed import typed
from intake.enums import Facet
from intake.selectors.observations import history_of, source_of
from units.models import Unit


@page(Permission.VIEW_OWN_RESULT)
@require_GET
def own_result(request: Request) -> HttpResponse:
    """Lead the official to the newest result of their own."""
    cadre = own_cadre(request.scope)
    if cadre is None:
        raise Http404("no cadre stands behind this user")
    return _newest(request, cadre.pk, cadre.name, "evaluation:cadre-result", cadre.ref)


@page(Permission.VIEW_RESULTS, Permission.VIEW_OWN_RESULT)
@require_GET
def cadre_detail(request: Request, ref: str) -> HttpResponse:
    """Lead to the newest result of a cadre that the reader may see."""
    cadre = get_object_or_404(visible_cadres(request.scope, on=today()), ref=ref)
    return _newest(request, cadre.pk, cadre.name, "evaluation:cadre-result", ref)


@page(Permission.VIEW_RESULTS, Permission.VIEW_OWN_RESULT)
@require_GET
def cadre_result(request: Request, ref: str, scheme: str, period: str) -> HttpResponse:
    """Why a cadre has this score in one scheme and period."""
    cadre = get_object_or_404(Cadre, ref=ref)
    return _result(request, cadre.pk, scheme, period)


@page(Permission.VIEW_RESULTS)
@require_GET
def unit_result(request: Request, ref: str, scheme: str, period: str) -> HttpResponse:
    """Why a unit has this score in one scheme and period."""
    unit = get_object_or_404(Unit, code=typed(ref))
    return _result(request, unit.pk, scheme, period)


def _newest(request: Request, subject: int, name: str, route: str, ref: str) -> HttpResponse:
    found = results_of(request.scope, subject=subject)
    if found:
        return redirect(route, ref=ref, scheme=found[0].scheme_code, period=found[0].period_code)
    empty = Empty(
        _("还没有核算结果"),
        _("本人所在的方案还没有核算过。每晚核算一次，有结果后显示在这里。"),
        icon="calculator",
    )
    context = {"cadre": {"name": name}, "trail": [Stop(name)], "tabs": (), "waterfall": None, "empty": empty}
    return render(request, "evaluation/cadre_detail.html", context)


def _result(request: Request, subject: int, scheme: str, period: str) -> HttpResponse:
    found = explanation(request.scope, scheme_code=scheme, period_code=period, subject=subject)
    if found is None:
        raise Http404("result")
    chosen = request.GET.get("line", "")
    panel = _evidence(request, found, chosen)
    if request.htmx:
        return render(request, "evaluation/_evidence.html", {"evidence": panel})
    return render(request, "evaluation/cadre_detail.html", _context(request, found, subject, chosen, panel))


def _context(
    request: Request, found: ExplanationPage, subject: int, chosen: str, panel: Evidence | None
) -> dict[str, object]:
    scheme, period = found.shown.scheme.code, found.shown.basis.period.code
    here = subject_url(found.who, scheme, period)
    results = results_of(request.scope, subject=subject)
    may_see_run = request.scope.may(Permission.VIEW_RUNS)
    return {
        "cadre": {"name": found.who.name, "place": found.who.place, "level": found.who.level},
        "trail": _trail(request, found),
        "facts": facts(found),
        "downloads": [] if found.is_outdated else _downloads(found),
        "compare_url": _compare_url(found),
        "tabs": _tabs(found, results),
        "notes": notes(found),
        "waterfall": waterfall(
            found,
            selected=chosen,
            address=lambda anchor: f"{here}?line={anchor}",
            run_url=run_url(found.shown.run.ref) if may_see_run else "",
        ),
        "evidence": panel,
        "empty": without_lines(found),
        "periods": period_switch(
            [each.period_code for each in results if each.scheme_code == scheme],
            period,
            lambda code: subject_url(found.who, scheme, code),
        ),
    }


def _compare_url(found: ExplanationPage) -> str:
    """What moved since the run before; empty where there is no other run."""
    run = found.shown.run
    other = run_to_compare(run)
    return subject_difference_url(found.who, run.ref, other.ref) if other else ""


def _downloads(found: ExplanationPage) -> list[Confirm]:
    """The result to take home: a workbook that computes, and the data for an exact recomputation."""
    route = "evaluation:cadre-proof" if found.who.is_cadre else "evaluation:unit-proof"
    url = reverse(route, args=[found.who.ref, found.shown.scheme.code, found.shown.basis.period.code])
    words = (("xlsx", _("下载计算表")), ("json", _("下载复算文件")))
    return [Confirm(url, label, fields=[("form", form)], main=False) for form, label in words]


def _trail(request: Request, found: ExplanationPage) -> list[Stop]:
    ranking = ranking_url(found.shown.scheme.code, found.shown.basis.period.code)
    if not request.scope.may(Permission.VIEW_RESULTS):
        return [Stop(_("我的得分"), reverse("evaluation:own-result")), Stop(found.who.name)]
    above = [Stop(_("指数榜"), ranking)]
    return [*above, *([Stop(found.who.unit_name)] if found.who.is_cadre else []), Stop(found.who.name)]


def _tabs(found: ExplanationPage, results: list[SubjectResult]) -> list[Tab]:
    """The schemes in which the subject has a result in this period."""
    period, here = found.shown.basis.period.code, found.shown.scheme.code
    same = [each for each in results if each.period_code == period]
    return [
        Tab(each.scheme_name, subject_url(found.who, each.scheme_code, period), each.scheme_code == here)
        for each in same
    ]


def _evidence(request: Request, found: ExplanationPage, anchor: str) -> Evidence | None:
    line = found.line(anchor) if anchor else None
    cell = next((cell for cell in reversed(line.cells) if not cell.is_target), None) if line else None
    if line is None or cell is None:
        return None
    said = history_of(
        period_id=cell.period_id,
        subject_id=cell.subject_id,
        indicator_id=cell.indicator_id,
        facet=Facet.VALUE,
        places=line.places,
        cut_seq=found.shown.run.cut_seq,
    )
    source = source_of(request.scope, said_by=cell.said_by, sheet=cell.sheet, row=cell.row, col=cell.col)
    close_url = subject_url(found.who, found.shown.scheme.code, found.shown.basis.period.code)
    given = contribution_of(found, anchor)
    contribution = "" if given is None else points_text(given, found.shown.scheme.output.show)
    return evidence(line, cell, source, said, contribution=contribution, close_url=close_url)
