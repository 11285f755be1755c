"""Whom and what a row names: numbers, codes, names, periods, vintages."""

from datetime import date

import pytest

from cadres.enums import PostClass, PostLevel
from cadres.services.postings import PostingRow, transfer_cadre
from foundation.actor import SYSTEM
from tests.cast import Cast
from tests.intake.factories import commit, send, store, stored
from tests.tabular.files import wide
from units.services import add_unit_alias, end_unit

pytestmark = pytest.mark.usefixtures("indicators")

NAMED = ("工号", "姓名", "单位代码", "指标代码", "期间", "数值")
VINTAGE = ("单位代码", "指标代码", "期间", "数值", "口径", "佐证编号")


def test_unknown_numbers_codes_and_periods_are_told_all_at_once(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["999", "", "OT01", "2026Q1", "1"],
        ["", "999", "DD01", "2026Q1", "1"],
        ["", "150602", "DD99", "2026Q1", "1"],
        ["", "150602", "DD01", "2026q1", "1"],
        ["", "", "DD01", "2026Q1", "1"],
        ["", "150602", "", "", "1"],
    )

    assert sent.problems == [
        ("employee_unknown", "A2", "999"),
        ("unit_unknown", "B3", "999"),
        ("indicator_unknown", "C4", "DD99"),
        ("period_unknown", "D5", "2026q1"),
        ("subject_missing", "A6", ""),
        ("indicator_missing", "C7", ""),
        ("period_missing", "D7", ""),
    ]
    assert (sent.report.rows, sent.report.error_rows, sent.report.good_rows) == (6, 6, 0)
    assert stored(cast) == []


def test_number_that_lost_its_zeros_is_refused_with_what_it_may_be(cast: Cast) -> None:
    sent = send(cast.hr_city, ["101", "", "OT01", "2026Q1", "1"], ["OOO1O2", "", "OT01", "2026Q1", "1"])

    assert sent.problems == [("employee_unknown", "A2", "101"), ("employee_unknown", "A3", "OOO1O2")]
    assert [problem.suggestion for problem in sent.report.problems] == ["000101", "000102"]


def test_codes_are_folded_and_names_only_trimmed(cast: Cast) -> None:
    sent = send(cast.hr_city, [wide("000101"), " 白音 ", "", wide("OT01"), "2026Q1 ", "1"], heading=NAMED)

    assert sent.problems == [
        ("folded_full_width", "A2", wide("000101")),
        ("folded_full_width", "D2", wide("OT01")),
        ("folded_spaces", "E2", "2026Q1 "),
    ]
    commit(cast.hr_city, sent)
    assert stored(cast) == [("000101", "OT01", "2026Q1", "value", 100, "value", "final")]


def test_name_is_a_check_and_never_a_key(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["000101", "白银", "", "OT01", "2026Q1", "1"],
        ["000102", "例·额尔德木图", "", "OT01", "2026Q1", "1"],
        ["000104", "样ᠮᠣᠩᠭᠣᠯ", "", "OT01", "2026Q1", "1"],
        ["", "白音", "", "OT01", "2026Q1", "1"],
        ["", "东胜", "150602", "DD01", "2026Q1", "1"],
        ["", "伊金霍洛旗", "150627", "DD01", "2026Q1", "1"],
        heading=NAMED,
    )

    assert sent.problems == [
        ("name_mismatch", "B2", "白银"),
        ("subject_missing", "A5", ""),
        ("name_mismatch", "B6", "东胜"),
    ]


def test_unit_is_found_by_alias_and_its_alias_is_a_name(cast: Cast) -> None:
    add_unit_alias(unit=cast.units["150602"], actor=SYSTEM, text="东胜")

    sent = send(cast.hr_city, ["", "东胜", "东胜", "DD01", "2026Q1", "1"], heading=NAMED)

    assert sent.problems == []


def test_unit_beside_a_number_must_be_a_post_of_the_period(cast: Cast) -> None:
    post = PostingRow("000101", "150627", "旗委书记", PostClass.HEAD, PostLevel.CHU_HEAD, date(2026, 5, 1))
    transfer_cadre(row=post, actor=SYSTEM, reason="交流")

    sent = send(
        cast.hr_city,
        ["000101", "150627", "OT01", "2026Q1", "1"],
        ["000101", "150602", "OT01", "2026Q2", "1"],
        ["000101", "150602", "OT01", "2026Q3", "1"],
        ["000101", "nowhere", "OT01", "2026Q4", "1"],
        ["000101", "150627", "JY01", "2026Q2", "好"],
    )

    assert sent.problems == [
        ("not_in_unit", "B2", "150627"),
        ("not_in_unit", "B4", "150602"),
        ("not_in_unit", "B5", "nowhere"),
    ]


def test_unit_must_exist_in_the_period(cast: Cast) -> None:
    end_unit(unit=cast.units["150602101"], actor=SYSTEM, ends_on=date(2026, 3, 31))

    sent = send(cast.hr_city, ["", "150602101", "DD01", "2026Q1", "1"], ["", "150602101", "DD01", "2026Q2", "1"])

    assert sent.problems == [("unit_not_in_period", "B3", "150602101")]


def test_period_must_be_the_native_one_and_before_the_sunset(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["", "150602", "DD01", "2026-03", "1"],
        ["", "150602", "DD02", "2026Q1", "1"],
        ["", "150602", "OLD1", "2026Q1", "1"],
        ["", "150602", "OLD1", "2025Q4", "1"],
    )

    assert sent.problems == [
        ("period_kind", "D2", "2026-03"),
        ("period_kind", "D3", "2026Q1"),
        ("indicator_ended", "C4", "OLD1"),
    ]
    assert sent.report.problems[0].message == "指标 DD01 按季填报，“2026-03”是月。"


def test_indicator_must_fit_the_kind_of_subject(cast: Cast) -> None:
    sent = send(cast.hr_city, ["", "150602", "OT01", "2026Q1", "1"], ["000101", "150602", "DD01", "2026Q1", "1"])

    assert sent.problems == [("subject_kind", "C2", "OT01"), ("subject_kind", "C3", "DD01")]


def test_vintage_is_one_of_two_words_and_evidence_fits_its_column(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "1", "快报", ""],
        ["150602", "DD01", "2026Q2", "1", "初核", "x" * 65],
        ["150602", "DD01", "2026Q3", "1", "", "x" * 64],
        heading=VINTAGE,
    )

    assert sent.problems == [("vintage_unknown", "E2", "快报"), ("too_long", "F3", "x" * 65)]


def test_final_is_never_replaced_by_preliminary(cast: Cast) -> None:
    store(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "1", "初核", ""],
        ["150602", "DD01", "2026Q2", "1", "终核", ""],
        ["150602", "DD01", "2026Q3", "作废", "", ""],
        heading=VINTAGE,
    )

    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "2", "终核", ""],
        ["150602", "DD01", "2026Q2", "2", "初核", ""],
        ["150602", "DD01", "2026Q3", "3", "初核", ""],
        heading=VINTAGE,
    )

    assert sent.problems == [("vintage_reversed", "E3", "初核")]
    assert sent.report.problems[0].message == "库中已有终核数 1.00，不能再以初核数替换。"
