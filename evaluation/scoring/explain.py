"""The waterfall: why one row has its total, from 0 up, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from evaluation.scoring.adjust import Adjusted, adjusted
from evaluation.scoring.aggregate import shares_of
from evaluation.scoring.engine import scaled, score
from evaluation.scoring.exact import apportion
from evaluation.scoring.missing import nominal_shares
from evaluation.scoring.peers import GroupStats
from evaluation.scoring.types import (
    PART_NOT_APPLICABLE,
    Leaf,
    LeafState,
    Line,
    LineKind,
    Node,
    Rows,
    Scheme,
    Scored,
    ScoringError,
    Substitute,
)


def explain(row: Rows, stats: GroupStats, scheme: Scheme) -> tuple[Line, ...]:
    """The lines of one row: every leaf in document order, then occurrences, the net clip, the clip to 0..max.

    Calls ``score`` on the one row with the statistics of its group, and apportions: the
    contributions of all lines sum to the total to the last micro-point. Without a total
    the leaf lines stand alone, with no contribution.

    Raises
    ------
    ScoringError
        ``one_row_needed``; and what ``score`` raises.

    Source: schemes/README.md convention 6.
    """
    if len(row.subjects) != 1:
        raise ScoringError("one_row_needed", rows=len(row.subjects))
    scored = score(row, stats, scheme)
    trees = scored.parts[:, scheme.tree.position]
    if not scored.has_total[0]:
        return _leaf_lines(row, stats, scheme, scored, None)
    tree_points = scaled(trees, scheme)
    after = adjusted(tree_points, row.occurrences, scheme.adjust, scheme.output.max_micro)
    leaves = _leaf_lines(row, stats, scheme, scored, int(tree_points[0]))
    return (*leaves, *_event_lines(after, scheme))


def _leaf_lines(row: Rows, stats: GroupStats, scheme: Scheme, scored: Scored, amount: int | None) -> tuple[Line, ...]:
    """Every leaf, with the tree's amount apportioned top down: root, node, leaf."""
    nominal = nominal_shares(scheme)
    out: list[Line] = []

    def walk(node: Node, amount: int | None, share: Fraction) -> None:
        points = [int(scored.parts[0, part.position]) for part in node.parts]
        known = [value if value > PART_NOT_APPLICABLE else None for value in points]
        weights = [Fraction(0) if p is None else part.weight for part, p in zip(node.parts, known, strict=True)]
        whole = sum(weights) or Fraction(1)
        amounts: Sequence[int | None] = [None] * len(known)
        if amount is not None:
            amounts = apportion(amount, shares_of(node, known))
        for part, weight, given in zip(node.parts, weights, amounts, strict=True):
            here = share * weight / whole
            if isinstance(part, Node):
                walk(part, given, here)
            else:
                line = _leaf_line(row, stats, scored, part)
                out.append(
                    replace(line, parent=node.key, weight=here, nominal=nominal[part.column], contribution=given)
                )

    walk(scheme.tree, amount, Fraction(1))
    return tuple(out)


def _leaf_line(row: Rows, stats: GroupStats, scored: Scored, leaf: Leaf) -> Line:
    at, peers, points = leaf.column, stats.leaves[leaf.column], int(scored.parts[0, leaf.position])
    substitute = Substitute(int(scored.substitutes[0, at]))
    value, count = int(row.values[0, at]), int(row.counts[0, at])
    if substitute is Substitute.MEDIAN and peers is not None and peers.median is not None:
        stored = peers.median * 10**leaf.places
        value, count = stored.numerator, stored.denominator
    return Line(
        kind=LineKind.LEAF,
        key=leaf.key,
        tag=leaf.tag,
        indicator=leaf.indicator.code if leaf.indicator else "",
        index=leaf.index,
        value=value,
        count=count,
        target=int(row.targets[0, at]),
        target_count=int(row.target_counts[0, at]),
        places=leaf.places,
        state=LeafState(int(scored.states[0, at])),
        carried=int(row.carried[0, at]),
        points=points if points > PART_NOT_APPLICABLE else None,
        substitute=substitute,
        zero_reason=leaf.zero_reason if substitute is Substitute.ZERO else "",
        is_small_group=bool(scored.small_group[at]),
        is_exempt=bool(row.exempt[0, at]),
        peers=peers,
    )


def _event_lines(after: Adjusted, scheme: Scheme) -> list[Line]:
    lines = [
        Line(kind=LineKind.OCCURRENCE, key=code, contribution=int(points))
        for (code, _), points in zip(scheme.adjust.items, after.items[0], strict=True)
    ]
    lines.append(Line(kind=LineKind.NET_CLIP, key=LineKind.NET_CLIP, contribution=int(after.net_clip[0])))
    lines.append(Line(kind=LineKind.MAX_CLIP, key=LineKind.MAX_CLIP, contribution=int(after.max_clip[0])))
    return [line for line in lines if line.contribution]
