"""Results and explanations as CSV rows; numbers are decimal text, exact to the last digit."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evaluation.scheme_texts import scoring_text
from evaluation.score_table.problems import CellProblem, WideFileError
from evaluation.score_table.quotas import quota_columns
from evaluation.score_table.rows import Sheet
from evaluation.score_table.table import NOT_APPLICABLE, stored_text
from evaluation.scoring import (
    GroupStats,
    LeafState,
    Line,
    Placed,
    Rows,
    Scheme,
    Scored,
    ScoringError,
    Substitute,
    band_keys,
    explain,
    place,
    reason_texts,
    score,
    stats,
)
from evaluation.scoring.exact import micro, shown
from evaluation.scoring.types import PART_MISSING, PART_NOT_APPLICABLE, Leaf

FIXED = ("id", "group", "total", "shown", "rank", "band", "coverage", "reason")
LINE_COLUMNS = (
    "id",
    "kind",
    "key",
    "parent",
    "tag",
    "indicator",
    "value",
    "target",
    "state",
    "points",
    "weight",
    "nominal",
    "contribution",
    "small_group",
    "in_place",
)


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """One group's result and where its rows stand in the file."""

    at: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    stats: GroupStats
    scored: Scored
    placed: Placed


def score_sheet(sheet: Sheet, scheme: Scheme) -> list[GroupOutcome]:
    """Score and place each group of the file by itself."""
    outcomes = []
    names = np.array(sheet.groups, dtype=object)
    for name in dict.fromkeys(sheet.groups):
        at = np.flatnonzero(names == name)
        rows = sheet.rows.take(at)
        group = stats(rows, scheme)
        scored = _score(rows, group, scheme, sheet)
        outcomes.append(GroupOutcome(at, group, scored, place(scored, scheme)))
    return outcomes


def _score(rows: Rows, group: GroupStats, scheme: Scheme, sheet: Sheet) -> Scored:
    try:
        return score(rows, group, scheme)
    except ScoringError as error:
        name = sheet.ids[int(str(error.facts["subject"])) - 1]
        problem = CellProblem("cannot_be_scored", value=name, facts={"why": scoring_text(error)})
        raise WideFileError([problem.line]) from error


def result_rows(sheet: Sheet, scheme: Scheme, outcomes: list[GroupOutcome]) -> Iterator[list[str]]:
    """The heading, then one row a subject in the order of the file.

    A document with a quota has a column of it before those of the parts. A part whose key
    is the name of a fixed column (the root is often called total) is headed ``node:total``.
    """
    ranks = np.zeros(len(sheet.ids), np.int64)
    for outcome in outcomes:
        ranks[outcome.at] = outcome.placed.ranks
    quotas = quota_columns(sheet, scheme, ranks)
    taken = {*FIXED, *quotas}
    yield [*FIXED, *quotas, *(f"node:{part.key}" if part.key in taken else part.key for part in scheme.parts)]
    lines: dict[int, list[str]] = {}
    for outcome in outcomes:
        for row, line in zip(outcome.at.tolist(), _group_rows(sheet, scheme, outcome), strict=True):
            lines[row] = line
    for row in range(len(sheet.ids)):
        fixed, parts = lines[row][: len(FIXED)], lines[row][len(FIXED) :]
        yield [*fixed, *(cells[row] for cells in quotas.values()), *parts]


def _group_rows(sheet: Sheet, scheme: Scheme, outcome: GroupOutcome) -> Iterator[list[str]]:
    scored = outcome.scored
    digits = shown(np.where(scored.has_total, scored.totals, 0), scheme.output.show)
    for at, (band, reason) in enumerate(zip(band_keys(scored, scheme), reason_texts(scored, scheme), strict=True)):
        has_total = bool(scored.has_total[at])
        rank = int(outcome.placed.ranks[at])
        yield [
            sheet.ids[outcome.at[at]],
            sheet.groups[outcome.at[at]],
            points_text(int(scored.totals[at])) if has_total else "",
            points_text(int(digits[at]), scheme.output.show) if has_total else "",
            str(rank) if rank else "",
            band,
            points_text(int(scored.coverage[at])),
            reason,
            *(_part_text(int(part)) for part in scored.parts[at]),
        ]


def line_rows(name: str, sheet: Sheet, scheme: Scheme, outcomes: list[GroupOutcome]) -> Iterator[list[str]]:
    """The heading, then the waterfall of one subject; contributions sum to its total."""
    if name not in sheet.ids:
        raise WideFileError([CellProblem("no_such_id", value=name).line])
    row = sheet.ids.index(name)
    outcome = next(outcome for outcome in outcomes if row in outcome.at)
    yield list(LINE_COLUMNS)
    labels = {leaf.key: _labels(leaf) for leaf in scheme.leaves}
    for line in explain(sheet.rows.take([row]), outcome.stats, scheme):
        yield [name, *_line_cells(line, labels.get(line.key, {}))]


def _labels(leaf: Leaf) -> dict[int, str]:
    """What the stored number of an option is called; the first name where it has several."""
    options = leaf.indicator.options if leaf.indicator else ()
    return {stored: label for label, stored in reversed(options)}


def _line_cells(line: Line, labels: dict[int, str]) -> list[str]:
    has_value = line.state in (LeafState.PRESENT, LeafState.NO_TARGET) or line.substitute is Substitute.MEDIAN
    is_given = has_value and bool(line.indicator or line.index)
    value = (2 * line.value + line.count) // (2 * line.count)
    return [
        line.kind.value,
        line.key,
        line.parent,
        line.tag,
        line.indicator or "/".join(line.index),
        labels.get(line.value, stored_text(value, line.places)) if is_given else "",
        stored_text(line.target, line.places) if line.target_count else "",
        line.state.name if line.indicator or line.index else "",
        "" if line.points is None else points_text(line.points),
        _percent_text(line.weight) if line.parent else "",
        _percent_text(line.nominal) if line.parent else "",
        "" if line.contribution is None else points_text(line.contribution),
        "1" if line.is_small_group else "",
        _in_place(line),
    ]


def _in_place(line: Line) -> str:
    """What counts in place of a missing value, in the words of the document."""
    words = {Substitute.NONE: "", Substitute.MEDIAN: "group_median", Substitute.ZERO: f"zero({line.zero_reason})"}
    return words[line.substitute]


def points_text(value: int, digits: int = 6) -> str:
    """Micro-points as decimal text with so many digits; what is cut off is zero.

    >>> points_text(-2_500_000), points_text(85_370_000, 2)
    ('-2.500000', '85.37')
    """
    return stored_text(value // 10 ** (6 - digits), digits)


def _part_text(value: int) -> str:
    absent = {PART_MISSING: "", PART_NOT_APPLICABLE: NOT_APPLICABLE}
    return absent[value] if value in absent else points_text(value)


def _percent_text(share: Fraction) -> str:
    return points_text(micro(100 * share))
