"""Exact arithmetic: the only file of the engine that converts, rounds or sums.

Integer arrays are int64 as long as a bound on the result says that it fits, and Python
integers (dtype object) from there on: slower, and as exact. Floats stand only inside
``log_goalposts`` and ``geometric_means`` and are rounded to micro-points at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evaluation.scoring.types import Bools, Int64s, ScoringError

Ints = NDArray[Any]

MICRO = 1_000_000
WIDEST = 2**62
MOST_MICRO = 10**15


def reach(numbers: Ints) -> int:
    """The largest absolute value in an integer array, 0 when it is empty.

    >>> reach(np.array([3, -7]))
    7
    """
    return max(int(numbers.max()), -int(numbers.min())) if numbers.size else 0


def multiply(a: Ints, b: Ints) -> Ints:
    """A x b, never overflowing."""
    if object in (a.dtype, b.dtype) or reach(a) * reach(b) > WIDEST:
        return np.asarray(a.astype(object) * b.astype(object))
    return np.asarray(a * b)


def add(a: Ints, b: Ints) -> Ints:
    """A + b, never overflowing."""
    if object in (a.dtype, b.dtype) or reach(a) + reach(b) > WIDEST:
        return np.asarray(a.astype(object) + b.astype(object))
    return np.asarray(a + b)


def integers(numbers: Sequence[int]) -> Ints:
    """An int64 array, or Python integers where one does not fit."""
    fits = all(-WIDEST <= number <= WIDEST for number in numbers)
    return np.array(numbers, dtype=np.int64 if fits else object)


def half_up(over: Ints, under: Ints) -> Int64s:
    """Over / under rounded half up, floor(x + 1/2), also below zero; ``under`` is positive.

    >>> half_up(np.array([5, -5, 7]), np.array([2, 2, 3])).tolist()
    [3, -2, 2]
    """
    twice = integers([2])
    return np.asarray(add(multiply(twice, over), under) // multiply(twice, under)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Ratios:
    """An array of exact fractions, one a subject, or of length one and broadcast; ``under`` is positive."""

    over: Ints
    under: Ints

    @classmethod
    def of(cls, number: Fraction | int) -> Self:
        """One number for all subjects."""
        return cls(integers([number.numerator]), integers([number.denominator]))

    def __add__(self, other: Ratios) -> Ratios:
        over = add(multiply(self.over, other.under), multiply(other.over, self.under))
        return Ratios(over, multiply(self.under, other.under))

    def __sub__(self, other: Ratios) -> Ratios:
        return self + Ratios(-other.over, other.under)

    def __mul__(self, other: Ratios) -> Ratios:
        return Ratios(multiply(self.over, other.over), multiply(self.under, other.under))

    def __truediv__(self, other: Ratios) -> Ratios:
        sign = np.where(other.over < 0, -1, 1)
        return Ratios(
            multiply(multiply(self.over, other.under), sign),
            multiply(self.under, multiply(other.over, sign)),
        )

    def __ge__(self, other: Ratios) -> Bools:
        return np.asarray(multiply(self.over, other.under) >= multiply(other.over, self.under), dtype=np.bool_)

    def __le__(self, other: Ratios) -> Bools:
        return other >= self

    def equals(self, other: Ratios) -> Bools:
        """Where both are the same number."""
        return (self >= other) & (self <= other)

    def at_least(self, low: Fraction | None) -> Ratios:
        """Lifted to ``low`` where below it; None lifts nothing."""
        return self if low is None else choose(self >= Ratios.of(low), self, Ratios.of(low))

    def at_most(self, high: Fraction | None) -> Ratios:
        """Cut to ``high`` where above it; None cuts nothing."""
        return self if high is None else choose(self <= Ratios.of(high), self, Ratios.of(high))

    def micro(self) -> Int64s:
        """Points to micro-points, half up.

        Raises
        ------
        ScoringError
            ``points_out_of_range``: beyond a thousand million points, with the ``row``.
        """
        over = multiply(self.over, integers([MICRO]))
        is_beyond = np.asarray(abs(over) > multiply(self.under, integers([MOST_MICRO])), dtype=np.bool_)
        if is_beyond.any():
            raise ScoringError("points_out_of_range", row=int(np.argmax(is_beyond)))
        return half_up(over, self.under)


def choose(where: Bools, a: Ratios, b: Ratios) -> Ratios:
    """``a`` where true, ``b`` elsewhere."""
    return Ratios(np.where(where, a.over, b.over), np.where(where, a.under, b.under))


def micro(number: Fraction | int) -> int:
    """One number of points to micro-points, half up.

    >>> micro(Fraction(485, 6))
    80833333
    """
    return math.floor(Fraction(number) * MICRO + Fraction(1, 2))


def shown(totals: Int64s, digits: int) -> Int64s:
    """Totals as they are shown, half up to that many digits, still in micro-points.

    >>> shown(np.array([85_365_000]), 2).tolist()
    [85370000]
    """
    step = 10 ** (6 - digits)
    return np.asarray((totals + step // 2) // step * step, np.int64)


def common_weights(weights: Sequence[Fraction]) -> list[int]:
    """The smallest integers in the same proportion.

    >>> common_weights([Fraction(125, 3), Fraction(25), Fraction(100, 3)])
    [5, 3, 4]
    """
    under = math.lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * under) for weight in weights]
    shared = math.gcd(*whole) or 1
    return [weight // shared for weight in whole]


def weighted_sums(weights: Sequence[int], points: Ints, present: Bools) -> tuple[Ints, Ints]:
    """Sum of weight x points and sum of weights over what is present, (n,) each.

    ``points`` and ``present`` are (n, q); what is not present counts for nothing.
    """
    over, under = integers([0] * len(points)), integers([0] * len(points))
    for at, weight in enumerate(weights):
        here = present[:, at].astype(np.int64)
        under = add(under, multiply(integers([weight]), here))
        over = add(over, multiply(integers([weight]), np.where(here, points[:, at], 0)))
    return over, under


def weighted_means(weights: Sequence[int], points: Int64s, present: Bools) -> Int64s:
    """Weighted mean of what is present, rounded half up to micro-points; 0 where nothing is.

    >>> weighted_means([5, 3, 4], np.array([[70_000_000, 80_000_000, 95_000_000]]), np.ones((1, 3), bool)).tolist()
    [80833333]
    """
    over, under = weighted_sums(weights, points, present)
    return half_up(over, np.where(under == 0, 1, under))


def geometric_means(weights: Sequence[int], points: Int64s, present: Bools) -> Int64s:
    """Weighted geometric mean of what is present; 0 where one of them is 0 or less.

    The logarithms are summed by ``math.fsum``, so that the order of the parts changes no bit.
    """
    means = np.zeros(len(points), np.int64)
    is_defined = present.any(axis=1) & ~(present & (points <= 0)).any(axis=1)
    for row in np.flatnonzero(is_defined).tolist():
        here = np.flatnonzero(present[row]).tolist()
        total = sum(weights[at] for at in here)
        logs = (weights[at] * math.log(int(points[row, at])) for at in here)
        means[row] = math.floor(math.exp(math.fsum(logs) / total) + 0.5)
    return means


def log_goalposts(x: Ratios, low: Fraction, high: Fraction, *, less_is_better: bool) -> Int64s:
    """Micro-points of the share of ln x between ln low and ln high, 0 to 100 points; x, low, high are positive."""
    start, end = math.log(low), math.log(high)
    over, under = np.broadcast_arrays(x.over, x.under)
    shares = [(math.log(a / b) - start) / (end - start) for a, b in zip(over.tolist(), under.tolist(), strict=True)]
    percent = [100 * (1 - share if less_is_better else share) for share in shares]
    return np.array([math.floor(points * MICRO + 0.5) for points in percent], dtype=np.int64)


def apportion(total: int, parts: Sequence[Fraction | int]) -> list[int]:
    """Split an amount in proportion to ``parts`` into lines that sum to it to the last micro-point.

    Largest remainder: every line gets the whole part of its share, and what is left
    goes, one micro-point each, to the largest fractions. Equal fractions go to the
    earlier line, so only the order of the scheme decides.

    Parameters
    ----------
    total : int
        The amount, in micro-points.
    parts : sequence of Fraction or int, length m
        Weights of the lines; a deduction's is negative. When they sum to 0, so does
        the amount, and all lines are 0.

    Returns
    -------
    list of int, length m
        Micro-points per line, in the order of ``parts``.

    Source: Hamilton's method; schemes/README.md convention 6.

    >>> apportion(100, [4, -1])
    [133, -33]
    """
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    exact = [Fraction(total * part) / whole for part in parts]
    lines = [math.floor(share) for share in exact]
    left = total - sum(lines)
    for at in sorted(range(len(lines)), key=lambda at: (lines[at] - exact[at], at))[:left]:
        lines[at] += 1
    return lines
