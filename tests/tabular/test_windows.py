import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from foundation.tabular.errors import TableError
from foundation.tabular.windows import MOST_COLUMNS, Window, cell_window
from tests.tabular.files import NAMESPACE, raw_sheet, read, repack, text_cell, texts, workbook

ROWS = [["工号", "数值"], *([f"{number:04d}", number + 0.5] for number in range(2, 30))]
STRINGS = (
    f'<sst xmlns="{NAMESPACE}"><si><t>a</t></si><si/><si><r><t>白</t></r><r><t>音</t></r><rPh sb="0" eb="1">'
    "<t>x</t></rPh></si><si><t>x_x000A_y</t></si></sst>"
)


def window(folder: Path, data: bytes, name: str = "data.xlsx", **where: int) -> Window:
    path = folder / "kept"
    path.write_bytes(data)
    return cell_window(path, name=name, **{"sheet": 1, "row": 10, "column": 2, **where})


def csv_of(rows: list[list[Any]]) -> bytes:
    return "".join(",".join(map(str, row)) + "\n" for row in rows).encode("gb18030")


@pytest.mark.parametrize(("data", "name"), [(workbook(ROWS), "data.xlsx"), (csv_of(ROWS), "data.csv")])
def test_the_rows_around_a_cell_stand_below_the_heading(tmp_path: Path, data: bytes, name: str) -> None:
    found = window(tmp_path, data, name)

    assert (found.address, found.letters) == ("B10", ("A", "B"))
    assert (found.header.number, found.header.cells) == (1, ("工号", "数值"))
    assert [(row.number, row.cells) for row in found.rows] == [
        (9, ("0009", "9.5")),
        (10, ("0010", "10.5")),
        (11, ("0011", "11.5")),
    ]


@pytest.mark.parametrize(("data", "name"), [(workbook(ROWS), "data.xlsx"), (csv_of(ROWS), "data.csv")])
def test_at_the_edges_there_are_fewer_rows(tmp_path: Path, data: bytes, name: str) -> None:
    first = window(tmp_path, data, name, row=2)
    last = window(tmp_path, data, name, row=29, before=2)

    assert [row.number for row in first.rows] == [2, 3]
    assert [row.number for row in last.rows] == [27, 28, 29]


@pytest.mark.parametrize(("data", "name"), [(workbook(ROWS), "data.xlsx"), (csv_of(ROWS), "data.csv")])
def test_a_row_that_is_not_there_is_said(tmp_path: Path, data: bytes, name: str) -> None:
    with pytest.raises(TableError) as refused:
        window(tmp_path, data, name, row=31)

    assert refused.value.code == "no_such_cell"
    assert refused.value.facts == {"address": "B31"}


def test_a_csv_is_read_no_further_than_the_row(tmp_path: Path) -> None:
    found = window(tmp_path, csv_of(ROWS) + b'1,"2\n', "data.csv")

    assert [row.number for row in found.rows] == [9, 10, 11]


def test_the_sheet_is_the_one_that_was_read(tmp_path: Path) -> None:
    def change(book: Any, sheet: Worksheet) -> None:
        sheet.sheet_state = "hidden"
        second = book.create_sheet("数据")
        for row in ROWS:
            second.append([f"visible {row[0]}", row[1]])
        book.active = 1

    found = window(tmp_path, workbook(ROWS, change), sheet=2)

    assert found.sheet == "数据"
    assert found.rows[1].cells == ("visible 0010", "10.5")
    with pytest.raises(TableError):
        window(tmp_path, workbook(ROWS), sheet=2)


def test_blank_rows_are_shown_where_the_sheet_has_them(tmp_path: Path) -> None:
    rows = [[], ["a", "b"], ["1", 2], [], ["3", 4]]

    found = window(tmp_path, workbook(rows), row=5, before=2)

    assert found.header.number == 2
    assert [row.cells for row in found.rows] == [("1", "2"), ("", ""), ("3", "4")]


def test_a_wide_sheet_is_cut_around_the_cell(tmp_path: Path) -> None:
    rows = [[f"h{number}" for number in range(60)], list(range(60))]

    middle = window(tmp_path, workbook(rows), row=2, column=30)
    end = window(tmp_path, workbook(rows), row=2, column=60)

    assert len(middle.letters) == len(end.letters) == MOST_COLUMNS
    assert middle.header.cells[8] == "h29"
    assert end.header.cells[-1] == "h59"
    assert len(window(tmp_path, workbook(rows), row=2, column=5_000).letters) == MOST_COLUMNS


def every_kind(book: Any, sheet: Worksheet) -> None:
    sheet["A2"].number_format = "0.0%"
    sheet["B2"].number_format = 'yyyy"年"m"月"d"日"'


@pytest.mark.parametrize(
    "data",
    [
        workbook(
            [["a", "b", "c", "d", "e", "f"], [0.955, 46112, dt.datetime(2026, 3, 31, 8, 30), True, "#N/A", "=1+1"]],
            every_kind,
        ),
        workbook([["a", "b", "c"], ["0012", 1203, 54.9]]),
        repack(
            raw_sheet(
                '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>3</v></c></row>'
                '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="str"><f>A1</f><v>q_x0041_</v></c></row>'
            ),
            xl__sharedStrings_dot_xml=STRINGS.encode(),
        ),
        raw_sheet(
            f"<row r='1'>{text_cell('A1', 'a')}{text_cell('B1', 'b')}</row>"
            "<row r='2'><c r='A2'><v>1</v></c><c><v>2</v></c></row>"
        ),
        raw_sheet(f"<row>{text_cell('A1', 'a')}{text_cell('B1', 'b')}</row><row><c><v>1</v></c><c><v>2</v></c></row>"),
    ],
    ids=["kinds and formats", "codes and numbers", "shared strings", "single quotes", "no numbers"],
)
def test_a_window_shows_the_same_text_as_the_whole_table(tmp_path: Path, data: bytes) -> None:
    table = read(tmp_path, data)

    found = window(tmp_path, data, row=2)

    assert found.header.cells == table.headings
    assert [list(row.cells) for row in found.rows] == texts(table)


TITLED = [["鄂尔多斯市考核数据"], [], *ROWS]
WORDS = frozenset(("工号", "数值"))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (workbook(TITLED), "data.xlsx"),
        (csv_of(TITLED), "data.csv"),
        (raw_sheet("<!-- -->" + "".join(f'<row r="{n}">{text_cell(f"A{n}", t[0])}{text_cell(f"B{n}", str(t[1]))}</row>'
         for n, t in enumerate(ROWS, 3))), "data.xlsx"),
    ],
    ids=["workbook", "csv", "another spelling"],
)  # fmt: skip
def test_the_heading_of_a_window_is_the_one_that_was_read_by(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / "kept"
    path.write_bytes(data)

    found = cell_window(path, name=name, sheet=1, row=12, column=2, words=WORDS)

    assert (found.header.number, found.header.cells) == (3, ("工号", "数值"))
    assert [row.number for row in found.rows] == [11, 12, 13]
