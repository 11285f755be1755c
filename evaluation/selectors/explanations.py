"""为什么是这个分数: the page of one subject, line by line down to the cell of the file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from django.utils.functional import Promise
from django.utils.translation import gettext as text_now
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scope
from evaluation.matrices.events import exempted_at, occurrences_at
from evaluation.models import Current, Occurrence, RunGroup, Score
from evaluation.scoring import LeafState, Line, LineKind
from evaluation.selectors.cells import Cell, CellFinder
from evaluation.selectors.dimensions import Dimension, dimensions_of
from evaluation.selectors.people import Who, who_are
from evaluation.selectors.reasons import reason_text, remedy_text
from evaluation.selectors.runs import median_of
from evaluation.selectors.shown import ShownRun, shown_run, visible_scores
from evaluation.selectors.waterfalls import OwnLine, Waterfall, waterfall_of
from foundation.permissions import Permission
from foundation.web.figures import decimal_text
from intake.models import Indicator
from units.models import Unit

HALF = Fraction(1, 2)
STATES: dict[LeafState, str | Promise] = {
    LeafState.PRESENT: "",
    LeafState.MISSING: _("未报"),
    LeafState.NOT_APPLICABLE: _("不适用"),
    LeafState.NO_TARGET: _("没有目标值"),
    LeafState.NO_UNIT_TOTAL: _("单位没有得分"),
}
OTHERS = Dimension("d0", "", 0)


@dataclass(frozen=True)
class ExplainedLine:
    """One line of the waterfall. ``anchor`` names it in addresses; weights are micro-percent of the whole.

    ``start`` is the sum of the contributions above it, ``lost`` what its weight could still have
    given. ``cells`` are the observations it was made of, newest last; ``facts`` the events.
    """

    anchor: str
    kind: str
    key: str
    code: str
    name: str
    measure: str
    unit_code: str
    unit_name: str
    held: int
    value_text: str
    target_text: str
    state: str
    state_text: str
    carried: int
    places: int
    points: int | None
    weight: int
    nominal: int
    contribution: int | None
    start: int
    lost: int
    is_small_group: bool
    is_exempt: bool
    cells: tuple[Cell, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """The lines of one dimension, or of what has none (d0): their sums are sums of the lines."""

    dimension: Dimension
    name: str
    lines: tuple[ExplainedLine, ...]
    weight: int
    unit_weight: int
    own_weight: int
    points: int | None
    contribution: int | None
    start: int
    is_signed: bool


@dataclass(frozen=True)
class GateFact:
    """A bottom line that was touched, and what it does; an exempt one does nothing."""

    code: str
    effect: str
    reason: str
    source: str
    is_exempt: bool


@dataclass(frozen=True)
class HistoryPoint:
    """The subject's total in one period, by the run that readers see."""

    period: str
    total: int | None
    rank: int | None


@dataclass(frozen=True)
class ExplanationPage:
    """One subject in one run."""

    shown: ShownRun
    who: Who
    group: str
    n_group: int
    n_ranked: int
    median: int | None
    rank: int | None
    tie: bool
    total: int | None
    band: str
    band_label: str
    coverage: int
    reason: str
    reason_text: str
    remedy: str
    sections: tuple[Section, ...]
    gates: tuple[GateFact, ...]
    history: tuple[HistoryPoint, ...]

    @property
    def lines(self) -> tuple[ExplainedLine, ...]:
        """All lines, as they stand on the page."""
        return tuple(line for section in self.sections for line in section.lines)

    def line(self, anchor: str) -> ExplainedLine | None:
        """The line of this anchor."""
        return next((line for line in self.lines if line.anchor == anchor), None)


@dataclass(frozen=True)
class SubjectResult:
    """A result of a subject that the reader may open."""

    scheme_code: str
    scheme_name: str
    period_code: str
    total: int | None
    rank: int | None
    band: str
    reason: str


def explanation(scope: Scope, *, scheme_code: str, period_code: str, subject: int) -> ExplanationPage | None:
    """Why a subject has its total in a scheme and period; None where there is none that the reader may see."""
    shown = shown_run(scheme_code=scheme_code, period_code=period_code)
    if shown is None or not may_see(scope, shown, subject):
        return None
    waterfall = waterfall_of(shown, subject)
    return _page(shown, waterfall) if waterfall else None


def may_see(scope: Scope, shown: ShownRun, subject: int) -> bool:
    """Whether the reader may open this subject's result: in scope, or their own."""
    if subject == scope.self_subject and scope.may(Permission.VIEW_OWN_RESULT):
        return True
    return visible_scores(scope, shown).filter(subject=subject).exists()


