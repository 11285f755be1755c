"""Small random documents of the whole vocabulary, with groups of people to score."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from evaluation.scoring import IndicatorDef, LeafState, Rows, Scheme, parse
from tests.evaluation.scoring.oracle import MISSING, NA, Person
from tests.evaluation.scoring.sample import document, plain_indicator

HOWS = ("mean", "mean", "mean", "mean", "harmonic", "minimum", "harmonic", "minimum", "geometric")
SMALL = {"as_is": {}}, {"attain": {"target": "data", "floor": "0%", "cap": "110%"}}
BANDS = [
    {"key": "good", "zh": "好", "from": "180/2"},
    {"key": "fair", "zh": "一般", "from": "60"},
    {"key": "poor", "zh": "差", "from": "0"},
]
EFFECTS = {
    "G03": {"effect": "hide_band", "reason": "待定"},
    "G02": {"effect": "void", "reason": "作废"},
    "G01": {"effect": "cap_band", "band": "fair", "reason": "封顶"},
    "G00": {"effect": "void", "reason": "也作废"},
}
ADJUST = {
    "items": {"A02": {"from": "-3", "to": "0"}, "A01": {"from": "0", "to": "5"}},
    "total": {"from": "-5/2", "to": "4"},
}


PEER_RULES = {
    "minmax": {"minmax": {"low": "60", "high": "100", "all_equal": "80"}},
    "zscore": {"zscore": {"centre": "80", "per_sd": "100/7"}},
    "percentile": {"percentile": {}},
    "rank_step": {"rank_step": {"first": "100", "step": "100/7", "floor": "20"}},
    "ratio_to_best": {"ratio_to_best": {}},
}


def rules(direction: str) -> st.SearchStrategy[dict[str, Any]]:
    """Every leaf, with the numbers of thirds and sevenths among others."""
    edges = {"at_least": [["60", "100"], ["100/3", "70"]], "else": "0"}
    falling = {"at_most": [["20", "100"], ["200/3", "70"]], "else": "5"}
    return st.sampled_from(
        [
            {"attain": {"target": "data", "floor": "0%", "cap": "110%"}},
            {"attain": {"target": "data", "cap": "4/3"}},
            {"goalposts": {"min": "-7", "max": "100/3", "clip": "true"}},
            {"goalposts": {"min": "-20", "max": "130"}},
            {"goalposts": {"min": "1", "max": "77", "log": "true", "clip": "true"}},
            *PEER_RULES.values(),
            {"zscore": {"centre": "200/3", "per_sd": "10"}},
            {"bands": edges if direction == "+" else falling},
            {"deduct_per": {"from": "100", "each": "10/7", "floor": "-5"}},
            {"plateau": {"at": "15"}},
            {"points": {"out_of": "90"}},
            {"yes_no": {"if_yes": "100", "if_no": "100/3"}},
            {"as_is": {}},
        ]
    )


@dataclass(frozen=True)
class Case:
    """A document with its indicators and a group."""

    document: dict[str, Any]
    indicators: dict[str, IndicatorDef]
    people: list[Person]
    counts: dict[str, list[int]]
    """By indicator, the divisor of each person's value."""

    @property
    def scheme(self) -> Scheme:
        """Read by the engine."""
        return parse(self.document, self.indicators)

    @property
    def directions(self) -> dict[str, str]:
        """Of all indicators."""
        return {code: each.direction for code, each in self.indicators.items()}

    def rows(self, of: Scheme | None = None) -> Rows:
        """The group as the engine takes it, also for a document whose parts stand in another order."""
        of = of or self.scheme
        rows = Rows.blank(np.arange(1, len(self.people) + 1), of)
        for at, person in enumerate(self.people):
            rows.standings[at] = person.standing
            rows.occurrences[at] = [person.events.get(code, 0) for code, _ in of.adjust.items]
            rows.gates[at] = [gate.code in person.gates for gate in of.gates]
            for leaf in of.leaves:
                fill(rows, at, leaf, person, self.counts)
        return rows


def fill(rows: Rows, at: int, leaf: Any, person: Person, counts: dict[str, list[int]]) -> None:
    """One leaf of one person: stored integers with a divisor."""
    code, column = leaf.indicator.code, leaf.column
    value, count = person.values[code], counts[code][at]
    rows.exempt[at, column] = leaf.key in person.exempt
    states = {MISSING: LeafState.MISSING, NA: LeafState.NOT_APPLICABLE}
    rows.states[at, column] = states.get(value, LeafState.PRESENT) if isinstance(value, str) else LeafState.PRESENT
    if isinstance(value, Fraction):
        rows.values[at, column], rows.counts[at, column] = int(value * count * 10**leaf.places), count
    if (target := person.targets.get(code)) is not None:
        rows.targets[at, column], rows.target_counts[at, column] = int(target * 10**leaf.places), 1


