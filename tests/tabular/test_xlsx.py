import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from foundation.tabular.errors import PROBLEM_TEXTS, Severity
from foundation.tabular.table import CellKind
from tests.tabular.files import HEADING, SMALL, raw_sheet, read, repack, text_cell, texts, told, wide, workbook

MONGOLIAN = "\u182a\u1820\u1836\u1820\u1828"
RARE = "\U00020bb7\U0002a6a5"
TOP = f'<row r="1">{text_cell("A1", "a")}{text_cell("B1", "b")}</row>'
PERCENT_STYLES = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
    b'<numFmt numFmtId="164" formatCode="0.0&quot;%&quot;"/><numFmt numFmtId="165" formatCode="[Red]0.00%;-0.00%"/>'
    b'<numFmt numFmtId="166" formatCode="0.0\\%"/></numFmts><cellStyleXfs><xf numFmtId="10"/></cellStyleXfs>'
    b'<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    b'<xf numFmtId="166"/><xf numFmtId="31"/></cellXfs></styleSheet>'
)


def formatted(number_format: str) -> Callable[[Any, Worksheet], None]:
    def change(_: Any, sheet: Worksheet) -> None:
        if number_format:
            sheet["B2"].number_format = number_format

    return change


def one_cell(value: Any, number_format: str = "") -> bytes:
    return workbook([HEADING, ["0012", value]], formatted(number_format))


