"""Leaves: from a rolled-up value to micro-points, one pure function each.

A function gets the column of the subjects that have a value and the rule of the
document, and gives int64 micro-points (100 points = 100,000,000). Whether less is
better follows the indicator. To add a leaf: write its function, add its line to LEAVES.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evaluation.scoring.exact import Ratios, choose, integers, log_goalposts, micro, over_root, standing_among
from evaluation.scoring.peers import LeafStats
from evaluation.scoring.types import Bools, Int64s, LeafRule, ScoringError

ONE, HUNDRED = Ratios.of(1), Ratios.of(100)


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one leaf, of the subjects that have one; ``target`` is positive where a rule needs it."""

    x: Ratios
    target: Ratios
    less_is_better: bool
    peers: LeafStats | None


@dataclass(frozen=True, slots=True)
class LeafKind:
    """A word of the vocabulary: its function, and what a document must and may say.

    ``shares`` are numbers that may stand in percent; ``steps`` says what a list holds:
    "bands" (from, points), "options" (label, points), or nothing. ``peers`` says what of
    the group it needs: "ends" (least and greatest), "sums", "spread" (who has what), or nothing.
    """

    points: Callable[[Column, LeafRule], Int64s]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    steps: str = ""
    needs_target: bool = False
    peers: str = ""

    @property
    def looks_at_peers(self) -> bool:
        """Whether the points depend on the others of the group."""
        return bool(self.peers)


def attain(column: Column, rule: LeafRule) -> Int64s:
    """Value over target, less is better: target over value; within floor and cap.

    A value of 0 or less, where less is better, is the cap. Source: design §6.2.
    """
    floor, cap = rule.numbers.get("floor"), rule.numbers.get("cap")
    if column.less_is_better:
        is_positive = column.x.over > 0
        ratio = column.target / choose(is_positive, column.x, Ratios.of(1))
        ratio = choose(is_positive, ratio, Ratios.of(rule.numbers["cap"]))
    else:
        ratio = column.x / column.target
    return (ratio.at_most(cap).at_least(floor) * HUNDRED).micro()


def goalposts(column: Column, rule: LeafRule) -> Int64s:
    """Where the value lies between two fixed posts, 0 to 100.

    ``log`` takes natural logarithms, ``clip`` cuts the value to the posts first.
    Source: UNDP, technical note 1 of the Human Development Report.
    """
    low, high = rule.numbers["min"], rule.numbers["max"]
    x = column.x.at_least(low).at_most(high) if "clip" in rule.flags else column.x
    if "log" in rule.flags:
        return log_goalposts(x, low, high, less_is_better=column.less_is_better)
    return _percent_between(column, x, low, high).micro()


def minmax(column: Column, rule: LeafRule) -> Int64s:
    """Where the value lies between the least and the greatest of the group, from ``low`` to ``high`` points."""
    numbers, peers = rule.numbers, column.peers
    if peers is None or peers.low is None or peers.high is None or peers.low == peers.high:
        return _same(column, numbers["all_equal"])
    percent = _percent_between(column, column.x, peers.low, peers.high)
    return (Ratios.of(numbers["low"]) + Ratios.of((numbers["high"] - numbers["low"]) / 100) * percent).micro()


def zscore(column: Column, rule: LeafRule) -> Int64s:
    """``centre`` at the mean of the group, ``per_sd`` more for each population standard deviation above it.

    Where all are equal, everybody is at the centre.
    """
    centre, peers = rule.numbers["centre"], column.peers
    if peers is None or peers.sums is None or not peers.variance:
        return _same(column, centre)
    per_sd = -rule.numbers["per_sd"] if column.less_is_better else rule.numbers["per_sd"]
    # (x - mean) / deviation, with everything but the root in whole numbers.
    distance = column.x * Ratios.of(peers.size * peers.unit) - Ratios.of(peers.sums.total)
    square = peers.size * peers.sums.squares - peers.sums.total**2
    return over_root(centre, distance * Ratios.of(per_sd), square)


def percentile(column: Column, rule: LeafRule) -> Int64s:
    """The share of the group that is worse, and half of those that are equal, in percent: the mid-rank."""
    better, equal = _better_and_equal(column)
    size = column.peers.size if column.peers else 0
    return (Ratios(2 * (size - better) - equal, integers([2 * size or 1])) * HUNDRED).micro()


def rank_step(column: Column, rule: LeafRule) -> Int64s:
    """``first`` for the best, ``step`` less for each rank, down to a floor; who ties shares the mean rank."""
    better, equal = _better_and_equal(column)
    # Who shapes no statistics (standing not IN) is equal to nobody, and takes the rank in front of the next.
    steps = Ratios(2 * better + np.maximum(equal, 1) - 1, integers([2]))
    points = Ratios.of(rule.numbers["first"]) - Ratios.of(rule.numbers["step"]) * steps
    return points.at_least(rule.numbers["floor"]).micro()


