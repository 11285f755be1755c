"""What may stand in 数值 and 目标值 (design §7, docs/upload.md)."""

import pytest

from tests.cast import Cast
from tests.intake.factories import commit, send, store, stored, upload, xlsx_bytes
from tests.tabular.files import wide

pytestmark = pytest.mark.usefixtures("indicators")

WITH_TARGET = ("单位代码", "指标代码", "期间", "数值", "目标值")
NOT_NUMBERS = (
    "NaN", "inf", "-inf", "1e309", "1e2", "9_5", "\u0669\u0665", "0x1F", "TRUE", "NULL", "N/A", "#N/A",
    "约1.2", "3,55", "1 203", "—", "-", "2026-03-31", "95.5分", "½", "三", "+", ".", "5.", ".5",
)  # fmt: skip


def test_what_is_not_a_number_is_refused_each_in_its_cell(cast: Cast) -> None:
    sent = send(cast.hr_city, *[["", "150602", "DD01", "2026Q1", text] for text in NOT_NUMBERS])

    assert sent.problems == [("not_a_number", f"E{row}", text) for row, text in enumerate(NOT_NUMBERS, 2)]
    assert stored(cast) == []


def test_truth_values_and_dates_of_a_workbook_are_not_numbers(cast: Cast) -> None:
    rows = [
        ["", "150602", "DD01", "2026Q1", True],
        ["", "150602", "DD01", "2026Q2", __import__("datetime").date(2026, 3, 31)],
    ]

    sent = upload(cast.hr_city, xlsx_bytes(rows), "data.xlsx")

    assert sent.problems == [("not_a_number", "E2", "TRUE"), ("not_a_number", "E3", "2026-03-31")]


def test_more_decimals_than_the_indicator_has_are_refused_never_rounded(cast: Cast) -> None:
    sent = send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "95.555"], ["", "150602", "DD12", "2026Q1", "3.5"])

    assert sent.problems == [("too_many_places", "E2", "95.555"), ("too_many_places", "E3", "3.5")]


def test_values_outside_the_bounds_are_refused_and_the_bounds_told(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["", "150602", "DD01", "2026Q1", "200.01"],
        ["", "150602", "GR03", "2026Q1", "-50.001"],
        ["", "150602", "DD01", "2026Q2", "99999999999999999999"],
    )

    assert sent.problems == [
        ("out_of_bounds", "E2", "200.01"),
        ("out_of_bounds", "E3", "-50.001"),
        ("too_large", "E4", "99999999999999999999"),
    ]
    assert sent.report.problems[1].message == "“-50.001”不在 \u221250.000 至 100.000 之间。"


def test_bounds_themselves_are_good(cast: Cast) -> None:
    store(
        cast.hr_city,
        ["", "150602", "GR03", "2026Q1", "-50"],
        ["", "150602", "GR03", "2026Q2", "100"],
        ["", "150602", "GR03", "2026Q3", "94.996"],
    )

    assert [row[4] for row in stored(cast)] == [-50000, 100000, 94996]


def test_folds_are_stored_and_each_is_told(cast: Cast) -> None:
    written = [wide("95.5"), "\u00a096", "97%", "98.500", "1,0.0"]

    sent = send(cast.hr_city, *[["", "150602", "DD01", f"2026Q{n}", text] for n, text in enumerate(written[:4], 1)])

    assert sent.problems == [
        ("folded_full_width", "E2", wide("95.5")),
        ("folded_spaces", "E3", "\u00a096"),
        ("folded_percent", "E4", "97%"),
        ("folded_trailing_zeros", "E5", "98.500"),
    ]
    assert (sent.report.good_rows, sent.report.warning_rows, sent.report.error_rows) == (0, 4, 0)
    commit(cast.hr_city, sent)
    assert [row[4] for row in stored(cast)] == [9550, 9600, 9700, 9850]


def test_percent_sign_where_the_measure_is_not_percent_is_refused(cast: Cast) -> None:
    sent = send(cast.hr_city, ["", "150602", "DD12", "2026Q1", "3%"])

    assert sent.problems == [("not_in_percent", "E2", "3%")]


def test_option_is_sent_by_its_label_and_stored_as_its_number(cast: Cast) -> None:
    rows = [["000101", "", "JY01", "2026Q1", "较好"], ["000101", "", "JY01", "2026Q2", "85"]]

    sent = send(cast.hr_city, *rows)

    assert sent.problems == [("not_an_option", "E3", "85")]
    assert sent.report.problems[0].message == "“85”不是该指标的选项，可填：好、较好、一般。"
    store(cast.hr_city, rows[0])
    assert stored(cast) == [("000101", "JY01", "2026Q1", "value", 85, "value", "final")]


def test_empty_is_not_zero_and_needs_a_word(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "", ""],
        ["150602", "DD01", "2026Q2", "不适用", ""],
        ["150602", "DD01", "2026Q3", "", "100"],
        heading=WITH_TARGET,
    )

    assert sent.problems == [("value_missing", "D2", "")]


def test_not_applicable_void_and_zero_are_three_things(cast: Cast) -> None:
    store(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "不适用", ""],
        ["150602", "DD01", "2026Q2", "作废", "作废"],
        ["150602", "DD01", "2026Q3", "0", "0.00"],
        heading=WITH_TARGET,
    )

    assert stored(cast) == [
        ("150602", "DD01", "2026Q1", "value", None, "not_applicable", "final"),
        ("150602", "DD01", "2026Q2", "target", None, "void", "final"),
        ("150602", "DD01", "2026Q2", "value", None, "void", "final"),
        ("150602", "DD01", "2026Q3", "target", 0, "value", "final"),
        ("150602", "DD01", "2026Q3", "value", 0, "value", "final"),
    ]


def test_spaces_around_words_are_told_too(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", " 不适用", "", ""],
        ["150602", "DD01", "2026Q2", "", "作废\u3000", ""],
        ["150602", "DD01", "2026Q3", "1", "", " 终核 "],
        heading=(*WITH_TARGET, "口径"),
    )

    assert sent.problems == [
        ("folded_spaces", "D2", " 不适用"),
        ("folded_spaces", "E3", "作废\u3000"),
        ("folded_spaces", "F4", " 终核 "),
    ]
    assert sent.report.n_new == 3


def test_target_cannot_be_not_applicable(cast: Cast) -> None:
    sent = send(cast.hr_city, ["150602", "DD01", "2026Q1", "1", "不适用"], heading=WITH_TARGET)

    assert sent.problems == [("target_not_applicable", "E2", "不适用")]


def test_value_and_target_of_one_key_may_stand_in_two_rows(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "95", ""],
        ["150602", "DD01", "2026Q1", "", "100"],
        heading=WITH_TARGET,
    )

    assert (sent.problems, sent.report.n_new) == ([], 2)