CELLS = {
    "text keeps zeros": (one_cell("0012"), "0012", CellKind.TEXT),
    "text that looks like a formula": (
        raw_sheet(TOP + f'<row r="2">{text_cell("B2", "=1+1")}</row>'),
        "=1+1",
        CellKind.TEXT,
    ),
    "text as written": (one_cell(f" {wide('95.5')} "), f" {wide('95.5')} ", CellKind.TEXT),
    "Mongolian and rare": (one_cell(f"{MONGOLIAN}·{RARE}"), f"{MONGOLIAN}·{RARE}", CellKind.TEXT),
    "whole number": (one_cell(1203), "1203", CellKind.NUMBER),
    "decimal": (one_cell(54.9), "54.9", CellKind.NUMBER),
    "decimal of 17 digits": (
        raw_sheet(TOP + '<row r="2"><c r="B2"><v>54.899999999999999</v></c></row>'),
        "54.9",
        CellKind.NUMBER,
    ),
    "sum as stored": (
        raw_sheet(f'{TOP}<row r="2"><c r="B2"><v>{0.1 + 0.2!r}</v></c></row>'),
        "0.30000000000000004",
        CellKind.NUMBER,
    ),
    "negative zero": (one_cell(-0.0), "0", CellKind.NUMBER),
    "tiny": (one_cell(1e-7), "0.0000001", CellKind.NUMBER),
    "huge": (one_cell(1e20), "100000000000000000000", CellKind.NUMBER),
    "beyond float": (raw_sheet(TOP + '<row r="2"><c r="B2"><v>1E309</v></c></row>'), "1E309", CellKind.TEXT),
    "truth": (one_cell(True), "TRUE", CellKind.BOOL),
    "untruth": (one_cell(False), "FALSE", CellKind.BOOL),
    "date": (one_cell(dt.date(2026, 3, 31)), "2026-03-31", CellKind.DATE),
    "date and time": (one_cell(dt.datetime(2026, 3, 31, 8, 30)), "2026-03-31 08:30:00", CellKind.DATE),
    "number shown as date": (one_cell(46112, 'yyyy"年"m"月"d"日"'), "2026-03-31", CellKind.DATE),
    "number shown as East Asian date": (
        repack(raw_sheet(TOP + '<row r="2"><c r="B2" s="6"><v>46112</v></c></row>'), xl__styles_dot_xml=PERCENT_STYLES),
        "2026-03-31",
        CellKind.DATE,
    ),
    "time": (one_cell(dt.time(8, 30)), "08:30:00", CellKind.DATE),
    "error": (one_cell("#N/A"), "#N/A", CellKind.ERROR),
    "formula without value": (one_cell("=1+1"), "=1+1", CellKind.FORMULA_WITHOUT_VALUE),
    "rich text": (
        raw_sheet(
            TOP + '<row r="2"><c r="B2" t="inlineStr"><is><r><t>a</t></r>'
            '<r><t xml:space="preserve"> b</t></r></is></c></row>'
        ),
        "a b",
        CellKind.TEXT,
    ),
}
PERCENTS = [
    ("0.0%", 0.955, "95.5%"),
    ("0%", 0.955, "95.5%"),
    ("0.00%", 1, "100%"),
    ("0%", -0.07, "-7%"),
    ("0%", 0, "0%"),
    ("0.0%", 12.03, "1203%"),
]
PROBLEMS: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "formula with value": (
        raw_sheet(TOP + '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2+1</f><v>2</v></c></row>'),
        [("formula_value", "B2")],
    ),
    "shared formula": (
        raw_sheet(TOP + '<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'),
        [("formula_value", "B2")],
    ),
    "formula with empty text": (
        raw_sheet(TOP + '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'),
        [("formula_value", "B2")],
    ),
    "formula without value": (workbook([HEADING, ["1", "=1+1"]]), [("formula_without_value", "B2")]),
    "formula without value in a row of its own": (
        workbook([HEADING, ["1", 2], [None, None], [None, "=1+1"]]),
        [("formula_without_value", "B4")],
    ),
    "formula without value beyond the values": (
        raw_sheet(TOP + '<row r="2"><c r="A2"><v>1</v></c></row><row r="9"><c r="D9"><f>A1</f></c></row>'),
        [("formula_without_value", "D9")],
    ),
    "errors": (
        workbook([HEADING, ["1", "#DIV/0!"], ["2", "#N/A"], ["#REF!", 1]]),
        [("error_cell", "B2"), ("error_cell", "B3"), ("error_cell", "A4")],
    ),
    "formula with an error": (
        raw_sheet(TOP + '<row r="2"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'),
        [("error_cell", "B2")],
    ),
    "hidden rows": (
        raw_sheet(
            TOP
            + '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" hidden="true"><c r="A3"><v>2</v></c></row>'
        ),
        [("hidden_rows", "2")],
    ),
    "a hidden row without data": (
        raw_sheet(TOP + '<row r="2"><c r="A2"><v>1</v></c></row><row r="3" hidden="1"></row>'),
        [],
    ),
    "hidden column": (
        raw_sheet(
            TOP + '<row r="2"><c r="A2"><v>1</v></c></row>', before='<cols><col min="2" max="9" hidden="1"/></cols>'
        ),
        [("hidden_columns", "B")],
    ),
    "merged data": (
        raw_sheet(
            TOP + '<row r="2"><c r="A2"><v>1</v></c></row>', after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
        ),
        [("merged_cell", "A2")],
    ),
    "merged heading": (
        raw_sheet(
            TOP + '<row r="2"><c r="A2"><v>1</v></c></row>', after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
        ),
        [("merged_heading", "A1")],
    ),
    "merged cells below the data": (
        raw_sheet(
            TOP + '<row r="2"><c r="A2"><v>1</v></c></row>', after='<mergeCells><mergeCell ref="A5:B6"/></mergeCells>'
        ),
        [],
    ),
    "control character": (
        raw_sheet(TOP + f'<row r="2">{text_cell("A2", "x_x0000_")}</row>'),
        [("control_character", "A2")],
    ),
    "text lost before": (
        raw_sheet(TOP + f'<row r="2">{text_cell("A2", chr(0xFFFD))}</row>'),
        [("replacement_character", "A2")],
    ),
    "percent": (one_cell(0.955, "0.0%"), [("percent_format", "B2")]),
    "nothing": (one_cell(95.5), []),
}


@pytest.mark.parametrize(("data", "text", "kind"), CELLS.values(), ids=CELLS)
def test_a_cell_gives_the_text_that_a_person_sees_and_its_kind(
    tmp_path: Path, data: bytes, text: str, kind: CellKind
) -> None:
    column = read(tmp_path, data).columns[1]

    assert column.letter == "B"
    assert column.texts.tolist() == [text]
    assert column.kinds.tolist() == [kind]


@pytest.mark.parametrize(("number_format", "stored", "text"), PERCENTS)
def test_a_percent_format_is_read_as_seen_exactly_and_told(
    tmp_path: Path, number_format: str, stored: float, text: str
) -> None:
    table = read(tmp_path, one_cell(stored, number_format))

    assert texts(table) == [["0012", text]]
    assert table.problems[0].severity is Severity.FOLD
    assert table.problems[0].facts == {"stored": str(stored)}
    assert not table.has_errors


