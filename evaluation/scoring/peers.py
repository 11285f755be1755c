"""What one peer group is to a leaf that looks at it, and its canonical bytes.

A run keeps these bytes, so that one row can be scored and explained without its group.
Numbers are exact: fractions, or integers in ``1 / unit`` of the indicator's measure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Sums:
    """Sum of the values in 1/unit, and sum of their squares in 1/unit²."""

    total: int
    squares: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The different values in 1/unit, ascending, and how many members have each."""

    values: tuple[int, ...]
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeafStats:
    """The group as one leaf sees it; sums and spread stand only where its rule needs them.

    Attributes
    ----------
    count : int
        Members with a value of their own: what ``min_size`` counts.
    low, high : Fraction or None
        Least and greatest value.
    median : Fraction or None
        Of the members' own values, where the leaf says ``missing: group_median``.
    filled : int
        Members that take the median; sums and spread hold them too.
    unit : int
        Sums and spread are in 1/unit.
    """

    count: int
    low: Fraction | None
    high: Fraction | None
    median: Fraction | None = None
    filled: int = 0
    unit: int = 1
    sums: Sums | None = None
    spread: Spread | None = None

    @property
    def size(self) -> int:
        """Members whose value, own or median, shapes sums and spread."""
        return self.count + self.filled

    @property
    def mean(self) -> Fraction | None:
        """Mean of the group, None where the rule does not need it."""
        return Fraction(self.sums.total, self.size * self.unit) if self.sums and self.size else None

    @property
    def variance(self) -> Fraction | None:
        """Population variance, None where the rule does not need it."""
        if self.sums is None or not self.size:
            return None
        return Fraction(self.size * self.sums.squares - self.sums.total**2, (self.size * self.unit) ** 2)

    def to_list(self) -> list[Any]:
        """As JSON: what only some leaves need is left out where it is not there."""
        more: dict[str, Any] = {}
        if self.median is not None:
            more |= {"median": str(self.median), "filled": self.filled}
        if self.sums is not None:
            more |= {"unit": self.unit, "sums": [self.sums.total, self.sums.squares]}
        if self.spread is not None:
            more |= {"unit": self.unit, "spread": [list(self.spread.values), list(self.spread.members)]}
        return [self.count, _text(self.low), _text(self.high), *([more] if more else [])]

    @classmethod
    def from_list(cls, kept: list[Any]) -> Self:
        """The inverse of ``to_list``."""
        more: Mapping[str, Any] = kept[3] if len(kept) > 3 else {}
        return cls(
            count=kept[0],
            low=_fraction(kept[1]),
            high=_fraction(kept[2]),
            median=_fraction(more.get("median")),
            filled=more.get("filled", 0),
            unit=more.get("unit", 1),
            sums=Sums(*more["sums"]) if "sums" in more else None,
            spread=Spread(*map(tuple, more["spread"])) if "spread" in more else None,
        )


@dataclass(frozen=True, slots=True)
class GroupStats:
    """Statistics of one peer group, one entry a leaf column; None where the leaf looks at nobody else."""

    size: int
    leaves: tuple[LeafStats | None, ...]

    def to_bytes(self) -> bytes:
        """Canonical bytes: what a run keeps, so that one row can be explained without its group."""
        leaves = [leaf and leaf.to_list() for leaf in self.leaves]
        return json.dumps({"leaves": leaves, "size": self.size}, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """The inverse of ``to_bytes``."""
        kept = json.loads(content)
        return cls(kept["size"], tuple(leaf and LeafStats.from_list(leaf) for leaf in kept["leaves"]))


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
