"""What must hold for every input; fractions are the oracle of all that is rational."""

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.scoring import GroupStats, LeafState, Rows, Scheme, digest, explain, parse, place, score, stats
from evaluation.scoring.types import NO_TOTAL
from tests.evaluation.scoring.sample import as_is, document, plain_indicator

pytestmark = pytest.mark.pure

WEIGHTS = ("100/3", "100/7", "200/21", "300/7")  # thirds and sevenths; they sum to 100
VALUES = st.integers(-(2**53) + 1, 2**53 - 1)
Cell = tuple[int, int, int, int]
FEW = settings(max_examples=120, deadline=None)


def half_up(number: Fraction) -> int:
    return floor(number * 10**6 + Fraction(1, 2))


def one_leaf(rule: dict[str, Any], *, direction: str = "+", places: int = 2) -> Scheme:
    part = {"key": "x", "weight": "100", "indicator": "x", "score": rule}
    if "minmax" in rule:
        part["in_small_group"] = {"as_is": {}}
    groups = {"set": "test", "min_size": "1"}
    return parse(document([part], groups=groups), {"x": plain_indicator("x", direction=direction, places=places)})


def points_of(of: Scheme, cells: list[Cell]) -> list[int]:
    rows = Rows.blank(np.arange(len(cells)), of)
    columns = np.array(cells, np.int64).T
    rows.values[:, 0], rows.counts[:, 0], rows.targets[:, 0], rows.target_counts[:, 0] = columns
    rows.states[:] = LeafState.PRESENT
    return score(rows, stats(rows, of), of).parts[:, of.leaves[0].position].tolist()


columns = st.lists(
    st.tuples(VALUES, st.integers(1, 12), st.integers(1, 2**53 - 1), st.integers(1, 12)), min_size=1, max_size=6
)


@given(columns, st.sampled_from("+-"), st.integers(0, 9))
@FEW
def test_attain_is_the_exact_ratio_rounded_half_up(cells: list[Cell], direction: str, places: int) -> None:
    of = one_leaf({"attain": {"target": "data", "floor": "0%", "cap": "110%"}}, direction=direction, places=places)

    got = points_of(of, cells)

    assert got == [half_up(attained(*cell, direction)) for cell in cells]


def attained(value: int, count: int, target: int, target_count: int, direction: str) -> Fraction:
    x, t = Fraction(value, count), Fraction(target, target_count)
    ratio = x / t if direction == "+" else t / x if x > 0 else Fraction(11, 10)
    return 100 * min(max(ratio, Fraction(0)), Fraction(11, 10))


@given(columns, st.sampled_from("+-"))
@FEW
def test_minmax_is_exact_between_the_ends_of_the_group(cells: list[Cell], direction: str) -> None:
    of = one_leaf({"minmax": {"low": "60", "high": "100", "all_equal": "80"}}, direction=direction)

    got = points_of(of, cells)

    xs = [Fraction(value, count) for value, count, _, _ in cells]
    low, high = min(xs), max(xs)
    shares = [Fraction(1, 2) if low == high else (x - low) / (high - low) for x in xs]
    assert got == [half_up(60 + 40 * (share if direction == "+" else 1 - share)) for share in shares]


@given(columns)
@FEW
def test_fixed_scales_are_exact(cells: list[Cell]) -> None:
    xs = [Fraction(value, count * 100) for value, count, _, _ in cells]

    between = points_of(one_leaf({"goalposts": {"min": "-7", "max": "100/3", "clip": "true"}}), cells)
    plateau = points_of(one_leaf({"plateau": {"at": "15"}}), cells)

    span = Fraction(100, 3) + 7
    assert between == [half_up(100 * (min(max(x, Fraction(-7)), Fraction(100, 3)) + 7) / span) for x in xs]
    assert plateau == [half_up(100 * min(max(x / 15, Fraction(0)), Fraction(1))) for x in xs]


@given(columns.filter(lambda cells: all(abs(cell[0]) < 10**10 for cell in cells)))
@FEW
def test_deductions_are_exact(cells: list[Cell]) -> None:
    got = points_of(one_leaf({"deduct_per": {"from": "100", "each": "10/7", "floor": "0"}}), cells)

    xs = [Fraction(value, count * 100) for value, count, _, _ in cells]
    assert got == [half_up(max(100 - Fraction(10, 7) * x, Fraction(0))) for x in xs]


# ---- nodes, totals, lines -------------------------------------------------------------------


def tree(order: tuple[int, ...] = (0, 1, 2, 3), how: str = "mean") -> Scheme:
    """Four leaves with thirds and sevenths, two of them in a node below; the parts in any order."""
    inner = {"key": "inner", "weight": WEIGHTS[3], "parts": [as_is("d", "100/7"), as_is("e", "600/7")], "how": how}
    parts = [as_is("a", WEIGHTS[0]), as_is("b", WEIGHTS[1]), as_is("c", WEIGHTS[2]), inner]
    indicators = {key: plain_indicator(key) for key in "abcde"}
    adjust = {
        "items": {"A01": {"from": "0", "to": "5"}, "A02": {"from": "-3", "to": "0"}},
        "total": {"from": "-5", "to": "5"},
    }
    written = {"key": "total", "how": how, "parts": [parts[at] for at in order]}
    bands = [{"key": "good", "zh": "好", "from": "80"}, {"key": "poor", "zh": "差", "from": "0"}]
    return parse(document([], tree=written, adjust=adjust, bands=bands), indicators)


cells = st.tuples(st.integers(0, 110 * 10**6), st.sampled_from([0, 0, 0, 1, 2]), st.booleans())
subjects = st.tuples(st.tuples(*[cells] * 5), st.integers(-(10**7), 10**7), st.integers(-(10**7), 10**7))


