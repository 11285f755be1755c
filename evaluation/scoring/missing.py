"""What missing means: what counts in its place, which leaves block a total, how much of the tree is present."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from evaluation.scoring.exact import MICRO, Ratios, common_weights, half_up, integers, multiply, weighted_sums
from evaluation.scoring.leaves import LEAVES
from evaluation.scoring.peers import GroupStats
from evaluation.scoring.types import Bools, Int8s, Int64s, Leaf, LeafRule, LeafState, Node, Rows, Scheme, Substitute

MISSING_STATES = (LeafState.MISSING, LeafState.NO_TARGET, LeafState.NO_UNIT_TOTAL)


def is_missing(states: Int8s) -> Bools:
    """Missing for whatever reason; not applicable is not missing."""
    return np.isin(states, MISSING_STATES)


def substitutes_of(rows: Rows, states: Int8s, stats: GroupStats, leaves: Sequence[tuple[Leaf, LeafRule]]) -> Int8s:
    """What the document lets count where a leaf is missing, (n, m): the median of the group before a zero.

    ``leaves`` come with the rule in force. The median stands for a value that was not
    reported; it is no target, so a rule that needs one and has none does not take it.
    """
    out = np.full(states.shape, Substitute.NONE, np.int8)
    for leaf, rule in leaves:
        at, peers = leaf.column, stats.leaves[leaf.column]
        if leaf.zero_reason:
            out[is_missing(states[:, at]), at] = Substitute.ZERO
        if leaf.takes_median and peers is not None and peers.median is not None:
            fits = has_target(rows, at) if LEAVES[rule.kind].needs_target else True
            out[(states[:, at] == LeafState.MISSING) & fits, at] = Substitute.MEDIAN
    return out


def has_target(rows: Rows, column: int) -> Bools:
    """Which rows have a target that can be attained, (n,): one above 0."""
    return (rows.target_counts[:, column] > 0) & (rows.targets[:, column] > 0)


def lacks_required(states: Int8s, substitutes: Int8s, scheme: Scheme) -> Bools:
    """Whether a leaf that the document requires is missing and nothing counts in its place, (n,)."""
    required = np.array([leaf.is_required for leaf in scheme.leaves], np.bool_)
    lacks = is_missing(states) & (substitutes == Substitute.NONE)
    return np.asarray((lacks & required).any(axis=1))


def nominal_shares(scheme: Scheme) -> tuple[Fraction, ...]:
    """Each leaf's share of the whole tree as the document gives it, in the order of the leaves; they sum to 1."""
    shares: list[Fraction] = []

    def walk(part: Node | Leaf, share: Fraction) -> None:
        if isinstance(part, Leaf):
            shares.append(share)
            return
        for child in part.parts:
            walk(child, share * child.weight / 100)

    walk(scheme.tree, Fraction(1))
    return tuple(shares)


def coverage(states: Int8s, shares: Sequence[Fraction], floor: Fraction) -> tuple[Int64s, Bools]:
    """Micro-percent of the applicable weight that is present, and whether it reaches the floor exactly.

    What is not applicable leaves both sums; nothing applicable at all is coverage 0. A median
    or a zero in place of a value is not present: coverage tells what was really reported.
    Source: schemes/README.md convention 2.
    """
    weights = common_weights(shares)
    present, applicable = states == LeafState.PRESENT, states != LeafState.NOT_APPLICABLE
    ones = np.ones(states.shape, np.int64)
    have, _ = weighted_sums(weights, ones, present)
    need, _ = weighted_sums(weights, ones, applicable)
    need = np.where(need == 0, 1, need)
    reaches = np.asarray((Ratios(have, need) >= Ratios.of(floor)) & (have > 0), np.bool_)
    return half_up(multiply(have, integers([100 * MICRO])), need), reaches
