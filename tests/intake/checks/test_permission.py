"""Who may enter what: reach of offices, owners of indicators, cut-outs; unknown and out of scope are one code."""

from datetime import date

import pytest

from accounts.enums import Role
from accounts.services import approve_grant, ask_grant
from cadres.enums import PostClass, PostLevel
from cadres.services.postings import PostingRow, transfer_cadre
from foundation.actor import SYSTEM
from intake.enums import BatchState
from tests.cast import CITY_LEVELS, FIRST, GRANTED, Cast, make_user
from tests.intake.factories import send, store, stored

pytestmark = pytest.mark.usefixtures("indicators")

EVIDENCE = ("单位代码", "指标代码", "期间", "数值", "佐证编号")


def test_office_enters_only_within_its_units_and_levels(cast: Cast) -> None:
    sent = send(
        cast.hr_dongsheng,
        ["", "150602", "DD01", "2026Q1", "1"],
        ["", "150602101", "DD01", "2026Q1", "1"],
        ["", "150627", "DD01", "2026Q1", "1"],
        ["000104", "", "OT01", "2026Q1", "1"],
        ["000101", "", "OT01", "2026Q1", "1"],
        ["000102", "", "OT01", "2026Q1", "1"],
    )

    assert sent.problems == [
        ("unit_unknown", "B4", "150627"),
        ("employee_unknown", "A6", "000101"),
        ("employee_unknown", "A7", "000102"),
    ]


def test_out_of_scope_reads_exactly_like_unknown(cast: Cast) -> None:
    foreign = send(cast.hr_dongsheng, ["000102", "", "OT01", "2026Q1", "1"], ["", "150627", "DD01", "2026Q1", "1"])
    unknown = send(cast.hr_dongsheng, ["000199", "", "OT01", "2026Q1", "1"], ["", "150699", "DD01", "2026Q1", "1"])

    def told(report: object) -> str:
        return str(report).replace("000199", "000102").replace("150699", "150627")

    assert told(unknown.report.to_json()) == told(foreign.report.to_json())


def test_lost_zeros_of_a_person_out_of_scope_are_not_guessed(cast: Cast) -> None:
    sent = send(cast.hr_dongsheng, ["102", "", "OT01", "2026Q1", "1"], ["104", "", "OT01", "2026Q1", "1"])

    assert [problem.suggestion for problem in sent.report.problems] == ["", "000104"]


def test_levels_of_one_grant_do_not_reach_into_the_units_of_another(cast: Cast) -> None:
    user, other = cast.hr_dongsheng, cast.units["150627"]
    second = ask_grant(user=user, actor=FIRST, role=Role.HR_OFFICER, starts_on=GRANTED, unit=other, levels=CITY_LEVELS)
    approve_grant(grant=second, actor=SYSTEM)

    sent = send(
        user,
        ["000101", "", "OT01", "2026Q1", "1"],
        ["000102", "", "OT01", "2026Q1", "1"],
        ["000104", "", "OT01", "2026Q1", "1"],
    )

    assert sent.problems == [("employee_unknown", "A2", "000101")]


def test_person_is_within_reach_in_the_periods_of_the_post(cast: Cast) -> None:
    post = PostingRow("000104", "150627", "镇党委书记", PostClass.HEAD, PostLevel.KE_HEAD, date(2026, 5, 1))
    transfer_cadre(row=post, actor=SYSTEM, reason="交流")

    sent = send(cast.hr_dongsheng, *[["000104", "", "OT01", f"2026Q{quarter}", "1"] for quarter in (1, 2, 3, 4)])

    assert sent.problems == [("employee_unknown", "A4", "000104"), ("employee_unknown", "A5", "000104")]


def test_own_file_is_cut_out(cast: Cast) -> None:
    own = make_user("hr.self", "白音", Role.HR_OFFICER, levels=CITY_LEVELS, subject=cast.cadres["000102"].subject)

    sent = send(own, ["000102", "", "OT01", "2026Q1", "1"], ["000103", "", "OT01", "2026Q1", "1"])

    assert sent.problems == [("employee_unknown", "A2", "000102")]


def test_clerk_enters_the_indicators_of_the_own_unit_about_everybody(cast: Cast) -> None:
    store(
        cast.clerk_statistics,
        ["", "150602", "DD01", "2026Q1", "1"],
        ["", "150627", "DD01", "2026Q1", "2"],
        ["000102", "", "OT01", "2026Q1", "3"],
    )

    assert [row[0] for row in stored(cast)] == ["000102", "150602", "150627"]


def test_clerk_is_refused_other_indicators_and_the_own_unit(cast: Cast) -> None:
    sent = send(
        cast.clerk_water,
        ["", "150602", "DD01", "2026Q1", "1"],
        ["", "1506-SLJ", "DD02", "2026-01", "1"],
        ["", "1506-TJJ", "DD02", "2026-01", "1"],
        ["", "150602", "DD12", "2026Q1", "1"],
    )

    assert sent.problems == [
        ("indicator_not_yours", "C2", "DD01"),
        ("own_unit", "B3", "1506-SLJ"),
        ("indicator_not_yours", "C5", "DD12"),
    ]
    assert (sent.batch.state, stored(cast)) == (BatchState.REJECTED, [])


def test_clerk_without_indicators_of_persons_learns_of_no_person(cast: Cast) -> None:
    sent = send(cast.clerk_water, ["000101", "", "OT01", "2026Q1", "1"], ["000199", "", "OT01", "2026Q1", "1"])

    assert sent.problems == [
        ("employee_unknown", "A2", "000101"),
        ("indicator_not_yours", "C2", "OT01"),
        ("employee_unknown", "A3", "000199"),
        ("indicator_not_yours", "C3", "OT01"),
    ]


def test_office_enters_what_a_unit_says_of_itself_only_with_evidence(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["1506-SLJ", "DD02", "2026-01", "1", ""],
        ["1506-SLJ", "DD02", "2026-02", "1", "水发〔2026〕3号"],
        ["1506-TJJ", "DD02", "2026-01", "1", ""],
        heading=EVIDENCE,
    )

    assert sent.problems == [("evidence_needed", "E2", "")]


def test_clerk_learns_of_no_unit_through_the_indicator_of_another(cast: Cast) -> None:
    there = send(cast.clerk_water, ["", "150602", "DD01", "2026Q1", "1"])
    missing = send(cast.clerk_water, ["", "150699", "DD01", "2026Q1", "1"])

    assert there.problems == [("indicator_not_yours", "C2", "DD01")]
    assert str(missing.report.to_json()).replace("150699", "150602") == str(there.report.to_json())


@pytest.mark.parametrize("code", [" 150627", "150627 ", "\u200b150627"])
def test_a_fold_tells_nobody_that_a_unit_exists(cast: Cast, code: str) -> None:
    foreign = send(cast.hr_dongsheng, ["", code, "DD01", "2026Q1", "1"])
    unknown = send(cast.hr_dongsheng, ["", code.replace("627", "699"), "DD01", "2026Q1", "1"])

    assert [problem.code for problem in foreign.report.problems] == ["unit_unknown"]
    assert str(unknown.report.to_json()).replace("150699", "150627") == str(foreign.report.to_json())
