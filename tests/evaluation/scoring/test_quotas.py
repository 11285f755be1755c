"""Quotas: whole people by the stated rule, never above it, and ties that people decide."""

from fractions import Fraction
from math import floor
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.scoring.quotas import Proposal, barred_from, cut, draw, propose, seats
from evaluation.scoring.types import QuotaLine
from tests.evaluation.scoring.sample import scheme

pytestmark = pytest.mark.pure

PROPOSED, UNDECIDED, OUTSIDE = Proposal
FEW = settings(max_examples=200, deadline=None)
SIZES = st.lists(st.integers(0, 40), max_size=14)
SHARES = st.fractions(0, 1, max_denominator=40)
RULES = st.sampled_from(["floor", "half_up", "largest_remainder"])
UNDER = st.none() | st.integers(1, 12)


def in_words(totals: list[int], n: int, *, ascending: bool = False) -> list[str]:
    return [each.value for each in cut(totals, n, ascending=ascending)]


@given(SIZES, SHARES)
@FEW
def test_floor_and_half_up_look_at_each_body_alone(sizes: list[int], share: Fraction) -> None:
    assert seats("floor", share, sizes) == [floor(share * n) for n in sizes]
    assert seats("half_up", share, sizes) == [floor(share * n + Fraction(1, 2)) for n in sizes]


@given(SIZES, SHARES, UNDER)
@FEW
def test_a_pool_is_never_above_its_share_and_no_body_gets_more_than_one_beyond_its_whole_seats(
    sizes: list[int], share: Fraction, under: int | None
) -> None:
    given = seats("largest_remainder", share, sizes, bodies_under=under)
    pooled = [at for at, n in enumerate(sizes) if under is None or n < under]
    whole = [floor(share * n) for n in sizes]

    assert sum(given[at] for at in pooled) <= share * sum(sizes[at] for at in pooled)
    assert all(given[at] in (whole[at], whole[at] + 1) for at in pooled)
    assert all(given[at] == whole[at] for at in range(len(sizes)) if at not in pooled)


@given(SIZES, SHARES)
@FEW
def test_a_pool_serves_the_largest_fractions_and_all_equal_ones_or_none(sizes: list[int], share: Fraction) -> None:
    given = seats("largest_remainder", share, sizes)
    rest = [share * n - floor(share * n) for n in sizes]
    got = [given[at] - floor(share * n) for at, n in enumerate(sizes)]
    left = floor(share * sum(sizes)) - sum(floor(share * n) for n in sizes)

    for value in set(rest):
        served = {got[at] for at, each in enumerate(rest) if each == value}
        assert served == {int(sum(each >= value for each in rest) <= left)}


@given(SIZES, SHARES, RULES, UNDER, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_the_bodies_changes_nothing(
    sizes: list[int], share: Fraction, rule: str, under: int | None, random: Random
) -> None:
    order = list(range(len(sizes)))
    random.shuffle(order)

    straight = seats(rule, share, sizes, bodies_under=under)
    shuffled = seats(rule, share, [sizes[at] for at in order], bodies_under=under)

    assert shuffled == [straight[at] for at in order]


def test_equal_fractions_that_cannot_all_be_served_get_no_seat_and_the_pool_says_what_is_left() -> None:
    line = QuotaLine("good", Fraction(2, 5), "should_take_part", "body", "largest_remainder", 5)

    drawn = draw(line, {"a": 2, "b": 2, "c": 2, "big": 10})

    assert {body: each.seats for body, each in drawn.bodies.items()} == {"a": 0, "b": 0, "c": 0, "big": 4}
    assert [body for body, each in drawn.bodies.items() if each.is_pooled] == ["a", "b", "c"]
    assert drawn.pool is not None
    assert (drawn.pool.bodies, drawn.pool.size, drawn.pool.exact) == (3, 6, Fraction(12, 5))
    assert (drawn.pool.seats, drawn.pool.unassigned) == (2, 2)


def test_without_small_bodies_there_is_no_pool() -> None:
    line = QuotaLine("good", Fraction(1, 5), "should_take_part", "body", "largest_remainder", 5)

    drawn = draw(line, {"big": 12})

    assert drawn.pool is None
    assert (drawn.bodies["big"].exact, drawn.bodies["big"].seats) == (Fraction(12, 5), 2)


@given(st.lists(st.integers(0, 6), max_size=12), st.integers(0, 14), st.booleans())
@FEW
def test_a_cut_proposes_at_most_its_seats_and_treats_equal_totals_alike(
    totals: list[int], n: int, ascending: bool
) -> None:
    found = cut(totals, n, ascending=ascending)
    sign = -1 if ascending else 1

    assert sum(each is PROPOSED for each in found) <= n
    for total, each in zip(totals, found, strict=True):
        better = sum(sign * other > sign * total for other in totals)
        as_good = sum(sign * other >= sign * total for other in totals)
        expected = PROPOSED if as_good <= n else UNDECIDED if better < n else OUTSIDE
        assert each is expected


def test_a_tie_at_the_cut_is_undecided_and_takes_no_seat() -> None:
    assert in_words([95, 92, 92, 90], 2) == ["proposed", "undecided", "undecided", "outside"]
    assert in_words([95, 92, 92, 90], 3) == ["proposed", "proposed", "proposed", "outside"]
    assert in_words([1, 2, 2, 4], 2, ascending=True) == ["proposed", "undecided", "undecided", "outside"]
    assert in_words([5, 5], 0) == ["outside", "outside"]


def test_each_body_is_cut_by_its_own_ranks_and_a_barred_person_takes_no_seat() -> None:
    line = QuotaLine("good", Fraction(1, 2), "should_take_part", "body", "floor")
    drawn = draw(line, {"a": 4, "b": 3})

    found = propose(
        drawn,
        ["a", "b", "a", "b", "a", "b", "a"],
        [1, 2, 3, 4, 5, 0, 6],
        [False, False, True, False, False, False, False],
    )

    assert found == [PROPOSED, PROPOSED, OUTSIDE, OUTSIDE, PROPOSED, None, OUTSIDE]


def test_a_gate_that_hides_the_band_or_caps_it_below_the_quotas_bars_from_it() -> None:
    head = scheme("TGC-BANNER-HEAD")
    codes = [gate.code for gate in head.gates]
    on = np.array([[code in given for code in codes] for given in ((), ("G01",), ("G04",), ("G08",))])

    good, better = (QuotaLine(band, Fraction(2, 5), "should_take_part", "body", "floor") for band in ("good", "better"))

    assert barred_from(good, head, on).tolist() == [False, True, True, True]
    assert barred_from(better, head, on).tolist() == [False, False, True, False]
