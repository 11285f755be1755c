"""Why this score, in words: the waterfall table, the strip, what was not counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from evaluation.presenters.methods import METHODS
from evaluation.presenters.values import against_text, stated_text
from evaluation.scoring import ENGINE_VERSION
from evaluation.selectors.explained_lines import ExplainedLine
from evaluation.selectors.explanations import ExplanationPage, HistoryPoint, Section
from evaluation.selectors.lines import shown_contributions
from foundation.web.figures import coverage_text, period_text, points_text, rounded, signed_text
from foundation.web.parts import BigFact, Empty, Note, Said, Tag

LARGEST_LOSSES = 3
LISTED_LOSSES = 5
MOST_MISSING_NAMED = 8
HUNDRED = 100_000_000
LOSS_SAID_FROM = 100
"""A loss is named from one hundredth of the whole on: one point of a hundred."""
NO_VALUE = frozenset({"missing", "no_target", "no_unit_total"})


@dataclass(frozen=True)
class ShownLine:
    """What evaluation/_waterfall_line.html reads."""

    code: str
    anchor: str
    name: str
    unit: str
    """The unit that the line is of, where the subject served in several; else empty."""
    is_missing: bool
    events: str
    small_group: bool
    tags: tuple[Tag, ...]
    raw: str
    target: str
    points: int | None
    weight: str
    contribution: int
    start: int
    lost: int
    title: str
    source: str
    file: str
    cell: str
    url: str
    selected: bool
    method: str = ""
    """How the points came about, where the same indicator counts by two rules; else empty."""
    head: str = ""
    """Words in a row above it, where the lines of another unit begin; else empty."""


@dataclass(frozen=True)
class ShownGroup:
    """One dimension of the waterfall."""

    key: str
    name: str
    note: tuple[str, ...]
    points: int | None
    weight: str
    contribution: int
    start: int
    signed: bool
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True)
class ShownWaterfall:
    """What evaluation/_waterfall_table.html reads."""

    heading: str
    note: str
    groups: tuple[ShownGroup, ...]
    total: int
    median: int | None
    weight: str
    total_label: str
    total_note: str
    foot: str
    run_url: str
    axis: int
    show: int
    has_small_group: bool
    has_median_note: bool
    losses: tuple[ShownLine, ...]


def waterfall(
    page: ExplanationPage, *, selected: str, address: Callable[[str], str], run_url: str
) -> ShownWaterfall | None:
    """The table from 0 to the total; None where there is no total to take apart, or this engine cannot."""
    if page.total is None or page.is_outdated:
        return None
    show, axis = page.shown.scheme.output.show, page.shown.scheme.output.max_micro
    shown = iter(_contributions(page, page.total))
    several = len({line.unit_code for line in page.lines if line.unit_code}) > 1
    view = _View(selected, address, show, several=several)
    groups = tuple(_group(section, [next(shown) for _line in section.lines], view) for section in page.sections)
    lines = [line for group in groups for line in group.lines]
    return ShownWaterfall(
        heading=_heading(page, groups, show),
        note=_losses(page),
        groups=groups,
        total=_to_places(page.total, show),
        median=page.median,
        weight="100.0",
        total_label=_index_label(page),
        total_note=_("各行相加等于总分"),
        foot=_("%(scheme)s 第 %(version)s 版，核算 %(run)s，可复算")
        % {
            "scheme": page.shown.scheme.code,
            "version": page.shown.run.scheme_version.number,
            "run": page.shown.run.number,
        },
        run_url=run_url,
        axis=axis,
        show=show,
        has_small_group=any(line.is_small_group for line in page.lines),
        has_median_note=page.median is not None,
        losses=tuple(
            sorted((line for line in lines if line.lost * LOSS_SAID_FROM >= axis), key=lambda line: -line.lost)
        )[:LISTED_LOSSES],
    )


@dataclass(frozen=True)
class _View:
    """What of the page is chosen, and how its lines are addressed; ``several``: of more than one unit."""

    selected: str
    address: Callable[[str], str]
    show: int
    several: bool


def _contributions(page: ExplanationPage, total: int) -> list[int]:
    given = [line.contribution or 0 for line in page.lines]
    return shown_contributions(given, total=total, show=page.shown.scheme.output.show)


def contribution_of(page: ExplanationPage, anchor: str) -> int | None:
    """What the table shows as the contribution of a line, in micro-points; None where there is no total."""
    if page.total is None or page.is_outdated:
        return None
    shown = zip(page.lines, _contributions(page, page.total), strict=True)
    return next((given for line, given in shown if line.anchor == anchor), None)


def _index_label(page: ExplanationPage) -> str:
    return _("三好指数") if page.shown.scheme.output.max_micro == HUNDRED else _("指数")


def facts(page: ExplanationPage) -> list[BigFact]:
    """The strip: total, rank, band, completeness, the period before."""
    show = page.shown.scheme.output.show
    median = _("组内中位数 %(median)s") % {"median": points_text(page.median, show)} if page.median is not None else ""
    total = _("没有得分") if page.total is None else points_text(page.total, show)
    strip = [BigFact(_index_label(page), total, note=median)]
    if page.rank is not None:
        tie = _("，并列") if page.tie else ""
        strip.append(BigFact(_("组内名次"), str(page.rank), _counted(page), note=f"{page.group or _('全部')}{tie}"))
    if page.band_label:
        strip.append(BigFact(_("指数档次"), page.band_label, note=_("年度等次由考核委员会决定")))
    missing = len(_missing(page))
    strip.append(
        BigFact(
            _("数据完整"),
            coverage_text(page.coverage).removesuffix("%"),
            "%",
            note=_("缺 %(n)s 项") % {"n": missing} if missing else "" if page.is_outdated else _("应有的数据都有"),
            kind="watch" if missing else "",
        )
    )
    earlier = [point for point in page.history if point.period != page.shown.basis.period.code]
    if earlier and earlier[-1].total is not None:
        strip.append(_before(page, earlier[-1], show))
    return strip


def _counted(page: ExplanationPage) -> str:
    among = {"n": page.n_ranked}
    return _("/ %(n)s 人") % among if page.shown.basis.is_personal else _("/ %(n)s 个单位") % among


def _before(page: ExplanationPage, before: HistoryPoint, show: int) -> BigFact:
    was = before.total or 0
    note = period_text(before.period)
    if page.total is not None:
        change = _to_places(page.total, show) - _to_places(was, show)
        note = _("%(period)s，本期 %(change)s") % {"period": note, "change": signed_text(change, show)}
    return BigFact(_("上期"), points_text(was, show), note=note)


def _missing(page: ExplanationPage) -> list[ExplainedLine]:
    return [line for line in page.lines if line.state in NO_VALUE]


def without_lines(page: ExplanationPage) -> Empty:
    """What stands in place of the table."""
    return _outdated(page) if page.is_outdated else _no_total(page)


def _outdated(page: ExplanationPage) -> Empty:
    """Why an older result is not taken apart: the lines would sum to another number."""
    told = {"stored": page.shown.run.engine, "here": ENGINE_VERSION}
    return Empty(
        _("这次核算不能逐行说明"),
        _(
            "它由第 %(stored)s 版计分引擎计算，本程序是第 %(here)s 版，逐行算出的数与当时不同，所以不显示明细。"
            "上面的得分、名次和档次是当时的结果，没有改动；重新核算后可以查看明细。"
        )
        % told,
        icon="calculator",
    )


def _no_total(page: ExplanationPage) -> Empty:
    """Why there is no total, what lets the subject take part again, and which data are not there."""
    missing = _missing(page)
    told = "、".join(f"{line.code} {line.name}（{line.state_text}）" for line in missing[:MOST_MISSING_NAMED])
    rest = _("等 %(n)s 项") % {"n": len(missing)} if len(missing) > MOST_MISSING_NAMED else ""
    asked = [
        Said(_("为什么"), page.reason_text or _("没有可以计分的数据")),
        Said(_("怎样参加"), page.remedy),
        Said(_("缺的数据"), told + rest),
        Said(_("数据完整"), coverage_text(page.coverage)),
    ]
    return Empty(
        _("这一期没有得分"),
        _("没有得分就不参加排名，也不算 0 分。"),
        icon="calculator",
        facts=[each for each in asked if each.text],
    )


def notes(page: ExplanationPage) -> list[Note]:
    """Bottom lines that were touched, and why somebody is not ranked."""
    found = []
    if page.reason and page.total is not None:
        found.append(
            Note(
                _("没有参加排名：%(reason)s。%(remedy)s。") % {"reason": page.reason_text, "remedy": page.remedy},
                "watch",
            )
        )
    for gate in page.gates:
        facts_ = {"code": gate.code, "reason": gate.reason, "source": gate.source}
        if gate.is_exempt:
            found.append(Note(_("底线 %(code)s（%(reason)s）经容错认定不计入。") % facts_))
        else:
            found.append(Note(_("触及底线 %(code)s：%(reason)s。来源：%(source)s") % facts_, "bad"))
    return found


def _group(section: Section, shown: Sequence[int], view: _View) -> ShownGroup:
    start, lines = section.start, []
    twice = Counter((line.unit_code, line.code) for line in section.lines)
    at, unit = start, ""
    for line, contribution in zip(section.lines, shown, strict=True):
        told = _line(line, contribution, at, view)
        if view.several and not section.is_signed and line.unit_name != unit:
            told = replace(told, head=_head(section, line))
        if twice[line.unit_code, line.code] > 1:
            told = replace(told, method=str(METHODS.get(line.method, "")))
        lines.append(told)
        at, unit = at + (line.contribution or 0), line.unit_name
    return ShownGroup(
        key=section.dimension.key,
        name=section.name,
        note=_split(section),
        points=section.points,
        weight="" if section.is_signed else points_text(section.weight, 1),
        contribution=sum(shown),
        start=start,
        signed=section.is_signed,
        lines=tuple(lines),
    )


def _head(section: Section, line: ExplainedLine) -> str:
    """The words over the lines of one unit, or over the person's own."""
    if not line.held:
        return _("本人，权重 %(weight)s") % {"weight": points_text(section.own_weight, 1)}
    weight = dict(section.unit_weights)[line.unit_name]
    told = {"unit": line.unit_name, "months": line.held, "weight": points_text(weight, 1)}
    return _("%(unit)s，本期任职 %(months)s 个月，权重 %(weight)s") % told


