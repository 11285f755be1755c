#!/usr/bin/env python3
"""Recompute one official's score from the downloaded proof: needs Python 3.11 and nothing else.

    python3 verify_score.py proof.json [...]

It states the method on its own and imports nothing of the program that it checks: the rule document stands in
the proof and is read here once more, with exact fractions. Compared are the points of every part, coverage,
reason, total, band, and every line of the explanation, each to the last micro-point (1/1,000,000).

Exit status: 0 all agree, 1 something differs (every difference is named), 2 not a proof.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal, getcontext
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

getcontext().prec = 60
FORMAT = "ordos-proof/1"
MICRO = 10**6
MISSING = ("MISSING", "NO_TARGET", "NO_UNIT_TOTAL")
STANDINGS = {
    "PROBATION": "LEFT_OUT_PROBATION",
    "ABSENT_OVER_HALF": "LEFT_OUT_ABSENT",
    "TENURE_SHORT": "TENURE_SHORT",
    "NO_GROUP": "NO_GROUP",
    "SECONDED_OUT": "SECONDED_OUT",
}

Part = dict[str, Any]


def number(text: Any) -> Fraction:
    """A number of the document or of the proof: 95.5, 100/3, 110%."""
    text = str(text)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def ordered(codes: Any) -> dict[str, Part]:
    """Codes with what they mean, in the order of the document; they are kept as pairs, since JSON has no order."""
    return dict(codes)


def half_up(value: Fraction) -> int:
    """Round half up, also below 0: floor(x + 1/2)."""
    return floor(value + Fraction(1, 2))


def micro(value: Fraction) -> int:
    """Points to micro-points."""
    return half_up(value * MICRO)


def decimal(value: Fraction) -> Decimal:
    """A fraction to 60 digits, for what is not rational."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def apportion(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Largest remainder; equal fractions go to the earlier line."""
    whole = sum(shares, Fraction(0))
    exact = [total * share / whole if whole else Fraction(0) for share in shares]
    lines = [floor(each) for each in exact]
    left = total - sum(lines) if whole else 0
    for at in sorted(range(len(lines)), key=lambda i: (lines[i] - exact[i], i))[:left]:
        lines[at] += 1
    return lines


