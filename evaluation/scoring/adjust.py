"""Occurrences: points clipped per code, then their sum, then the total to 0..max."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evaluation.scoring.exact import add
from evaluation.scoring.types import Adjustment, Int64s


class Adjusted(NamedTuple):
    """What the occurrences did, (n,) each but ``items`` (n, k): total = tree + sum(items) + net_clip + max_clip."""

    totals: Int64s
    items: Int64s
    net_clip: Int64s
    max_clip: Int64s


def adjusted(trees: Int64s, occurrences: Int64s, rule: Adjustment, max_micro: int) -> Adjusted:
    """Totals after occurrences.

    Parameters
    ----------
    trees : int64 (n,)
        Points of the tree on the scale of the output.
    occurrences : int64 (n, k)
        Micro-points summed per code, in the order of ``rule.items``.
    rule : Adjustment
        The clips per code and of their sum.
    max_micro : int
        The top of the scale; its foot is 0.
    """
    lows = np.array([clip.low for _, clip in rule.items], np.int64)
    highs = np.array([clip.high for _, clip in rule.items], np.int64)
    items = np.clip(occurrences, lows, highs)
    net = items.sum(axis=1)
    clipped = np.clip(net, rule.total.low, rule.total.high) if rule.items else net
    before = add(trees, clipped)
    totals = np.clip(before, 0, max_micro)
    return Adjusted(totals, items, clipped - net, totals - before)
