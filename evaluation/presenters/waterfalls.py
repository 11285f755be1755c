"""Why this score, in words: the waterfall table, the strip, what was not counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluation.selectors.explanations import ExplainedLine, ExplanationPage, Section
from evaluation.selectors.lines import shown_contributions
from foundation.web.figures import coverage_text, period_text, points_text, rounded
from foundation.web.parts import BigFact, Note, Tag

LARGEST_LOSSES = 3
ONE_POINT = 1_000_000


@dataclass(frozen=True)
class ShownLine:
    """What evaluation/_waterfall_line.html reads."""

    code: str
    anchor: str
    name: str
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
    cell: str
    url: str
    selected: bool


@dataclass(frozen=True)
class ShownGroup:
    """One dimension of the waterfall."""

    key: str
    name: str
    note: str
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
    has_small_group: bool


def waterfall(
    page: ExplanationPage, *, selected: str, address: Callable[[str], str], run_url: str
) -> ShownWaterfall | None:
    """The table from 0 to the total; None where there is no total to take apart."""
    if page.total is None:
        return None
    show = page.shown.scheme.output.show
    given = [line.contribution or 0 for line in page.lines]
    shown = iter(shown_contributions(given, total=page.total, show=show))
    several = len({line.unit_code for line in page.lines if line.unit_code}) > 1
    groups = tuple(
        _group(section, [next(shown) for _line in section.lines], selected=selected, address=address, several=several)
        for section in page.sections
    )
    return ShownWaterfall(
        heading=_heading(page, groups, show),
        note=_losses(page),
        groups=groups,
        total=_to_places(page.total, show),
        median=page.median,
        weight="100.0",
        total_label=_("三好指数") if page.shown.scheme.output.max_micro == 100 * ONE_POINT else _("指数"),
        total_note=_("各行按显示位数相加等于总分"),
        foot=_("%(scheme)s 第 %(version)s 版，核算 %(run)s，可复算")
        % {
            "scheme": page.shown.scheme.code,
            "version": page.shown.run.scheme_version.number,
            "run": page.shown.run.number,
        },
        run_url=run_url,
        axis=page.shown.scheme.output.max_micro,
        has_small_group=any(line.is_small_group for line in page.lines),
    )


def facts(page: ExplanationPage) -> list[BigFact]:
    """The strip: total, rank, band, completeness, the period before."""
    show = page.shown.scheme.output.show
    median = _("组内中位数 %(median)s") % {"median": points_text(page.median, show)} if page.median is not None else ""
    total = _("没有得分") if page.total is None else points_text(page.total, show)
    strip = [BigFact(_("三好指数"), total, note=median)]
    if page.rank is not None:
        tie = _("，并列") if page.tie else ""
        strip.append(
            BigFact(_("组内名次"), str(page.rank), f"/ {page.n_ranked}", note=f"{page.group or _('全部')}{tie}")
        )
    if page.band_label:
        strip.append(BigFact(_("指数档次"), page.band_label, note=_("年度等次由考核委员会决定")))
    missing = sum(line.state in {"missing", "no_target"} for line in page.lines)
    strip.append(
        BigFact(
            _("数据完整"),
            coverage_text(page.coverage).removesuffix("%"),
            "%",
            note=_("缺 %(n)s 项") % {"n": missing} if missing else _("应有的数据都有"),
            kind="watch" if missing else "",
        )
    )
    earlier = [point for point in page.history if point.period != page.shown.basis.period.code]
    if earlier and earlier[-1].total is not None:
        before = earlier[-1]
        strip.append(BigFact(_("上期"), points_text(before.total or 0, show), note=period_text(before.period)))
    return strip


def notes(page: ExplanationPage) -> list[Note]:
    """Bottom lines that were touched, and why somebody is not ranked."""
    found = []
    if page.reason:
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


def _group(
    section: Section, shown: Sequence[int], *, selected: str, address: Callable[[str], str], several: bool
) -> ShownGroup:
    start, lines = section.start, []
    at = start
    for line, contribution in zip(section.lines, shown, strict=True):
        lines.append(_line(line, contribution, at, selected=selected, address=address, several=several))
        at += line.contribution or 0
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


def _split(section: Section) -> str:
    if section.is_signed or not section.unit_weight:
        return ""
    weights = {"unit": points_text(section.unit_weight, 1), "own": points_text(section.own_weight, 1)}
    return _("单位 %(unit)s + 本人 %(own)s") % weights if section.own_weight else _("单位 %(unit)s") % weights


def _line(
    line: ExplainedLine, contribution: int, start: int, *, selected: str, address: Callable[[str], str], several: bool
) -> ShownLine:
    cell = next((cell for cell in reversed(line.cells) if not cell.is_target), None)
    return ShownLine(
        code=line.code,
        anchor=line.anchor,
        name=_("%(name)s（%(unit)s）") % {"name": line.name, "unit": line.unit_name}
        if several and line.unit_name
        else line.name,
        small_group=line.is_small_group,
        tags=tuple(_tags(line)),
        raw=_raw(line),
        target=line.target_text,
        points=line.points,
        weight="" if line.kind != "leaf" else points_text(line.weight, 1),
        contribution=contribution,
        start=start,
        lost=line.lost,
        title=_title(line, contribution),
        source=cell.file_name if cell and cell.batch_number else "；".join(line.facts),
        cell=cell.address if cell and cell.batch_number else "",
        url=address(line.anchor) if cell and cell.batch_number else "",
        selected=line.anchor == selected,
    )


def _raw(line: ExplainedLine) -> str:
    if line.state_text:
        return line.state_text
    if not line.value_text:
        return ""
    measure = "" if line.measure in {"等次", "是否"} else line.measure
    return (
        f"{line.value_text}{measure}"
        if measure == "%"
        else " ".join(each for each in (line.value_text, measure) if each)
    )


def _tags(line: ExplainedLine) -> list[Tag]:
    tags = [Tag(_("容错"), "accent", _("经容错认定，取本项得分与同组其他项平均分中较高的"))] if line.is_exempt else []
    if line.carried:
        tags.append(Tag(_("沿用"), "", _("本期没有新数据，沿用 %(n)s 期前的数据") % {"n": line.carried}))
    return tags


def _title(line: ExplainedLine, contribution: int) -> str:
    """Where the line's shown contribution is not its own rounding, say so: the lines must sum."""
    own = _to_places(line.contribution or 0, 2)
    return _("为使各行相加等于总分，尾数调整了 0.01") if abs(own - contribution) == ONE_POINT // 100 else ""


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
    losses = sorted((line for line in page.lines if line.lost >= ONE_POINT), key=lambda line: -line.lost)
    if not losses:
        return ""
    told = "，".join(f"{line.name} {points_text(-line.lost)}" for line in losses[:LARGEST_LOSSES])
    return _("失分最多的是：%(losses)s") % {"losses": told}


def _to_places(micro: int, show: int) -> int:
    return rounded(micro, places=6, shown=show) * int(10 ** (6 - show))