def filled(of: Scheme, people: list[Any]) -> Rows:
    """Leaves by their key, so that the same people fill a permuted document."""
    rows = Rows.blank(np.arange(1, len(people) + 1), of)
    for at, (leaves, first, second) in enumerate(people):
        for leaf in of.leaves:
            value, state, is_exempt = leaves["abcde".index(leaf.key)]
            rows.values[at, leaf.column], rows.states[at, leaf.column] = value, state
            rows.exempt[at, leaf.column] = is_exempt
        rows.occurrences[at] = [first, second]
    return rows


@given(st.lists(subjects, min_size=1, max_size=8), st.sampled_from(["mean", "geometric"]))
@FEW
def test_lines_sum_to_the_total_to_the_last_micro_point(people: list[Any], how: str) -> None:
    of = tree(how=how)
    rows = filled(of, people)
    group = stats(rows, of)
    scored = score(rows, group, of)

    lines = [explain(rows.take([at]), group, of) for at in range(len(people))]

    for total, own in zip(scored.totals.tolist(), lines, strict=True):
        contributions = [line.contribution for line in own]
        assert sum(c or 0 for c in contributions) == total if total != NO_TOTAL else set(contributions) == {None}


@given(st.lists(subjects, min_size=1, max_size=8), st.randoms(use_true_random=False))
@FEW
def test_order_of_rows_changes_no_bit(people: list[Any], random: Any) -> None:
    of = tree()
    rows = filled(of, people)
    order = list(range(len(people)))
    random.shuffle(order)
    moved = rows.take(order)

    here, there = score(rows, stats(rows, of), of), score(moved, stats(moved, of), of)

    assert digest(here, place(here, of)) == digest(there, place(there, of))
    assert here.parts[order].tolist() == there.parts.tolist()


@given(
    st.lists(subjects, min_size=1, max_size=8), st.permutations([0, 1, 2, 3]), st.sampled_from(["mean", "geometric"])
)
@FEW
def test_order_of_columns_changes_no_bit(people: list[Any], order: list[int], how: str) -> None:
    of, other = tree(how=how), tree(tuple(order), how=how)

    here = score(filled(of, people), stats(filled(of, people), of), of)
    there = score(filled(other, people), stats(filled(other, people), other), other)

    assert here.totals.tolist() == there.totals.tolist()
    assert here.coverage.tolist() == there.coverage.tolist()
    assert place(here, of).ranks.tolist() == place(there, other).ranks.tolist()


@given(st.lists(subjects, min_size=2, max_size=8))
@FEW
def test_one_row_with_stored_statistics_equals_the_row_in_its_group(people: list[Any]) -> None:
    of = tree()
    rows = filled(of, people)
    group = GroupStats.from_bytes(stats(rows, of).to_bytes())

    alone = [score(rows.take([at]), group, of) for at in range(len(people))]

    scored = score(rows, stats(rows, of), of)
    assert [one.totals[0] for one in alone] == scored.totals.tolist()
    assert [one.parts[0].tolist() for one in alone] == scored.parts.tolist()


@given(subjects, st.integers(0, 4), st.integers(0, 10**8))
@FEW
def test_a_better_value_never_lowers_a_total(person: Any, which: int, more: int) -> None:
    of = tree()
    leaves = [(value, 0, False) for value, _, _ in person[0]]
    lifted = [(value + more * (at == which), 0, False) for at, (value, _, _) in enumerate(leaves)]
    rows = filled(of, [(tuple(leaves), *person[1:]), (tuple(lifted), *person[1:])])

    totals = score(rows, stats(rows, of), of).totals

    assert totals[1] >= totals[0]


@given(subjects, st.integers(0, 4))
@FEW
def test_an_exemption_never_lowers_a_total(person: Any, which: int) -> None:
    of = tree()
    plain = [(value, state, False) for value, state, _ in person[0]]
    excused = [(value, state, at == which) for at, (value, state, _) in enumerate(plain)]
    rows = filled(of, [(tuple(plain), *person[1:]), (tuple(excused), *person[1:])])

    totals = score(rows, stats(rows, of), of).totals

    assert totals[1] >= totals[0]


@given(st.lists(subjects, min_size=1, max_size=8))
@FEW
def test_weighted_means_and_coverage_are_exact(people: list[Any]) -> None:
    of = tree()
    people = [(tuple((v, s, False) for v, s, _ in leaves), 0, 0) for leaves, _, _ in people]

    scored = score(filled(of, people), stats(filled(of, people), of), of)

    for at, (leaves, _, _) in enumerate(people):
        states = [state for _, state, _ in leaves]
        inner = mean([(Fraction(100, 7), leaves[3]), (Fraction(600, 7), leaves[4])])
        weights = [Fraction(w) for w in WEIGHTS]
        outer = mean(
            [*zip(weights, leaves[:3], strict=False), (weights[3], (inner or 0, 0 if inner is not None else 1))]
        )
        shares = [*weights[:3], weights[3] / 7, weights[3] * 6 / 7]
        have = sum(s for s, state in zip(shares, states, strict=True) if state == 0)
        need = sum(s for s, state in zip(shares, states, strict=True) if state != 2)
        assert scored.totals[at] == (NO_TOTAL if outer is None else min(outer, 100 * 10**6))
        assert scored.coverage[at] == (half_up(100 * Fraction(have) / need) if need else 0)


def mean(parts: list[Any]) -> int | None:
    present = [(weight, leaf[0]) for weight, leaf in parts if leaf[1] == 0]
    if not present:
        return None
    return floor(sum(w * v for w, v in present) / sum(w for w, _ in present) + Fraction(1, 2))
