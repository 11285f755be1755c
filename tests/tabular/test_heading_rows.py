"""Where the heading is: below a title, in two lines, merged; and what stands above it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from foundation.tabular.folding import fold_heading
from foundation.tabular.reading import read_table
from foundation.tabular.table import Table
from tests.tabular.files import texts, told, workbook

NAMES = ("工号", "指标代码", "期间", "数值", "目标值", "备注")
WORDS = frozenset(map(fold_heading, NAMES))
ROW = ["0012", "DD01", "2026Q1", 95.5]
TITLE = "鄂尔多斯市考核数据报送表"


def read(folder: Path, rows: Sequence[Sequence[Any]], *merges: str, without: Sequence[int] = ()) -> Table:
    def change(_: Any, sheet: Any) -> None:
        for merge in merges:
            sheet.merge_cells(merge)

    path = folder / "kept"
    path.write_bytes(workbook(rows, change))
    return read_table(path, name="data.xlsx", words=WORDS, without=without)


def read_text(folder: Path, text: str) -> Table:
    path = folder / "kept"
    path.write_bytes(text.encode())
    return read_table(path, name="data.csv", words=WORDS)


def test_the_heading_is_found_below_a_title_and_the_title_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, [[TITLE], ["单位：万元"], [], NAMES[:4], ROW], "A1:D1")

    assert (table.header_row, table.headings, table.rows.tolist()) == (4, NAMES[:4], [5])
    assert told(table) == [("title_above", "4")]
    assert table.problems[0].facts == {"rows": "1、2", "text": f"“{TITLE}”；“单位：万元”"}


@pytest.mark.parametrize(("blank", "row"), [(19, 20), (20, 1)])
def test_the_heading_is_looked_for_in_twenty_rows(tmp_path: Path, blank: int, row: int) -> None:
    rows = [[TITLE], *[[] for _ in range(blank - 1)], NAMES[:4], ROW]

    assert read(tmp_path, rows).header_row == row


def test_a_row_of_data_above_the_heading_is_an_error(tmp_path: Path) -> None:
    table = read(tmp_path, [ROW, NAMES[:4], ["0013", "DD01", "2026Q1", 96]])

    assert told(table) == [("data_above_heading", "1")]
    assert texts(table) == [["0013", "DD01", "2026Q1", "96"]]


def test_a_heading_of_two_lines_is_read_by_the_lower_one(tmp_path: Path) -> None:
    upper = ["工号", "指标代码", "期间", "本期数据"]
    lower = [None, None, None, "数值", "目标值"]

    table = read(tmp_path, [upper, lower, [*ROW, 100]], "A1:A2", "B1:B2", "C1:C2", "D1:E1")

    assert (table.header_row, table.headings) == (2, NAMES[:5])
    assert texts(table) == [["0012", "DD01", "2026Q1", "95.5", "100"]]
    assert sorted(code for code, _ in told(table)) == ["merged_heading"] * 3 + ["title_above"]


def test_merged_data_is_an_error_and_a_merged_title_is_none(tmp_path: Path) -> None:
    table = read(tmp_path, [[TITLE], NAMES[:4], ROW, [None, *ROW[1:]]], "A1:D1", "A3:A4")

    assert told(table) == [("title_above", "2"), ("merged_cell", "A3")]


def test_rows_that_are_no_data_are_left_out_as_asked_and_nothing_in_them_is_told(tmp_path: Path) -> None:
    rows = [NAMES[:4], ROW, ["合计", None, None, "=SUM(D2:D2)"], ["注：本表数据来自统计局"]]

    table = read(tmp_path, rows, "A4:D4", without=[3, 4])

    assert (texts(table), told(table)) == ([["0012", "DD01", "2026Q1", "95.5"]], [])
    assert [(row.number, row.text) for row in table.without] == [
        (3, "合计 =SUM(D2:D2)"),
        (4, "注：本表数据来自统计局"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_has_its_heading_below_a_title_whatever_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    lines = [f"{TITLE}、市直", "", delimiter.join(NAMES[:4]), delimiter.join(map(str, ROW))]

    table = read_text(tmp_path, "\n".join(lines))

    assert (table.header_row, texts(table)) == (3, [["0012", "DD01", "2026Q1", "95.5"]])
    assert ("title_above", "3") in told(table)


def test_without_known_headings_the_first_row_is_the_heading(tmp_path: Path) -> None:
    table = read(tmp_path, [["甲", "乙"], ["1", "2"]])

    assert (table.header_row, table.headings) == (1, ("甲", "乙"))