def _split(section: Section) -> tuple[str, ...]:
    """How the weight of a dimension splits between the units served in and the person's own tasks."""
    if section.is_signed or not section.unit_weights:
        return ()
    weights = [(_("单位"), sum(weight for _name, weight in section.unit_weights)), (_("本人"), section.own_weight)]
    return tuple(f"{name} {points_text(weight, 1)}" for name, weight in weights if weight)


def _line(line: ExplainedLine, contribution: int, start: int, view: _View) -> ShownLine:
    cell = next((cell for cell in reversed(line.cells) if not cell.is_target and cell.batch_number), None)
    return ShownLine(
        code=line.code,
        anchor=line.anchor,
        name=_("加减分事项") if line.kind == "occurrence" and line.facts else line.name,
        unit=line.unit_name if view.several else "",
        is_missing=line.state in NO_VALUE,
        events="；".join(line.facts),
        small_group=line.is_small_group,
        tags=tuple(_tags(line)),
        raw=stated_text(line),
        target=against_text(line),
        points=line.points,
        weight=points_text(line.weight, 1) if line.kind == "leaf" and line.weight else "",
        contribution=contribution,
        start=start,
        lost=line.lost,
        title=_title(line, contribution, view.show),
        source=_("批次 %(number)s") % {"number": cell.batch_number} if cell else "",
        file=cell.file_name if cell else "",
        cell=cell.address if cell else "",
        url=view.address(line.anchor) if cell else "",
        selected=line.anchor == view.selected,
    )


