"""The method once more, plainly: one row after the other, fractions only, nothing of the engine's own.

Reads a document as it is written and gives what the engine must give to the last micro-point.
Only the logarithm and the geometric mean are worked out in 60 digits, where the engine has floats.
"""

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor
from typing import Any

HALF = Fraction(1, 2)
MICRO = 10**6
MISSING, NA = "missing", "na"
PEERS = ("minmax", "zscore", "percentile", "rank_step", "ratio_to_best")
STANDINGS = ("", "LEFT_OUT_PROBATION", "LEFT_OUT_ABSENT", "TENURE_SHORT", "NO_GROUP", "SECONDED_OUT")

Points = int | str
"""Micro-points, or MISSING, or NA."""


@dataclass
class Person:
    """What is known of one subject: values and targets by indicator (a number, MISSING or NA), what was booked."""

    values: dict[str, Fraction | str]
    targets: dict[str, Fraction]
    events: dict[str, int] = field(default_factory=dict)
    gates: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()
    standing: int = 0


@dataclass
class Answer:
    """What becomes of one subject; ``parts`` by key."""

    total: int | None
    parts: dict[str, Points]
    coverage: int
    band: str
    reason: str
    rank: int = 0


def number(text: Any) -> Fraction:
    text = str(text)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def half_up(points: Fraction) -> int:
    return floor(points * MICRO + HALF)


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


# ---- one value ---------------------------------------------------------------------------------


def leaf_micro(rule: dict[str, Any], x: Fraction, target: Fraction | None, up: bool, group: list[Fraction]) -> int:
    """Micro-points of one value in its group."""
    ((kind, body),) = rule.items()
    n = {key: number(value) for key, value in body.items() if isinstance(value, str) and value not in ("data", "true")}
    if kind == "zscore":
        return zscore_micro(n["centre"], n["per_sd"], x, up, group)
    if kind == "goalposts" and body.get("log") == "true":
        return log_micro(n["min"], n["max"], x, up)
    if kind in PEERS and kind != "minmax":
        return half_up(among_peers(kind, n, x, up, group))
    if kind == "attain":
        return half_up(attained(n, x, target or Fraction(1), up))
    ends = (min(group), max(group)) if kind == "minmax" else (Fraction(0), Fraction(0))
    return half_up(between(kind, body, n, x, up=up, ends=ends))


def attained(n: dict[str, Fraction], x: Fraction, target: Fraction, up: bool) -> Fraction:
    """Value over target, or target over value, within floor and cap."""
    ratio = x / target if up else target / x if x > 0 else n["cap"]
    ratio = min(ratio, n.get("cap", ratio))
    return 100 * max(ratio, n.get("floor", ratio))


def between(
    kind: str, body: dict[str, Any], n: dict[str, Fraction], x: Fraction, *, up: bool, ends: tuple[Fraction, Fraction]
) -> Fraction:
    """Points of the rules that are rational and count nobody."""
    if kind == "goalposts":
        cut = min(max(x, n["min"]), n["max"]) if body.get("clip") == "true" else x
        share = (cut - n["min"]) / (n["max"] - n["min"])
        return 100 * (share if up else 1 - share)
    if kind == "minmax":
        low, high = ends
        if low == high:
            return n["all_equal"]
        return n["low"] + (n["high"] - n["low"]) * ((x - low) if up else (high - x)) / (high - low)
    if kind == "bands":
        at_least = "at_least" in body
        steps = [(number(edge), number(points)) for edge, points in body["at_least" if at_least else "at_most"]]
        return next((points for edge, points in steps if (x >= edge if at_least else x <= edge)), n["else"])
    if kind == "deduct_per":
        return max(n["from"] - n["each"] * x, n["floor"])
    if kind in ("plateau", "points"):
        return 100 * min(max(x / n["at" if kind == "plateau" else "out_of"], Fraction(0)), Fraction(1))
    if kind == "yes_no":
        return n["if_yes"] if x else n["if_no"]
    assert kind == "as_is", kind
    return x


def among_peers(kind: str, n: dict[str, Fraction], x: Fraction, up: bool, group: list[Fraction]) -> Fraction:
    """The rules that count who is better."""
    better = sum(other > x if up else other < x for other in group)
    equal = sum(other == x for other in group)
    if kind == "percentile":
        return 100 * (len(group) - better - Fraction(equal, 2)) / len(group)
    if kind == "rank_step":
        return max(n["first"] - n["step"] * (better + Fraction(max(equal, 1) - 1, 2)), n["floor"])
    best = max(group) if up else min(group)
    if best <= 0:
        return Fraction(100 if (x >= best if up else x <= best) else 0)
    if up:
        return 100 * x / best
    return 100 * best / x if x > 0 else Fraction(100)


