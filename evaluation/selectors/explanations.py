"""为什么是这个分数: the page of one subject, line by line down to the cell of the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from django.utils.translation import gettext as text_now

from accounts.scope import Scope
from evaluation.matrices.events import exempted_at, occurrences_at
from evaluation.models import Current, RunGroup, Score
from evaluation.scoring import LineKind
from evaluation.selectors.dimensions import Dimension, dimensions_of
from evaluation.selectors.explained_lines import ExplainedLine, explained_lines
from evaluation.selectors.people import Who, who_are
from evaluation.selectors.reasons import reason_text, remedy_text
from evaluation.selectors.runs import median_of
from evaluation.selectors.scheme_names import scheme_name
from evaluation.selectors.shown import ShownRun, shown_run, visible_scores
from evaluation.selectors.waterfalls import Waterfall, waterfall_of
from foundation.permissions import Permission

HALF = Fraction(1, 2)
OTHERS = Dimension("d0", "", 0)


@dataclass(frozen=True)
class Section:
    """The lines of one dimension, or of what has none (d0): their sums are sums of the lines."""

    dimension: Dimension
    name: str
    lines: tuple[ExplainedLine, ...]
    weight: int
    unit_weights: tuple[tuple[str, int], ...]
    """Weight of the lines of each unit in which the subject served, by the unit's name."""
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
    is_outdated: bool = False
    """Another version of the engine computed it, and this one cannot take it apart: there are no lines."""

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
    band_label: str
    reason: str
    show: int
    """Decimals of a shown total."""


def explanation(scope: Scope, *, scheme_code: str, period_code: str, subject: int) -> ExplanationPage | None:
    """Why a subject has its total in a scheme and period; None where there is none that the reader may see."""
    shown = shown_run(scheme_code=scheme_code, period_code=period_code)
    if shown is None or not may_see(scope, shown, subject):
        return None
    return explained(shown, subject)


def explained(shown: ShownRun, subject: int) -> ExplanationPage | None:
    """The page of a subject in any run, for whoever has asked whether the reader may see it.

    All of it comes from the run's manifest, its cut and stored results, and holds for ever; but the
    name of a person, and the totals of earlier periods, are those that stand today.
    """
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
        band_labels = {band["key"]: band["zh"] for band in body.get("bands", ())} | {"hidden": text_now("暂不显示")}
        found.append(
            SubjectResult(
                scheme_code=row.run.scheme_version.document.code,
                scheme_name=scheme_name(body),
                period_code=row.run.period.code,
                total=score.total,
                rank=score.rank,
                band=score.band,
                band_label=band_labels.get(score.band, ""),
                reason=score.reason,
                show=int(body["output"]["show"]),
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
        history=_history(shown, score),
        is_outdated=waterfall.is_outdated,
    )


def _median(waterfall: Waterfall) -> int | None:
    totals = Score.objects.filter(result=waterfall.result, total__isnull=False).order_by("total")
    return median_of([value or 0 for value in totals.values_list("total", flat=True)])


def _history(shown: ShownRun, own: Score) -> tuple[HistoryPoint, ...]:
    """Totals of the periods before, by the runs that readers see, and this run's own."""
    before = Current.objects.filter(scheme=shown.run.scheme_id, period__ends_on__lt=shown.basis.period.starts_on)
    rows = RunGroup.objects.filter(run__in=before.values("run_id"))
    period_of = dict(rows.values_list("result_id", "run__period__code"))
    scores = Score.objects.filter(subject=own.subject_id, result__in=period_of)
    points = [HistoryPoint(period_of[score.result_id], score.total, score.rank) for score in scores]
    points.append(HistoryPoint(shown.basis.period.code, own.total, own.rank))
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
    presented = list(explained_lines(waterfall.lines))
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
        unit_weights=_unit_weights(chosen),
        own_weight=sum(line.weight for line in chosen if not line.held),
        points=points,
        contribution=amount,
        start=start,
        is_signed=is_signed,
    )


def _unit_weights(lines: Sequence[ExplainedLine]) -> tuple[tuple[str, int], ...]:
    weights: dict[str, int] = {}
    for line in lines:
        if line.held:
            weights[line.unit_name] = weights.get(line.unit_name, 0) + line.weight
    return tuple(weights.items())
