"""The wide form: one row a subject, one column an indicator; the same checks, and cells that are exact."""

import pytest

from intake.enums import BatchState
from intake.models import Observation
from intake.selectors.observations import source_of
from tests.cast import Cast, scope
from tests.intake.factories import Uploaded, commit, csv_bytes, send, stored, upload, xlsx_bytes
from tests.tabular.files import workbook

pytestmark = pytest.mark.usefixtures("indicators")

HEADING = ("单位代码", "名称", "期间", "DD01 指标DD01(%)", "DD12 指标DD12（项）", "DD01 目标值")
PEOPLE = ("工号", "姓名", "期间", "OT01", "JY01 指标JY01")


def cells(sent: Uploaded) -> list[tuple[str, str]]:
    return [(problem.code, problem.ref) for problem in sent.report.problems]


def test_wide_rows_are_stored_like_long_ones(cast: Cast) -> None:
    rows = [["150602", "东胜区", "2026Q1", "95.5", "3", "100"], ["150627", "", "2026Q1", "", "", "90"]]

    sent = commit(cast.hr_city, send(cast.hr_city, *rows, heading=HEADING))

    assert stored(cast) == [
        ("150602", "DD01", "2026Q1", "target", 10000, "value", "final"),
        ("150602", "DD01", "2026Q1", "value", 9550, "value", "final"),
        ("150602", "DD12", "2026Q1", "value", 3, "value", "final"),
        ("150627", "DD01", "2026Q1", "target", 9000, "value", "final"),
    ]
    assert (sent.batch.state, sent.report.rows, sent.report.good_rows) == (BatchState.COMMITTED, 2, 2)


def test_each_figure_keeps_its_own_cell(cast: Cast) -> None:
    rows = [["150602", "东胜区", "2026Q1", 95.5, 3, 100]]

    commit(cast.hr_city, upload(cast.hr_city, xlsx_bytes(rows, HEADING), "宽表.xlsx"))

    found = Observation.objects.values_list("indicator__code", "facet", "sheet", "row", "col")
    assert sorted(found) == [("DD01", "target", 1, 2, 6), ("DD01", "value", 1, 2, 4), ("DD12", "value", 1, 2, 5)]
    fact = Observation.objects.get(indicator__code="DD12")
    source = source_of(scope(cast.hr_city), said_by=fact.said_by, sheet=fact.sheet, row=fact.row, col=fact.col)
    assert source is not None
    assert source.window is not None
    assert (source.address, source.window.header.cells[4], source.window.rows[-1].cells[4]) == (
        "E2",
        "DD12 指标DD12（项）",
        "3",
    )


def test_problem_is_told_at_its_own_cell_and_the_subject_once(cast: Cast) -> None:
    rows = [["150602", "东胜", "2026Q1", "—", "3.5", "-1"], ["zz", "", "2026Q1", "1", "2", "3"]]

    sent = send(cast.hr_city, *rows, heading=HEADING)

    assert cells(sent) == [
        ("name_mismatch", "B2"),
        ("not_a_number", "D2"),
        ("too_many_places", "E2"),
        ("out_of_bounds", "F2"),
        ("unit_unknown", "A3"),
    ]
    assert [(kind.code, kind.count) for kind in sent.report.kinds if kind.code == "unit_unknown"] == [
        ("unit_unknown", 1)
    ]
    assert (sent.report.rows, sent.report.error_rows, sent.report.good_rows) == (2, 2, 0)


def test_period_of_another_kind_is_told_at_the_figure(cast: Cast) -> None:
    heading = ("单位代码", "期间", "DD01", "DD02")

    sent = send(cast.hr_city, ["150602", "2026Q1", "1", "2"], heading=heading)

    (problem,) = sent.report.problems
    assert (problem.code, problem.ref) == ("period_kind", "D2")
    assert problem.message == "指标 DD02 按月填报，“2026Q1”是季。"


