"""The three doors: ``stats`` looks at the group, ``score`` at each row alone, ``place`` at everyone's totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.scoring.adjust import adjusted
from evaluation.scoring.aggregate import node_points
from evaluation.scoring.distribution import leaf_stats
from evaluation.scoring.exact import MICRO, Ratios, choose, half_up, integers, multiply
from evaluation.scoring.gates import first_void, gated
from evaluation.scoring.grading import bands_of
from evaluation.scoring.leaves import LEAVES, Column, ratios_of
from evaluation.scoring.missing import coverage, has_target, lacks_required, nominal_shares, substitutes_of
from evaluation.scoring.peers import GroupStats
from evaluation.scoring.ranking import ranks_of
from evaluation.scoring.types import (
    NO_BAND,
    NO_TOTAL,
    PART_MISSING,
    PART_NOT_APPLICABLE,
    Bools,
    Int8s,
    Int64s,
    Leaf,
    LeafRule,
    LeafState,
    Node,
    Placed,
    Reason,
    Rows,
    Scheme,
    Scored,
    ScoringError,
    Standing,
    Substitute,
)

STANDING_REASONS = {
    Standing.PROBATION: Reason.LEFT_OUT_PROBATION,
    Standing.ABSENT_OVER_HALF: Reason.LEFT_OUT_ABSENT,
    Standing.TENURE_SHORT: Reason.TENURE_SHORT,
    Standing.NO_GROUP: Reason.NO_GROUP,
    Standing.SECONDED_OUT: Reason.SECONDED_OUT,
}
REASONS = tuple(Reason)
FIRST_GATE_REASON = 100


def stats(rows: Rows, scheme: Scheme) -> GroupStats:
    """Statistics of one peer group, for the leaves that look at the others.

    Members are the rows that may have an index (standing IN). Carried values count, and so
    do the values of an exempt leaf, and the median where it stands in for a missing value.
    """
    _check(rows, scheme)
    members = rows.standings == Standing.IN
    return GroupStats(
        size=int(members.sum()),
        leaves=tuple(leaf_stats(rows, leaf, members) for leaf in scheme.leaves),
    )


def score(rows: Rows, stats: GroupStats, scheme: Scheme) -> Scored:
    """Totals, parts, coverage, bands and reasons of each row, without looking at any other row.

    Raises
    ------
    ScoringError
        ``points_out_of_range`` or ``not_an_option``, with ``subject`` and ``key``.
    """
    _check(rows, scheme)
    rules = {leaf.column: _rule_in_force(leaf, stats, scheme) for leaf in scheme.leaves}
    states = _leaf_states(rows, rules)
    substitutes = substitutes_of(rows, states, stats, [(leaf, rules[leaf.column]) for leaf in scheme.leaves])
    parts = _all_parts(_Given(rows, states, substitutes, rules, stats), scheme)
    percent, is_covered = coverage(states, nominal_shares(scheme), scheme.coverage_floor)
    reasons = _reasons(rows, scheme, lacks_required(states, substitutes, scheme), is_covered)
    has_total = reasons == 0
    trees = np.where(has_total, parts[:, scheme.tree.position], 0)
    totals = adjusted(scaled(trees, scheme), rows.occurrences, scheme.adjust, scheme.output.max_micro).totals
    bands = gated(bands_of(totals, scheme), rows.gates, scheme.gates)
    return Scored(
        subjects=rows.subjects,
        totals=np.where(has_total, totals, NO_TOTAL),
        parts=parts,
        states=states,
        substitutes=substitutes,
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


def _leaf_states(rows: Rows, rules: Mapping[int, LeafRule]) -> Int8s:
    states = rows.states.copy()
    for at, rule in rules.items():
        if LEAVES[rule.kind].needs_target:
            states[(states[:, at] == LeafState.PRESENT) & ~has_target(rows, at), at] = LeafState.NO_TARGET
    return states


def _rule_in_force(leaf: Leaf, stats: GroupStats, scheme: Scheme) -> LeafRule:
    if leaf.small_group_rule is not None and is_small_group(leaf, stats, scheme):
        return leaf.small_group_rule
    return leaf.rule


@dataclass(frozen=True, slots=True)
class _Given:
    """What the leaves read: the rows, what is there and what counts in its place, and the rule in force by column."""

    rows: Rows
    states: Int8s
    substitutes: Int8s
    rules: Mapping[int, LeafRule]
    stats: GroupStats


def _all_parts(given: _Given, scheme: Scheme) -> Int64s:
    parts = np.full((len(given.rows.subjects), len(scheme.parts)), PART_MISSING, np.int64)
    for part in reversed(scheme.parts):  # preorder reversed: the parts of a node stand before it
        if isinstance(part, Leaf):
            parts[:, part.position] = _leaf_points(given, part)
        else:
            _fill_node(parts, part, given.rows.exempt)
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


def _leaf_points(given: _Given, leaf: Leaf) -> Int64s:
    at, rows, rule, peers = leaf.column, given.rows, given.rules[leaf.column], given.stats.leaves[leaf.column]
    states, substitutes = given.states[:, at], given.substitutes[:, at]
    takes_median = substitutes == Substitute.MEDIAN
    counts = (states == LeafState.PRESENT) | takes_median
    x = ratios_of(rows.values[counts, at], rows.counts[counts, at], leaf.places)
    if peers is not None and peers.median is not None:
        x = choose(takes_median[counts], Ratios.of(peers.median), x)
    target = ratios_of(rows.targets[counts, at], np.maximum(rows.target_counts[counts, at], 1), leaf.places)
    points = np.where(states == LeafState.NOT_APPLICABLE, PART_NOT_APPLICABLE, PART_MISSING)
    points[substitutes == Substitute.ZERO] = 0
    try:
        points[counts] = LEAVES[rule.kind].points(Column(x, target, leaf.less_is_better, peers), rule)
    except ScoringError as error:
        row = np.flatnonzero(counts)[int(str(error.facts["row"]))]
        raise ScoringError(error.code, subject=int(rows.subjects[row]), key=leaf.key) from error
    return points


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
