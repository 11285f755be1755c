"""Nodes: from the points of the parts to the points of the whole, in micro-points.

What is not present is left out with its weight: reweighting among siblings. To add a
mean: write its function in ``exact.py`` (it rounds), add its line to MEANS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from evaluation.scoring.exact import common_weights, geometric_means, harmonic_means, minima, weighted_means
from evaluation.scoring.types import Bools, Int64s, Node

MEANS: dict[str, Callable[[Sequence[int], Int64s, Bools], Int64s]] = {
    "mean": weighted_means,
    "geometric": geometric_means,
    "harmonic": harmonic_means,
    "minimum": minima,
}


def shares_of(node: Node, points: Sequence[int | None]) -> list[Fraction]:
    """In what proportion the parts make up a node: weight x points; ``points`` None is not present.

    By the weights alone where that says nothing (the products sum to 0), and where a node that
    is not a mean holds points below 0, so that no line is larger than the whole.

    Source: schemes/README.md convention 6; docs/scoring.md.
    """
    weights = [Fraction(0) if p is None else part.weight for part, p in zip(node.parts, points, strict=True)]
    shares = [weight * (p or 0) for weight, p in zip(weights, points, strict=True)]
    is_plain = node.how == "mean" or all((p or 0) >= 0 for p in points)
    return shares if is_plain and sum(shares, Fraction(0)) else weights


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
