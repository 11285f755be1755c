"""Ranks inside a peer group, on integers."""

from __future__ import annotations

import numpy as np

from evaluation.scoring.exact import WIDEST, shown
from evaluation.scoring.types import Int64s, Scheme, Scored


def ranks_of(scored: Scored, scheme: Scheme) -> Int64s:
    """Competition ranks (1, 2, 2, 4) of the totals, 0 where there is none.

    Equal totals are told apart by the named parts of ``tie_break``, more is better and
    a missing part is last; what is equal in all of them shares the rank.
    """
    output = scheme.output
    placed = scored.has_total
    totals = shown(scored.totals[placed], output.show) if output.rank_on_shown else scored.totals[placed]
    position = {part.key: part.position for part in scheme.parts}
    parts = [scored.parts[placed, position[key]] for key in output.tie_break]
    keys = np.stack([totals if output.ascending else -totals, *(-np.maximum(part, -WIDEST) for part in parts)], axis=1)
    order = np.lexsort(keys.T[::-1])
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (keys[order[1:]] != keys[order[:-1]]).any(axis=1)
    starts = np.maximum.accumulate(np.where(is_new, np.arange(1, len(order) + 1), 0))
    ranks = np.zeros(len(scored.totals), np.int64)
    ranks[np.flatnonzero(placed)[order]] = starts
    return ranks