@st.composite
def weights(draw: st.DrawFn, number: int) -> list[str]:
    """Fractions that sum to exactly 100: thirds, sevenths and whatever comes."""
    shares = draw(st.lists(st.integers(1, 4), min_size=number, max_size=number))
    return [str(Fraction(100 * share, sum(shares))) for share in shares]


@st.composite
def parts(draw: st.DrawFn, depth: int, codes: list[str], words: tuple[str, ...]) -> list[dict[str, Any]]:
    """Siblings of a tree; ``codes`` collects the indicators that they name, with direction and places."""
    number = draw(st.integers(1, 3 if depth else 2))
    out = []
    for weight in draw(weights(number)):
        at = len(codes)
        if depth and draw(st.booleans()):
            codes.append("")
            below = draw(parts(depth - 1, codes, words))
            how = draw(st.sampled_from(HOWS))
            out.append({"key": f"n{at}", "weight": weight, "how": how, "parts": below})
            continue
        direction = draw(st.sampled_from("+-"))
        codes.append(direction)
        leaf = {"key": f"l{at}", "weight": weight, "indicator": f"i{at}", "score": draw(rules(direction))}
        word = draw(st.sampled_from(words))
        leaf |= {"missing": word} if word and not ("yes_no" in leaf["score"] and "median" in word) else {}
        if next(iter(leaf["score"])) in PEER_RULES:
            leaf["in_small_group"] = draw(st.sampled_from(SMALL))
        out.append(leaf)
    return out


WORDS = ("", "reweight", "required", "zero(未报)", "group_median")


@st.composite
def cases(
    draw: st.DrawFn, words: tuple[str, ...] = WORDS, most: int = 7, values: st.SearchStrategy[int] | None = None
) -> Case:
    """A document of up to a dozen leaves, and a group of one to ``most`` people."""
    codes: list[str] = []
    below = draw(parts(2, codes, words))
    tree = {"key": "total", "how": draw(st.sampled_from(HOWS)), "parts": below}
    leaves = [at for at, direction in enumerate(codes) if direction]
    output = {
        "max": draw(st.sampled_from(["100", "1", "120"])),
        "show": str(draw(st.integers(0, 6))),
        "rank_on": draw(st.sampled_from(["exact", "shown"])),
        "band_on": draw(st.sampled_from(["exact", "shown"])),
    }
    output |= {"order": "ascending"} if draw(st.booleans()) else {}
    output |= {"tie_break": [f"l{draw(st.sampled_from(leaves))}"]} if draw(st.booleans()) else {}
    of_document = [word for word in words if word not in ("", "group_median")] or ["reweight"]
    written = document(
        [],
        tree=tree,
        output=output,
        missing=draw(st.sampled_from(of_document)),
        coverage_floor=draw(st.sampled_from(["0%", "1/3", "50%"])),
        groups={"set": "test", "min_size": str(draw(st.integers(1, 4)))},
        bands=BANDS,
        gates={code: EFFECTS[code] for code in draw(st.permutations(list(EFFECTS)))},
        adjust=ADJUST,
    )
    places = {at: draw(st.sampled_from([0, 1, 2, 9])) for at in leaves}
    indicators = {f"i{at}": plain_indicator(f"i{at}", direction=codes[at], places=places[at]) for at in leaves}
    number = draw(st.integers(1, most))
    counts = {code: draw(st.lists(st.integers(1, 3), min_size=number, max_size=number)) for code in indicators}
    people = [draw(persons(indicators, {c: n[at] for c, n in counts.items()}, values)) for at in range(number)]
    return Case(written, indicators, people, counts)


@st.composite
def persons(draw: st.DrawFn, indicators: dict[str, IndicatorDef], counts: dict[str, int], values: Any = None) -> Person:
    """Values that often tie, are sometimes missing, and may be negative."""
    stored: dict[str, Fraction | str] = {}
    for code, each in indicators.items():
        unit = 10 ** min(each.places, 1)
        state = {5: 1, 7: 2, 9: 1}.get(draw(st.integers(0, 15)), 0)
        value = draw(values if values is not None else st.integers(-2 * unit, 11 * unit).map(lambda n: 10 * n))
        number = Fraction(value, counts[code] * unit)
        stored[code] = (number, MISSING, NA)[state]
    targets = {
        code: Fraction(target)
        for code in indicators
        if (target := draw(st.sampled_from([None, -1, 0, 7, 30, 100, 100]))) is not None
    }
    return Person(
        values=stored,
        targets=targets,
        events={code: draw(st.integers(-(10**7), 10**7)) for code in ("A01", "A02")},
        gates=frozenset(code for code in EFFECTS if draw(st.integers(0, 11)) == 7),
        exempt=frozenset(f"l{code[1:]}" for code in indicators if draw(st.integers(0, 4)) == 3),
        standing={5: 1, 7: 3, 9: 4, 11: 5}.get(draw(st.integers(0, 30)), 0),
    )
