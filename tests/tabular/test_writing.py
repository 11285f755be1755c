import datetime as dt
import io
import re
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from foundation.tabular.table import CellKind
from foundation.tabular.writing import SheetColumn, Written, write_xlsx
from tests.tabular.files import read, texts, wide

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\n=x",
    wide("=1+1"),
    "#N/A",
    "TRUE",
    "0012",
    "1e5",
    "2026-03-31",
    "_x0041_",
]


def written(rows: list[list[Written]], *columns: SheetColumn) -> bytes:
    stream = io.BytesIO()
    assert write_xlsx(columns or [SheetColumn("甲")], rows, stream, sheet="数据") == len(rows)
    return stream.getvalue()


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_stays_the_text_it_is(tmp_path: Path, text: str) -> None:
    data = written([["x", text]], SheetColumn("甲"), SheetColumn("乙"))

    table = read(tmp_path, data)

    assert texts(table) == [["x", text]]
    assert table.columns[1].kinds.tolist() == [CellKind.TEXT]
    assert b"<f" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_numbers_are_numbers_to_the_last_digit(tmp_path: Path) -> None:
    data = written([[-5, Decimal("0.07"), Decimal("90071992547409.91"), 9007199254740991]], *map(SheetColumn, "abcd"))

    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()

    assert re.findall("<v>([^<]*)</v>", xml) == ["-5", "0.07", "90071992547409.91", "9007199254740991"]
    assert texts(read(tmp_path, data))[0][:2] == ["-5", "0.07"]


def test_numbers_show_the_places_of_their_column(tmp_path: Path) -> None:
    data = written([[Decimal("95.5"), 3]], SheetColumn("a", places=2), SheetColumn("b", places=0))

    sheet = load_workbook(io.BytesIO(data)).active

    assert [cell.number_format for cell in sheet[2]] == ["0.00", "0"]
    assert [cell.number_format for cell in sheet[1]] == ["@", "@"]


def test_dates_and_blanks(tmp_path: Path) -> None:
    table = read(tmp_path, written([[dt.date(2026, 3, 31), None, "x"]], *map(SheetColumn, "abc")))

    assert texts(table) == [["2026-03-31", "", "x"]]
    assert table.columns[0].kinds.tolist() == [CellKind.DATE]


def test_the_heading_stays_in_view_and_columns_have_their_width() -> None:
    sheet = load_workbook(io.BytesIO(written([["x"]], SheetColumn("甲", width=30)))).active

    assert sheet.title == "数据"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 30
    assert sheet["A1"].font.bold


def test_a_row_of_another_length_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="zip"):
        written([["x", "y"]])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=10), min_size=1, max_size=5
    )
)
def test_any_text_is_read_back(drawn: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = read(Path(folder), written([["x", text] for text in drawn], SheetColumn("甲"), SheetColumn("乙")))

    assert [row[1] for row in texts(table)] == drawn