def test_a_percent_sign_in_quotes_is_no_percent_format(tmp_path: Path) -> None:
    cells = "".join(f'<c r="{letter}2" s="{style}"><v>0.5</v></c>' for style, letter in enumerate("ABCDEF"))
    data = repack(raw_sheet(TOP + f'<row r="2">{cells}</row>'), xl__styles_dot_xml=PERCENT_STYLES)

    table = read(tmp_path, data)

    assert texts(table) == [["0.5", "50%", "50%", "0.5", "50%", "0.5"]]


@pytest.mark.parametrize(("data", "problems"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_values_do_not_show_is_told_with_its_address(
    tmp_path: Path, data: bytes, problems: list[tuple[str, str]]
) -> None:
    table = read(tmp_path, data)

    assert told(table) == problems
    for problem in table.problems:
        facts = {"value": problem.value, "row": problem.row, **problem.facts}
        assert str(PROBLEM_TEXTS[problem.code]) % facts


def test_a_formula_with_a_saved_value_is_a_warning_not_an_error(tmp_path: Path) -> None:
    table = read(tmp_path, PROBLEMS["formula with value"][0])

    assert texts(table) == [["1", "2"]]
    assert table.columns[1].kinds.tolist() == [CellKind.NUMBER]
    assert not table.has_errors
    assert table.problems[0].facts == {"formula": "=A2+1"}


def test_addresses_stay_those_of_the_sheet(tmp_path: Path) -> None:
    rows = [[], [], [None, None, "code", None, "value"], [], [None, None, "x", None, 5]]

    table = read(tmp_path, workbook(rows))

    assert (table.kind, table.sheet, table.sheet_number, table.header_row) == ("xlsx", "Sheet", 1, 3)
    assert [column.letter for column in table.columns] == ["C", "E"]
    assert table.headings == ("code", "value")
    assert table.rows.tolist() == [5]
    assert table.address(0, table.columns[1].number) == "E5"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_never_read_in_place_of_the_visible_one(tmp_path: Path, state: str) -> None:
    def change(book: Any, sheet: Worksheet) -> None:
        sheet.sheet_state = state
        book.create_sheet("数据").append(["a", "b"])
        book["数据"].append(["visible", 1])
        book.create_sheet("空")
        book.active = 1

    table = read(tmp_path, workbook([HEADING, ["hidden", 1]], change))

    assert (table.sheet, table.sheet_number) == ("数据", 2)
    assert texts(table) == [["visible", "1"]]


def test_a_cell_without_address_takes_the_next_place(tmp_path: Path) -> None:
    heading = "".join(f"<c t='inlineStr'><is><t>{text}</t></is></c>" for text in "ab")
    xml = f"<row>{heading}</row><row><c><v>1</v></c><c><f>A2</f></c></row>"

    table = read(tmp_path, raw_sheet(xml))

    assert texts(table) == [["1", "=A2"]]
    assert told(table) == [("formula_without_value", "B2")]


def test_a_sheet_with_prefixed_names_is_looked_at_exactly(tmp_path: Path) -> None:
    xml = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1">'
        '<x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row><x:row r="2" hidden="1"><x:c r="A2">'
        "<x:f>1</x:f><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    data = repack(workbook([["x"]]), xl__worksheets__sheet1_dot_xml=xml.encode())

    assert told(read(tmp_path, data)) == [("hidden_rows", "2"), ("formula_value", "A2")]


def test_styled_cells_far_away_without_content_do_no_harm(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="1"/><c r="A1048576" s="1"></c></row>'

    table = read(tmp_path, raw_sheet(TOP + '<row r="2"><c r="A2"><v>1</v></c></row>' + far), limits=SMALL)

    assert texts(table) == [["1", ""]]


VALUE = st.one_of(
    st.none(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.floats(-1e300, 1e300, allow_nan=False),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=8).filter(str.strip),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(VALUE, min_size=2, max_size=2), min_size=1, max_size=4))
def test_numbers_and_texts_come_back_as_they_were_stored(rows: list[list[Any]]) -> None:
    # A text that begins with "=" or "#" is written by openpyxl as a formula or an error.
    rows = [["x", *(f"'{v}" if isinstance(v, str) and v[0] in "=#" else v for v in row)] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        table = read(Path(folder), workbook([["k", "a", "b"], *rows]))

    for column, values in zip(table.columns[1:], zip(*[row[1:] for row in rows], strict=True), strict=True):
        for text, value in zip(column.texts, values, strict=True):
            if isinstance(value, bool) or value is None or isinstance(value, str):
                assert text == {True: "TRUE", False: "FALSE", None: ""}.get(value, value)
            else:
                assert float(text) == float(f"{value:.16g}")  # openpyxl writes no more digits
                assert "e" not in text
