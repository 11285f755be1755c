"""The ranking in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.presenters.addresses import ranking_url, subject_url
from evaluation.selectors.dimensions import Dimension
from evaluation.selectors.rankings import DimensionPoints, RankedRow, RankingPage, RankingQuery, RowTag
from evaluation.selectors.runs import CurrentRun
from foundation.web.figures import points_text
from foundation.web.keyset import write_cursor
from foundation.web.parts import Chip, Empty, Option, Pager, Search

HUNDRED = 100_000_000


@dataclass(frozen=True)
class ShownDimension:
    """A dimension in the table's head."""

    key: str
    name: str
    weight: str


@dataclass(frozen=True)
class ShownRow:
    """A line of evaluation/_ranking_table.html."""

    rank: int
    tie: bool
    change: int | None
    name: str
    url: str
    place: str
    total: int
    extra_places: int
    band: str
    dimensions: tuple[DimensionPoints, ...]
    coverage: int
    tags: tuple[RowTag, ...]
    selected: bool = False


@dataclass(frozen=True)
class ShownTable:
    """What evaluation/_ranking_table.html reads."""

    dimensions: tuple[ShownDimension, ...]
    rows: tuple[ShownRow, ...]
    pager: Pager
    total_label: str
    has_change: bool
    show: int
    axis: int
    """The best total there can be, in micro-points: the length of a full bar."""
    dimension_show: int
    has_band: bool
    is_personal: bool


@dataclass(frozen=True)
class ShownUnranked:
    """A line of those who are not ranked."""

    name: str
    url: str
    place: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class ShownRanking:
    """What evaluation/ranking_list.html reads as ``page``."""

    finding: str
    groups: Chip | None
    chips: tuple[Chip, ...]
    search: Search | None
    export_url: str
    empty: Empty | None
    method: str


def ranking_table(page: RankingPage, query: RankingQuery) -> ShownTable:
    """The table of one page of a ranking."""
    scheme = page.shown.scheme
    return ShownTable(
        dimensions=tuple(_dimension(d) for d in page.dimensions),
        rows=tuple(_row(page, row) for row in page.rows),
        pager=_pager(page, query),
        total_label=_("三好指数") if scheme.output.max_micro == HUNDRED else _("指数"),
        has_change=page.has_change,
        show=page.show,
        axis=scheme.output.max_micro,
        dimension_show=1 if scheme.output.max_micro == HUNDRED else page.show,
        has_band=any(row.band for row in page.rows),
        is_personal=page.shown.basis.is_personal,
    )


def unranked_rows(page: RankingPage) -> tuple[ShownUnranked, ...]:
    """Who is not ranked, with the reason and the way back."""
    scheme, period = page.shown.scheme.code, page.shown.basis.period.code
    return tuple(
        ShownUnranked(row.who.name, subject_url(row.who, scheme, period), row.who.place, row.reason_text, row.remedy)
        for row in page.unranked
    )


def ranking_head(
    page: RankingPage | None, query: RankingQuery, chosen: CurrentRun, choices: Sequence[CurrentRun], *, export_url: str
) -> ShownRanking:
    """Heading, filters and method of a ranking."""
    return ShownRanking(
        finding=_finding(page, query) if page else "",
        groups=_group_chip(page, chosen) if page else None,
        chips=(_scheme_chip(chosen, choices),),
        search=_search(query, chosen) if page else None,
        export_url=export_url if page else "",
        empty=_empty(page, query, chosen),
        method=_method(page) if page and page.rows else "",
    )


def _dimension(dimension: Dimension) -> ShownDimension:
    return ShownDimension(dimension.key, dimension.name, dimension.weight_text)


def _row(page: RankingPage, row: RankedRow) -> ShownRow:
    return ShownRow(
        rank=row.rank,
        tie=row.tie,
        change=row.change,
        name=row.who.name,
        url=subject_url(row.who, page.shown.scheme.code, page.shown.basis.period.code),
        place=row.who.place,
        total=row.total,
        extra_places=row.extra_places,
        band=row.band_label,
        dimensions=row.dimensions,
        coverage=row.coverage,
        tags=tuple(tag for tag in row.tags if tag.label != _("并列")),
    )


