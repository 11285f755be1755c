"""Rows of one file about the same key."""

import pytest

from tests.cast import Cast
from tests.intake.factories import commit, send, stored

pytestmark = pytest.mark.usefixtures("indicators")


def test_equal_rows_count_once_and_are_named(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["", "150602", "DD01", "2026Q1", "95"],
        ["", "150627", "DD01", "2026Q1", "95"],
        ["", "150602", "DD01", "2026Q1", "95.00"],
    )

    assert [(p.code, p.ref, p.facts) for p in sent.report.problems if p.code == "duplicate_equal"] == [
        ("duplicate_equal", "E4", {"other": 2})
    ]
    assert sent.report.n_new == 2
    commit(cast.hr_city, sent)
    assert len(stored(cast)) == 2


def test_conflicting_rows_are_errors_on_both_rows(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["", "150602", "DD01", "2026Q1", "95"],
        ["", "150627", "DD01", "2026Q1", "95"],
        ["", "150602", "DD01", "2026Q1", "96"],
        ["", "150602", "DD01", "2026Q1", "95"],
    )

    assert [(p.code, p.ref, p.facts) for p in sent.report.problems] == [
        ("duplicate_conflict", "E2", {"other": 4}),
        ("duplicate_conflict", "E4", {"other": 2}),
        ("duplicate_conflict", "E5", {"other": 2}),
    ]
    assert stored(cast) == []


def test_same_value_of_another_vintage_is_a_conflict(cast: Cast) -> None:
    heading = ("单位代码", "指标代码", "期间", "数值", "口径")

    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "95", "初核"],
        ["150602", "DD01", "2026Q1", "95", ""],
        heading=heading,
    )

    assert [problem.code for problem in sent.report.problems] == ["duplicate_conflict"] * 2
