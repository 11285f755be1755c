"""Every row of golden.csv through the engine's doors."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from evaluation.scoring import (
    LeafState,
    Rows,
    band_keys,
    explain,
    parse,
    place,
    reason_texts,
    score,
    stats,
)
from evaluation.scoring.attribution import Spell, attributed_total, days_held, months_held, unit_lines
from evaluation.scoring.ballots import ballot_points
from evaluation.scoring.exact import shown
from evaluation.scoring.quotas import cut, seats
from evaluation.scoring.reading import fraction_of
from evaluation.scoring.rollup import roll_up
from evaluation.scoring.types import NO_TOTAL, PART_MISSING, PART_NOT_APPLICABLE, Scheme
from tests.evaluation.scoring.golden_city import City, calendar_months, months_of, stored
from tests.evaluation.scoring.sample import (
    DATA,
    as_is,
    document,
    documents,
    find_part,
    indicators,
    plain_indicator,
    read_csv,
    read_yaml,
    scheme,
)

pytestmark = pytest.mark.pure

Row = dict[str, str]

NOT_REACHED: tuple[str, ...] = ()
DATA_ROWS = {"fact", "posting", "event", "gate", "exemption"}
BALLOT = {"优秀": Fraction(100), "称职": Fraction(80), "基本称职": Fraction(60), "不称职": Fraction(0)}

GOLDEN = read_csv(DATA / "golden.csv")
TESTED = [row for row in GOLDEN if row["row"] not in DATA_ROWS and row["case"] not in NOT_REACHED]


@cache
def city() -> City:
    return City(GOLDEN)


def name_of(row: Row) -> str:
    return "-".join(part for part in (row["case"], row["row"], row["key"]) if part)


# ---- one rule alone -------------------------------------------------------------------------


def rule_document(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document with the one leaf or node of a row, and its indicators."""
    given = read_yaml(row["inputs"])
    if row["row"] == "leaf":
        if row["document"]:
            source = documents()[row["document"]]
            part = dict(find_part(source["tree"], row["key"])) | {"weight": "100"}
            kept = {key: source[key] for key in ("subject", "period", "groups") if key in source}
            return document([part], **kept), dict(indicators())
        part = {"key": "x", "weight": "100", "indicator": "x", "score": given["score"]}
        part |= {"missing": given["missing"]} if "missing" in given else {}
        part |= {"in_small_group": {"as_is": {}}} if looks_at_peers(given["score"]) else {}
        return document([part], groups={"set": "test", "min_size": "2"}), {
            "x": plain_indicator("x", direction=given.get("direction", "+"))
        }
    how, weights = node_of(row)
    parts = [as_is(f"p{at}", weight) for at, weight in enumerate(weights)]
    parts[-1] |= {"missing": given["missing"]} if "missing" in given else {}
    written = document(parts, tree={"key": "total", "how": how, "parts": parts})
    return written, {part["key"]: plain_indicator(part["key"]) for part in parts}


def looks_at_peers(rule: dict[str, Any]) -> bool:
    return bool(rule.keys() & {"minmax", "zscore", "percentile", "rank_step", "ratio_to_best"})


def node_of(row: Row) -> tuple[str, list[str]]:
    given = read_yaml(row["inputs"])
    if not row["document"]:
        return given.get("how", "mean"), given["weights"]
    node = find_part(documents()[row["document"]]["tree"], row["key"])
    return node.get("how", "mean"), [part["weight"] for part in node["parts"]]


def filled(of: Scheme, values: list[str], targets: list[str]) -> Rows:
    """One leaf, one row a value."""
    leaf = of.leaves[0]
    rows = Rows.blank(np.arange(len(values)), of)
    rows.values[:, 0] = [stored(value or "0", leaf.places) for value in values]
    rows.states[:, 0] = [LeafState.PRESENT if value else LeafState.MISSING for value in values]
    if targets:
        rows.targets[:, 0] = [stored(target, leaf.places) for target in targets]
        rows.target_counts[:, 0] = 1
    return rows


def node_row(of: Scheme, row: Row) -> Rows:
    """One row whose leaves have the given points."""
    given = read_yaml(row["inputs"])
    rows = Rows.blank([1], of)
    for at, points in enumerate(given["points"]):
        if points != "null":
            rows.values[0, at], rows.states[0, at] = stored(points, 6), LeafState.PRESENT
    if "exempt" in given:
        rows.exempt[0, int(given["exempt"])] = True
    return rows