def _tags(line: ExplainedLine) -> list[Tag]:
    tags = [Tag(_("容错"), "accent", _("经容错认定，取本项得分与同组其他项平均分中较高的"))] if line.is_exempt else []
    if line.carried:
        tags.append(Tag(_("沿用"), "", _("本期没有新数据，沿用 %(n)s 期前的数据") % {"n": line.carried}))
    return tags


def _title(line: ExplainedLine, contribution: int, show: int) -> str:
    """Where the line's shown contribution is not its own rounding, say so: the lines must sum."""
    if line.kind == "leaf" and line.points is None:
        return _("没有计分，不算 0 分；权重由同级的其他各项分担")
    step = 10 ** (6 - show)
    own = _to_places(line.contribution or 0, show)
    told = {"step": points_text(step, show)}
    return _("为使各行相加等于总分，尾数调整了 %(step)s") % told if abs(own - contribution) == step else ""


def _heading(page: ExplanationPage, groups: Sequence[ShownGroup], show: int) -> str:
    leaves = sum(len(section.lines) for section in page.sections if not section.is_signed)
    tree = sum(group.contribution for group in groups if not group.signed)
    signed = sum(group.contribution for group in groups if group.signed)
    told = {"n": leaves, "tree": points_text(tree, show), "extra": points_text(abs(signed), show)}
    if not signed:
        return _("%(n)s 项合计 %(tree)s 分") % told
    return (
        _("%(n)s 项合计 %(tree)s 分，加分 %(extra)s 分") % told
        if signed > 0
        else _("%(n)s 项合计 %(tree)s 分，扣分 %(extra)s 分") % told
    )


def _losses(page: ExplanationPage) -> str:
    output = page.shown.scheme.output
    large = (line for line in page.lines if line.lost * LOSS_SAID_FROM >= output.max_micro)
    losses = sorted(large, key=lambda line: -line.lost)
    if not losses:
        return ""
    told = "，".join(f"{line.name} {points_text(-line.lost, output.show)}" for line in losses[:LARGEST_LOSSES])
    return _("失分最多的是：%(losses)s") % {"losses": told}


def _to_places(micro: int, show: int) -> int:
    return rounded(micro, places=6, shown=show) * int(10 ** (6 - show))
