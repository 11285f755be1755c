"""Who gets no total and why, gates, peers, exemptions, and what the doors refuse."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from evaluation.scoring import (
    GroupStats,
    IndicatorDef,
    LeafState,
    LeafStats,
    LineKind,
    Placed,
    Rows,
    Scheme,
    Scored,
    ScoringError,
    Standing,
    band_keys,
    digest,
    explain,
    parse,
    place,
    reason_texts,
    score,
    stats,
)
from evaluation.scoring.types import NO_TOTAL
from tests.evaluation.scoring.sample import as_is, document, plain_indicator

pytestmark = pytest.mark.pure

BANDS = [
    {"key": "good", "zh": "好", "from": "90"},
    {"key": "fair", "zh": "一般", "from": "60"},
    {"key": "poor", "zh": "差", "from": "0"},
]
GATES = {
    "G01": {"effect": "cap_band", "band": "fair", "reason": "封顶"},
    "G02": {"effect": "void", "reason": "作废"},
    "G03": {"effect": "hide_band", "reason": "待定"},
}


def made(parts: list[dict[str, Any]], **changes: Any) -> Scheme:
    names = {part["indicator"] for part in parts}
    return parse(document(parts, **changes), {name: plain_indicator(name, places=2) for name in names})


def two_leaves(**changes: Any) -> Scheme:
    return made([as_is("a", "60", missing="required"), as_is("b", "40")], bands=BANDS, gates=GATES, **changes)


def rows_of(of: Scheme, *values: list[int | None]) -> Rows:
    """Stored values of each row; None is missing."""
    rows = Rows.blank(np.arange(1, len(values) + 1), of)
    for at, own in enumerate(values):
        for column, value in enumerate(own):
            if value is not None:
                rows.values[at, column], rows.states[at, column] = value, LeafState.PRESENT
    return rows


def scored_of(rows: Rows, of: Scheme) -> Scored:
    return score(rows, stats(rows, of), of)


def test_reasons_come_in_a_fixed_order() -> None:
    of = two_leaves(coverage_floor="80%")
    rows = rows_of(of, *([[None, None]] * 8), [9000, None], [9000, 9000])
    rows.gates[:2, 1] = True
    rows.standings[:8] = [1, 0, 1, 2, 3, 4, 0, 0]

    scored = scored_of(rows, of)

    assert reason_texts(scored, of) == [
        "G02",
        "G02",
        "LEFT_OUT_PROBATION",
        "LEFT_OUT_ABSENT",
        "TENURE_SHORT",
        "NO_GROUP",
        "REQUIRED_MISSING",
        "REQUIRED_MISSING",
        "LOW_COVERAGE",
        "",
    ]
    assert (scored.totals == NO_TOTAL).tolist() == [True] * 9 + [False]
    assert place(scored, of).ranks.tolist() == [0] * 9 + [1]


def test_coverage_at_the_floor_is_enough_and_below_it_is_not() -> None:
    parts = [as_is("a", "100/3"), as_is("b", "200/3")]
    rows = rows_of(made(parts), [None, 9000])

    at_floor, above = made(parts, coverage_floor="2/3"), made(parts, coverage_floor="667/1000")

    assert scored_of(rows, at_floor).totals.tolist() == [90_000_000]
    assert scored_of(rows, above).totals.tolist() == [NO_TOTAL]
    assert scored_of(rows, at_floor).coverage.tolist() == [66_666_667]


def test_nothing_applicable_is_no_total_even_without_a_floor() -> None:
    of = made([as_is("a")])
    rows = rows_of(of, [None])
    rows.states[:] = LeafState.NOT_APPLICABLE

    scored = scored_of(rows, of)

    assert (reason_texts(scored, of), scored.coverage.tolist()) == (["LOW_COVERAGE"], [0])


def test_a_policy_of_the_leaf_wins_over_the_documents() -> None:
    of = made([as_is("a", "50", missing="reweight"), as_is("b", "50")], missing="required")

    assert reason_texts(scored_of(rows_of(of, [None, 9000], [9000, None]), of), of) == ["", "REQUIRED_MISSING"]


def test_after_carrying_forward_the_documents_policy_applies() -> None:
    of = made([as_is("a", "50", missing="carry_forward(2)"), as_is("b", "50")], missing="required")

    assert [leaf.carry_periods for leaf in of.leaves] == [2, 0]
    assert reason_texts(scored_of(rows_of(of, [None, 9000]), of), of) == ["REQUIRED_MISSING"]


def test_gates_cap_hide_and_never_lift() -> None:
    of = two_leaves()
    rows = rows_of(of, *([[9500, 9500]] * 4), [1000, 1000])
    rows.gates[1, 0] = rows.gates[2, 2] = rows.gates[3, 0] = rows.gates[3, 2] = rows.gates[4, 0] = True

    scored = scored_of(rows, of)

    assert band_keys(scored, of) == ["good", "fair", "hidden", "hidden", "poor"]
    assert scored.totals.tolist()[:4] == [95_000_000] * 4
    assert place(scored, of).ranks.tolist() == [1, 1, 1, 1, 5]


# ---- peers --------------------------------------------------------------------------------------


def ranked(min_size: str = "3") -> Scheme:
    leaf = as_is("a", missing="reweight")
    leaf["score"] = {"minmax": {"low": "60", "high": "100", "all_equal": "80"}}
    leaf["in_small_group"] = {"attain": {"target": "data", "cap": "110%"}}
    return made([leaf], groups={"set": "test", "min_size": min_size})


def test_only_those_who_may_have_an_index_shape_the_group() -> None:
    of = ranked()
    rows = rows_of(of, [1000], [2000], [3000], [9000])
    rows.standings[3] = Standing.PROBATION

    group = stats(rows, of)

    assert group.size == 3
    assert group.leaves == (LeafStats(3, Fraction(10), Fraction(30)),)
    assert score(rows, group, of).totals.tolist() == [60_000_000, 80_000_000, 100_000_000, NO_TOTAL]


def test_min_size_counts_members_with_a_value_and_the_small_group_needs_targets() -> None:
    of = ranked()
    rows = rows_of(of, [1000], [2000], [None], [None])
    rows.targets[:, 0], rows.target_counts[:, 0] = 2000, [1, 0, 1, 1]

    scored = scored_of(rows, of)

    assert scored.small_group.tolist() == [True]
    assert scored.totals.tolist()[:2] == [50_000_000, NO_TOTAL]
    assert [LeafState(state).name for state in scored.states[:, 0]] == ["PRESENT", "NO_TARGET", "MISSING", "MISSING"]


def test_means_over_different_numbers_of_months_are_compared_exactly() -> None:
    of = ranked("1")
    rows = rows_of(of, [1000], [2000], [3001])
    rows.counts[:, 0] = [1, 2, 3]

    group = stats(rows, of)

    assert group.leaves == (LeafStats(3, Fraction(10), Fraction(3001, 300)),)
    assert score(rows, group, of).totals.tolist() == [60_000_000, 60_000_000, 100_000_000]


def test_kept_statistics_are_canonical_and_come_back_equal() -> None:
    of = ranked("1")
    rows = rows_of(of, [1000], [3001])
    rows.counts[1, 0] = 3
    group = stats(rows, of)

    assert group.to_bytes() == b'{"leaves":[[2,"10","3001/300"]],"size":2}'
    assert GroupStats.from_bytes(group.to_bytes()) == group


def test_a_target_of_zero_or_less_is_no_target() -> None:
    leaf = as_is("a") | {"score": {"attain": {"target": "data"}}}
    of = made([leaf])
    rows = rows_of(of, [1000], [1000])
    rows.targets[:, 0], rows.target_counts[:, 0] = [0, -5], 1

    scored = scored_of(rows, of)

    assert scored.states[:, 0].tolist() == [LeafState.NO_TARGET] * 2
    assert reason_texts(scored, of) == ["LOW_COVERAGE"] * 2


# ---- exemptions ---------------------------------------------------------------------------------


def test_an_exempt_leaf_takes_the_mean_of_its_siblings_own_scores() -> None:
    of = made([as_is("a", "40"), as_is("b", "30"), as_is("c", "30")])
    rows = rows_of(of, [8000, 4000, 2000])
    rows.exempt[0, 1:] = True

    scored = scored_of(rows, of)

    own = [80_000_000, 40_000_000, 20_000_000]
    lifted_b, lifted_c = (40 * own[0] + 30 * own[2]) // 70, (40 * own[0] + 30 * own[1]) // 70
    assert abs(scored.parts[0, 2] - lifted_b) <= 1
    assert abs(scored.parts[0, 3] - lifted_c) <= 1


def test_an_exempt_leaf_alone_in_its_node_keeps_its_score_and_a_missing_one_stays_missing() -> None:
    of = made([as_is("a", "50"), as_is("b", "50")])
    rows = rows_of(of, [4000, None])
    rows.exempt[:] = True

    assert scored_of(rows, of).totals.tolist() == [40_000_000]


# ---- explanation --------------------------------------------------------------------------------


def test_lines_tell_value_weight_and_what_the_events_did() -> None:
    adjust = {"items": {"A01": {"from": "0", "to": "5"}}, "total": {"from": "-1", "to": "3"}}
    of = two_leaves(adjust=adjust)
    rows = rows_of(of, [9900, None])
    rows.occurrences[0, 0] = 9_000_000

    lines = explain(rows, stats(rows, of), of)

    assert [(line.kind, line.key, line.contribution) for line in lines] == [
        (LineKind.LEAF, "a", 99_000_000),
        (LineKind.LEAF, "b", 0),
        (LineKind.OCCURRENCE, "A01", 5_000_000),
        (LineKind.NET_CLIP, "adjust.total", -2_000_000),
        (LineKind.MAX_CLIP, "output.max", -2_000_000),
    ]
    first, second = lines[:2]
    assert (first.value, first.places, first.points, first.parent) == (9900, 2, 99_000_000, "total")
    assert [str(line.weight) for line in (first, second)] == ["1", "0"]
    assert [str(line.nominal) for line in (first, second)] == ["3/5", "2/5"]
    assert (second.state, second.points) == (LeafState.MISSING, None)


@pytest.mark.parametrize(
    ("values", "contributions"),
    [([8000, 6000], [40_000_000, 20_000_000]), ([5000, -1000], [-6_000_000, -4_000_000])],
)
def test_a_node_that_is_no_mean_is_apportioned_by_its_products_or_below_zero_by_its_weights(
    values: list[int | None], contributions: list[int]
) -> None:
    parts = [as_is("a", "60"), as_is("b", "40")]
    of = made(parts, tree={"key": "total", "how": "minimum", "parts": parts})
    rows = rows_of(of, values)

    lines = explain(rows, stats(rows, of), of)

    assert [line.contribution for line in lines[:2]] == contributions


def test_tags_hold_for_all_below() -> None:
    inner = {"key": "n", "tag": "担当作为", "weight": "100", "parts": [as_is("a", "50"), as_is("b", "50", tag="创新")]}
    of = parse(document([inner]), {name: plain_indicator(name) for name in "ab"})

    assert [leaf.tag for leaf in of.leaves] == ["担当作为", "创新"]


# ---- what is refused ----------------------------------------------------------------------------


def test_points_beyond_all_measure_name_the_subject_and_the_leaf() -> None:
    of = made([as_is("a")])
    rows = rows_of(of, [1], [2**53 - 1])

    with pytest.raises(ScoringError) as refused:
        scored_of(rows, of)

    assert (refused.value.code, refused.value.facts) == ("points_out_of_range", {"subject": 2, "key": "a"})


def test_a_value_that_is_no_option_names_the_subject_and_the_leaf() -> None:
    grade = IndicatorDef("g", "unit", 0, 0, 100, "+", "year", (("好", 100), ("差", 0)))
    of = parse(document([as_is("g") | {"score": {"options": {"好": "100", "差": "30"}}}]), {"g": grade})
    rows = rows_of(of, [100], [0], [50])

    with pytest.raises(ScoringError) as refused:
        scored_of(rows, of)

    assert (refused.value.code, refused.value.facts) == ("not_an_option", {"subject": 3, "key": "g"})
    assert scored_of(rows.take([0, 1]), of).totals.tolist() == [100_000_000, 30_000_000]


def test_rows_of_another_shape_are_refused_at_the_door() -> None:
    rows = rows_of(made([as_is("a")]), [1])

    with pytest.raises(ScoringError, match="wrong_shape"):
        stats(rows, two_leaves())


def test_only_one_row_is_explained_at_a_time() -> None:
    of = made([as_is("a")])
    rows = rows_of(of, [1], [2])

    with pytest.raises(ScoringError, match="one_row_needed"):
        explain(rows, stats(rows, of), of)


def test_a_group_of_nobody_is_scored() -> None:
    of = ranked()
    rows = Rows.blank([], of)

    scored = scored_of(rows, of)

    assert (scored.totals.tolist(), place(scored, of).ranks.tolist()) == ([], [])
    assert len(digest(scored, place(scored, of))) == 64


# ---- digest -------------------------------------------------------------------------------------


def test_the_digest_is_literal_and_sees_every_column() -> None:
    of = two_leaves()
    rows = rows_of(of, [9000, 8000], [7000, None])
    scored = scored_of(rows, of)
    placed = place(scored, of)

    assert digest(scored, placed) == "80a2fc0f432340eafd2da8ae4a269b8275d760e3105f7e4032c08a7f1fab98f9"
    assert digest(scored, Placed(placed.ranks[::-1].copy())) != digest(scored, placed)
