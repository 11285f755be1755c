"""The three doors: ``stats`` looks at the group, ``score`` at each row alone, ``place`` at everyone's totals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from evaluation.scoring.adjust import adjusted
from evaluation.scoring.aggregate import node_points
from evaluation.scoring.exact import MICRO, half_up, integers, multiply
from evaluation.scoring.gates import first_void, gated
from evaluation.scoring.grading import bands_of
from evaluation.scoring.leaves import LEAVES, Column, ratios_of
from evaluation.scoring.missing import coverage, lacks_required, nominal_shares
from evaluation.scoring.ranking import ranks_of
from evaluation.scoring.types import (
    NO_BAND,
    NO_TOTAL,
    PART_MISSING,
    PART_NOT_APPLICABLE,
    Bools,
    GroupStats,
    Int8s,
    Int64s,
    Leaf,
    LeafRule,
    LeafState,
    LeafStats,
    Node,
    Placed,
    Reason,
    Rows,
    Scheme,
    Scored,
    ScoringError,
    Standing,
)

STANDING_REASONS = {
    Standing.PROBATION: Reason.LEFT_OUT_PROBATION,
    Standing.ABSENT_OVER_HALF: Reason.LEFT_OUT_ABSENT,
    Standing.TENURE_SHORT: Reason.TENURE_SHORT,
    Standing.NO_GROUP: Reason.NO_GROUP,
}
REASONS = tuple(Reason)
FIRST_GATE_REASON = 100


def stats(rows: Rows, scheme: Scheme) -> GroupStats:
    """Statistics of one peer group, for the leaves that look at the others.

    Members are the rows that may have an index (standing IN). Carried values count,
    and so do the values of an exempt leaf.
    """
    _check(rows, scheme)
    members = rows.standings == Standing.IN
    return GroupStats(
        size=int(members.sum()),
        leaves=tuple(
            _leaf_stats(rows, leaf, members) if LEAVES[leaf.rule.kind].looks_at_peers else None
            for leaf in scheme.leaves
        ),
    )


def score(rows: Rows, stats: GroupStats, scheme: Scheme) -> Scored:
    """Totals, parts, coverage, bands and reasons of each row, without looking at any other row.

    Raises
    ------
    ScoringError
        ``points_out_of_range`` or ``not_an_option``, with ``subject`` and ``key``.
    """
    _check(rows, scheme)
    states = _leaf_states(rows, stats, scheme)
    parts = _all_parts(rows, states, stats, scheme)
    percent, is_covered = coverage(states, nominal_shares(scheme), scheme.coverage_floor)
    reasons = _reasons(rows, scheme, lacks_required(states, scheme), is_covered)
    has_total = reasons == 0
    trees = np.where(has_total, parts[:, scheme.tree.position], 0)
    totals = adjusted(scaled(trees, scheme), rows.occurrences, scheme.adjust, scheme.output.max_micro).totals
    bands = gated(bands_of(totals, scheme), rows.gates, scheme.gates)
    return Scored(
        subjects=rows.subjects,
        totals=np.where(has_total, totals, NO_TOTAL),
        parts=parts,
        states=states,
        coverage=percent,
        bands=np.where(has_total, bands, np.int8(NO_BAND)),
        reasons=reasons,
        small_group=np.array([is_small_group(leaf, stats, scheme) for leaf in scheme.leaves], np.bool_),
    )


def place(scored: Scored, scheme: Scheme) -> Placed:
    """Ranks inside the group: the only step that needs everyone's totals."""
    return Placed(ranks_of(scored, scheme))


def reason_texts(scored: Scored, scheme: Scheme) -> list[str]:
    """Why each row has no total: a void gate's code or a Reason; empty where there is one."""
    known = {0: "", **{at: reason.value for at, reason in enumerate(REASONS, 1)}}
    known |= {FIRST_GATE_REASON + at: gate.code for at, gate in enumerate(scheme.gates)}
    return [known[int(code)] for code in scored.reasons]


def band_keys(scored: Scored, scheme: Scheme) -> list[str]:
    """Each row's band: its key, "hidden", or empty where there is no total."""
    keys = [*(band.key for band in scheme.bands), "hidden", ""]
    return [keys[int(band)] for band in scored.bands]


def scaled(trees: Int64s, scheme: Scheme) -> Int64s:
    """Points of the root (0 to 100) on the scale of the output."""
    return half_up(multiply(trees, integers([scheme.output.max_micro])), integers([100 * MICRO]))


def is_small_group(leaf: Leaf, stats: GroupStats, scheme: Scheme) -> bool:
    """Whether too few members have a value, so that ``in_small_group`` replaces the rank-like leaf."""
    peers = stats.leaves[leaf.column]
    return leaf.small_group_rule is not None and peers is not None and peers.count < scheme.groups.min_size