def ratio_to_best(column: Column, rule: LeafRule) -> Int64s:
    """The value in percent of the best of the group; less is better: the best in percent of the value.

    A best of 0 or less (or a value, where less is better) makes no ratio: the best has 100, the others 0.
    """
    peers = column.peers
    best = None if peers is None else peers.low if column.less_is_better else peers.high
    if best is None:
        return _same(column, Fraction(100))
    if best <= 0:
        is_best = column.x <= Ratios.of(best) if column.less_is_better else column.x >= Ratios.of(best)
        ratio = choose(is_best, ONE, Ratios.of(0))
    elif column.less_is_better:
        is_positive = column.x.over > 0
        ratio = choose(is_positive, Ratios.of(best) / choose(is_positive, column.x, ONE), ONE)
    else:
        ratio = column.x / Ratios.of(best)
    return (ratio * HUNDRED).micro()


def bands(column: Column, rule: LeafRule) -> Int64s:
    """Points of the first step that the raw value reaches: at least its edge, or at most where the document says so."""
    points = _same(column, rule.numbers["else"])
    for edge, step in reversed(rule.steps):
        reached = column.x <= Ratios.of(edge) if "at_most" in rule.flags else column.x >= Ratios.of(edge)
        points = np.where(reached, np.int64(micro(step)), points)
    return points


def deduct_per(column: Column, rule: LeafRule) -> Int64s:
    """A start, less so many points for each unit of the value, down to a floor."""
    points = Ratios.of(rule.numbers["from"]) - Ratios.of(rule.numbers["each"]) * column.x
    return points.at_least(rule.numbers["floor"]).micro()


def plateau(column: Column, rule: LeafRule) -> Int64s:
    """Up to a level in proportion, beyond it 100: more gives nothing."""
    return _cut_percent(column, rule.numbers["at"])


def points(column: Column, rule: LeafRule) -> Int64s:
    """Recognised points out of a maximum, 0 to 100."""
    return _cut_percent(column, rule.numbers["out_of"])


def options(column: Column, rule: LeafRule) -> Int64s:
    """The document's points for the option whose stored number the value is.

    Raises
    ------
    ScoringError
        ``not_an_option``: a value that names none, with the ``row``.
    """
    out = np.zeros(len(column.x.over), np.int64)
    is_named: Bools = np.zeros(len(out), np.bool_)
    for stored, step in rule.steps:
        here = column.x.equals(Ratios.of(stored))
        is_named |= here
        out[here] = micro(step)
    if not is_named.all():
        raise ScoringError("not_an_option", row=int(np.argmin(is_named)))
    return out


def as_is(column: Column, rule: LeafRule) -> Int64s:
    """The value is the points."""
    return column.x.micro()


def yes_no(column: Column, rule: LeafRule) -> Int64s:
    """Points for yes (any number but 0) and for no (0)."""
    yes, no = micro(rule.numbers["if_yes"]), micro(rule.numbers["if_no"])
    return np.where(column.x.over != 0, np.int64(yes), np.int64(no))


def _better_and_equal(column: Column) -> tuple[Int64s, Int64s]:
    """How many of the group are better than each value, and how many are equal to it."""
    peers = column.peers
    if peers is None or peers.spread is None:
        nobody = np.zeros(len(column.x.over), np.int64)
        return nobody, nobody
    lower, equal = standing_among(column.x, peers.unit, peers.spread.values, peers.spread.members)
    return lower if column.less_is_better else peers.size - lower - equal, equal


def _percent_between(column: Column, x: Ratios, low: Fraction, high: Fraction) -> Ratios:
    distance = Ratios.of(high) - x if column.less_is_better else x - Ratios.of(low)
    return distance * Ratios.of(100 / (high - low))


def _cut_percent(column: Column, whole: Fraction) -> Int64s:
    return (column.x * Ratios.of(100 / whole)).at_least(Fraction(0)).at_most(Fraction(100)).micro()


def _same(column: Column, number: Fraction) -> Int64s:
    return np.full(len(column.x.over), micro(number), np.int64)


def ratios_of(values: Int64s, counts: Int64s, places: int) -> Ratios:
    """Stored numbers as exact fractions: ``values / counts`` in units of 10^-places."""
    if places == 0:
        return Ratios(values, counts)
    return Ratios(values, counts) * Ratios(integers([1]), integers([10**places]))


LEAVES: dict[str, LeafKind] = {
    "attain": LeafKind(attain, may=("floor", "cap"), shares=("floor", "cap"), needs_target=True),
    "goalposts": LeafKind(goalposts, needs=("min", "max"), flags=("log", "clip")),
    "minmax": LeafKind(minmax, needs=("low", "high", "all_equal"), peers="ends"),
    "zscore": LeafKind(zscore, needs=("centre", "per_sd"), peers="sums"),
    "percentile": LeafKind(percentile, peers="spread"),
    "rank_step": LeafKind(rank_step, needs=("first", "step", "floor"), peers="spread"),
    "ratio_to_best": LeafKind(ratio_to_best, peers="ends"),
    "bands": LeafKind(bands, needs=("else",), steps="bands"),
    "deduct_per": LeafKind(deduct_per, needs=("from", "each", "floor")),
    "plateau": LeafKind(plateau, needs=("at",)),
    "points": LeafKind(points, needs=("out_of",)),
    "options": LeafKind(options, steps="options"),
    "as_is": LeafKind(as_is),
    "yes_no": LeafKind(yes_no, needs=("if_yes", "if_no")),
}
