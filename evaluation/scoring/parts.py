"""The tree of a scheme document: nodes and leaves, their weights, and what missing means."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from evaluation.scoring.aggregate import MEANS
from evaluation.scoring.leaves import LEAVES
from evaluation.scoring.reading import Spot
from evaluation.scoring.rules import read_rule
from evaluation.scoring.types import IndicatorDef, Leaf, LeafRule, Node, Part

KEY = r"[A-Za-z][A-Za-z0-9_]{0,39}"
CODE = r"[A-Z][A-Z0-9-]{0,39}"
TAG = r"[^\s].{0,39}"
PERIODS = ("month", "quarter", "half", "year")
ROLLUPS = ("last", "mean", "sum")
CHOSEN = frozenset({"options", "yes_no"})
"""Rules for values that are chosen, not measured: there is nothing between two of them."""
CARRY = re.compile(r"carry_forward\(([1-9][0-9]?)\)")
ZERO = re.compile(r"zero\((.*)\)")
MISSING_WORDS = "required, reweight, carry_forward(n), zero(reason), group_median"
LONGEST_REASON = 200
FINEST_WEIGHTS = 10**18
RESERVED_KEYS = ("null",)
"""What YAML itself reads as nothing."""
DEEPEST = 12
MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class MissingWord:
    """A policy as one place of the document says it.

    ``is_final`` False: what it does not mend is left to the word of the document.
    """

    carry_periods: int = 0
    takes_median: bool = False
    is_required: bool = False
    zero_reason: str = ""
    is_final: bool = True


@dataclass(slots=True)
class Planting:
    """What the reading of a tree must remember: who the subject is, which keys and how many parts there were."""

    subject: str
    period: str
    missing: MissingWord
    indicators: Mapping[str, IndicatorDef]
    keys: set[str] = field(default_factory=set)
    positions: int = 0
    columns: int = 0


def read_missing(spot: Spot) -> MissingWord:
    """``required``, ``reweight``, ``carry_forward(n)``, ``zero(reason)`` or ``group_median``."""
    word = spot.text()
    if word == "reweight":
        return MissingWord()
    if word == "required":
        return MissingWord(is_required=True)
    if word == "group_median":
        return MissingWord(takes_median=True, is_final=False)
    if match := CARRY.fullmatch(word):
        return MissingWord(carry_periods=int(match[1]), is_final=False)
    if match := ZERO.fullmatch(word):
        reason = match[1].strip()
        if not reason or len(reason) > LONGEST_REASON:
            spot.fault("zero_needs_reason", most=LONGEST_REASON)
        return MissingWord(zero_reason=reason)
    if word:
        spot.fault("not_one_of", value=word, allowed=MISSING_WORDS)
    return MissingWord()


def _policy(word: MissingWord | None, document: MissingWord) -> MissingWord:
    """A leaf's word wins over the document's, which decides what the leaf's leaves open."""
    if word is None or word.is_final:
        return word or document
    return replace(document, carry_periods=word.carry_periods, takes_median=word.takes_median or document.takes_median)


def read_tree(spot: Spot, planting: Planting) -> Node:
    """The root: a node without a weight of its own."""
    if spot.is_given and not spot["parts"].is_given:
        spot.fault("root_not_node")
    elif spot.is_given:
        spot.has_keys(("key", "parts"), ("how", "tag"))
    return _read_node(spot, planting, Fraction(100), tag="", depth=1)


def _read_node(spot: Spot, planting: Planting, weight: Fraction, *, tag: str, depth: int) -> Node:
    position = _next_position(planting)
    key, tag = _read_key(spot, planting), spot["tag"].text(TAG) or tag
    how = spot["how"].choice(tuple(MEANS), default="mean")
    parts: list[Part] = []
    if depth > DEEPEST:
        spot.fault("too_deep", most=DEEPEST)
    elif planting.positions > MOST_PARTS:
        spot.fault("too_many_parts", most=MOST_PARTS)
    else:
        children = spot["parts"].items()
        parts = [_read_part(child, planting, tag=tag, depth=depth + 1) for child in children]
        whole = sum(part.weight for part in parts)
        if parts and whole != 100 and all(part.weight > 0 for part in parts):
            spot["parts"].fault("weights_not_100", sum=whole)
        if math.lcm(*(part.weight.denominator for part in parts)) > FINEST_WEIGHTS:
            spot["parts"].fault("weights_too_fine")
    return Node(key, tag, weight, spot.path, position, how, tuple(parts))


def _read_part(spot: Spot, planting: Planting, *, tag: str, depth: int) -> Part:
    weight = spot["weight"].number()
    if spot["weight"].is_given and weight <= 0 and not any(f.path == spot["weight"].path for f in spot.faults):
        spot["weight"].fault("not_positive")
    if spot["parts"].is_given:
        spot.has_keys(("key", "weight", "parts"), ("tag", "how"))
        return _read_node(spot, planting, weight, tag=tag, depth=depth)
    if spot["index"].is_given:
        return _read_index_leaf(spot, planting, weight, tag)
    return _read_leaf(spot, planting, weight, tag)


