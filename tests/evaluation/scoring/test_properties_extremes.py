"""The widest values, the most decimals and large groups: exact as the small ones, or refused, never silently wrong."""

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.scoring import GroupStats, LeafState, Rows, Scheme, ScoringError, digest, parse, place, score, stats
from evaluation.scoring.exact import Ratios, common_weights, half_up, harmonic_means, integers, over_root
from tests.evaluation.scoring.oracle import HALF, MICRO, leaf_micro, node_micro, zscore_micro
from tests.evaluation.scoring.random_documents import PEER_RULES, rules
from tests.evaluation.scoring.sample import document, plain_indicator

pytestmark = pytest.mark.pure

WIDEST = 2**53 - 1
FEW = settings(max_examples=150, deadline=None)
WIDE = st.one_of(
    st.integers(-WIDEST, WIDEST),
    st.integers(-20, 20),
    st.sampled_from([-WIDEST, WIDEST, WIDEST - 1, 0, 1, -1, 10**15]),
)
CELLS = st.lists(st.tuples(WIDE, st.integers(1, 12), st.integers(1, WIDEST)), min_size=1, max_size=6)


def one_leaf(rule: dict[str, Any], *, direction: str, places: int) -> Scheme:
    part = {"key": "x", "weight": "100", "indicator": "x", "score": rule}
    part |= {"in_small_group": {"as_is": {}}} if next(iter(rule)) in PEER_RULES else {}
    groups = {"set": "test", "min_size": "1"}
    return parse(document([part], groups=groups), {"x": plain_indicator("x", direction=direction, places=places)})


def column(of: Scheme, cells: list[tuple[int, int, int]]) -> Rows:
    rows = Rows.blank(np.arange(len(cells)), of)
    rows.values[:, 0], rows.counts[:, 0], rows.targets[:, 0] = np.array(cells, np.int64).T
    rows.target_counts[:], rows.states[:] = 1, LeafState.PRESENT
    return rows


@given(st.sampled_from("+-").flatmap(lambda sign: st.tuples(st.just(sign), rules(sign))), CELLS, st.integers(0, 9))
@FEW
def test_widest_values_are_exact_or_refused(rule_of: tuple[str, Any], cells: list[Any], places: int) -> None:
    (direction, rule), unit = rule_of, 10**places
    of = one_leaf(rule, direction=direction, places=places)
    rows = column(of, cells)
    xs = [Fraction(value, count * unit) for value, count, _ in cells]
    targets = [Fraction(target, unit) for _, _, target in cells]
    up = direction == "+"
    expected = [leaf_micro(rule, x, target, up, xs) for x, target in zip(xs, targets, strict=True)]
    group = GroupStats.from_bytes(stats(rows, of).to_bytes())

    if max(map(abs, expected)) > 10**15:
        with pytest.raises(ScoringError, match="points_out_of_range"):
            score(rows, group, of)
        return
    slack = 20 if "log" in rule.get("goalposts", {}) else 0
    got = score(rows, group, of).parts[:, 1].tolist()
    assert all(abs(mine - right) <= slack for mine, right in zip(got, expected, strict=True))


LARGE = st.lists(st.tuples(st.integers(-WIDEST, WIDEST), st.integers(1, 3)), min_size=1, max_size=4)


@given(LARGE, st.integers(1, 500), st.sampled_from(sorted(PEER_RULES)), st.sampled_from("+-"), st.randoms())
@settings(max_examples=60, deadline=None)
def test_two_thousand_rows_of_the_widest_values_are_exact(
    few: list[tuple[int, int]], times: int, kind: str, direction: str, random: Any
) -> None:
    rule = PEER_RULES[kind]
    of = one_leaf(rule, direction=direction, places=0)
    cells = [(value, count, 1) for value, count in few] * times
    random.shuffle(cells)
    rows = column(of, cells)
    group = [Fraction(value, count) for value, count in few] * times
    chosen = range(min(3, len(cells)))
    expected = [leaf_micro(rule, Fraction(*cells[at][:2]), None, direction == "+", group) for at in chosen]

    if max(map(abs, expected)) <= 10**15:
        got = score(rows, GroupStats.from_bytes(stats(rows, of).to_bytes()), of)
        assert got.parts[: len(expected), 1].tolist() == expected


@given(st.lists(st.integers(-WIDEST, WIDEST), min_size=2, max_size=30), st.randoms())
@FEW
def test_statistics_do_not_hang_on_the_order_of_the_members(values: list[int], random: Any) -> None:
    for rule in PEER_RULES.values():
        of = one_leaf(rule, direction="+", places=9)
        cells = [(value, 1 + abs(value) % 12, 1) for value in values]
        moved = random.sample(cells, len(cells))

        assert stats(column(of, cells), of).to_bytes() == stats(column(of, moved), of).to_bytes()