def test_empty_cell_is_no_row_and_words_are_understood(cast: Cast) -> None:
    rows = [
        ["000101", "白音", "2026Q1", " ", "较好"],
        ["000102", "", "2026Q1", "不适用", ""],
        ["000103", "", "", "", ""],
    ]

    sent = commit(cast.hr_city, send(cast.hr_city, *rows, heading=PEOPLE))

    assert stored(cast) == [
        ("000101", "JY01", "2026Q1", "value", 85, "value", "final"),
        ("000102", "OT01", "2026Q1", "value", None, "not_applicable", "final"),
    ]
    assert sent.report.rows == 2, "a row without a figure says nothing"


def test_vintage_and_evidence_stand_for_the_whole_row(cast: Cast) -> None:
    heading = (*HEADING[:4], "口径", "佐证编号", "备注", "原行号")

    commit(cast.hr_city, send(cast.hr_city, ["150602", "", "2026Q1", "9", "初核", "A-1", "x", "17"], heading=heading))

    (fact,) = Observation.objects.all()
    assert (fact.vintage, fact.evidence_ref) == ("preliminary", "A-1")


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        (("单位代码", "指标代码", "期间", "DD01"), [("mixed_forms", "B1")]),
        (("单位代码", "期间", "DD01", "DD01 指标DD12"), [("heading_of_another", "D1")]),
        (("单位代码", "期间", "DD01", "dd01 指标DD01"), [("heading_duplicate", "D1")]),
        (("单位代码", "期间", "DD01", "ZZ99 指标"), [("heading_unknown", "D1")]),
        (("单位代码", "名称", "DD01", "DD12"), [("heading_missing", "1")]),
        (("名称", "期间", "DD01", "DD12"), [("heading_missing", "1")]),
    ],
    ids=["mixed", "another", "twice", "unknown", "no period", "no subject"],
)
def test_headings_of_a_wide_sheet_are_checked(
    cast: Cast, heading: tuple[str, ...], told: list[tuple[str, str]]
) -> None:
    sent = send(cast.hr_city, ["150602", "2026Q1", "1", "2"], heading=heading)

    assert cells(sent) == told
    assert sent.batch.state == BatchState.REJECTED


def test_mixed_forms_say_which_columns_are_meant(cast: Cast) -> None:
    sent = send(cast.hr_city, ["150602", "1", "2026Q1", "1"], heading=("单位代码", "数值", "期间", "DD01"))

    (problem,) = sent.report.problems
    assert problem.message == "“数值”是长表的列，而 D1“DD01”是宽表的指标列，不知道以哪个为准。"


def test_sheet_without_a_figure_says_so(cast: Cast) -> None:
    sent = send(cast.hr_city, ["150602", "东胜区", "2026Q1", "", "", ""], heading=HEADING)

    (problem,) = sent.report.problems
    assert problem.message == "第 1 行表头之下，各指标列都是空的，没有可以检查的数据。"
    assert sent.batch.state == BatchState.REJECTED


def test_the_same_subject_twice_is_told_on_both_rows(cast: Cast) -> None:
    rows = [["150602", "", "2026Q1", "1", "2", ""], ["150602", "", "2026Q1", "1", "3", ""]]

    sent = send(cast.hr_city, *rows, heading=HEADING)

    assert cells(sent) == [("duplicate_conflict", "E2"), ("duplicate_equal", "D3"), ("duplicate_conflict", "E3")]


def test_clerk_is_refused_figures_of_others_at_their_cells(cast: Cast) -> None:
    sent = upload(cast.clerk_statistics, csv_bytes([["150602", "", "2026Q1", "1", "2", ""]], HEADING))

    assert cells(sent) == [("indicator_not_yours", "E2")]


def test_title_above_and_english_headings_do_as_well(cast: Cast) -> None:
    heading = ["unit_code", "name", "period", "DD01 (%)", "dd12", "DD01 target"]
    rows = [["2026 年一季度填报表"], heading, ["150602", "东胜区", "2026Q1", 95.5, 3, 100]]

    sent = upload(cast.hr_city, workbook(rows), "宽表.xlsx")

    assert not sent.report.has_errors, sent.problems
    assert commit(cast.hr_city, sent).report.n_new == 3
