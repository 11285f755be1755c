"""Rows of one file about the same key."""

import pytest

from intake.models import Observation
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


CITED = ("单位代码", "指标代码", "期间", "数值", "目标值", "佐证编号")


def test_two_references_for_one_number_are_errors_on_both_rows_and_named(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "95", "", "鄂统〔2026〕1号"],
        ["150602", "DD01", "2026Q1", "95", "", ""],
        ["150602", "DD01", "2026Q1", "95.0", "", "鄂统〔2026〕2号"],
        heading=CITED,
    )

    told = [(p.code, p.ref, p.facts) for p in sent.report.problems if p.code.startswith("duplicate")]
    assert told == [
        ("duplicate_evidence", "F2", {"other": 4, "other_value": "鄂统〔2026〕2号"}),
        ("duplicate_evidence", "F4", {"other": 2, "other_value": "鄂统〔2026〕1号"}),
    ]
    assert (sent.batch.state, sent.report.n_new) == ("rejected", 0)


def test_of_equal_rows_the_one_with_a_reference_is_kept(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "95", "", ""],
        ["150602", "DD01", "2026Q1", "95", "", "鄂统〔2026〕1号"],
        heading=CITED,
    )

    commit(cast.hr_city, sent)
    assert [(p.code, p.ref, p.facts) for p in sent.report.problems] == [("duplicate_equal", "D2", {"other": 3})]
    assert Observation.objects.get().evidence_ref == "鄂统〔2026〕1号"


def test_value_and_target_in_two_rows_may_each_have_their_reference(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "95", "", "鄂统〔2026〕1号"],
        ["150602", "DD01", "2026Q1", "", "100", "鄂党发〔2026〕2号"],
        heading=CITED,
    )

    assert sent.report.problems == []