# ---- where the float cannot be trusted ------------------------------------------------------------


@given(st.integers(-(10**14), 10**14), st.integers(1, 10**6), st.sampled_from([-1, 0, 1]), st.integers(1, 10**12))
@FEW
def test_a_half_is_told_from_what_lies_a_hair_beside_it(whole: int, factor: int, hair: int, fine: int) -> None:
    number = whole + HALF + Fraction(hair, fine * 10**9)

    over, under = number.numerator * factor, number.denominator * factor

    assert half_up(integers([over]), integers([under])).tolist() == [floor(number + HALF)]
    scaled = half_up(integers([over]), integers([under * 10**6]), 10**6)
    assert scaled.tolist() == [floor(number + HALF)]


@given(st.integers(-(10**8), 10**8), st.integers(-(10**6), 10**6), st.integers(1, 10**4), st.booleans())
@FEW
def test_a_root_that_is_whole_or_nearly_whole_is_rounded_exactly(
    start: int, over: int, root: int, is_whole: bool
) -> None:
    square = root**2 if is_whole else root**2 + 1
    half = Fraction(2 * start + 1, 2 * MICRO)

    got = over_root(half, Ratios.of(Fraction(over, 7)), square)

    group = [Fraction(1), Fraction(-1)]  # mean 0, deviation 1: z is the distance itself
    if is_whole:
        assert got.tolist() == [floor((half + Fraction(over, 7 * root)) * MICRO + HALF)]
        assert got.tolist() == [zscore_micro(half, Fraction(1), Fraction(over, 7 * root), True, group)]
    distance, exact = Fraction(over, 7) * MICRO, int(got[0]) - half * MICRO - HALF
    assert below(exact, distance, square)
    assert not below(exact + 1, distance, square)


@pytest.mark.parametrize(
    ("sign", "beside", "up"), [(1, 1, -1), (1, 0, 0), (1, -1, 0), (-1, 1, 0), (-1, 0, 0), (-1, -1, -1)]
)
@pytest.mark.parametrize("distance", [1, 7, 123_456_789])
def test_a_root_a_billionth_of_a_billionth_beside_a_half_is_told_from_it(
    sign: int, beside: int, up: int, distance: int
) -> None:
    """The number is 5 and one half, and ``distance`` more or less, but for the hair that the root adds."""
    billion = 10**9
    start, x = Fraction(11, 2 * MICRO), Fraction(sign * distance * billion, MICRO)

    assert over_root(start, Ratios.of(x), billion**2 + beside).tolist() == [6 + sign * distance + up]


def below(left: Fraction, distance: Fraction, square: int) -> bool:
    """Whether left <= distance / sqrt(square), by squares."""
    return left * abs(left) * square <= distance * abs(distance)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 10**15)), min_size=1, max_size=5))
@FEW
def test_harmonic_means_are_exact_also_where_floats_are_too_coarse(parts: list[tuple[int, int]]) -> None:
    weights, points = [weight for weight, _ in parts], np.array([[p for _, p in parts]])

    got = harmonic_means(weights, points, np.ones(points.shape, bool))

    assert got.tolist() == [node_micro("harmonic", [(Fraction(weight), p) for weight, p in parts])]


@given(st.lists(st.fractions(min_value="1/100", max_value=100), min_size=1, max_size=6), st.fractions(min_value="1/50"))
@FEW
def test_only_the_proportion_of_weights_counts(weights: list[Fraction], scale: Fraction) -> None:
    assert common_weights([weight * scale for weight in weights]) == common_weights(weights)


def test_a_large_group_of_persons_has_the_same_bits_in_shards() -> None:
    parts = [
        {"key": kind, "weight": "20", "indicator": "x", "score": rule, "in_small_group": {"as_is": {}}}
        for kind, rule in PEER_RULES.items()
    ]
    of = parse(document(parts, groups={"set": "test", "min_size": "5"}), {"x": plain_indicator("x", places=2)})
    rows = Rows.blank(np.arange(20_000), of)
    rows.values[:] = (np.arange(20_000) * 7_919 % 19_993)[:, np.newaxis]
    rows.states[:] = LeafState.PRESENT

    group = stats(rows, of)
    whole = score(rows, group, of)
    shards = [score(rows.take(slice(at, at + 3_000)), group, of) for at in range(0, 20_000, 3_000)]

    assert np.concatenate([shard.totals for shard in shards]).tolist() == whole.totals.tolist()
    assert digest(whole, place(whole, of)) == "f9ef3ab89bc990f893aca74a723038a168be116350733b66e71169437c139a27"