def results_of(scope: Scope, *, subject: int) -> list[SubjectResult]:
    """All current results of a subject that the reader may open, newest period first."""
    rows = RunGroup.objects.filter(run__in=Current.objects.values("run_id"))
    scores = {score.result_id: score for score in _own_or_visible(scope, subject)}
    rows = rows.filter(result__in=scores).select_related("run__scheme_version__document", "run__period")
    found = []
    for row in rows.order_by("-run__period__ends_on", "run__scheme__code"):
        score, body = scores[row.result_id], row.run.scheme_version.body
        found.append(
            SubjectResult(
                scheme_code=row.run.scheme_version.document.code,
                scheme_name=body["name"]["zh"],
                period_code=row.run.period.code,
                total=score.total,
                rank=score.rank,
                band=score.band,
                reason=score.reason,
            )
        )
    return found


def _own_or_visible(scope: Scope, subject: int) -> Iterable[Score]:
    scores = Score.objects.filter(subject=subject)
    if subject == scope.self_subject and scope.may(Permission.VIEW_OWN_RESULT):
        return scores
    if not scope.may(Permission.VIEW_RESULTS) or subject in scope.cut_out:
        return ()
    if scope.units is not None:
        scores = scores.filter(unit__in=scope.units)
    return scores.filter(level__in=[*scope.levels, ""])


def _page(shown: ShownRun, waterfall: Waterfall) -> ExplanationPage:
    score = waterfall.score
    who = who_are([score], shown.basis, cut_seq=shown.run.cut_seq)[score.subject_id]
    bands = {band.key: band.zh for band in shown.scheme.bands} | {"hidden": text_now("暂不显示")}
    return ExplanationPage(
        shown=shown,
        who=who,
        group=waterfall.group,
        n_group=waterfall.result.n_subjects,
        n_ranked=waterfall.result.n_ranked,
        median=_median(waterfall),
        rank=score.rank,
        tie=score.is_tied,
        total=score.total,
        band=score.band,
        band_label=bands.get(score.band, ""),
        coverage=score.coverage,
        reason=score.reason,
        reason_text=reason_text(score.reason, shown.scheme) if score.reason else "",
        remedy=remedy_text(score.reason) if score.reason else "",
        sections=_sections(shown, waterfall),
        gates=_gates(shown, score.subject_id),
        history=_history(shown, score.subject_id),
    )


def _median(waterfall: Waterfall) -> int | None:
    totals = Score.objects.filter(result=waterfall.result, total__isnull=False).order_by("total")
    return median_of([value or 0 for value in totals.values_list("total", flat=True)])


def _history(shown: ShownRun, subject: int) -> tuple[HistoryPoint, ...]:
    reached = Current.objects.filter(scheme=shown.run.scheme_id, period__ends_on__lte=shown.basis.period.ends_on)
    rows = RunGroup.objects.filter(run__in=reached.values("run_id"))
    period_of = dict(rows.values_list("result_id", "run__period__code"))
    scores = Score.objects.filter(subject=subject, result__in=period_of)
    points = [HistoryPoint(period_of[score.result_id], score.total, score.rank) for score in scores]
    return tuple(sorted(points, key=lambda point: point.period))[-8:]


def _gates(shown: ShownRun, subject: int) -> tuple[GateFact, ...]:
    gates = {gate.code: gate for gate in shown.scheme.gates}
    if not gates:
        return ()
    exempted = exempted_at(shown.basis, cut_seq=shown.run.cut_seq)
    booked = occurrences_at(shown.basis, cut_seq=shown.run.cut_seq).filter(subject=subject, code__in=gates)
    return tuple(
        GateFact(
            code=each.code,
            effect=gates[each.code].effect,
            reason=gates[each.code].reason,
            source=each.source_text,
            is_exempt=each.ref in exempted.occurrences or (subject, each.code) in exempted.gates,
        )
        for each in booked
    )


def _sections(shown: ShownRun, waterfall: Waterfall) -> tuple[Section, ...]:
    dimensions = dimensions_of(shown.scheme, {code: each.scheme for code, each in shown.upstreams.items()})
    presented = list(_Presenter(waterfall.lines).lines())
    sections: list[Section] = []
    start = 0
    for dimension in (*dimensions, OTHERS):
        chosen = [line for tag, line in presented if tag == dimension.name]
        if not chosen:
            continue
        section = _section(dimension, chosen, start=start, scale=shown.scheme.output.max_micro)
        sections.append(section)
        start += section.contribution or 0
    return tuple(sections)


