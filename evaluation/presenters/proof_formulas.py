"""The rules of a document as formulas of a workbook, in the columns of the proof's sheets.

Every function gives the text of a formula without the leading ``=``. They restate the rules for people who
read in Excel or WPS; what counts is the engine, and a test holds the two together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

KEY, NAME, RULE, COUNTS, WEIGHT, VALUE, TARGET, GROUP, GROUP2, POINTS, USED, SHARE = "ABCDEFGHIJKL"


@dataclass(frozen=True)
class Place:
    """A leaf's row with its rule, its indicator and the size of its group."""

    at: int
    body: Mapping[str, Any]
    indicator: Mapping[str, Any]
    size: int

    @property
    def x(self) -> str:
        """The cell of the value."""
        return f"{VALUE}{self.at}"

    @property
    def more(self) -> bool:
        """Whether more is better."""
        return bool(self.indicator["direction"] == "+")

    def __getitem__(self, name: str) -> str:
        return literal(read_number(self.body[name]))

    def flag(self, name: str) -> bool:
        """Whether the rule says yes to this word."""
        return str(self.body.get(name, "")).lower() == "true"


def _attain(p: Place) -> str:
    x, target = p.x, f"{TARGET}{p.at}"
    ratio = f"{x}/{target}" if p.more else f"IF({x}>0,{target}/{x},{p['cap']})"
    ratio = f"MIN({p['cap']},{ratio})" if "cap" in p.body else ratio
    return f"100*MAX({p['floor']},{ratio})" if "floor" in p.body else f"100*{ratio}"


def _goalposts(p: Place) -> str:
    x = f"MIN({p['max']},MAX({p['min']},{p.x}))" if p.flag("clip") else p.x
    low, high = p["min"], p["max"]
    if p.flag("log"):
        x, low, high = f"LN({x})", f"LN({low})", f"LN({high})"
    share = f"({x}-{low})/({high}-{low})"
    return f"100*{share}" if p.more else f"100*(1-{share})"


def _minmax(p: Place) -> str:
    low, high = f"{GROUP}{p.at}", f"{GROUP2}{p.at}"
    distance = f"({p.x}-{low})" if p.more else f"({high}-{p.x})"
    return f"IF({low}={high},{p['all_equal']},{p['low']}+({p['high']}-{p['low']})*{distance}/({high}-{low}))"


def _zscore(p: Place) -> str:
    sign = "" if p.more else "-"
    mean, variance = f"{GROUP}{p.at}", f"{GROUP2}{p.at}"
    return f"IF({variance}=0,{p['centre']},{p['centre']}+{sign}{p['per_sd']}*({p.x}-{mean})/SQRT({variance}))"


def _percentile(p: Place) -> str:
    return f"100*({p.size}-{GROUP}{p.at}-{GROUP2}{p.at}/2)/{p.size}"


def _rank_step(p: Place) -> str:
    ranks = f"({GROUP}{p.at}+(MAX({GROUP2}{p.at},1)-1)/2)"
    return f"MAX({p['floor']},{p['first']}-{p['step']}*{ranks})"


def _ratio_to_best(p: Place) -> str:
    best = f"{GROUP}{p.at}"
    if p.more:
        return f"IF({best}<=0,IF({p.x}>={best},100,0),100*{p.x}/{best})"
    return f"IF({best}<=0,IF({p.x}<={best},100,0),IF({p.x}>0,100*{best}/{p.x},100))"


def _bands(p: Place) -> str:
    word, compare = ("at_least", ">=") if "at_least" in p.body else ("at_most", "<=")
    formula = p["else"]
    for edge, points in reversed(p.body[word]):
        formula = f"IF({p.x}{compare}{literal(read_number(edge))},{literal(read_number(points))},{formula})"
    return formula


def _options(p: Place) -> str:
    formula = "0"
    for label, stored in reversed(p.indicator["options"]):
        points = literal(read_number(p.body[label]))
        formula = f"IF(ABS({p.x}-{literal(Fraction(stored))})<0.0000000001,{points},{formula})"
    return formula


