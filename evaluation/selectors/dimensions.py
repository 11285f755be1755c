"""Dimensions of an index: the sum of contributions over the sum of weights of the lines that carry a tag.

Worked out from the stored parts of a score, for a page of rows at once; the explanation gets
the same from its lines.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from evaluation.models import Score
from evaluation.scoring import Scheme
from evaluation.scoring.aggregate import shares_of
from evaluation.scoring.missing import nominal_shares
from evaluation.scoring.types import PART_NOT_APPLICABLE, Leaf, Node

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Dimension:
    """维度: a tag of the scheme, its drawing key (d1 …) and its weight as the documents give it, in micro-percent."""

    key: str
    name: str
    weight: int

    @property
    def weight_text(self) -> str:
        """The weight in whole percent, or with one decimal where it has one."""
        tenths = floor(Fraction(self.weight, 100_000) + HALF)
        return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class Share:
    """A part of a total in micro-points, and the share of the tree (0 to 1) that it really had."""

    amount: Fraction
    weight: Fraction

    def plus(self, amount: Fraction, weight: Fraction) -> "Share":
        """Both sums."""
        return Share(self.amount + amount, self.weight + weight)


NOTHING = Share(Fraction(0), Fraction(0))
Tags = dict[str, Share]


@dataclass(frozen=True)
class Spread:
    """How a score spreads over tags, and over its index leaves (by key)."""

    tags: Tags
    indices: dict[str, Share]


def dimensions_of(scheme: Scheme, upstreams: Mapping[str, Scheme]) -> tuple[Dimension, ...]:
    """Tags in document order, those of an index leaf in its place; weights by the first index that it names."""
    weights: dict[str, Fraction] = {}
    for leaf, share in zip(scheme.leaves, nominal_shares(scheme), strict=True):
        if leaf.tag:
            weights[leaf.tag] = weights.get(leaf.tag, Fraction(0)) + share
        named = [upstreams[code] for code in leaf.index if code in upstreams]
        for at, unit_scheme in enumerate(named if not leaf.tag else ()):
            for below, part in zip(unit_scheme.leaves, nominal_shares(unit_scheme), strict=True):
                if below.tag:
                    weights[below.tag] = weights.get(below.tag, Fraction(0)) + (0 if at else share * part)
    return tuple(
        Dimension(f"d{at}", tag, floor(weight * 100_000_000 + HALF))
        for at, (tag, weight) in enumerate(weights.items(), 1)
    )


def parts_of(score: Score) -> list[int]:
    """Stored points of every node and leaf in preorder."""
    return [int(part) for part in np.frombuffer(bytes(score.parts), ">i8")]


def spread_of(scheme: Scheme, score: Score) -> Spread:
    """The tree's points of one score, apportioned top down among what is present."""
    parts, tags = parts_of(score), Tags()
    indices: dict[str, Share] = {}
    scale = Fraction(scheme.output.max_micro, 100_000_000)

    def walk(node: Node, amount: Fraction, share: Fraction) -> None:
        values = [parts[part.position] for part in node.parts]
        known = [value if value > PART_NOT_APPLICABLE else None for value in values]
        present = [part for part, value in zip(node.parts, known, strict=True) if value is not None]
        whole = sum((part.weight for part in present), Fraction(0)) or Fraction(1)
        shares = [share for share, value in zip(shares_of(node, known), known, strict=True) if value is not None]
        together = sum(shares) or Fraction(1)
        for part, own in zip(present, shares, strict=True):
            given, weight = amount * own / together, share * part.weight / whole
            if isinstance(part, Leaf):
                note(part, given, weight)
            else:
                walk(part, given, weight)

    def note(leaf: Leaf, amount: Fraction, weight: Fraction) -> None:
        if leaf.tag:
            tags[leaf.tag] = tags.get(leaf.tag, NOTHING).plus(amount, weight)
        elif leaf.index:
            indices[leaf.key] = Share(amount, weight)

    root = parts[scheme.tree.position]
    if root > PART_NOT_APPLICABLE:
        walk(scheme.tree, root * scale, Fraction(1))
    return Spread(tags, indices)


@dataclass(frozen=True)
class UnitPart:
    """A unit in a person's index: months there, the unit's total, and how that spreads over tags."""

    held: int
    total: int
    spread: Spread


def with_units(spread: Spread, units: Iterable[UnitPart]) -> Tags:
    """A person's tags with the lines of the units, scaled by months as the explanation scales them."""
    units, tags = list(units), dict(spread.tags)
    months = sum(unit.held for unit in units) or 1
    whole = sum(unit.held * unit.total for unit in units)
    for share in spread.indices.values():
        for unit in units:
            part = share.amount * unit.held * unit.total / whole if whole else Fraction(0)
            for tag, below in unit.spread.tags.items():
                amount = part * below.amount / unit.total if unit.total else Fraction(0)
                weight = share.weight * unit.held / months * below.weight
                tags[tag] = tags.get(tag, NOTHING).plus(amount, weight)
    return tags


def points_of(share: Share | None) -> int | None:
    """Points of a dimension in micro-points, 0 to 100; None without any weight."""
    if share is None or not share.weight:
        return None
    return floor(share.amount / share.weight + HALF)
