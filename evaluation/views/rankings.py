"""指数榜."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.request import Request
from accounts.scope import Scope
from evaluation.presenters.addresses import ranking_url
from evaluation.presenters.choices import period_switch
from evaluation.presenters.entry_sheets import entry_url
from evaluation.presenters.quotas import quota_panels
from evaluation.presenters.rankings import kept_query, ranking_head, ranking_table, unranked_note, unranked_rows
from evaluation.selectors.overview import overview
from evaluation.selectors.rankings import RankingPage, RankingQuery, ranking_of
from evaluation.selectors.runs import CurrentRun, current_runs
from evaluation.selectors.shown import ShownRun, shown_run
from evaluation.services.exports import export_ranking
from foundation.permissions import Permission
from foundation.web.keyset import read_cursor
from foundation.web.list_page import sheet_answer
from foundation.web.page import page
from foundation.web.parts import Empty
from foundation.web.typed import typed


@page(Permission.VIEW_RESULTS)
@require_GET
def ranking_list(request: Request) -> HttpResponse:
    """Lead to the newest ranking of persons, or say why there is none yet."""
    choices = current_runs(request.scope)
    if choices:
        first = _first_with_somebody(request.scope) or choices[0]
        return redirect(ranking_url(first.scheme_code, first.period_code))
    empty = Empty(
        _("还没有核算结果"),
        _("上传并入库考核数据后，每晚自动核算；也可以马上核算一次。"),
        icon="ranking",
        action_label=_("去核算") if request.scope.may(Permission.VIEW_RUNS) else "",
        action_url=reverse("evaluation:run-list"),
    )
    return render(request, "evaluation/ranking_list.html", {"page": {"empty": empty}})


def _first_with_somebody(scope: Scope) -> CurrentRun | None:
    """The first scheme of the newest period in which the reader sees a person, else a unit."""
    seen = overview(scope)
    return next((each.run for each in (*seen.personal, *seen.schemes)), None) if seen else None


@page(Permission.VIEW_RESULTS)
@require_GET
def ranking_detail(request: Request, scheme: str, period: str) -> HttpResponse:
    """The ranking of one peer group, within the reader's scope."""
    choices = current_runs(request.scope)
    chosen, shown = _chosen(choices, scheme, period), shown_run(scheme_code=scheme, period_code=period)
    if chosen is None or shown is None:
        raise Http404("ranking")
    query = _query(request, shown)
    found = ranking_of(request.scope, shown, query)
    may_export = request.scope.may(Permission.EXPORT_RESULTS)
    export_url = reverse("evaluation:ranking-export", args=[scheme, period]) if may_export else ""
    codes = [each.period_code for each in choices if each.scheme_code == scheme]
    kept = f"?{urlencode(kept_query(found, query))}" if found else ""
    context = {
        "page": ranking_head(found, query, chosen, choices, export_url=export_url),
        "query": replace(query, group=found.group if found else None),
        "template_url": entry_url(scheme) if request.scope.may(Permission.UPLOAD_DATA) else "",
        "periods": period_switch(codes, period, lambda code: ranking_url(scheme, code) + kept),
        **(_tables(found, query) if found else {}),
    }
    fragment = bool(request.htmx) and found is not None
    return render(request, "evaluation/_ranking_table.html" if fragment else "evaluation/ranking_list.html", context)


def _tables(found: RankingPage, query: RankingQuery) -> dict[str, object]:
    """What stands under the filters: the ranking, how its lines were worked out, and who is not ranked."""
    return {
        "table": ranking_table(found, query),
        "quotas": () if query.text else quota_panels(found.quotas, found.shown.scheme),
        "unranked": unranked_rows(found),
        "n_unranked": found.n_unranked,
        "unranked_note": unranked_note(found),
    }


@page(Permission.EXPORT_RESULTS)
@require_POST
def ranking_export(request: Request, scheme: str, period: str) -> HttpResponseBase:
    """All that the reader may see of a ranking under these filters, as a sheet; the export is recorded."""
    shown = shown_run(scheme_code=scheme, period_code=period)
    if shown is None:
        raise Http404("ranking")
    query = _asked(request.POST)
    sheet = export_ranking(scope=request.scope, shown=shown, query=query, actor=request.actor)
    return sheet_answer(sheet.name, sheet.columns, sheet.rows)


def _chosen(choices: list[CurrentRun], scheme: str, period: str) -> CurrentRun | None:
    return next((each for each in choices if (each.scheme_code, each.period_code) == (scheme, period)), None)


def _query(request: Request, shown: ShownRun) -> RankingQuery:
    after = None
    if cursor := request.GET.get("after"):
        rank, subject = read_cursor(cursor, shown.run.ref, 2)
        after = (rank, subject)
    return replace(_asked(request.GET), after=after)


def _asked(given: QueryDict) -> RankingQuery:
    group, unit, text = (typed(given.get(name, "")) for name in ("group", "unit", "q"))
    return RankingQuery(group=group if "group" in given else None, unit=unit, text=text)