def _leaf_states(rows: Rows, stats: GroupStats, scheme: Scheme) -> Int8s:
    states = rows.states.copy()
    for leaf in scheme.leaves:
        if LEAVES[_rule_in_force(leaf, stats, scheme).kind].needs_target:
            at = leaf.column
            has_target = (rows.target_counts[:, at] > 0) & (rows.targets[:, at] > 0)
            states[(states[:, at] == LeafState.PRESENT) & ~has_target, at] = LeafState.NO_TARGET
    return states


def _rule_in_force(leaf: Leaf, stats: GroupStats, scheme: Scheme) -> LeafRule:
    if leaf.small_group_rule is not None and is_small_group(leaf, stats, scheme):
        return leaf.small_group_rule
    return leaf.rule


def _all_parts(rows: Rows, states: Int8s, stats: GroupStats, scheme: Scheme) -> Int64s:
    parts = np.full((len(rows.subjects), len(scheme.parts)), PART_MISSING, np.int64)
    for part in reversed(scheme.parts):  # preorder reversed: the parts of a node stand before it
        if isinstance(part, Leaf):
            rule = _rule_in_force(part, stats, scheme)
            parts[:, part.position] = _leaf_points(rows, states[:, part.column], part, rule, stats)
        else:
            _fill_node(parts, part, rows.exempt)
    return parts


def _fill_node(parts: Int64s, node: Node, exempt_leaves: Bools) -> None:
    places = [child.position for child in node.parts]
    own = parts[:, places]
    present = own > PART_NOT_APPLICABLE
    exempt = np.zeros(own.shape, np.bool_)
    for at, child in enumerate(node.parts):
        if isinstance(child, Leaf):
            exempt[:, at] = exempt_leaves[:, child.column]
    points, lifted = node_points(node, np.where(present, own, 0), present, exempt)
    empty = np.where((own == PART_NOT_APPLICABLE).all(axis=1), PART_NOT_APPLICABLE, PART_MISSING)
    parts[:, places] = np.where(present, lifted, own)
    parts[:, node.position] = np.where(present.any(axis=1), points, empty)


def _leaf_points(rows: Rows, states: Int8s, leaf: Leaf, rule: LeafRule, stats: GroupStats) -> Int64s:
    at, present = leaf.column, states == LeafState.PRESENT
    target_counts = np.maximum(rows.target_counts[present, at], 1)
    column = Column(
        x=ratios_of(rows.values[present, at], rows.counts[present, at], leaf.places),
        target=ratios_of(rows.targets[present, at], target_counts, leaf.places),
        less_is_better=leaf.less_is_better,
        peers=stats.leaves[at],
    )
    points = np.where(states == LeafState.NOT_APPLICABLE, PART_NOT_APPLICABLE, PART_MISSING)
    try:
        points[present] = LEAVES[rule.kind].points(column, rule)
    except ScoringError as error:
        row = np.flatnonzero(present)[int(str(error.facts["row"]))]
        raise ScoringError(error.code, subject=int(rows.subjects[row]), key=leaf.key) from error
    return points


def _leaf_stats(rows: Rows, leaf: Leaf, members: Bools) -> LeafStats:
    has_value = members & (rows.states[:, leaf.column] == LeafState.PRESENT)
    values, counts = rows.values[has_value, leaf.column], rows.counts[has_value, leaf.column]
    ends = [
        Fraction(int(end), int(count) * 10**leaf.places)
        for count in np.unique(counts)
        for end in (values[counts == count].min(), values[counts == count].max())
    ]
    return LeafStats(len(values), min(ends, default=None), max(ends, default=None))


def _reasons(rows: Rows, scheme: Scheme, lacks: Bools, is_covered: Bools) -> NDArray[np.int16]:
    """One reason a row by fixed order: void gate, standing, required leaf missing, coverage; 0 = has a total."""
    codes = {reason: at for at, reason in enumerate(REASONS, 1)}
    reasons = np.where(is_covered, 0, codes[Reason.LOW_COVERAGE])
    reasons = np.where(lacks, codes[Reason.REQUIRED_MISSING], reasons)
    for standing, reason in STANDING_REASONS.items():
        reasons = np.where(rows.standings == standing, codes[reason], reasons)
    void = first_void(rows.gates, scheme.gates)
    return np.where(void >= 0, FIRST_GATE_REASON + void, reasons).astype(np.int16)


def _check(rows: Rows, scheme: Scheme) -> None:
    """The arrays have the shapes of the scheme, and divisors are positive."""
    n, m = len(rows.subjects), len(scheme.leaves)
    wide = ("values", "counts", "targets", "target_counts", "states", "carried", "exempt")
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(wide, (n, m))
    shapes |= {"occurrences": (n, len(scheme.adjust.items)), "gates": (n, len(scheme.gates)), "standings": (n,)}
    for name, shape in shapes.items():
        if getattr(rows, name).shape != shape:
            raise ScoringError("wrong_shape", array=name, shape=getattr(rows, name).shape, expected=shape)
    if (rows.counts < 1).any() or (rows.target_counts < 0).any():
        raise ScoringError("count_not_positive")