def _section(dimension: Dimension, chosen: Sequence[ExplainedLine], *, start: int, scale: int) -> Section:
    at, lines = start, []
    for line in chosen:
        lines.append(replace(line, start=at))
        at += line.contribution or 0
    weight = sum(line.weight for line in chosen)
    has_total = any(line.contribution is not None for line in chosen)
    amount = at - start if has_total else None
    is_signed = all(line.kind != LineKind.LEAF for line in chosen)
    points = None
    if amount is not None and weight and not is_signed:
        points = floor(Fraction(amount * 100_000_000, weight) * Fraction(100_000_000, scale) + HALF)
    return Section(
        dimension=dimension,
        name=dimension.name or (text_now("加减分") if is_signed else text_now("指标")),
        lines=tuple(lines),
        weight=weight,
        unit_weight=sum(line.weight for line in chosen if line.held),
        own_weight=sum(line.weight for line in chosen if not line.held),
        points=points,
        contribution=amount,
        start=start,
        is_signed=is_signed,
    )


class _Presenter:
    """Turns the engine's lines into the page's, with one look-up each for all of them."""

    def __init__(self, own: Sequence[OwnLine]) -> None:
        self.own = own
        codes = {each.line.indicator for each in own if each.line.indicator}
        rows = Indicator.objects.filter(code__in=codes).prefetch_related("options")
        self.indicators = {row.code: row for row in rows}
        self.units = Unit.objects.in_bulk({each.line.unit for each in own if each.line.unit})
        self.cells = CellFinder(own, self.indicators)
        self.events = self._events()

    def lines(self) -> Iterable[tuple[str, ExplainedLine]]:
        """(tag, line) in the order of the engine."""
        for each in self.own:
            yield each.line.tag, self._line(each)

    def _line(self, each: OwnLine) -> ExplainedLine:
        line, scale = each.line, each.shown.scheme.output.max_micro
        indicator, unit = self.indicators.get(line.indicator), self.units.get(line.unit)
        weight, could = _micro_percent(line.weight), floor(line.weight * scale + HALF)
        is_present = line.kind is LineKind.LEAF and line.state is LeafState.PRESENT
        return ExplainedLine(
            anchor=f"{unit.code}.{line.key}" if unit else line.key,
            kind=line.kind.value,
            key=line.key,
            code=line.indicator or line.key,
            name=self._name(each, indicator),
            measure=indicator.measure if indicator else "",
            unit_code=unit.code if unit else "",
            unit_name=unit.name if unit else "",
            held=each.held,
            value_text=self._value(line, indicator) if is_present else "",
            target_text=_number(line.target, line.target_count, line.places) if line.target_count else "",
            state=line.state.name.lower(),
            state_text=str(STATES[line.state]),
            carried=line.carried,
            places=line.places,
            points=line.points,
            weight=weight,
            nominal=_micro_percent(line.nominal),
            contribution=line.contribution,
            start=0,
            lost=max(0, could - (line.contribution or 0)) if is_present else 0,
            is_small_group=line.is_small_group,
            is_exempt=line.is_exempt,
            cells=self.cells.of(each),
            facts=self.events.get((each.shown.run.pk, each.subject, line.key), ()),
        )

    def _name(self, each: OwnLine, indicator: Indicator | None) -> str:
        names = {LineKind.NET_CLIP: text_now("加减分合计限幅"), LineKind.MAX_CLIP: text_now("总分限幅")}
        if each.line.kind in names:
            return names[each.line.kind]
        if indicator is not None:
            return indicator.name_zh
        return text_now("单位得分") if each.line.index else text_now("加减分事项 %(code)s") % {"code": each.line.key}

    def _value(self, line: Line, indicator: Indicator | None) -> str:
        if indicator is not None:
            for option in indicator.options.all():
                if line.count == 1 and option.stored == line.value:
                    return option.label
        return _number(line.value, line.count, line.places)

    def _events(self) -> Mapping[tuple[int, int, str], tuple[str, ...]]:
        booked = {(each.shown.run.pk, each.subject): each for each in self.own if each.line.kind is LineKind.OCCURRENCE}
        found: dict[tuple[int, int, str], tuple[str, ...]] = {}
        for (run, subject), each in booked.items():
            exempted = exempted_at(each.shown.basis, cut_seq=each.shown.run.cut_seq)
            for event in occurrences_at(each.shown.basis, cut_seq=each.shown.run.cut_seq).filter(subject=subject):
                at = (run, subject, event.code)
                found[at] = (*found.get(at, ()), _event_text(event, is_exempt=event.ref in exempted.occurrences))
        return found


def _event_text(event: Occurrence, *, is_exempt: bool) -> str:
    points = decimal_text(event.points or 0, 6).rstrip("0").rstrip(".")
    text = f"{event.source_text}（{points}）"
    return text_now("%(event)s，经容错认定不计入") % {"event": text} if is_exempt else text


def _micro_percent(share: Fraction) -> int:
    return floor(share * 100_000_000 + HALF)


def _number(over: int, under: int, places: int) -> str:
    return decimal_text((2 * over + under) // (2 * under), places)