class Checked:
    """One subject's score, recomputed."""

    def __init__(self, proof: dict[str, Any]) -> None:
        self.proof, self.document = proof, proof["document"]
        self.units = {
            key: [(each["held"], each["code"], Checked(each["proof"]) if each["proof"] else None) for each in held]
            for key, held in proof["units"].items()
        }
        self.parts: dict[str, int | None] = {}
        self.states: dict[str, str] = {}
        self.applicable: dict[str, bool] = {}
        self.root = self._part(self.document["tree"])
        self.coverage, self.is_covered = self._coverage()
        self.reason = self._reason()
        self.total: int | None = None
        self.lines: list[tuple[str, str, int | None]] = []
        self._finish()

    # ---- the tree ----------------------------------------------------------------------------------------------

    def _part(self, part: Part) -> int | None:
        points = self._node(part) if "parts" in part else self._leaf(part)
        self.parts[part["key"]] = points
        return points

    def _node(self, node: Part) -> int | None:
        own = [self._part(part) for part in node["parts"]]
        lifted = list(own)
        for at, part in enumerate(node["parts"]):
            siblings = [
                (number(p["weight"]), o)
                for i, (p, o) in enumerate(zip(node["parts"], own, strict=True))
                if i != at and o is not None
            ]
            mine = own[at]
            if "parts" not in part and self.proof["leaves"][part["key"]]["exempt"] and mine is not None and siblings:
                lifted[at] = max(mine, together("mean", siblings))
        for part, points in zip(node["parts"], lifted, strict=True):
            self.parts[part["key"]] = points
        present = [(number(p["weight"]), o) for p, o in zip(node["parts"], lifted, strict=True) if o is not None]
        return together(node.get("how", "mean"), present) if present else None

    def _leaf(self, leaf: Part) -> int | None:
        known = self.proof["leaves"][leaf["key"]]
        state = known["state"]
        if "index" in leaf:
            self.states[leaf["key"]] = state = self._index_state(leaf)
            return self._index(leaf) if state == "PRESENT" else None
        rule = self._rule(leaf)
        target = number(known["target"]) if known["target"] is not None else None
        if state == "PRESENT" and "attain" in rule and (target is None or target <= 0):
            state = "NO_TARGET"
        self.states[leaf["key"]] = state
        value = number(known["value"]) if state == "PRESENT" else self._median(leaf, rule, state, target)
        if value is None:
            is_zero = state in MISSING and any(word.startswith("zero(") for word in self._missing_words(leaf))
            return 0 if is_zero else None
        indicator = self.proof["indicators"][leaf["indicator"]]
        return micro(points_of(rule, value, target, indicator, known["peers"] or {}))

    def _rule(self, leaf: Part) -> Part:
        peers = self.proof["leaves"][leaf["key"]]["peers"]
        smallest = int(self.document.get("groups", {}).get("min_size", 5))
        if "in_small_group" in leaf and peers is not None and peers["count"] < smallest:
            return dict(leaf["in_small_group"])
        return dict(leaf["score"])

    def _median(self, leaf: Part, rule: Part, state: str, target: Fraction | None) -> Fraction | None:
        peers = self.proof["leaves"][leaf["key"]]["peers"] or {}
        fits = "attain" not in rule or (target is not None and target > 0)
        if state == "MISSING" and "group_median" in self._missing_words(leaf) and "median" in peers and fits:
            return number(peers["median"])
        return None

    def _missing_words(self, leaf: Part) -> tuple[str, ...]:
        """What counts for this leaf, in order: its own word, and the document's where that leaves something open."""
        own, document = str(leaf.get("missing", "")), str(self.document.get("missing", ""))
        if not own or own.startswith("carry_forward"):
            return (document,)
        return (own, document) if own == "group_median" else (own,)

    def _index_state(self, leaf: Part) -> str:
        held = self.units[leaf["key"]]
        complete = held and all(unit is not None and unit.total is not None for _held, _code, unit in held)
        return "PRESENT" if complete else "NO_UNIT_TOTAL"

    def _index(self, leaf: Part) -> int:
        held = [(months, unit.total) for months, _code, unit in self.units[leaf["key"]] if unit is not None]
        return half_up(Fraction(sum(m * (t or 0) for m, t in held), sum(m for m, _t in held)))

    # ---- what the whole of it means ----------------------------------------------------------------------------

    def _leaves(self, part: Part, share: Fraction = Fraction(1)) -> Iterator[tuple[Part, Fraction]]:
        if "parts" not in part:
            yield part, share
            return
        for each in part["parts"]:
            yield from self._leaves(each, share * number(each["weight"]) / 100)

    def _coverage(self) -> tuple[int, bool]:
        flat = [(self.states[leaf["key"]], share) for leaf, share in self._leaves(self.document["tree"])]
        need = sum((share for state, share in flat if state != "NOT_APPLICABLE"), Fraction(0))
        have = sum((share for state, share in flat if state == "PRESENT"), Fraction(0))
        share = have / need if need else Fraction(0)
        return micro(100 * share), share >= number(self.document["coverage_floor"]) and have > 0

    def _reason(self) -> str:
        gates = ordered(self.document.get("gates", {}))
        void = [code for code in self.proof["gates"] if gates[code]["effect"] == "void"]
        if void:
            return str(void[0])
        if self.proof["standing"] != "IN":
            return STANDINGS[self.proof["standing"]]
        for leaf, _share in self._leaves(self.document["tree"]):
            required = "index" in leaf or "required" in self._missing_words(leaf)
            if required and self.states[leaf["key"]] in MISSING and self.parts[leaf["key"]] is None:
                return "REQUIRED_MISSING"
        return "" if self.is_covered else "LOW_COVERAGE"

    def _finish(self) -> None:
        tree = self.document["tree"]
        if self.reason or self.root is None:
            self.lines = self._leaf_lines(tree, None)
            self.band = ""
            return
        top = micro(number(self.document["output"]["max"]))
        scaled = half_up(Fraction(self.root * top, 100 * MICRO))
        self.total, events = self._adjusted(scaled, top)
        self.lines = [*self._leaf_lines(tree, scaled), *events]
        self.band = self._band(self.total)

    def _adjusted(self, scaled: int, top: int) -> tuple[int, list[tuple[str, str, int | None]]]:
        rule = self.document.get("adjust")
        lines: list[tuple[str, str, int | None]] = []
        net = 0
        for code, limits in ordered(rule["items"]).items() if rule else ():
            amount = self.proof["occurrences"].get(code, 0)
            amount = min(max(amount, micro(number(limits["from"]))), micro(number(limits["to"])))
            net += amount
            lines += [(code, "", amount)] if amount else []
        clipped = min(max(net, micro(number(rule["total"]["from"]))), micro(number(rule["total"]["to"]))) if rule else 0
        final = min(max(scaled + clipped, 0), top)
        lines += [("adjust.total", "", clipped - net)] if clipped != net else []
        lines += [("output.max", "", final - scaled - clipped)] if final != scaled + clipped else []
        return final, lines

    def _band(self, total: int) -> str:
        output, bands = self.document["output"], self.document.get("bands", [])
        if output.get("band_on") == "shown":
            step = 10 ** (6 - int(output["show"]))
            total = (2 * total + step) // (2 * step) * step
        at = next((i for i, band in enumerate(bands) if total >= micro(number(band["from"]))), None)
        if at is None:
            return ""
        gates = ordered(self.document.get("gates", {}))
        effects = [gates[code] for code in self.proof["gates"]]
        if any(gate["effect"] == "hide_band" for gate in effects):
            return "hidden"
        keys = [band["key"] for band in bands]
        caps = [keys.index(gate["band"]) for gate in effects if gate["effect"] == "cap_band"]
        return str(keys[max([at, *caps])])

    # ---- the lines ---------------------------------------------------------------------------------------------

    def _leaf_lines(self, part: Part, amount: int | None) -> list[tuple[str, str, int | None]]:
        if "parts" in part:
            shares = self._amounts(part, amount)
            return [line for p, a in zip(part["parts"], shares, strict=True) for line in self._leaf_lines(p, a)]
        if "index" in part and amount is not None and self.parts[part["key"]] is not None:
            return self._unit_lines(part, amount)
        return [(part["key"], "", amount)]

    def _amounts(self, node: Part, amount: int | None) -> list[int | None]:
        points = [self.parts[part["key"]] for part in node["parts"]]
        present = [at for at, each in enumerate(points) if each is not None]
        out: list[int | None] = [None if amount is None else 0] * len(points)
        if amount is None:
            return out
        weights = [number(node["parts"][at]["weight"]) for at in present]
        products = [weight * (points[at] or 0) for weight, at in zip(weights, present, strict=True)]
        plain = node.get("how", "mean") == "mean" or all((points[at] or 0) >= 0 for at in present)
        shares = products if plain and sum(products, Fraction(0)) else weights
        for at, given in zip(present, apportion(amount, shares), strict=True):
            out[at] = given
        return out

    def _unit_lines(self, leaf: Part, amount: int) -> list[tuple[str, str, int | None]]:
        held = [(months, code, unit) for months, code, unit in self.units[leaf["key"]] if unit is not None]
        amounts = apportion(amount, [Fraction(months * (unit.total or 0)) for months, _code, unit in held])
        lines: list[tuple[str, str, int | None]] = []
        for (_months, code, unit), given in zip(held, amounts, strict=True):
            parts = apportion(given, [Fraction(line[2] or 0) for line in unit.lines])
            lines += [(line[0], code, part) for line, part in zip(unit.lines, parts, strict=True)]
        return lines

    # ---- the verdict -------------------------------------------------------------------------------------------

    def differences(self) -> Iterator[str]:
        """What this program computes otherwise than the one that made the proof."""
        said = self.proof["result"]
        name = self.proof["subject"]["number"]
        for held in self.units.values():
            for _months, _code, unit in held:
                if unit is not None:
                    yield from unit.differences()
        for what in ("total", "band", "coverage", "reason"):
            if said[what] != getattr(self, what):
                yield f"{name} {what}: 证明写 {said[what]!r}，复算得 {getattr(self, what)!r}"
        for key, points in self.parts.items():
            if said["parts"].get(key) != points:
                yield f"{name} {key}: 证明写 {said['parts'].get(key)}，复算得 {points}（百万分之一分）"
        ours, theirs = [list(line) for line in self.lines], said["lines"]
        if ours != theirs:
            pairs = enumerate(zip(ours, theirs, strict=False))
            at = next((i for i, (a, b) in pairs if a != b), min(len(ours), len(theirs)))
            yield f"{name} 第 {at + 1} 行贡献: 证明写 {theirs[at : at + 1]}，复算得 {ours[at : at + 1]}"
        if self.total is not None and sum(line[2] or 0 for line in self.lines) != self.total:
            yield f"{name}: 各行之和不等于总分"