def _pager(page: RankingPage, query: RankingQuery) -> Pager:
    kept = {"group": page.group, "q": query.text}
    start = f"?{urlencode(kept)}" if query.after else ""
    if page.next_after is None:
        return Pager(_summary(page), previous_url=start, previous_label=_("回到第 1 名"))
    cursor = write_cursor(page.next_after, page.shown.run.ref)
    return Pager(
        _summary(page),
        previous_url=start,
        previous_label=_("回到第 1 名"),
        next_url=f"?{urlencode({**kept, 'after': cursor})}",
        next_label=_("后面的名次"),
    )


def _summary(page: RankingPage) -> str:
    if not page.rows:
        return ""
    facts = {"first": page.rows[0].rank, "last": page.rows[-1].rank, "ranked": _counted(page, page.n_ranked)}
    return _("第 %(first)s–%(last)s 名，参加排名 %(ranked)s") % facts


def _counted(page: RankingPage, n: int) -> str:
    """So many people, or so many units."""
    if page.shown.basis.is_personal:
        return ngettext("%(n)s 人", "%(n)s 人", n) % {"n": n}
    return ngettext("%(n)s 个单位", "%(n)s 个单位", n) % {"n": n}


def _finding(page: RankingPage, query: RankingQuery) -> str:
    facts = {
        "group": _("%(key)s组") % {"key": page.group} if page.group else _("未分组的"),
        "ranked": _counted(page, page.n_ranked),
        "unranked": _counted(page, page.n_unranked),
        "words": query.text,
    }
    if query.text:
        return _("在%(group)s内查找“%(words)s”：参加排名 %(ranked)s，不参加 %(unranked)s。") % facts
    if not page.rows:
        return _("%(group)s没有参加排名的，%(unranked)s不参加，原因列在下面。") % facts
    facts |= {"first": points_text(page.rows[0].total, page.show), "last": points_text(page.rows[-1].total, page.show)}
    told = _("%(group)s %(ranked)s参加排名，本页得分从 %(first)s 到 %(last)s") % facts
    return (told + _("；%(unranked)s不参加，原因列在表下。") % facts) if page.n_unranked else told + "。"


def _group_chip(page: RankingPage, chosen: CurrentRun) -> Chip:
    here = ranking_url(chosen.scheme_code, chosen.period_code)
    options = [
        Option(group.label, f"{here}?{urlencode({'group': group.key})}", group.is_shown, group.n_ranked)
        for group in page.groups
    ]
    shown = next(group for group in page.groups if group.is_shown)
    return Chip(_("可比组"), f"{shown.label} {shown.n_ranked}", options, main=True)


def _scheme_chip(chosen: CurrentRun, choices: Sequence[CurrentRun]) -> Chip:
    same = [each for each in choices if each.period_code == chosen.period_code]
    options = [
        Option(
            each.scheme_name, ranking_url(each.scheme_code, each.period_code), each.scheme_code == chosen.scheme_code
        )
        for each in same
    ]
    return Chip(_("方案"), chosen.scheme_name, options)


def _search(query: RankingQuery, chosen: CurrentRun) -> Search:
    here = ranking_url(chosen.scheme_code, chosen.period_code)
    words = _("姓名或工号") if chosen.is_personal else _("单位名称或代码")
    return Search(here, query.text, words, [("group", query.group)] if query.group else [])


def _empty(page: RankingPage | None, query: RankingQuery, chosen: CurrentRun) -> Empty | None:
    here = ranking_url(chosen.scheme_code, chosen.period_code)
    if page is None:
        return Empty(
            _("您的管理权限内没有这个方案的对象"),
            _("换一个方案或期间再看。范围有误的，请向安全管理员申请授权。"),
            icon="ranking",
        )
    if not page.rows and query.text and not page.unranked:
        return Empty(
            _("没有找到“%(words)s”") % {"words": query.text},
            _("只在本组和您的管理权限内查找。"),
            icon="search",
            action_label=_("看本组全部"),
            action_url=f"{here}?{urlencode({'group': page.group})}",
        )
    return None


def _method(page: RankingPage) -> str:
    return _(
        "名次按没有舍入的得分排列，同分并列。得分显示到 %(show)s 位小数；显示相同而名次不同的，多显示起决定作用的位数。"
    ) % {"show": page.show}
