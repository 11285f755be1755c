"""The quick road through a sheet and the exact one give the same table; another library gives the same values."""

import re
import tempfile
from pathlib import Path
from typing import Any

import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.tabular.table import Table
from tests.tabular.files import raw_sheet, read, text_cell, told, workbook

TAG = re.compile("<[^>]*>")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=6).filter(str.strip)
MARKUP = st.text("<>&\"'\n _x0041_", min_size=1, max_size=6).filter(str.strip)
NUMBER = st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e12, 1e12, allow_nan=False))
CELL = st.one_of(
    st.none(),
    TEXT.map(lambda text: ("text", text)),
    MARKUP.map(lambda text: ("text", text)),
    NUMBER.map(lambda number: ("number", repr(number))),
    NUMBER.map(lambda number: ("formula", repr(number))),
    st.just(("formula", "")),
    st.booleans().map(lambda value: ("truth", str(int(value)))),
)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell_xml(address: str, cell: tuple[str, str]) -> str:
    kind, value = cell
    if kind == "text":
        return text_cell(address, escaped(value))
    formula = "<f>A1+1</f>" if kind == "formula" else ""
    stored = f"<v>{value}</v>" if value else ""
    return f'<c r="{address}"{" t=" + chr(34) + "b" + chr(34) if kind == "truth" else ""}>{formula}{stored}</c>'


def rows_xml(rows: list[list[tuple[str, str] | None]]) -> str:
    head = f'<row r="1">{text_cell("A1", "甲")}{text_cell("B1", "乙")}</row>'
    body = []
    for number, row in enumerate(rows, 2):
        cells = [cell_xml(f"{letter}{number}", cell) for letter, cell in zip("AB", row, strict=True) if cell]
        body.append(f'<row r="{number}">{"".join(cells)}</row>')
    return head + "".join(body)


def as_read(table: Table) -> Any:
    columns = [(c.number, c.heading, c.texts.tolist(), c.kinds.tolist()) for c in table.columns]
    return table.header_row, table.rows.tolist(), columns, told(table), table.problem_counts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=2, max_size=2).filter(any), min_size=1, max_size=5))
def test_both_roads_give_the_same_table(rows: list[list[tuple[str, str] | None]]) -> None:
    xml = rows_xml(rows)
    with tempfile.TemporaryDirectory() as folder:
        plain = read(Path(folder), raw_sheet(xml))
        exact = read(Path(folder), raw_sheet(f"<!-- -->{xml}"))
        quoted = read(Path(folder), raw_sheet(TAG.sub(lambda tag: tag[0].replace('"', "'"), xml)))

    assert as_read(plain) == as_read(exact) == as_read(quoted)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.one_of(NUMBER, TEXT), min_size=2, max_size=2), min_size=1, max_size=5))
def test_another_library_reads_the_same_values(rows: list[list[Any]]) -> None:
    rows = [[f"'{cell}" if isinstance(cell, str) and cell[0] in "=#" else cell for cell in row] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        table = read(Path(folder), workbook([["甲", "乙"], *rows]))
        with python_calamine.CalamineWorkbook.from_path(Path(folder) / "kept") as book:
            other = book.get_sheet_by_index(0).to_python(skip_empty_area=False)[1:]

    for place, column in enumerate(table.columns):
        for text, row in zip(column.texts, other, strict=True):
            assert text == row[place] if isinstance(row[place], str) else float(text) == row[place]
