"""One subject's total taken apart by the engine itself, from the facts at the run's cut and the stored statistics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from evaluation.matrices.members import members_at
from evaluation.matrices.rows import UnitTotals, rows_at, unit_total
from evaluation.models import GroupResult, Score
from evaluation.scoring import GroupStats, Line, Rows, explain
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

    ``row``, ``stats`` and ``held`` (unit, months) are what the engine was given.
    """

    shown: ShownRun
    group: str
    result: GroupResult
    score: Score
    lines: tuple[OwnLine, ...]
    row: Rows
    stats: GroupStats
    held: tuple[tuple[int, int], ...]


class ExplanationDiffersError(RuntimeError):
    """A recomputed explanation does not sum to the stored total: a bug, never a matter of the reader's."""


def waterfall_of(shown: ShownRun, subject: int) -> Waterfall | None:
    """Recompute one row of a run with the same functions; None when the subject is not of its population."""
    members = members_at(shown.basis, cut_seq=shown.run.cut_seq, subjects=[subject])
    if not len(members.subjects):
        return None
    group, held = members.groups[0], members.attribution.of(0)
    result = GroupResult.objects.get(pk=shown.results[group])
    score = Score.objects.get(result=result, subject=subject)
    totals = totals_in(shown.unit_scores({unit for unit, _months in held}))
    row = rows_at(members, shown.basis, cut_seq=shown.run.cut_seq, totals=totals)
    stats = GroupStats.from_bytes(bytes(result.stats))
    lines: list[OwnLine] = []
    for line in explain(row, stats, shown.scheme):
        if line.index and line.contribution is not None:
            lines += _expanded(shown, line, held, totals)
        else:
            lines.append(OwnLine(line, shown, subject))
    _agree(lines, score)
    return Waterfall(shown, group, result, score, tuple(lines), row, stats, tuple(held))


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


def _agree(lines: Sequence[OwnLine], score: Score) -> None:
    if score.total is None:
        return
    total = sum(own.line.contribution or 0 for own in lines)
    if total != score.total:
        raise ExplanationDiffersError(f"lines of subject {score.subject_id} sum to {total}, not to {score.total}")
