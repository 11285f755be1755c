"""What missing means: which leaves block a total, and how much of the tree is present."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from evaluation.scoring.exact import MICRO, Ratios, common_weights, half_up, integers, multiply, weighted_sums
from evaluation.scoring.types import Bools, Int8s, Int64s, Leaf, LeafState, Node, Scheme

MISSING_STATES = (LeafState.MISSING, LeafState.NO_TARGET, LeafState.NO_UNIT_TOTAL)


def is_missing(states: Int8s) -> Bools:
    """Missing for whatever reason; not applicable is not missing."""
    return np.isin(states, MISSING_STATES)


def lacks_required(states: Int8s, scheme: Scheme) -> Bools:
    """Whether a leaf that the document requires is missing, (n,)."""
    required = np.array([leaf.is_required for leaf in scheme.leaves], np.bool_)
    return np.asarray((is_missing(states) & required).any(axis=1))


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

    What is not applicable leaves both sums; nothing applicable at all is coverage 0.
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
