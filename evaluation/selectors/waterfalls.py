"""One subject's total taken apart by the engine itself, from the facts at the run's cut and the stored statistics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from evaluation.matrices.members import members_at
from evaluation.matrices.rows import UnitTotals, rows_at, unit_total
from evaluation.models import GroupResult, Score
from evaluation.scoring import ENGINE_VERSION, GroupStats, Line, Rows, explain
from evaluation.scoring.attribution import UnitShare, unit_lines
from evaluation.selectors.shown import ShownRun, totals_in


@dataclass(frozen=True)
class OwnLine:
    """A line of the engine, with the run in which its facts stand, the subject they are of, and the months there."""

    line: Line
    shown: ShownRun
    subject: int
    held: int = 0


@dataclass(frozen=True)
class Waterfall:
    """All lines of one score; their contributions sum to its total to the last micro-point.

    ``row``, ``stats`` and ``held`` (unit, months) are what the engine was given. ``is_outdated``:
    another version of the engine computed the score, and this one does not give the same; then
    there are no lines, because they would explain another number.
    """

    shown: ShownRun
    group: str
    result: GroupResult
    score: Score
    lines: tuple[OwnLine, ...]
    row: Rows
    stats: GroupStats
    held: tuple[tuple[int, int], ...]
    is_outdated: bool = False


class ExplanationDiffersError(RuntimeError):
    """A recomputed explanation does not sum to the stored total: a bug, never a matter of the reader's."""


def waterfall_of(shown: ShownRun, subject: int) -> Waterfall | None:
    """Recompute one row of a run with the same functions; None when the subject has no score in it."""
    rows = Score.objects.filter(result__in=list(shown.results.values()), subject=subject)
    score = rows.select_related("result").first()
    if score is None:
        return None
    group = next(key for key, result in shown.results.items() if result == score.result_id)
    waterfall = _recomputed(shown, score, group)
    if waterfall is not None:
        return waterfall
    if not _is_older(shown):
        raise ExplanationDiffersError(f"lines of subject {subject} in run {shown.run.number} miss {score.total}")
    blank, stats = Rows.blank([subject], shown.scheme), GroupStats.from_bytes(bytes(score.result.stats))
    return Waterfall(shown, group, score.result, score, (), blank, stats, (), is_outdated=True)


def _is_older(shown: ShownRun) -> bool:
    """Whether another version of the engine computed the run, or one that it stands on."""
    runs = [shown.run, *(each.run for each in shown.upstreams.values())]
    return any(run.engine != ENGINE_VERSION for run in runs)


def _recomputed(shown: ShownRun, score: Score, group: str) -> Waterfall | None:
    """The score taken apart, None where that does not give what is stored."""
    subject = score.subject_id
    members = members_at(shown.basis, cut_seq=shown.run.cut_seq, subjects=[subject])
    if list(members.groups) != [group]:
        return None
    held = members.attribution.of(0)
    totals = totals_in(shown.unit_scores({unit for unit, _months in held}))
    row = rows_at(members, shown.basis, cut_seq=shown.run.cut_seq, totals=totals)
    stats = GroupStats.from_bytes(bytes(score.result.stats))
    lines: list[OwnLine] = []
    for line in explain(row, stats, shown.scheme):
        if line.index and line.contribution is not None:
            lines += _expanded(shown, line, held, totals)
        else:
            lines.append(OwnLine(line, shown, subject))
    if not _agrees(lines, score):
        return None
    return Waterfall(shown, group, score.result, score, tuple(lines), row, stats, tuple(held))


def _expanded(shown: ShownRun, line: Line, held: Sequence[tuple[int, int]], totals: UnitTotals) -> list[OwnLine]:
    """The index leaf as the lines of its units: split by months, then over each unit's own lines."""
    shares, spans = [], []
    for unit, months in held:
        found = unit_total(line.index, unit, totals)
        if found is None or found.total is None:
            continue
        lines = _unit_waterfall(shown.upstreams[found.scheme], unit).lines
        shares.append(UnitShare(unit, months, found.total, [own.line for own in lines]))
        spans += [(own, months) for own in lines]
    whole = sum(share.held for share in shares) or 1
    return [
        OwnLine(_weighed(scaled, line, Fraction(months, whole)), own.shown, own.subject, months)
        for scaled, (own, months) in zip(unit_lines(line.contribution or 0, shares), spans, strict=True)
    ]


def _unit_waterfall(shown: ShownRun, unit: int) -> Waterfall:
    waterfall = waterfall_of(shown, unit)
    if waterfall is None:
        raise ExplanationDiffersError(f"unit {unit} has a total in run {shown.run.number} and is not in it")
    return waterfall


def _weighed(scaled: Line, index: Line, part: Fraction) -> Line:
    return replace(scaled, weight=index.weight * part * scaled.weight, nominal=index.nominal * part * scaled.nominal)


def _agrees(lines: Sequence[OwnLine], score: Score) -> bool:
    given = [own.line.contribution for own in lines]
    if score.total is None:
        return not any(given)
    return sum(amount or 0 for amount in given) == score.total