def points_of(rule: Part, x: Fraction, target: Fraction | None, indicator: Part, peers: Part) -> Fraction:
    """Points of one value by one rule of the document, exact (log and root to 60 digits)."""
    ((kind, body),) = rule.items()
    more = indicator["direction"] == "+"
    words = {"target", "log", "clip"}
    own = {} if kind in {"options", "bands"} else {k: number(v) for k, v in body.items() if k not in words}
    if kind == "attain":
        assert target is not None, "looked at before"
        ratio = x / target if more else target / x if x > 0 else own["cap"]
        ratio = min(ratio, own["cap"]) if "cap" in own else ratio
        return 100 * (max(ratio, own["floor"]) if "floor" in own else ratio)
    if kind == "goalposts":
        return goalposts(body, own, x, more=more)
    if kind in {"minmax", "zscore", "percentile", "rank_step", "ratio_to_best"}:
        return among_peers(kind, own, x, peers, more=more)
    if kind == "bands":
        word = "at_least" if "at_least" in body else "at_most"
        steps = [(number(edge), number(points)) for edge, points in body[word]]
        reached = (points for edge, points in steps if (x >= edge if word == "at_least" else x <= edge))
        return next(reached, number(body["else"]))
    if kind == "deduct_per":
        return max(own["from"] - own["each"] * x, own["floor"])
    if kind in {"plateau", "points"}:
        return 100 * min(max(x / own["at" if kind == "plateau" else "out_of"], Fraction(0)), Fraction(1))
    if kind == "options":
        return number(body[next(label for label, stored in indicator["options"] if number(stored) == x)])
    if kind == "yes_no":
        return own["if_yes" if x else "if_no"]
    if kind == "as_is":
        return x
    raise KeyError(kind)