def leaf(row: Row) -> str:
    of, given = parse(*rule_document(row)), read_yaml(row["inputs"])
    rows = filled(of, given["values"], given.get("targets", []))
    scored = score(rows, stats(rows, of), of)
    return "|".join(map(str, scored.parts[:, of.leaves[0].position]))


def node(row: Row) -> str:
    of = parse(*rule_document(row))
    rows = node_row(of, row)
    return str(score(rows, stats(rows, of), of).totals[0])


def lines(row: Row) -> str:
    of = parse(*rule_document(row))
    rows = node_row(of, row)
    return "|".join(str(line.contribution) for line in explain(rows, stats(rows, of), of))


def ballot(row: Row) -> str:
    votes = {option: int(number) for option, number in read_yaml(row["inputs"]).items()}
    return str(ballot_points(votes, BALLOT))


def quota(row: Row) -> str:
    given = read_yaml(row["inputs"])
    share = fraction_of(given["at_most"], may_be_percent=True)
    assert share is not None
    return "|".join(map(str, seats(given["round"], share, [int(size) for size in given["bodies"]])))


def at_the_cut(row: Row) -> str:
    given = read_yaml(row["inputs"])
    return "|".join(cut([stored(total, 6) for total in given["totals"]], int(given["seats"])))


def rollup(row: Row) -> str:
    given = read_yaml(row["inputs"])
    values = np.array([[stored(value, 6) for value in given["values"]]])
    nothing = np.zeros(values.shape, np.int8)
    rolled = roll_up(values, nothing, values, nothing, given["how"])
    of = parse(document([as_is("x")]), {"x": plain_indicator("x")})
    rows = Rows.blank([1], of)
    rows.values[:, 0], rows.counts[:, 0], rows.states[:, 0] = rolled.sums, rolled.counts, rolled.states
    return str(score(rows, stats(rows, of), of).parts[0, 1])


def tenure(row: Row) -> str:
    given = read_yaml(row["inputs"])
    spells = [Spell(*(months_ordinal(posting[day]) for day in ("starts", "ends"))) for posting in given["postings"]]
    months = calendar_months(months_of(given["period"]))
    held = (
        days_held(spells, months[0].first, months[-1].last) if given["weigh"] == "days" else months_held(spells, months)
    )
    totals = [stored(posting["total"], 6) for posting in given["postings"]]
    return str(attributed_total(list(zip(held, totals, strict=True))))


def months_ordinal(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64)) + 719_163


def around_total(code: str, total: str, **output: Any) -> tuple[Scheme, Rows]:
    """A document whose tree is worth exactly ``total``, with the adjust, gates and bands of another."""
    source = documents()[code]
    kept = {key: source[key] for key in ("adjust", "gates", "bands") if key in source}
    of = parse(
        document([as_is("x")], output=source["output"] | output | {"tie_break": ["x"]}, **kept),
        {"x": plain_indicator("x", places=9)},
    )
    rows = Rows.blank([1], of)
    rows.values[0, 0] = stored(total, 9) * 100 // int(source["output"]["max"])
    rows.states[0, 0] = LeafState.PRESENT
    return of, rows


def adjust(row: Row) -> str:
    given = read_yaml(row["inputs"])
    of, rows = around_total(row["document"], given["tree"])
    codes = [code for code, _ in of.adjust.items]
    for code, points in given["events"]:
        rows.occurrences[0, codes.index(code)] += stored(points, 6)
    return str(score(rows, stats(rows, of), of).totals[0])


def banding(row: Row) -> str:
    given = read_yaml(row["inputs"])
    of, rows = around_total(row["document"], given["total"], **given.get("output", {}))
    for at, gate in enumerate(of.gates):
        rows.gates[0, at] = gate.code in given.get("gates", [])
    scored = score(rows, stats(rows, of), of)
    assert scored.totals[0] == stored(given["total"], 6)
    return band_keys(scored, of)[0]


def shown_digits(row: Row) -> str:
    given = read_yaml(row["inputs"])
    total = shown(np.array([stored(given["total"], 6)]), int(given["show"]))[0]
    return f"{total // 10**6}.{total % 10**6:06}"[: -(6 - int(given["show"]))]