def zscore_micro(centre: Fraction, per_sd: Fraction, x: Fraction, up: bool, group: list[Fraction]) -> int:
    """The largest whole number that is not above the exact value and one half, found by comparing squares."""
    mean = sum(group) / len(group)
    variance = sum((other - mean) ** 2 for other in group) / len(group)
    if not variance:
        return half_up(centre)
    distance = (x - mean if up else mean - x) * per_sd * MICRO
    start, squared = centre * MICRO + HALF, distance**2 / variance
    with localcontext() as context:
        context.prec = 120
        guess = floor(start + Fraction(decimal(squared).sqrt()) * (1 if distance >= 0 else -1))
    return max(whole for whole in (guess - 1, guess, guess + 1) if is_below(whole - start, squared, distance >= 0))


def is_below(left: Fraction, squared: Fraction, is_positive: bool) -> bool:
    """Whether left <= the root of ``squared``, with its sign."""
    return (left <= 0 or left**2 <= squared) if is_positive else (left <= 0 and left**2 >= squared)


def log_micro(low: Fraction, high: Fraction, x: Fraction, up: bool) -> int:
    cut = min(max(x, low), high)
    with localcontext() as context:
        context.prec = 60
        share = (decimal(cut).ln() - decimal(low).ln()) / (decimal(high).ln() - decimal(low).ln())
        return half_up(100 * Fraction(share if up else 1 - share))


# ---- a node ------------------------------------------------------------------------------------


def node_micro(how: str, parts: list[tuple[Fraction, int]]) -> int:
    whole = sum(weight for weight, _ in parts)
    if how == "mean":
        return floor(sum(weight * points for weight, points in parts) / whole + HALF)
    if how == "minimum":
        return min(points for _, points in parts)
    if min(points for _, points in parts) <= 0:
        return 0
    if how == "harmonic":
        return floor(whole / sum(weight / points for weight, points in parts) + HALF)
    with localcontext() as context:
        context.prec = 60
        mean = sum(decimal(weight) * Decimal(points).ln() for weight, points in parts) / decimal(Fraction(whole))
        return floor(Fraction(mean.exp()) + HALF)


# ---- a document --------------------------------------------------------------------------------


def answers(document: dict[str, Any], directions: dict[str, str], people: list[Person]) -> list[Answer]:
    """Totals, parts, coverage, bands, reasons and ranks of one group."""
    found = [_Row(document, directions, people, person).answer() for person in people]
    keys = {at: _rank_key(document, answer) for at, answer in enumerate(found) if answer.total is not None}
    for at, key in keys.items():
        found[at].rank = 1 + sum(other < key for other in keys.values())
    return found


def _rank_key(document: dict[str, Any], answer: Answer) -> list[Fraction]:
    output = document["output"]
    total = shown(answer.total or 0, int(output["show"])) if output.get("rank_on") == "shown" else answer.total or 0
    ties = [answer.parts[key] for key in output.get("tie_break", ())]
    last = Fraction(10**30)
    return [
        Fraction(total if output.get("order") == "ascending" else -total),
        *(last if isinstance(points, str) else Fraction(-points) for points in ties),
    ]


def shown(total: int, digits: int) -> int:
    step = 10 ** (6 - digits)
    return floor(Fraction(total, step) + HALF) * step


