"""The page that holds two batches side by side."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.request import Request
from foundation.permissions import Permission
from foundation.tabular.writing import SheetColumn
from foundation.web.keyset import read_cursor, write_cursor
from foundation.web.list_page import sheet_answer
from foundation.web.page import page
from foundation.web.parts import Pager, Stop, Tab
from intake.models import Batch
from intake.selectors.batches import batch_label
from intake.selectors.comparisons import Comparison, Standing, comparison_of, stored_batches
from intake.services.comparisons import export_comparison

LABELS = {
    Standing.DIFFERENT: gettext_lazy("不同"),
    Standing.ONLY_FIRST: gettext_lazy("只在前一批"),
    Standing.ONLY_SECOND: gettext_lazy("只在后一批"),
    Standing.SAME: gettext_lazy("相同"),
}


@page(Permission.VIEW_BATCHES)
@require_GET
def batch_compare(request: Request) -> HttpResponse:
    """Ask for two numbers; show what the two batches said alike, unlike, alone."""
    pair, standing = _pair(request, request.GET), _standing(request.GET)
    context: dict[str, Any] = {
        "trail": [Stop(_("数据")), Stop(_("批次"), reverse("intake:batch-list")), Stop(_("比较"))],
        "first": request.GET.get("a", "")[:9],
        "second": request.GET.get("b", "")[:9],
    }
    if pair is not None:
        bound = f"{pair[0].ref}:{pair[1].ref}:{standing or ''}"
        cursor = request.GET.get("after", "")
        after = read_cursor(cursor, bound, 4) if cursor else None
        found = comparison_of(*pair, standing=standing, after=after)
        context |= _shown(pair, found, standing, bound, is_first=after is None)
    return render(request, "intake/batch_compare.html", context)


@page(Permission.VIEW_BATCHES)
@require_POST
def batch_compare_export(request: Request) -> HttpResponseBase:
    """All rows of a comparison as a sheet; the export is recorded."""
    pair, standing = _pair(request, request.POST), _standing(request.POST)
    if pair is None:
        raise Http404("batches")
    rows = export_comparison(batches=pair, actor=request.actor, standing=standing)
    first, second = (batch_label(batch) for batch in pair)
    columns = [
        SheetColumn(_("对象"), 24),
        SheetColumn(_("指标与期间"), 24),
        SheetColumn(first),
        SheetColumn(second),
        SheetColumn(_("变动")),
        SheetColumn(_("比较"), 12),
    ]
    written = ((r.subject, r.what, r.first, r.second, r.difference, str(LABELS[r.standing])) for r in rows)
    return sheet_answer(f"{first} {second}", columns, written)


def _pair(request: Request, asked: QueryDict) -> tuple[Batch, Batch] | None:
    """The two batches that are named; None while fewer are, 404 for one that is not the reader's."""
    numbers = [asked.get(name, "") for name in ("a", "b")]
    if not all(numbers):
        return None
    if not all(text.isascii() and text.isdecimal() and len(text) < 9 for text in numbers):
        raise Http404("number")
    pair = stored_batches(request.scope, numbers=(int(numbers[0]), int(numbers[1])))
    if pair is None:
        raise Http404("batches")
    return pair


def _standing(asked: QueryDict) -> Standing | None:
    chosen = asked.get("show", "")
    return Standing(chosen) if chosen in set(Standing) else None


def _shown(
    pair: tuple[Batch, Batch], found: Comparison, standing: Standing | None, bound: str, *, is_first: bool
) -> dict[str, Any]:
    here = f"{reverse('intake:batch-compare')}?a={pair[0].number}&b={pair[1].number}"
    shown = f"{here}&show={standing}" if standing else here
    tabs = [Tab(_("全部"), here, standing is None, sum(found.counts.values()))]
    tabs += [Tab(LABELS[each], f"{here}&show={each}", each is standing, found.counts[each]) for each in Standing]
    following = f"{shown}&after={write_cursor(found.next_after, bound)}" if found.next_after else ""
    return {
        "labels": [batch_label(batch) for batch in pair],
        "rows": [(row, LABELS[row.standing], row.standing == Standing.DIFFERENT) for row in found.rows],
        "tabs": tabs,
        "show": standing or "",
        "pager": Pager(previous_url="" if is_first else shown, next_url=following, previous_label=_("第一页")),
    }