def rank(row: Row) -> str:
    given = read_yaml(row["inputs"])
    ties = given.get("tie_break", [])
    keys = [f"t{at}" for at in range(len(ties))]
    output = {"max": "100", "show": given["show"], "rank_on": given["rank_on"], "tie_break": keys or ["x"]}
    output |= {"order": given["order"]} if "order" in given else {}
    parts = [as_is("x", str(100 - len(ties))), *(as_is(key, "1") for key in keys)]
    of = parse(document(parts, output=output), {part["key"]: plain_indicator(part["key"]) for part in parts})
    rows = Rows.blank(np.arange(len(given["totals"])), of)
    scored = score(rows, stats(rows, of), of)
    scored.totals[:] = [stored(total, 6) for total in given["totals"]]
    for at, values in enumerate(ties):
        scored.parts[:, of.leaves[1 + at].position] = [stored(value, 6) for value in values]
    return "|".join(map(str, place(scored, of).ranks))


# ---- results of the sample facts ---------------------------------------------------------------


def points(row: Row) -> str:
    result = city().result(row["document"], row["subject"], row["period"])
    part = next(part for part in scheme(row["document"]).parts if part.key == row["key"])
    value = int(result.scored.parts[result.at, part.position])
    return {PART_MISSING: "missing", PART_NOT_APPLICABLE: "na"}.get(value, str(value))


def line(row: Row) -> str:
    result = city().result(row["document"], row["subject"], row["period"])
    return str(sum(x.contribution or 0 for x in result.lines(scheme(row["document"])) if x.key == row["key"]))


def unit_line(row: Row) -> str:
    result = city().result(row["document"], row["subject"], row["period"])
    whole = next(x.contribution for x in result.lines(scheme(row["document"])) if x.index)
    assert whole is not None
    return str(sum(x.contribution or 0 for x in unit_lines(whole, result.shares) if x.key == row["key"]))


def total(row: Row) -> str:
    result = city().result(row["document"], row["subject"], row["period"])
    value = int(result.scored.totals[result.at])
    return "" if value == NO_TOTAL else str(value)


def coverage(row: Row) -> str:
    result = city().result(row["document"], row["subject"], row["period"])
    return str(result.scored.coverage[result.at])


def band(row: Row) -> str:
    result = city().result(row["document"], row["subject"], row["period"])
    return band_keys(result.scored, scheme(row["document"]))[result.at]


def reason(row: Row) -> str:
    result = city().result(row["document"], row["subject"], row["period"])
    return reason_texts(result.scored, scheme(row["document"]))[result.at]


DOORS: dict[str, Callable[[Row], str]] = {
    "ballot": ballot,
    "cut": at_the_cut,
    "leaf": leaf,
    "quota": quota,
    "node": node,
    "lines": lines,
    "rollup": rollup,
    "tenure": tenure,
    "adjust": adjust,
    "banding": banding,
    "shown": shown_digits,
    "rank": rank,
    "points": points,
    "line": line,
    "unit_line": unit_line,
    "total": total,
    "coverage": coverage,
    "band": band,
    "reason": reason,
}


@pytest.mark.parametrize("row", TESTED, ids=name_of)
def test_golden_row_comes_out_as_expected(row: Row) -> None:
    assert DOORS[row["row"]](row) == row["expected"]


def test_every_row_of_the_table_is_either_data_or_tested() -> None:
    assert {row["row"] for row in GOLDEN} == DATA_ROWS | set(DOORS)
    assert [row["case"] for row in GOLDEN if row["case"] in NOT_REACHED] == []
    assert (len(GOLDEN), len(TESTED)) == (842, 580)


@pytest.mark.parametrize("code", ["TGC-BANNER-HEAD", "TGC-DEPARTMENT-DEPUTY", "TGC-TOWNSHIP-DEPUTY", "TGC-TOWNSHIP"])
def test_lines_of_the_sample_sum_to_the_total(code: str) -> None:
    rows = [row for row in GOLDEN if row["row"] == "total" and row["document"] == code and row["expected"]]

    sums = {
        row["subject"]: sum(
            x.contribution or 0 for x in city().result(code, row["subject"], row["period"]).lines(scheme(code))
        )
        for row in rows
    }

    assert sums == {row["subject"]: int(row["expected"]) for row in rows}
