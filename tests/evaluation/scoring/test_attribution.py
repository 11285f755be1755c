"""Months in post, unbroken days, and the unit's lines inside a person's."""

from datetime import date
from fractions import Fraction

import pytest

from evaluation.scoring import Line, LineKind
from evaluation.scoring.attribution import (
    Month,
    Spell,
    UnitShare,
    attributed_total,
    days_held,
    is_tenure_short,
    months_held,
    unbroken_days,
    unit_lines,
)
from evaluation.scoring.types import Tenure

pytestmark = pytest.mark.pure

MINIMUM = Tenure("months", in_post_days=183, in_period=Fraction(1, 2))


def on(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def spell(starts: str, ends: str = "") -> Spell:
    return Spell(on(starts), on(ends) if ends else None)


QUARTER = (on("2026-04-01"), on("2026-06-30"))
MONTHS = [
    Month(on("2026-04-01"), on("2026-04-30")),
    Month(on("2026-05-01"), on("2026-05-31")),
    Month(on("2026-06-01"), on("2026-06-30")),
]


def test_a_month_belongs_to_the_post_held_longest_and_a_tie_to_the_later() -> None:
    first, second = spell("2026-01-01", "2026-04-15"), spell("2026-04-16")

    assert months_held([first, second], MONTHS) == [0, 3]
    assert months_held([second, first], MONTHS) == [3, 0]


def test_a_month_without_any_post_belongs_to_none() -> None:
    assert months_held([spell("2026-06-01")], MONTHS) == [1]
    assert months_held([], MONTHS) == []


def test_days_count_both_ends() -> None:
    assert days_held([spell("2026-05-16", "2026-05-16"), spell("2026-06-30")], *QUARTER) == [1, 1]


def test_no_month_gives_no_total() -> None:
    assert attributed_total([]) is None


@pytest.mark.parametrize(
    ("postings", "days"),
    [
        ([spell("2026-06-30")], 1),
        ([spell("2026-01-01", "2026-03-31"), spell("2026-04-01")], 181),
        ([spell("2026-01-01", "2026-03-30"), spell("2026-04-01")], 91),
        ([spell("2026-01-01", "2026-06-30"), spell("2026-03-01", "2026-04-01")], 181),
        ([spell("2026-01-01", "2026-06-29")], 0),
        ([spell("2026-07-01")], 0),
        ([], 0),
    ],
)
def test_unbroken_days_run_up_to_the_end_of_the_period(postings: list[Spell], days: int) -> None:
    assert unbroken_days(postings, QUARTER[1]) == days


def test_two_posts_in_a_row_reach_the_minimum_together() -> None:
    half_year = [spell("2025-12-30", "2026-05-15"), spell("2026-05-16")]

    assert not is_tenure_short(half_year, MINIMUM, *QUARTER)
    assert is_tenure_short([spell("2025-12-31", "2026-05-15"), spell("2026-05-16")], MINIMUM, *QUARTER)


def test_half_of_the_period_must_be_in_post() -> None:
    only_period = Tenure("months", in_post_days=0, in_period=Fraction(1, 2))

    assert not is_tenure_short([spell("2026-05-16")], only_period, *QUARTER)  # 46 of 91 days
    assert is_tenure_short([spell("2026-05-17")], only_period, *QUARTER)


def test_days_of_overlapping_posts_count_once() -> None:
    only_period = Tenure("months", in_post_days=0, in_period=Fraction(1, 2))
    both = [spell("2026-06-01"), spell("2026-05-20")]

    assert is_tenure_short(both, only_period, *QUARTER)


def test_lines_of_two_units_sum_to_the_persons_unit_line() -> None:
    def unit(*contributions: int) -> list[Line]:
        return [Line(kind=LineKind.LEAF, key=f"k{at}", contribution=c) for at, c in enumerate(contributions)]

    shares = [
        UnitShare(7, 1, 82_526_374, unit(80_000_000, 2_526_374)),
        UnitShare(9, 2, 94_643_257, unit(94_643_257, 0)),
    ]

    lines = unit_lines(45_302_148, shares)

    assert sum(line.contribution or 0 for line in lines) == 45_302_148
    assert [line.unit for line in lines] == [7, 7, 9, 9]
    assert sum(line.contribution or 0 for line in lines if line.unit == 7) == 13_754_396


def test_a_unit_with_a_total_of_zero_gives_lines_of_zero() -> None:
    share = UnitShare(7, 3, 0, [Line(kind=LineKind.LEAF, key="k", contribution=0)])

    assert [line.contribution for line in unit_lines(0, [share])] == [0]
