"""Exact arithmetic: no overflow, half up on both sides of zero, largest remainder."""

import doctest
import importlib
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.scoring.exact import (
    Ratios,
    add,
    apportion,
    common_weights,
    geometric_means,
    half_up,
    integers,
    multiply,
    shown,
)

pytestmark = pytest.mark.pure

FEW = settings(max_examples=200, deadline=None)
WIDE = st.integers(-(2**63) + 1, 2**63 - 1)


@pytest.mark.parametrize("module", ["attribution", "ballots", "exact", "reading"])
def test_examples_in_the_docstrings_run(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"evaluation.scoring.{module}"))

    assert result.attempted > 0
    assert result.failed == 0


@given(st.lists(st.tuples(WIDE, WIDE), min_size=1, max_size=5))
@FEW
def test_products_and_sums_never_overflow(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, np.int64) for column in zip(*pairs, strict=True))

    assert multiply(a, b).tolist() == [x * y for x, y in pairs]
    assert add(a, b).tolist() == [x + y for x, y in pairs]


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
@FEW
def test_half_up_is_the_floor_of_a_half_more(over: int, under: int) -> None:
    assert half_up(integers([over]), integers([under]))[0] == floor(Fraction(over, under) + Fraction(1, 2))


@given(st.fractions(), st.fractions().filter(bool))
@FEW
def test_ratios_are_fractions(a: Fraction, b: Fraction) -> None:
    one, other = Ratios.of(a), Ratios.of(b)

    results = [one + other, one - other, one * other, one / other]

    assert [Fraction(int(r.over[0]), int(r.under[0])) for r in results] == [a + b, a - b, a * b, a / b]
    assert all(r.under[0] > 0 for r in results)
    assert ((one >= other)[0], (one <= other)[0], one.equals(other)[0]) == (a >= b, a <= b, a == b)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=9))
@FEW
def test_apportioned_lines_sum_to_the_amount_and_differ_by_less_than_one(amount: int, parts: list[int]) -> None:
    lines = apportion(amount, parts)

    assert sum(lines) == amount
    if not sum(parts):
        assert max(lines) - min(lines) <= 1
        return
    assert all(abs(line - Fraction(amount * part, sum(parts))) < 1 for line, part in zip(lines, parts, strict=True))


def test_equal_remainders_go_to_the_earlier_line() -> None:
    assert apportion(2, [1, 1, 1]) == [1, 1, 0]


def test_weights_become_the_smallest_integers_in_proportion() -> None:
    assert common_weights([Fraction(100, 3), Fraction(200, 3)]) == [1, 2]


def test_shown_digits_round_half_up() -> None:
    assert shown(np.array([85_365_000, 85_364_999]), 2).tolist() == [85_370_000, 85_360_000]
    assert shown(np.array([85_500_000, 1]), 0).tolist() == [86_000_000, 0]
    assert shown(np.array([85_365_001]), 6).tolist() == [85_365_001]


def test_a_geometric_mean_of_equals_is_their_value_and_of_nothing_is_nothing() -> None:
    points = np.array([[88_123_457] * 3, [0, 5, 5], [7, 7, 7]])
    present = np.array([[True] * 3, [True] * 3, [False] * 3])

    assert geometric_means([1, 2, 4], points, present).tolist() == [88_123_457, 0, 0]
