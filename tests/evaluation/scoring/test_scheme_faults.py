"""Every fault of a document is told with its path and code, all in one pass."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from evaluation.scheme_texts import FAULT_TEXTS, SCORING_TEXTS, fault_line
from evaluation.scoring import SchemeError, kept_form, parse
from tests.evaluation.scoring.sample import ROOT, as_is, document, documents, indicators, plain_indicator

pytestmark = pytest.mark.pure

Change = Callable[[dict[str, Any]], Any]
BANNER, HEAD, HDI = "TGC-BANNER", "TGC-BANNER-HEAD", "HDI-2021"


def at(document: dict[str, Any], *way: str | int) -> Any:
    place: Any = document
    for step in way:
        place = place[step]
    return place


def put(*way: str | int) -> Change:
    """A change that puts the last of ``way`` at the place that the others name."""
    *steps, key, value = way

    def change(document: dict[str, Any]) -> None:
        at(document, *steps)[key] = value

    return change


def gone(*way: str | int) -> Change:
    """A change that takes a key away."""

    def change(document: dict[str, Any]) -> None:
        del at(document, *way[:-1])[way[-1]]

    return change


def faults_of(code: str, *changes: Change) -> list[tuple[str, str]]:
    document = deepcopy(documents()[code])
    for change in changes:
        change(document)
    with pytest.raises(SchemeError) as refused:
        parse(document, indicators())
    assert all(fault_line(fault) for fault in refused.value.faults)
    return [(fault.path, fault.code) for fault in refused.value.faults]


LEAF = ("tree", "parts", 0, "parts", 0)  # DD01: attain
RANKED = ("tree", "parts", 0, "parts", 2, "parts", 1)  # DD03r: minmax
BANDED = ("tree", "parts", 0, "parts", 7)  # DD08: bands
DEDUCTED = ("tree", "parts", 0, "parts", 10)  # DD12: deduct_per, less is better
POINTS = ("tree", "parts", 1, "parts", 1)  # CX02: points
UNIT = ("tree", "parts", 0)  # of a person's scheme: the index
OWN = ("tree", "parts", 1, "parts")
FIRST = "tree.parts[0].parts"
GRADE = ("tree", "parts", 2, "parts", 1)  # JY01: options

PEERS = f"{FIRST}[2].parts[1].score"
VOID = {"effect": "void", "reason": "作废"}


def steps(**changes: str) -> dict[str, Any]:
    return {"rank_step": {"first": "100", "step": "5", "floor": "0"} | changes}


POSTS = ("tree", "parts", 0, "score", "goalposts")
LOG_POSTS = ("tree", "parts", 2, "score", "goalposts")

CORPUS: list[tuple[str, Change, str, str]] = [
    (BANNER, put("formula", "a+b"), "formula", "unknown_key"),
    (BANNER, gone("basis"), "basis", "missing_key"),
    (BANNER, put("document", "scheme/2"), "document", "not_one_of"),
    (BANNER, put("code", "banner"), "code", "bad_name"),
    (BANNER, put("name", "旗区"), "name", "not_a_mapping"),
    (BANNER, put("subject", "person"), "subject", "not_one_of"),
    (BANNER, put("population", "unit_kind", ["planet"]), "population.unit_kind[0]", "not_one_of"),
    (BANNER, put("population", "unit_kind", ["banner", "banner"]), "population.unit_kind", "word_twice"),
    (BANNER, put("population", "gender", ["女"]), "population.gender", "unknown_key"),
    (BANNER, put("population", "level", ["县处级正职"]), "population.level", "not_for_units"),
    (BANNER, put("tenure", {"weigh": "months"}), "tenure", "not_for_units"),
    (BANNER, put("missing", "zero()"), "missing", "zero_needs_reason"),
    (BANNER, put("missing", "zero( )"), "missing", "zero_needs_reason"),
    (BANNER, put("missing", f"zero({'未' * 201})"), "missing", "zero_needs_reason"),
    (BANNER, put("missing", "zero"), "missing", "not_one_of"),
    (BANNER, put("missing", "carry_forward(0)"), "missing", "not_one_of"),
    (BANNER, put("missing", "skip"), "missing", "not_one_of"),
    (BANNER, put("coverage_floor", "120%"), "coverage_floor", "out_of_range"),
    (BANNER, put("coverage_floor", 0.8), "coverage_floor", "float_not_allowed"),
    (BANNER, put("output", "show", "7"), "output.show", "out_of_range"),
    (BANNER, put("output", "show", "1/2"), "output.show", "not_whole"),
    (BANNER, put("output", "max", "0"), "output.max", "not_positive"),
    (BANNER, put("output", "ties", "dense"), "output.ties", "not_one_of"),
    (BANNER, put("output", "tie_break", ["own"]), "output.tie_break", "unknown_part"),
    (BANNER, put("adjust", "total", "from", "6"), "adjust.total.from", "from_above_to"),
    (BANNER, put("adjust", "items", "a1", {"from": "0", "to": "1"}), "adjust.items.a1", "bad_name"),
    (BANNER, put("gates", "G01", "band", "best"), "gates.G01.band", "unknown_band"),
    (BANNER, put("gates", "G02", "band", "better"), "gates.G02.band", "unknown_key"),
    (BANNER, put("gates", "G02", "effect", "lift_band"), "gates.G02.effect", "not_one_of"),
    (BANNER, put("gates", "A01", {"effect": "void", "reason": "x"}), "gates.A01", "key_twice"),
    (HDI, put("bands", []), "bands", "empty_list"),
    (HDI, put("bands", 1, "key", "low"), "bands[3].key", "key_twice"),
    (BANNER, put("bands", 3, "from", "10"), "bands", "bands_not_down_to_zero"),
    (BANNER, put("tree", {"key": "x", "indicator": "DD01"}), "tree", "root_not_node"),
    (BANNER, put("tree", "weight", "100"), "tree.weight", "unknown_key"),
    (BANNER, put("tree", "key", "null"), "tree.key", "reserved_key"),
    (BANNER, put("tree", "key", None), "tree.key", "not_text"),
    (BANNER, put("bands", 0, "key", "hidden"), "bands[0].key", "reserved_key"),
    (BANNER, put("gates", "G01"), "gates", "not_a_mapping"),
    (BANNER, put("gates", [["G01"]]), "gates[0]", "not_a_keyed_pair"),
    (BANNER, put("gates", [["G02", VOID], ["G02", VOID]]), "gates.G02", "key_twice"),
    (BANNER, put("gates", [["G02", {**VOID, "band": "fair"}]]), "gates.G02.band", "unknown_key"),
    (BANNER, put("gates", [["g2", VOID]]), "gates.g2", "bad_name"),
    (BANNER, put("adjust", "items", [["A01", {"from": "1", "to": "0"}]]), "adjust.items.A01.from", "from_above_to"),
    (BANNER, put("tree", "how", "median"), "tree.how", "not_one_of"),
    (BANNER, put("tree", "parts", {}), "tree.parts", "not_a_list"),
    (BANNER, put(*LEAF, "weight", "18.01"), "tree.parts[0].parts", "weights_not_100"),
    (BANNER, put(*LEAF, "weight", "1_8"), f"{FIRST}[0].weight", "not_a_number"),
    (BANNER, put(*LEAF, "weight", "1/0"), f"{FIRST}[0].weight", "not_a_number"),
    (BANNER, put(*LEAF, "weight", "18%"), f"{FIRST}[0].weight", "not_a_number"),
    (BANNER, put(*LEAF, "weight", "-18"), f"{FIRST}[0].weight", "not_positive"),
    (BANNER, put(*LEAF, "key", "DD02"), f"{FIRST}[1].key", "key_twice"),
    (BANNER, put(*LEAF, "key", "a b"), f"{FIRST}[0].key", "bad_name"),
    (BANNER, put(*LEAF, "indicator", "gender"), f"{FIRST}[0].indicator", "unknown_indicator"),
    (BANNER, put(*LEAF, "indicator", "OT01"), f"{FIRST}[0].indicator", "indicator_of_other_kind"),
    (BANNER, put(*LEAF, "rollup", "sum"), f"{FIRST}[0].rollup", "rollup_not_needed"),
    (BANNER, gone("tree", "parts", 0, "parts", 1, "rollup"), f"{FIRST}[1].rollup", "rollup_needed"),
    (BANNER, gone(*POINTS, "missing"), "tree.parts[1].parts[1].missing", "carry_forward_needed"),
    (HEAD, put(*GRADE, "missing", "group_median"), "tree.parts[2].parts[1].missing", "median_needs_numbers"),
    (HEAD, put(*UNIT, "missing", "zero(未报)"), "tree.parts[0].missing", "index_must_be_required"),
    (HEAD, put(*GRADE, "score", "options", {}), "tree.parts[2].parts[1].score.options", "options_empty"),
    (
        BANNER,
        put(*POINTS, "score", "points", "out_of", "0"),
        "tree.parts[1].parts[1].score.points.out_of",
        "not_positive",
    ),
    (BANNER, put(*LEAF, "score", "attain", "target", "7"), f"{FIRST}[0].score.attain.target", "not_one_of"),
    (BANNER, put(*LEAF, "score", "attain", "floor", "2"), f"{FIRST}[0].score.attain.floor", "from_above_to"),
    (BANNER, put(*LEAF, "score", "attain", "cap", "0"), f"{FIRST}[0].score.attain.cap", "not_positive"),
    (BANNER, put(*LEAF, "score", "attain", "boost", "2"), f"{FIRST}[0].score.attain.boost", "unknown_key"),
    (BANNER, put(*LEAF, "score", {}), f"{FIRST}[0].score", "one_rule_needed"),
    (BANNER, put(*LEAF, "score", "as_is", {}), f"{FIRST}[0].score", "one_rule_needed"),
    (BANNER, put(*LEAF, "score", {"magic": {}}), f"{FIRST}[0].score.magic", "unknown_key"),
    (BANNER, put(*LEAF, "score", "attain"), f"{FIRST}[0].score", "not_a_mapping"),
    (
        BANNER,
        put(*DEDUCTED, "score", {"attain": {"target": "data"}}),
        f"{FIRST}[10].score.attain.cap",
        "cap_needed",
    ),
    (
        BANNER,
        put(*DEDUCTED, "score", "deduct_per", "each", "-1"),
        f"{FIRST}[10].score.deduct_per.each",
        "not_positive",
    ),
    (BANNER, gone(*RANKED, "in_small_group"), f"{FIRST}[2].parts[1].in_small_group", "small_group_needed"),
    (
        BANNER,
        put(*LEAF, "in_small_group", {"as_is": {}}),
        f"{FIRST}[0].in_small_group",
        "small_group_not_needed",
    ),
    (
        BANNER,
        put(*RANKED, "in_small_group", {"minmax": {"low": "0", "high": "1", "all_equal": "0"}}),
        f"{FIRST}[2].parts[1].in_small_group",
        "small_group_looks_at_peers",
    ),
    (BANNER, put(*RANKED, "score", {"zscore": {"centre": "80"}}), f"{PEERS}.zscore.per_sd", "missing_key"),
    (
        BANNER,
        put(*RANKED, "score", {"zscore": {"centre": "8", "per_sd": "0"}}),
        f"{PEERS}.zscore.per_sd",
        "not_positive",
    ),
    (BANNER, put(*RANKED, "score", {"percentile": {"low": "0"}}), f"{PEERS}.percentile.low", "unknown_key"),
    (BANNER, put(*RANKED, "score", {"percentile": "yes"}), f"{PEERS}.percentile", "not_a_mapping"),
    (BANNER, put(*RANKED, "score", steps(step="0")), f"{PEERS}.rank_step.step", "not_positive"),
    (BANNER, put(*RANKED, "score", steps(floor="101")), f"{PEERS}.rank_step.floor", "from_above_to"),
    (BANNER, put(*RANKED, "score", {"ratio_to_best": {}}), f"{PEERS}.ratio_to_best", "ratio_of_negative"),
    (
        BANNER,
        put(*RANKED, "score", "minmax", "low", "101"),
        f"{FIRST}[2].parts[1].score.minmax.low",
        "from_above_to",
    ),
    (
        BANNER,
        put(*BANDED, "score", "bands", "at_least", [["60", "100"], ["95", "90"]]),
        f"{FIRST}[7].score.bands.at_least",
        "bands_not_monotone",
    ),
    (
        BANNER,
        put(*BANDED, "score", "bands", "at_least", [["60"]]),
        f"{FIRST}[7].score.bands.at_least[0]",
        "not_a_pair",
    ),
    (BANNER, put(*BANDED, "score", "bands", {"else": "3"}), f"{FIRST}[7].score.bands", "one_edge_needed"),
    (
        BANNER,
        put(*BANDED, "score", "bands", {"at_most": [["5", "90"]], "else": "3"}),
        f"{FIRST}[7].score.bands.at_most",
        "edge_against_direction",
    ),
    (
        BANNER,
        put(*UNIT, {"key": "u", "weight": "65", "index": "TGC-BANNER"}),
        "tree.parts[0].index",
        "index_needs_cadre",
    ),
    (HEAD, put(*UNIT, "missing", "carry_forward(2)"), "tree.parts[0].missing", "index_must_be_required"),
    (HEAD, put(*UNIT, "missing", "reweight"), "tree.parts[0].missing", "index_must_be_required"),
    (HEAD, put(*UNIT, "index", ["banner"]), "tree.parts[0].index[0]", "bad_name"),
    (HEAD, gone("tenure"), "tenure", "tenure_needed"),
    (HEAD, put("tenure", "minimum", "in_post_days", "-1"), "tenure.minimum.in_post_days", "out_of_range"),
    (HEAD, gone("groups", "by"), "groups.by", "missing_key"),
    (HEAD, put("quota", 0, "round", "ceiling"), "quota[0].round", "not_one_of"),
    (HEAD, put("quota", 0, "band", "best"), "quota[0].band", "unknown_band"),
    (HEAD, gone(*GRADE, "score", "options", "好"), "tree.parts[2].parts[1].score.options", "options_not_labels"),
    (
        HDI,
        put(*POSTS, "min", "85"),
        "tree.parts[0].score.goalposts.min",
        "min_not_below_max",
    ),
    (
        HDI,
        put(*POSTS, "clip", "yes"),
        "tree.parts[0].score.goalposts.clip",
        "not_one_of",
    ),
    (
        HDI,
        put(*LOG_POSTS, "min", "0"),
        "tree.parts[2].score.goalposts.min",
        "log_needs_positive",
    ),
    (
        HDI,
        put("tree", "parts", 2, "score", {"yes_no": {"if_yes": "1"}}),
        "tree.parts[2].score.yes_no.if_no",
        "missing_key",
    ),
]


@pytest.mark.parametrize(("code", "change", "path", "fault"), CORPUS, ids=[f"{c[3]}-{c[2]}" for c in CORPUS])
def test_a_fault_is_told_at_its_path(code: str, change: Change, path: str, fault: str) -> None:
    assert faults_of(code, change) == [(path, fault)]


def test_all_faults_come_in_one_pass() -> None:
    found = faults_of(BANNER, put("subject", "planet"), put(*LEAF, "weight", "9_5"), put("bands", 0, "from", "NaN"))

    assert {("subject", "not_one_of"), (f"{FIRST}[0].weight", "not_a_number")} <= set(found)
    assert ("bands[0].from", "not_a_number") in found


def test_log_without_clip_needs_an_indicator_that_is_positive() -> None:
    goalposts = {"goalposts": {"min": "1", "max": "9", "log": "true"}}

    found = faults_of(HDI, put("tree", "parts", 0, "score", goalposts))

    assert found == [("tree.parts[0].score.goalposts.clip", "log_needs_clip")]


def test_options_are_not_averaged() -> None:
    found = faults_of(
        "TGC-FIRST-SECRETARY",
        put("period", "year"),
        lambda document: [leaf.update(rollup="last") for leaf in at(document, *OWN) if "rollup" not in leaf],
        lambda document: at(document, *GRADE).update(rollup="mean"),
    )

    assert ("tree.parts[2].parts[1].rollup", "rollup_must_be_last") in found


def test_a_unit_leaf_is_required_even_where_the_document_says_nothing_of_it() -> None:
    document = deepcopy(documents()[HEAD])
    del at(document, *UNIT)["missing"]

    assert parse(document, indicators()).leaves[0].is_required


def test_weights_that_make_no_common_whole_are_refused() -> None:
    unit = 2 * 10**18
    parts = [as_is("a", "50"), as_is("b", f"1/{unit}"), as_is("c", f"{50 * unit - 1}/{unit}")]

    with pytest.raises(SchemeError) as refused:
        parse(document(parts), {key: plain_indicator(key) for key in "abc"})

    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("tree.parts", "weights_too_fine")]


@pytest.mark.parametrize(
    ("of_document", "of_leaf", "policy"),
    [
        ("reweight", None, (0, False, False, "")),
        ("required", None, (0, False, True, "")),
        ("zero(未报)", None, (0, False, False, "未报")),
        ("group_median", None, (0, True, False, "")),
        ("required", "reweight", (0, False, False, "")),
        ("required", "zero(逾期)", (0, False, False, "逾期")),
        ("zero(未报)", "required", (0, False, True, "")),
        ("required", "carry_forward(2)", (2, False, True, "")),
        ("zero( 未报 )", "carry_forward(2)", (2, False, False, "未报")),
        ("group_median", "carry_forward(2)", (2, True, False, "")),
        ("required", "group_median", (0, True, True, "")),
        ("zero(未报)", "group_median", (0, True, False, "未报")),
        ("carry_forward(3)", "group_median", (0, True, False, "")),
    ],
)
def test_a_leafs_word_on_missing_wins_and_what_it_leaves_open_the_document_decides(
    of_document: str, of_leaf: str | None, policy: tuple[int, bool, bool, str]
) -> None:
    part = as_is("a") | ({"missing": of_leaf} if of_leaf else {})

    leaf = parse(document([part], missing=of_document), {"a": plain_indicator("a")}).leaves[0]

    assert (leaf.carry_periods, leaf.takes_median, leaf.is_required, leaf.zero_reason) == policy


def test_deep_and_wide_trees_are_refused() -> None:
    deep: dict[str, Any] = {"key": "leaf", "weight": "100", "indicator": "DD01", "score": {"as_is": {}}}
    for level in range(40):
        deep = {"key": f"n{level}", "weight": "100", "parts": [deep]}
    wide = [{"key": f"n{i}", "weight": "1/6", "parts": [dict(deep, key=f"m{i}")]} for i in range(600)]

    assert "too_deep" in {code for _, code in faults_of(BANNER, put("tree", "parts", [deep]))}
    assert "too_many_parts" in {code for _, code in faults_of(BANNER, put("tree", "parts", wide))}


@pytest.mark.parametrize("nothing", [None, [], "text", 7])
def test_what_is_no_mapping_is_no_scheme(nothing: Any) -> None:
    with pytest.raises(SchemeError) as refused:
        parse(nothing, {})

    assert [fault.code for fault in refused.value.faults] == ["not_a_mapping"]


@pytest.mark.parametrize("code", sorted(documents()))
def test_every_sample_document_is_read_without_a_fault(code: str) -> None:
    scheme = parse(documents()[code], indicators())

    assert scheme.code == code
    assert [part.position for part in scheme.parts] == list(range(len(scheme.parts)))
    assert [leaf.column for leaf in scheme.leaves] == list(range(len(scheme.leaves)))


def test_numbers_of_a_kept_json_body_are_read_like_those_of_the_text() -> None:
    def numbered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: numbered(item) for key, item in value.items()}
        if isinstance(value, list):
            return [numbered(item) for item in value]
        return {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)

    for written in documents().values():
        assert parse(numbered(written), indicators()) == parse(written, indicators())


def reversed_keys(value: Any) -> Any:
    """As a database may give it back that does not keep the order of keys."""
    if isinstance(value, dict):
        return {key: reversed_keys(item) for key, item in reversed(value.items())}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


def test_order_of_keys_in_what_is_kept_changes_nothing() -> None:
    for written in documents().values():
        assert parse(reversed_keys(kept_form(written)), indicators()) == parse(written, indicators())


def test_gates_and_occurrences_keep_the_order_of_the_document() -> None:
    written = deepcopy(documents()[BANNER])
    written["gates"] = dict(reversed(written["gates"].items()))
    written["adjust"]["items"] = dict(reversed(written["adjust"]["items"].items()))

    scheme = parse(reversed_keys(kept_form(written)), indicators())

    assert [gate.code for gate in scheme.gates] == ["G07", "G06", "G02", "G01"]
    assert [code for code, _ in scheme.adjust.items] == ["A04", "A03", "A02", "A01"]
    assert kept_form(kept_form(written)) == kept_form(written)


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(ROOT / "evaluation" / "scoring").glob("*.py"))

    assert [code for code in {**FAULT_TEXTS, **SCORING_TEXTS} if f'"{code}"' not in source] == []