@dataclass
class _Row:
    document: dict[str, Any]
    directions: dict[str, str]
    people: list[Person]
    person: Person
    parts: dict[str, Points] = field(default_factory=dict)
    present: Fraction = Fraction(0)
    applicable: Fraction = Fraction(0)
    lacks: bool = False

    def answer(self) -> Answer:
        root = self.part(self.document["tree"], Fraction(1))
        coverage = self.present / self.applicable if self.applicable else Fraction(0)
        reason = self._reason(coverage)
        answer = Answer(None, self.parts, half_up(100 * coverage), "", reason)
        if not reason and isinstance(root, int):
            top = half_up(number(self.document["output"]["max"]))
            answer.total = min(max(floor(Fraction(root * top, 100 * MICRO) + HALF) + self._net(), 0), top)
            answer.band = self._band(answer.total)
        return answer

    def part(self, part: dict[str, Any], share: Fraction) -> Points:
        if "parts" not in part:
            points, state = self._leaf(part)
            self.present += share * (state == "present")
            self.applicable += share * (state != NA)
        else:
            points = self._node(part, share)
        self.parts[part["key"]] = points
        return points

    def _node(self, node: dict[str, Any], share: Fraction) -> Points:
        own = [(part, self.part(part, share * number(part["weight"]) / 100)) for part in node["parts"]]
        there = [(part, points) for part, points in own if isinstance(points, int)]
        if not there:
            return NA if all(points == NA for _, points in own) else MISSING
        lifted = []
        for part, points in there:
            siblings = [(number(p["weight"]), q) for p, q in there if p is not part]
            is_excused = part["key"] in self.person.exempt and "parts" not in part and bool(siblings)
            better = max(points, node_micro("mean", siblings)) if is_excused else points
            self.parts[part["key"]] = better
            lifted.append((number(part["weight"]), better))
        return node_micro(node.get("how", "mean"), lifted)

    def _leaf(self, leaf: dict[str, Any]) -> tuple[Points, str]:
        code = leaf["indicator"]
        own, group = self._group(leaf)
        rule = leaf["score"]
        if next(iter(rule)) in PEERS and own < int(self.document["groups"]["min_size"]):
            rule = leaf["in_small_group"]
        value, target = self.person.values[code], self.person.targets.get(code)
        needs_target = "attain" in rule
        has_target = not needs_target or (target is not None and target > 0)
        up = self.directions[code] == "+"
        if value == NA:
            return NA, NA
        if not isinstance(value, str) and has_target:
            return leaf_micro(rule, value, target, up, group), "present"
        words = self._words(leaf)
        median = self._median(leaf)
        if value == MISSING and "group_median" in words and median is not None and has_target:
            return leaf_micro(rule, median, target, up, group), MISSING
        if any(word.startswith("zero") for word in words):
            return 0, MISSING
        self.lacks |= "required" in words
        return MISSING, MISSING

    def _words(self, leaf: dict[str, Any]) -> tuple[str, ...]:
        """The policies that apply, the leaf's before the document's where it leaves something open."""
        word = leaf.get("missing", "")
        if not word:
            return (self.document["missing"],)
        return (word, self.document["missing"]) if word == "group_median" else (word,)

    def _known(self, leaf: dict[str, Any]) -> list[Fraction]:
        members = [person for person in self.people if person.standing == 0]
        values = [person.values[leaf["indicator"]] for person in members]
        return sorted(value for value in values if not isinstance(value, str))

    def _median(self, leaf: dict[str, Any]) -> Fraction | None:
        known = self._known(leaf)
        middle = len(known) // 2
        if not known:
            return None
        return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2

    def _group(self, leaf: dict[str, Any]) -> tuple[int, list[Fraction]]:
        """How many have a value of their own, and the group with those who take the median."""
        known, median = self._known(leaf), self._median(leaf)
        if "group_median" not in self._words(leaf) or median is None:
            return len(known), known
        lacking = [p for p in self.people if p.standing == 0 and p.values[leaf["indicator"]] == MISSING]
        return len(known), known + [median] * len(lacking)

    def _reason(self, coverage: Fraction) -> str:
        gates = self.document.get("gates", {})
        void = [code for code, gate in gates.items() if gate["effect"] == "void" and code in self.person.gates]
        if void:
            return str(void[0])
        if self.person.standing:
            return STANDINGS[self.person.standing]
        if self.lacks:
            return "REQUIRED_MISSING"
        is_low = coverage < number(self.document["coverage_floor"]) or not coverage
        return "LOW_COVERAGE" if is_low else ""

    def _net(self) -> int:
        rule = self.document.get("adjust")
        if not rule:
            return 0
        net = sum(clipped(self.person.events.get(code, 0), limits) for code, limits in rule["items"].items())
        return clipped(net, rule["total"])

    def _band(self, total: int) -> str:
        output, bands = self.document["output"], self.document.get("bands", [])
        if not bands:
            return ""
        value = shown(total, int(output["show"])) if output.get("band_on") == "shown" else total
        at = next(at for at, band in enumerate(bands) if value >= half_up(number(band["from"])))
        on = [gate for code, gate in self.document.get("gates", {}).items() if code in self.person.gates]
        if any(gate["effect"] == "hide_band" for gate in on):
            return "hidden"
        keys = [band["key"] for band in bands]
        return str(keys[max([at, *(keys.index(gate["band"]) for gate in on if gate["effect"] == "cap_band")])])


def clipped(points: int, limits: dict[str, str]) -> int:
    return min(max(points, half_up(number(limits["from"]))), half_up(number(limits["to"])))