RULES: dict[str, Callable[[Place], str]] = {
    "attain": _attain,
    "goalposts": _goalposts,
    "minmax": _minmax,
    "zscore": _zscore,
    "percentile": _percentile,
    "rank_step": _rank_step,
    "ratio_to_best": _ratio_to_best,
    "bands": _bands,
    "deduct_per": lambda p: f"MAX({p['floor']},{p['from']}-{p['each']}*{p.x})",
    "plateau": lambda p: f"100*MIN(1,MAX(0,{p.x}/{p['at']}))",
    "points": lambda p: f"100*MIN(1,MAX(0,{p.x}/{p['out_of']}))",
    "options": _options,
    "as_is": lambda p: p.x,
    "yes_no": lambda p: f"IF({p.x}<>0,{p['if_yes']},{p['if_no']})",
}


def weighted(rows: Sequence[int], column: str) -> str:
    """Weighted mean of what counts in these rows."""
    over = "+".join(f"{COUNTS}{at}*{WEIGHT}{at}*{column}{at}" for at in rows)
    return f"({over})/({weights(rows)})"


def weights(rows: Sequence[int]) -> str:
    """Sum of the weights of what counts."""
    return "+".join(f"{COUNTS}{at}*{WEIGHT}{at}" for at in rows)


def any_present(rows: Sequence[int]) -> str:
    """Whether anything counts in these rows."""
    return f"({'+'.join(f'{COUNTS}{at}' for at in rows)})>0"


def _minimum(rows: Sequence[int]) -> str:
    # What does not count must not be the least: it stands in as more than any points.
    return f"MIN({','.join(f'IF({COUNTS}{at}=1,{USED}{at},1000000)' for at in rows)})"


def _above_zero(rows: Sequence[int], term: Callable[[int], str], result: Callable[[str], str]) -> str:
    terms = [f"IF({COUNTS}{at}=1,{WEIGHT}{at}*{term(at)},0)" for at in rows]
    return f"IF({_minimum(rows)}<=0,0,{result('+'.join(terms))})"


def _geometric(rows: Sequence[int]) -> str:
    return _above_zero(rows, lambda at: f"LN({USED}{at})", lambda total: f"EXP(({total})/({weights(rows)}))")


def _harmonic(rows: Sequence[int]) -> str:
    return _above_zero(rows, lambda at: f"1/{USED}{at}", lambda total: f"({weights(rows)})/({total})")


MEANS: dict[str, Callable[[Sequence[int]], str]] = {
    "mean": lambda rows: weighted(rows, USED),
    "geometric": _geometric,
    "harmonic": _harmonic,
    "minimum": _minimum,
}


def share(node: int, child: int, children: Sequence[int]) -> str:
    """The child's part of its node's contribution: by weight and points, by the weight alone where those sum to 0."""
    products = "+".join(f"{COUNTS}{at}*{WEIGHT}{at}*{USED}{at}" for at in children)
    mine = f"{COUNTS}{child}*{WEIGHT}{child}"
    by_weight = f"{SHARE}{node}*{mine}/MAX(0.000001,{weights(children)})"
    return f"IF(({products})=0,{by_weight},{SHARE}{node}*{mine}*{USED}{child}/({products}))"


def clipped(formula: str, limits: Mapping[str, Any]) -> str:
    """A formula within the limits that the document gives."""
    low, high = literal(read_number(limits["from"])), literal(read_number(limits["to"]))
    return f"MAX({low},MIN({high},{formula}))"


def half_up(formula: str) -> str:
    """Half up to micro-points, also below 0: INT goes towards minus infinity."""
    return f"INT(({formula})*1000000+0.5)/1000000"


def read_number(text: Any) -> Fraction:
    """A number of the document: 95.5, 100/3, 110%."""
    written = str(text)
    return Fraction(written[:-1]) / 100 if written.endswith("%") else Fraction(written)


def literal(number: Fraction) -> str:
    """A number as a formula writes it: exact where it is a decimal, else a quotient."""
    if number.denominator == 1:
        return str(number.numerator) if number >= 0 else f"({number.numerator})"
    return f"({number.numerator}/{number.denominator})"