def _read_index_leaf(spot: Spot, planting: Planting, weight: Fraction, tag: str) -> Leaf:
    """A unit without total must never be a free pass for its persons: always required (convention 5)."""
    spot.has_keys(("key", "weight", "index"), ("tag", "missing"))
    named = spot["index"]
    codes = (named.text(CODE),) if isinstance(named.value, str) else named.texts(CODE)
    if planting.subject != "cadre":
        named.fault("index_needs_cadre")
    leaf = _blank_leaf(spot, planting, weight, tag)
    if spot["missing"].is_given and spot["missing"].value != "required":
        spot["missing"].fault("index_must_be_required")
    return replace(leaf, index=codes, carry_periods=0, is_required=True, takes_median=False, zero_reason="")


def _read_leaf(spot: Spot, planting: Planting, weight: Fraction, tag: str) -> Leaf:
    spot.has_keys(("key", "weight", "indicator", "score"), ("tag", "rollup", "missing", "in_small_group"))
    indicator = _read_indicator(spot["indicator"], planting)
    rollup = spot["rollup"].choice(ROLLUPS, default="last")
    rule = read_rule(spot["score"], indicator)
    small = read_rule(spot["in_small_group"], indicator)
    leaf = _blank_leaf(spot, planting, weight, tag)
    if indicator is not None:
        _check_periods(spot, planting, indicator, leaf)
    if rule is None:
        return leaf
    _check_small_group(spot, rule, small)
    if rule.kind in CHOSEN and rollup != "last":
        spot["rollup"].fault("rollup_must_be_last")
    if leaf.takes_median and CHOSEN & {rule.kind, small.kind if small else ""}:
        spot["missing"].fault("median_needs_numbers")
    return replace(leaf, indicator=indicator, rollup=rollup, rule=rule, small_group_rule=small)


def _blank_leaf(spot: Spot, planting: Planting, weight: Fraction, tag: str) -> Leaf:
    """What every leaf has; a leaf's word on missing wins over the document's."""
    given = spot["missing"]
    policy = _policy(read_missing(given) if given.is_given else None, planting.missing)
    planting.columns += 1
    return Leaf(
        key=_read_key(spot, planting),
        tag=spot["tag"].text(TAG) or tag,
        weight=weight,
        path=spot.path,
        position=_next_position(planting),
        column=planting.columns - 1,
        indicator=None,
        index=(),
        rollup="last",
        carry_periods=policy.carry_periods,
        is_required=policy.is_required,
        rule=LeafRule("as_is"),
        small_group_rule=None,
        takes_median=policy.takes_median,
        zero_reason=policy.zero_reason,
    )


def _next_position(planting: Planting) -> int:
    planting.positions += 1
    return planting.positions - 1


def _read_key(spot: Spot, planting: Planting) -> str:
    key = spot["key"].text(KEY)
    if key.lower() in RESERVED_KEYS:
        spot["key"].fault("reserved_key", key=key)
    if key and key in planting.keys:
        spot["key"].fault("key_twice", key=key)
    planting.keys.add(key)
    return key


def _read_indicator(spot: Spot, planting: Planting) -> IndicatorDef | None:
    code = spot.text()
    indicator = planting.indicators.get(code)
    if code and indicator is None:
        spot.fault("unknown_indicator", indicator=code)
    if indicator is not None and indicator.subject_kind != planting.subject:
        spot.fault("indicator_of_other_kind", indicator=code, kind=indicator.subject_kind)
    return indicator


def _check_periods(spot: Spot, planting: Planting, indicator: IndicatorDef, leaf: Leaf) -> None:
    """``rollup`` stands exactly where the native period is shorter; where it is longer, values must be carried."""
    if planting.period not in PERIODS or indicator.native_period not in PERIODS:
        return  # the fault stands where the period is written
    native, own = PERIODS.index(indicator.native_period), PERIODS.index(planting.period)
    if native < own and not spot["rollup"].is_given:
        spot["rollup"].fault("rollup_needed", native=indicator.native_period)
    if native >= own and spot["rollup"].is_given:
        spot["rollup"].fault("rollup_not_needed", native=indicator.native_period)
    if native > own and not leaf.carry_periods:
        spot["missing"].fault("carry_forward_needed", native=indicator.native_period)


def _check_small_group(spot: Spot, rule: LeafRule, small: LeafRule | None) -> None:
    looks = LEAVES[rule.kind].looks_at_peers
    given = spot["in_small_group"]
    if looks and not given.is_given:
        given.fault("small_group_needed")
    if given.is_given and not looks:
        given.fault("small_group_not_needed")
    if small is not None and LEAVES[small.kind].looks_at_peers:
        given.fault("small_group_looks_at_peers")
