"""The rule of a leaf, read from the document: which words, which numbers, and what they may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from evaluation.scoring.leaves import LEAVES
from evaluation.scoring.reading import Spot
from evaluation.scoring.types import IndicatorDef, LeafRule

MOST_POINTS = 1_000_000
EDGES = ("at_least", "at_most")


def read_rule(spot: Spot, indicator: IndicatorDef | None) -> LeafRule | None:
    """The one rule that a leaf's ``score`` or ``in_small_group`` holds; None when it cannot be read."""
    words = list(spot.entries())
    for kind, body in words:
        if kind not in LEAVES:
            body.fault("unknown_key", key=kind, known=", ".join(LEAVES))
    if len(words) != 1:
        if isinstance(spot.value, Mapping):
            spot.fault("one_rule_needed")
        return None
    kind, body = words[0]
    if kind not in LEAVES:
        return None
    rule = _read_body(kind, body, indicator)
    if rule is not None and indicator is not None:
        for key, code in CHECKS.get(kind, _no_checks)(rule, indicator):
            (body[key] if key else body).fault(code)
    return rule


def _read_body(kind: str, body: Spot, indicator: IndicatorDef | None) -> LeafRule | None:
    known = LEAVES[kind]
    if known.steps == "options":
        return _read_options(body, indicator)
    needs = [*known.needs, *(("target",) if known.needs_target else ())]
    edges = EDGES if known.steps == "bands" else ()
    before = len(body.faults)
    if not body.has_keys(needs, [*known.may, *known.flags, *edges]):
        return None
    if known.needs_target:
        body["target"].choice(("data",))
    numbers: dict[str, Fraction] = {}
    for key in (*known.needs, *known.may):
        read = body[key].share if key in known.shares else body[key].number
        if body[key].is_given:
            numbers[key] = read(low=-MOST_POINTS, high=MOST_POINTS)
    flags = {key for key in known.flags if body[key].flag()}
    steps: tuple[tuple[Fraction, Fraction], ...] = ()
    if edges:
        flags |= {edge for edge in EDGES if body[edge].is_given}
        steps = _read_bands(body, numbers.get("else", Fraction(0)))
    return LeafRule(kind, numbers, frozenset(flags), steps) if len(body.faults) == before else None


def _read_bands(body: Spot, otherwise: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    """(edge, points) of ``at_least`` (edges fall) or ``at_most`` (edges rise); the points fall to ``else``."""
    given = [edge for edge in EDGES if body[edge].is_given]
    if len(given) != 1:
        body.fault("one_edge_needed")
        return ()
    spot = body[given[0]]
    steps = []
    for item in spot.items():
        pair = item.items()
        if len(pair) != 2:
            item.fault("not_a_pair")
            continue
        steps.append((pair[0].number(), pair[1].number(low=-MOST_POINTS, high=MOST_POINTS)))
    sign = -1 if given[0] == "at_least" else 1
    edges, points = [sign * edge for edge, _ in steps], [*(-step for _, step in steps), -otherwise]
    if not (_rises(edges) and _rises(points)):
        spot.fault("bands_not_monotone")
    return tuple(steps)


def _rises(numbers: list[Fraction]) -> bool:
    return all(a < b for a, b in pairwise(numbers))


def _read_options(body: Spot, indicator: IndicatorDef | None) -> LeafRule | None:
    before = len(body.faults)
    points = {label: spot.number(low=-MOST_POINTS, high=MOST_POINTS) for label, spot in body.entries()}
    if body.value == {}:
        body.fault("options_empty")
    if indicator is None or len(body.faults) > before:
        return None
    labels = [label for label, _ in indicator.options]
    if set(points) != set(labels):
        body.fault("options_not_labels", labels="、".join(labels))
        return None
    unit = 10**indicator.places
    steps = [(Fraction(stored, unit), points[label]) for label, stored in indicator.options]
    return LeafRule("options", steps=tuple(steps))


# ---- what the numbers of a rule must be to one another: (key, code) for each fault; no key: the rule itself ----------

Checks = Iterator[tuple[str, str]]


def _no_checks(rule: LeafRule, indicator: IndicatorDef) -> Checks:
    return iter(())


def _check_attain(rule: LeafRule, indicator: IndicatorDef) -> Checks:
    floor, cap = rule.numbers.get("floor"), rule.numbers.get("cap")
    if cap is None and indicator.direction == "-":
        yield "cap", "cap_needed"
    if cap is not None and cap <= 0:
        yield "cap", "not_positive"
    if floor is not None and cap is not None and floor > cap:
        yield "floor", "from_above_to"


def _check_goalposts(rule: LeafRule, indicator: IndicatorDef) -> Checks:
    low, high = rule.numbers["min"], rule.numbers["max"]
    if low >= high:
        yield "min", "min_not_below_max"
    if "log" in rule.flags and low <= 0:
        yield "min", "log_needs_positive"
    if "log" in rule.flags and "clip" not in rule.flags and (indicator.low is None or indicator.low <= 0):
        yield "clip", "log_needs_clip"


def _check_minmax(rule: LeafRule, indicator: IndicatorDef) -> Checks:
    if rule.numbers["low"] > rule.numbers["high"]:
        yield "low", "from_above_to"


def _check_rank_step(rule: LeafRule, indicator: IndicatorDef) -> Checks:
    if rule.numbers["step"] <= 0:
        yield "step", "not_positive"
    if rule.numbers["floor"] > rule.numbers["first"]:
        yield "floor", "from_above_to"


def _check_ratio(rule: LeafRule, indicator: IndicatorDef) -> Checks:
    if indicator.low is not None and indicator.low < 0:
        yield "", "ratio_of_negative"


def _check_bands(rule: LeafRule, indicator: IndicatorDef) -> Checks:
    if ("at_most" in rule.flags) != (indicator.direction == "-"):
        yield ("at_most" if "at_most" in rule.flags else "at_least"), "edge_against_direction"


def _is_positive(key: str) -> Callable[[LeafRule, IndicatorDef], Checks]:
    def check(rule: LeafRule, indicator: IndicatorDef) -> Checks:
        if rule.numbers[key] <= 0:
            yield key, "not_positive"

    return check


CHECKS: dict[str, Callable[[LeafRule, IndicatorDef], Checks]] = {
    "attain": _check_attain,
    "goalposts": _check_goalposts,
    "minmax": _check_minmax,
    "zscore": _is_positive("per_sd"),
    "rank_step": _check_rank_step,
    "ratio_to_best": _check_ratio,
    "bands": _check_bands,
    "deduct_per": _is_positive("each"),
    "plateau": _is_positive("at"),
    "points": _is_positive("out_of"),
}
