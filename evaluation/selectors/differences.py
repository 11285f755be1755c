"""Why a subject's total is another than in an earlier run: both explanations by the engine, line against line.

There is no formula of differences: a line's change is its contribution in the one explanation less
that in the other, so all changes sum to the change of the total to the last micro-point.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.scope import Scope
from evaluation.models import Score
from evaluation.scoring import LineKind
from evaluation.selectors.difference_causes import Because, Side, causes_of
from evaluation.selectors.entries_between import EntriesBetween
from evaluation.selectors.explained_lines import ExplainedLine, explained_lines
from evaluation.selectors.explanations import may_see
from evaluation.selectors.people import Who, who_are
from evaluation.selectors.reasons import reason_text
from evaluation.selectors.runs_compared import TwoRuns
from evaluation.selectors.shown import ShownRun
from evaluation.selectors.waterfalls import OwnLine, Waterfall, waterfall_of
from foundation.permissions import Permission

Key = tuple[int, str, str]
"""Unit of the line (0: the subject's own), kind, key in the scheme."""


@dataclass(frozen=True)
class Half:
    """What one run says of the subject; no group: it was not of its population, or out of the reader's sight."""

    group: str | None
    total: int | None
    rank: int | None
    reason_text: str


@dataclass(frozen=True)
class ChangedLine:
    """One line of both explanations; ``change`` is None where one of the runs gives no total.

    ``unit_runs`` are the two runs in which the unit of the line was judged, if it is a unit's and
    the reader may open them.
    """

    line: ExplainedLine
    before: str
    after: str
    change: int | None
    causes: tuple[Because, ...]
    unit_runs: tuple[str, str] | None
    is_new_side: bool
    """Whether ``line`` is of the newer run."""


@dataclass(frozen=True)
class SubjectDifference:
    """One subject in two runs; ``lines`` are those that moved, the largest change first."""

    runs: TwoRuns
    who: Who
    older: Half
    newer: Half
    lines: tuple[ChangedLine, ...]
    n_unmoved: int

    @property
    def change(self) -> int | None:
        """Change of the total in micro-points."""
        if self.older.total is None or self.newer.total is None:
            return None
        return self.newer.total - self.older.total


def subject_difference(scope: Scope, runs: TwoRuns, *, subject: int) -> SubjectDifference | None:
    """Why a subject's total moved between two runs; None where the reader may see it in neither.

    A half that the reader may not see (the post was then another's to manage) is left empty.
    """
    older, newer = (_seen(scope, shown, subject) for shown in (runs.older, runs.newer))
    scores = {shown.run.pk: score for shown, score in ((runs.older, older), (runs.newer, newer)) if score}
    if not scores:
        return None
    shown, score = (runs.newer, newer) if newer else (runs.older, older)
    assert score is not None
    falls = [_waterfall(each, subject, scores, runs) for each in (runs.older, runs.newer)]
    lines = _lines(scope, runs, *falls) if any(falls) else []
    moved = sorted((each for each in lines if each.change or each.causes), key=lambda each: -abs(each.change or 0))
    return SubjectDifference(
        runs=runs,
        who=who_are([score], shown.basis, cut_seq=shown.run.cut_seq)[subject],
        older=_half(runs.older, older),
        newer=_half(runs.newer, newer),
        lines=tuple(moved),
        n_unmoved=len(lines) - len(moved),
    )


def _seen(scope: Scope, shown: ShownRun, subject: int) -> Score | None:
    if not may_see(scope, shown, subject):
        return None
    return Score.objects.filter(result__in=list(shown.results.values()), subject=subject).first()


def _waterfall(shown: ShownRun, subject: int, scores: Mapping[int, Score], runs: TwoRuns) -> Waterfall | None:
    return waterfall_of(shown, subject) if shown.run.pk in scores and runs.is_explicable else None


def _half(shown: ShownRun, score: Score | None) -> Half:
    if score is None:
        return Half(None, None, None, "")
    group = next(key for key, result in shown.results.items() if result == score.result_id)
    return Half(group, score.total, score.rank, reason_text(score.reason, shown.scheme) if score.reason else "")


def _lines(scope: Scope, runs: TwoRuns, older: Waterfall | None, newer: Waterfall | None) -> list[ChangedLine]:
    before, after = _sides(older), _sides(newer)
    keys = [*after, *(key for key in before if key not in after)]
    own = [side.own for sides in (before, after) for side in sides.values()]
    entries = EntriesBetween(own, runs) if runs.is_same_period else None
    has_totals = all(each is not None and each.score.total is not None for each in (older, newer))
    return [_line(scope, before.get(key), after.get(key), entries, has_totals=has_totals) for key in keys]


def _sides(waterfall: Waterfall | None) -> dict[Key, Side]:
    if waterfall is None:
        return {}
    told = zip(waterfall.lines, explained_lines(waterfall.lines), strict=True)
    months = {own.line.unit: own.held for own in waterfall.lines if own.line.unit}
    return {_key(own): Side(own, line, waterfall.group, months) for own, (_tag, line) in told}


def _key(own: OwnLine) -> Key:
    return own.line.unit, own.line.kind.value, own.line.key


def _line(
    scope: Scope, before: Side | None, after: Side | None, entries: EntriesBetween | None, *, has_totals: bool
) -> ChangedLine:
    side = after or before
    assert side is not None
    change = None
    if has_totals:
        change = (after.contribution if after else 0) - (before.contribution if before else 0)
    return ChangedLine(
        line=side.line,
        before=before.said if before else "",
        after=after.said if after else "",
        change=change,
        causes=causes_of(before, after, entries, change=change),
        unit_runs=_unit_runs(scope, before, after),
        is_new_side=after is not None,
    )


def _unit_runs(scope: Scope, before: Side | None, after: Side | None) -> tuple[str, str] | None:
    if before is None or after is None or not after.own.line.unit or after.own.line.kind is not LineKind.LEAF:
        return None
    may_open = scope.may(Permission.VIEW_RESULTS) and (scope.units is None or after.own.line.unit in scope.units)
    runs = (before.own.shown.run.ref, after.own.shown.run.ref)
    return runs if may_open and runs[0] != runs[1] else None
