"""The ranking in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.presenters.addresses import difference_url, ranking_url, subject_url
from evaluation.presenters.quotas import ShownRule, in_a_row, quota_finding, quota_rules
from evaluation.selectors.dimensions import Dimension
from evaluation.selectors.rankings import DimensionPoints, RankedRow, RankingPage, RankingQuery, RowTag
from evaluation.selectors.runs import CurrentRun
from evaluation.selectors.unranked import UnrankedRow
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
    rules: tuple[ShownRule, ...] = ()
    """Lines that stand above this row."""
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
    is_ascending: bool
    rules_below: tuple[ShownRule, ...]
    """Lines that stand under the last row."""
    n_columns: int
    change_url: str
    """The difference to the run with which places are compared; empty where there is none."""


@dataclass(frozen=True)
class ShownUnranked:
    """A line of those who are not ranked."""

    name: str
    url: str
    place: str
    reason: str
    remedy: str
    needs_data: bool
    base: str
    """Whether the base of the quota counts them, in words; empty where there is no quota."""


@dataclass(frozen=True)
class ShownRanking:
    """What evaluation/ranking_list.html reads as ``page``."""

    finding: str
    groups: Chip | None
    units: Chip | None
    chips: tuple[Chip, ...]
    search: Search | None
    export_url: str
    empty: Empty | None
    method: str


def ranking_table(page: RankingPage, query: RankingQuery) -> ShownTable:
    """The table of one page of a ranking."""
    scheme, is_personal = page.shown.scheme, page.shown.basis.is_personal
    has_band = any(row.band for row in page.rows)
    # What a search finds is no ranking from the first to the last: there is nothing to draw a line in.
    rules = () if query.text else quota_rules(page.quotas, is_personal=is_personal)
    return ShownTable(
        dimensions=tuple(_dimension(d) for d in page.dimensions),
        rows=_rows(page, query, rules),
        pager=_pager(page, query),
        total_label=_("三好指数") if scheme.output.max_micro == HUNDRED else _("指数"),
        has_change=page.has_change,
        show=page.show,
        axis=scheme.output.max_micro,
        dimension_show=1 if scheme.output.max_micro == HUNDRED else page.show,
        has_band=has_band,
        is_personal=is_personal,
        is_ascending=scheme.output.ascending,
        rules_below=tuple(rule for rule in rules if _is_below(page, rule)),
        n_columns=5 + len(page.dimensions) + page.has_change + has_band + is_personal,
        change_url=_change_url(page),
    )


def _change_url(page: RankingPage) -> str:
    if not page.compared_ref:
        return ""
    return f"{difference_url(page.shown.run.ref, page.compared_ref)}?{urlencode({'group': page.group})}"


def _rows(page: RankingPage, query: RankingQuery, rules: Sequence[ShownRule]) -> tuple[ShownRow, ...]:
    """The rows, each with the lines above it: a line stands once, right under the last row that it holds."""
    above = 0 if query.after is None else None
    found = []
    for row in page.rows:
        lines = [rule for rule in rules if above is not None and above <= rule.last_rank < row.rank]
        found.append(_row(page, row, tuple(lines)))
        above = row.rank
    return tuple(found)


def _is_below(page: RankingPage, rule: ShownRule) -> bool:
    """Whether a line stands under the last row of the page, which then is the last that it holds."""
    if not page.rows or page.rows[-1].rank > rule.last_rank:
        return False
    return page.next_after is None or page.next_rank > rule.last_rank


def unranked_rows(page: RankingPage) -> tuple[ShownUnranked, ...]:
    """Who is not ranked, with the reason and the way back."""
    scheme, period = page.shown.scheme.code, page.shown.basis.period.code
    return tuple(
        ShownUnranked(
            name=row.who.name,
            url=subject_url(row.who, scheme, period),
            place=row.who.place,
            reason=row.reason_text,
            remedy=row.remedy,
            needs_data=row.needs_data,
            base=base_text(row) if page.quotas else "",
        )
        for row in page.unranked
    )


def unranked_note(page: RankingPage) -> str:
    """What the quota counts of those who are not ranked, and when they take part again."""
    if not page.quotas:
        return _("原因消除后，从下一次核算起自动参加")
    facts = {"in": page.n_unranked_in_base, "out": page.n_unranked - page.n_unranked_in_base}
    return _("参考线的应参加人数计入其中 %(in)s 人，不计入 %(out)s 人；原因消除后，从下一次核算起自动参加") % facts


def base_text(row: UnrankedRow) -> str:
    """Whether the base of the quota counts somebody who is not ranked."""
    return _("计入") if row.is_in_base else _("不计入")


def ranking_head(
    page: RankingPage | None, query: RankingQuery, chosen: CurrentRun, choices: Sequence[CurrentRun], *, export_url: str
) -> ShownRanking:
    """Heading, filters and method of a ranking."""
    return ShownRanking(
        finding=_finding(page, query) if page else "",
        groups=_group_chip(page, chosen) if page else None,
        units=_unit_chip(page, query, chosen) if page and len(page.units) > 1 and chosen.is_personal else None,
        chips=(_scheme_chip(chosen, choices),),
        search=_search(page, query, chosen) if page else None,
        export_url=export_url if page else "",
        empty=_empty(page, query, chosen),
        method=_method(page) if page and page.rows else "",
    )


def _dimension(dimension: Dimension) -> ShownDimension:
    return ShownDimension(dimension.key, dimension.name, dimension.weight_text)


def _row(page: RankingPage, row: RankedRow, rules: tuple[ShownRule, ...]) -> ShownRow:
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
        rules=rules,
    )


def _pager(page: RankingPage, query: RankingQuery) -> Pager:
    kept = kept_query(page, query)
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


def kept_query(page: RankingPage, query: RankingQuery) -> dict[str, str]:
    """The filters of a page, for the address of another."""
    kept = {"unit": query.unit, "q": query.text}
    return {"group": page.group} | {name: value for name, value in kept.items() if value}


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
        "group": _where(page, query),
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
    told = (told + _("；%(unranked)s不参加，原因列在表下。") % facts) if page.n_unranked else told + "。"
    return in_a_row([*(quota_finding(quota) for quota in page.quotas), told])


def _where(page: RankingPage, query: RankingQuery) -> str:
    """What the page is about: the unit that was asked for, else the group."""
    asked = next((unit.name for unit in page.units if unit.code == query.unit), "")
    return asked or (_("%(key)s组") % {"key": page.group} if page.group else _("未分组的"))


def _group_chip(page: RankingPage, chosen: CurrentRun) -> Chip:
    here = ranking_url(chosen.scheme_code, chosen.period_code)
    options = [
        Option(group.label, f"{here}?{urlencode({'group': group.key})}", group.is_shown, group.n_ranked)
        for group in page.groups
    ]
    shown = next(group for group in page.groups if group.is_shown)
    return Chip(_("可比组"), f"{shown.label} {shown.n_ranked}", options, main=True)


def _unit_chip(page: RankingPage, query: RankingQuery, chosen: CurrentRun) -> Chip:
    here = ranking_url(chosen.scheme_code, chosen.period_code)
    everywhere = _("全部 %(n)s 个") % {"n": len(page.units)}
    options = [Option(everywhere, f"{here}?{urlencode({'group': page.group})}", not query.unit)]
    options += [
        Option(
            unit.name,
            f"{here}?{urlencode({'group': page.group, 'unit': unit.code})}",
            unit.code == query.unit,
            unit.n,
        )
        for unit in page.units
    ]
    shown = next((unit.name for unit in page.units if unit.code == query.unit), everywhere)
    return Chip(_("单位"), shown, options)


def _scheme_chip(chosen: CurrentRun, choices: Sequence[CurrentRun]) -> Chip:
    same = [each for each in choices if each.period_code == chosen.period_code]
    options = [
        Option(
            each.scheme_name, ranking_url(each.scheme_code, each.period_code), each.scheme_code == chosen.scheme_code
        )
        for each in same
    ]
    return Chip(_("方案"), chosen.scheme_name, options)


def _search(page: RankingPage, query: RankingQuery, chosen: CurrentRun) -> Search:
    here = ranking_url(chosen.scheme_code, chosen.period_code)
    words = _("姓名或工号") if chosen.is_personal else _("单位名称或代码")
    kept = {name: value for name, value in kept_query(page, query).items() if name != "q"}
    return Search(here, query.text, words, list(kept.items()))


def _empty(page: RankingPage | None, query: RankingQuery, chosen: CurrentRun) -> Empty | None:
    here = ranking_url(chosen.scheme_code, chosen.period_code)
    if page is None:
        return Empty(
            _("您的管理权限内没有这个方案的对象"),
            _("换一个方案或期间再看。范围有误的，请向安全管理员申请授权。"),
            icon="ranking",
        )
    if not page.rows and (query.text or query.unit) and not page.unranked:
        return Empty(
            _("没有找到“%(words)s”") % {"words": query.text or query.unit},
            _("只在本组和您的管理权限内查找。"),
            icon="search",
            action_label=_("看本组全部"),
            action_url=f"{here}?{urlencode({'group': page.group})}",
        )
    return None


def _method(page: RankingPage) -> str:
    output, facts = page.shown.scheme.output, {"show": page.show}
    exact = _(
        "名次按没有舍入的得分排列，同分并列。得分显示到 %(show)s 位小数；显示相同而名次不同的，多显示起决定作用的位数。"
    )
    on_shown = _("名次按舍入到 %(show)s 位小数的得分排列，显示的得分相同即为同分，同分并列。")
    told = [(on_shown if output.rank_on_shown else exact) % facts]
    if output.ascending:
        told.append(_("得分低的在前。"))
    if not page.tie_break:
        return in_a_row(told)
    parts = reduce(lambda one, then: _("%(one)s，再比%(next)s") % {"one": one, "next": then}, page.tie_break)
    by = _("同分而名次不同的标“同分”，先比%(parts)s，高的在前；仍然相同才并列。") % {"parts": parts}
    return in_a_row([*told, by])
