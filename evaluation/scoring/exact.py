"""Exact arithmetic: the only file of the engine that converts, rounds or sums.

Integer arrays are int64 as long as a bound on the result says that it fits, and Python
integers (dtype object) from there on: slower, and as exact. What is rounded is first worked
out in floats where int64 does not reach, and again in whole numbers wherever the float lies
too near to one half to be trusted. Only ``log_goalposts`` and ``geometric_means`` give what
floats give, rounded to micro-points at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evaluation.scoring.types import Bools, Int64s, ScoringError

Ints = NDArray[Any]
Floats = NDArray[np.float64]

MICRO = 1_000_000
WIDEST = 2**62
WIDEST_FLOAT = 2**1000
"""Beyond it a product of two floats may be no number any more."""
MOST_MICRO = 10**15
FLOAT_ERROR = 2.0**-48
"""A bound on the relative error of a dozen roundings, each of at most 2^-53."""


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


def sum_of(numbers: Ints) -> int:
    """The exact sum of an integer array."""
    fits = numbers.dtype != object and reach(numbers) * max(len(numbers), 1) <= WIDEST
    return int(numbers.sum()) if fits else sum(numbers.tolist())


def half_up(over: Ints, under: Ints, scale: int = 1) -> Int64s:
    """Scale x over / under rounded half up, floor(x + 1/2), also below zero; ``under`` is positive.

    >>> half_up(np.array([5, -5, 7]), np.array([2, 2, 3])).tolist()
    [3, -2, 2]
    """
    most = 2 * scale * reach(over) + reach(under)
    if object not in (over.dtype, under.dtype) and max(most, 2 * reach(under)) <= WIDEST:
        return np.asarray((2 * scale * over + under) // (2 * under), np.int64)
    over, under = np.broadcast_arrays(over, under)

    def exactly(at: int) -> int:
        a, b = scale * int(over[at]), int(under[at])
        return (2 * a + b) // (2 * b)

    if max(reach(over) * scale, reach(under)) > WIDEST_FLOAT:
        return np.array([exactly(at) for at in range(len(over))], np.int64)
    guess = over.astype(np.float64) / under.astype(np.float64) * scale
    return _settled(guess, np.abs(guess) * FLOAT_ERROR, exactly)


def _settled(guess: Floats, error: Floats, exactly: Callable[[int], int]) -> Int64s:
    """Half up of floats that are off by less than ``error``; what that leaves open is worked out exactly."""
    is_open = ~(np.abs(guess - np.floor(guess) - 0.5) > error + np.abs(guess) * FLOAT_ERROR)
    out = np.floor(np.where(is_open, 0, guess) + 0.5).astype(np.int64)
    for at in np.flatnonzero(is_open).tolist():
        out[at] = exactly(at)
    return out


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
        most = MOST_MICRO // MICRO
        has_floats = max(reach(self.over), reach(self.under)) <= WIDEST_FLOAT
        rough = np.abs(self.over.astype(np.float64) / self.under.astype(np.float64)) if has_floats else None
        if rough is None or (rough > 0.99 * most).any():
            _refuse_beyond(np.asarray(abs(self.over) > multiply(self.under, integers([most])), np.bool_))
        return half_up(self.over, self.under, MICRO)


def _refuse_beyond(is_beyond: Bools) -> None:
    if is_beyond.any():
        raise ScoringError("points_out_of_range", row=int(np.argmax(is_beyond)))


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


def harmonic_means(weights: Sequence[int], points: Int64s, present: Bools) -> Int64s:
    """Weighted harmonic mean of what is present, exactly rounded; 0 where one of them is 0 or less.

    >>> harmonic_means([1, 1], np.array([[40_000_000, 60_000_000]]), np.ones((1, 2), bool)).tolist()
    [48000000]
    """
    is_defined = present.any(axis=1) & ~(present & (points <= 0)).any(axis=1)
    whole = sum(weights)
    shares = np.array([float(Fraction(weight, whole)) for weight in weights])
    parts = np.where(present, shares, 0.0)
    over, under = parts.sum(axis=1), (parts / np.where(present & (points > 0), points, 1)).sum(axis=1)
    guess = np.where(is_defined, over / np.where(under > 0, under, 1.0), 0.0)

    def exactly(row: int) -> int:
        here = np.flatnonzero(present[row]).tolist()
        inverse = sum((Fraction(weights[at], int(points[row, at])) for at in here), Fraction(0))
        return math.floor(sum(weights[at] for at in here) / inverse + Fraction(1, 2))

    return _settled(guess, np.abs(guess) * FLOAT_ERROR * len(weights), exactly)


def minima(weights: Sequence[int], points: Int64s, present: Bools) -> Int64s:
    """The least of what is present, whatever the weights; 0 where nothing is."""
    least = np.where(present, points, np.iinfo(np.int64).max).min(axis=1)
    return np.where(present.any(axis=1), least, 0)


def over_root(start: Fraction, x: Ratios, square: int) -> Int64s:
    """Micro-points of start + x / sqrt(square), exactly rounded; ``square`` is a positive integer.

    floor(a + sqrt(b)) is found with the integer root, so that the root is never a rounded number.

    Raises
    ------
    ScoringError
        ``points_out_of_range``, with the ``row``.

    >>> over_root(Fraction(80), Ratios.of(-10), 2).tolist()
    [72928932]
    """
    over, under = np.broadcast_arrays(x.over, x.under)
    scaled = start * MICRO + Fraction(1, 2)

    def exactly(at: int) -> int:
        a, b = int(over[at]) * MICRO, int(under[at])
        squared = (a * scaled.denominator) ** 2
        root = math.isqrt(squared // square) if a >= 0 else -_root_up(-(-squared // square))
        return (scaled.numerator * b + root) // (scaled.denominator * b)

    if max(reach(over), reach(under), square) > WIDEST_FLOAT:
        whole = integers([exactly(at) for at in range(len(over))])
        _refuse_beyond(np.asarray(abs(whole) > MOST_MICRO, np.bool_))
        return whole.astype(np.int64)
    parts = over.astype(np.float64) / under.astype(np.float64) * (MICRO / math.sqrt(square))
    first = float(start * MICRO)
    _refuse_beyond(np.abs(parts + first) > MOST_MICRO)
    return _settled(parts + first, (np.abs(parts) + abs(first)) * FLOAT_ERROR, exactly)


def _root_up(number: int) -> int:
    """The least whole number whose square is not below."""
    return math.isqrt(number - 1) + 1 if number > 0 else 0


def standing_among(x: Ratios, unit: int, values: Sequence[int], members: Sequence[int]) -> tuple[Int64s, Int64s]:
    """How many members lie below each x, and how many are equal to it, (n,) each.

    ``values`` are different, ascending, in 1/unit; ``members`` says how many have each.

    >>> lower, equal = standing_among(Ratios.of(Fraction(15, 2)), 10, [50, 62, 75], [1, 1, 2])
    >>> lower.tolist(), equal.tolist()
    ([2], [2])
    """
    scaled, known = multiply(x.over, integers([unit])), integers(values)
    floor, ceiling = scaled // x.under, -(-scaled // x.under)
    if object in (floor.dtype, known.dtype):
        floor, ceiling, known = floor.astype(object), ceiling.astype(object), known.astype(object)
    upto = np.concatenate([[0], np.cumsum(np.array(members, np.int64))])
    lower = upto[np.searchsorted(known, ceiling, side="left")]
    return lower, upto[np.searchsorted(known, floor, side="right")] - lower


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
        Weights of the lines; a deduction's is negative. Where they sum to 0 and say
        nothing, the lines are equal.

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
        parts, whole = [1] * len(parts), len(parts)
    exact = [Fraction(total * part) / whole for part in parts]
    lines = [math.floor(share) for share in exact]
    left = total - sum(lines)
    for at in sorted(range(len(lines)), key=lambda at: (lines[at] - exact[at], at))[:left]:
        lines[at] += 1
    return lines
