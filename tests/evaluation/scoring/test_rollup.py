"""Native periods to one period of the scheme, and values carried forward."""

import numpy as np
import pytest

from evaluation.scoring import LeafState
from evaluation.scoring.rollup import RolledUp, carry_forward, roll_up

pytestmark = pytest.mark.pure

P, M, NA = LeafState.PRESENT, LeafState.MISSING, LeafState.NOT_APPLICABLE


def rolled(values: list[int], states: list[LeafState], how: str, targets: list[int | None] | None = None) -> RolledUp:
    given = targets or [None] * len(values)
    return roll_up(
        np.array([values]),
        np.array([states], np.int8),
        np.array([[target or 0 for target in given]]),
        np.array([[target is not None for target in given]]),
        how,
    )


def value(result: RolledUp) -> tuple[int, int, LeafState]:
    return int(result.sums[0]), int(result.counts[0]), LeafState(int(result.states[0]))


def target(result: RolledUp) -> tuple[int, int]:
    return int(result.targets[0]), int(result.target_counts[0])


@pytest.mark.parametrize(
    ("states", "how", "expected"),
    [
        ([P, P, P], "last", (30, 1, P)),
        ([P, P, M], "last", (20, 1, P)),
        ([P, P, NA], "last", (20, 1, P)),
        ([P, P, P], "mean", (60, 3, P)),
        ([P, M, P], "mean", (40, 2, P)),
        ([P, NA, P], "mean", (40, 2, P)),
        ([P, P, P], "sum", (60, 1, P)),
        ([P, NA, P], "sum", (40, 1, P)),
        ([P, M, P], "sum", (40, 1, M)),
        ([NA, NA, NA], "sum", (0, 1, NA)),
        ([NA, M, M], "last", (0, 1, NA)),
        ([M, M, M], "mean", (0, 1, M)),
    ],
)
def test_value_of_three_months(states: list[LeafState], how: str, expected: tuple[int, int, LeafState]) -> None:
    result = rolled([10, 20, 30], states, how)

    if expected[2] is P:
        assert value(result) == expected
    assert LeafState(int(result.states[0])) is expected[2]


def test_the_target_goes_the_way_of_the_value() -> None:
    assert target(rolled([1, 2, 3], [P, P, P], "last", [7, 8, None])) == (0, 0)
    assert target(rolled([1, 2, 3], [P, P, M], "last", [7, 8, 9])) == (8, 1)
    assert target(rolled([1, 2, 3], [P, P, P], "mean", [7, 8, 9])) == (24, 3)
    assert target(rolled([1, 2, 3], [P, M, P], "mean", [7, 8, 9])) == (16, 2)
    assert target(rolled([1, 2, 3], [P, P, P], "sum", [7, None, 9]))[1] == 0


def test_the_newest_period_with_a_word_is_carried_forward() -> None:
    def year(number: int, state: LeafState) -> RolledUp:
        return rolled([number], [state], "last", [100])

    result, carried = carry_forward([year(1, M), year(2, M), year(3, P), year(4, P)])

    assert (value(result), target(result), carried.tolist()) == ((3, 1, P), (100, 1), [2])


def test_not_applicable_is_a_word_and_stops_the_looking_back() -> None:
    result, carried = carry_forward([rolled([0], [NA], "last"), rolled([5], [P], "last")])

    assert (value(result)[2], carried.tolist()) == (NA, [0])


def test_nothing_in_any_period_is_missing() -> None:
    result, carried = carry_forward([rolled([0], [M], "last"), rolled([0], [M], "last")])

    assert (value(result)[2], carried.tolist()) == (M, [0])