def goalposts(body: Part, own: Part, x: Fraction, *, more: bool) -> Fraction:
    """Between two fixed posts, 0 to 100."""
    low, high = own["min"], own["max"]
    if str(body.get("clip", "")).lower() == "true":
        x = min(max(x, low), high)
    if str(body.get("log", "")).lower() == "true":
        bottom, top, here = decimal(low).ln(), decimal(high).ln(), decimal(x).ln()
        share = Fraction((here - bottom) / (top - bottom))
    else:
        share = (x - low) / (high - low)
    return 100 * (share if more else 1 - share)


def among_peers(kind: str, own: Part, x: Fraction, peers: Part, *, more: bool) -> Fraction:
    """Points that depend on the peer group, from its statistics."""
    if kind == "minmax":
        if "low" not in peers or number(peers["low"]) == number(peers["high"]):
            return Fraction(own["all_equal"])
        low, high = number(peers["low"]), number(peers["high"])
        return Fraction(own["low"] + (own["high"] - own["low"]) * ((x - low) if more else (high - x)) / (high - low))
    if kind == "zscore":
        variance = number(peers.get("variance", 0))
        if not variance:
            return Fraction(own["centre"])
        z = (x - number(peers["mean"])) / Fraction(decimal(variance).sqrt())
        return Fraction(own["centre"] + own["per_sd"] * (z if more else -z))
    if kind == "ratio_to_best":
        return ratio_to_best(x, peers, more=more)
    below, equal, size = peers.get("below", 0), peers.get("equal", 0), peers["size"]
    better = size - below - equal if more else below
    if kind == "percentile":
        return 100 * Fraction(2 * (size - better) - equal, 2 * size)
    return Fraction(max(own["first"] - own["step"] * (better + Fraction(max(equal, 1) - 1, 2)), own["floor"]))


def ratio_to_best(x: Fraction, peers: Part, *, more: bool) -> Fraction:
    """In percent of the best; where the best is 0 or less no ratio is made."""
    word = "high" if more else "low"
    if word not in peers:
        return Fraction(100)
    best = number(peers[word])
    if best <= 0:
        return Fraction(100 if (x >= best if more else x <= best) else 0)
    if more:
        return 100 * x / best
    return 100 * best / x if x > 0 else Fraction(100)


def together(how: str, parts: Sequence[tuple[Fraction, int]]) -> int:
    """Micro-points of a node from weights and micro-points of what is present."""
    whole = sum((weight for weight, _points in parts), Fraction(0))
    if how == "mean":
        return half_up(sum((weight * points for weight, points in parts), Fraction(0)) / whole)
    lowest = min(points for _weight, points in parts)
    if how == "minimum":
        return lowest
    if lowest <= 0:
        return 0
    if how == "harmonic":
        return half_up(whole / sum((weight / points for weight, points in parts), Fraction(0)))
    if how == "geometric":
        logs = sum((decimal(weight) * Decimal(points).ln() for weight, points in parts), Decimal(0))
        return half_up(Fraction((logs / decimal(whole)).exp()))
    raise KeyError(how)


def verify(proof: dict[str, Any]) -> list[str]:
    """Give the differences between a proof and its recomputation; none if all agree."""
    return list(Checked(proof).differences())


def main(files: list[str]) -> int:
    """Verify each file, one line each and one a difference."""
    if not files:
        print(__doc__, file=sys.stderr)
        return 2
    worst = 0
    for name in files:
        try:
            proof = json.loads(Path(name).read_text("utf-8"))
            if not isinstance(proof, dict) or proof.get("format") != FORMAT:
                raise ValueError(f"不是 {FORMAT}")
            found = verify(proof)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            print(f"没有复算 {name}：{type(fault).__name__} {fault}", file=sys.stderr)
            worst = max(worst, 2)
            continue
        subject, total = proof["subject"], proof["result"]["total"]
        shown = "无总分" if total is None else f"{Decimal(total) / MICRO:f}"
        print(f"{'不一致' if found else '一致'}：{subject['number']} {subject['name']} {proof['period']} {shown}")
        for difference in found:
            print(f"  {difference}")
        worst = max(worst, 1 if found else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
