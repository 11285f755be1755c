"""From the values of one peer group to what its leaves need to know of the others."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from evaluation.scoring.exact import Ints, integers, multiply, sum_of
from evaluation.scoring.leaves import LEAVES
from evaluation.scoring.peers import LeafStats, Spread, Sums
from evaluation.scoring.types import Bools, Leaf, LeafState, Rows


def leaf_stats(rows: Rows, leaf: Leaf, members: Bools) -> LeafStats | None:
    """Statistics of one leaf over the members that have a value; None where the leaf looks at nobody else.

    ``min_size`` counts values of the members' own; those who take the median shape sums
    and spread. Source: schemes/README.md convention 4; golden value C-median.
    """
    peers = LEAVES[leaf.rule.kind].peers
    if not peers and not leaf.takes_median:
        return None
    states = rows.states[:, leaf.column]
    present = members & (states == LeafState.PRESENT)
    values, unit = _common(rows.values[present, leaf.column], rows.counts[present, leaf.column], leaf.places)
    values = np.sort(values)
    low, high = (Fraction(int(values[at]), unit) if len(values) else None for at in (0, -1))
    median = _median(values, unit) if leaf.takes_median else None
    count, filled = len(values), 0
    if median is not None:
        filled = int((members & (states == LeafState.MISSING)).sum())
        # Half of a sum of two values may need one more binary place than the values.
        taken = integers([int(median * 2 * unit)] * filled)
        values = np.sort(np.concatenate([multiply(values, integers([2])), taken]))
        unit *= 2
    return LeafStats(
        count=count,
        low=low,
        high=high,
        median=median,
        filled=filled,
        unit=unit if peers in ("sums", "spread") else 1,
        sums=Sums(sum_of(values), sum_of(multiply(values, values))) if peers == "sums" else None,
        spread=_spread(values) if peers == "spread" else None,
    )


def _common(values: Ints, counts: Ints, places: int) -> tuple[Ints, int]:
    """Values over different numbers of months as integers over one unit."""
    divisors = np.unique(counts).tolist()
    shared = math.lcm(*divisors)
    factors = integers([shared // divisor for divisor in divisors])
    return multiply(values, factors[np.searchsorted(divisors, counts)]), shared * 10**places


def _median(values: Ints, unit: int) -> Fraction | None:
    """The middle one of sorted values, the mean of the middle two where their number is even."""
    if not len(values):
        return None
    middle = (len(values) - 1) // 2, len(values) // 2
    return Fraction(sum(int(values[at]) for at in middle), 2 * unit)


def _spread(values: Ints) -> Spread:
    known, members = np.unique(values, return_counts=True)
    return Spread(tuple(known.tolist()), tuple(members.tolist()))
