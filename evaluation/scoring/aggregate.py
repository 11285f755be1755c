"""Nodes: from the points of the parts to the points of the whole, in micro-points.

What is not present is left out with its weight: reweighting among siblings. To add a
mean: write its function in ``exact.py`` (it rounds), add its line to MEANS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from evaluation.scoring.exact import common_weights, geometric_means, weighted_means
from evaluation.scoring.types import Bools, Int64s, Node

MEANS: dict[str, Callable[[Sequence[int], Int64s, Bools], Int64s]] = {
    "mean": weighted_means,
    "geometric": geometric_means,
}


def node_points(node: Node, points: Int64s, present: Bools, exempt: Bools) -> tuple[Int64s, Int64s]:
    """Points of a node, and of its parts after exemptions.

    Parameters
    ----------
    node : Node
        Says how, and the weights.
    points, present, exempt : (n, q)
        Own points of the q parts, whether they have any, and whether the part is a
        leaf whose failure is excused.

    Returns
    -------
    (n,) and (n, q) int64
    """
    weights = common_weights([part.weight for part in node.parts])
    lifted = points.copy()
    for at in np.flatnonzero((exempt & present).any(axis=0)):
        siblings = present.copy()
        siblings[:, at] = False
        excused = exempt[:, at] & present[:, at] & siblings.any(axis=1)
        mean = weighted_means(weights, points, siblings)
        lifted[:, at] = np.where(excused, np.maximum(points[:, at], mean), points[:, at])
    return MEANS[node.how](weights, lifted, present), lifted
