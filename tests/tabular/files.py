"""Files for the tests, made from bytes: no binary fixture stands in the repository."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from foundation.tabular.reading import read_table
from foundation.tabular.table import Table, TableLimits

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADING = ("employee_no", "value")
SMALL = TableLimits(csv_rows=5, xlsx_rows=5, columns=20, xlsx_cells=2_000, problems_kept=3)


def wide(text: str) -> str:
    """Full-width twins, built by distance because editors fold typed ones."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def workbook(rows: Sequence[Sequence[Any]], change: Callable[[Any, Any], None] | None = None) -> bytes:
    """A workbook of one sheet; ``change(workbook, sheet)`` may do more to it."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    if change:
        change(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repack(data: bytes, **parts: bytes | None) -> bytes:
    """The same zip with parts replaced, added, or left out where None; ``__`` in a key stands for ``/``."""
    named = {key.replace("__", "/").replace("_dot_", "."): value for key, value in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            value = named.pop(name, old.read(name))
            if value is not None:
                new.writestr(name, value)
        for name, value in named.items():
            if value is not None:
                new.writestr(name, value)
    return stream.getvalue()


def raw_sheet(rows: str, *, after: str = "", before: str = "") -> bytes:
    """A workbook whose only sheet has this XML in ``sheetData``."""
    xml = (
        f'<?xml version="1.0"?><worksheet xmlns="{NAMESPACE}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )
    return repack(workbook([["x"]]), xl__worksheets__sheet1_dot_xml=xml.encode())


def text_cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def read(folder: Path, data: bytes, name: str = "data.xlsx", limits: TableLimits | None = None) -> Table:
    path = folder / "kept"
    path.write_bytes(data)
    return read_table(path, name=name, limits=limits)


def texts(table: Table) -> list[list[str]]:
    """Row by row."""
    return [list(row) for row in zip(*(column.texts for column in table.columns), strict=True)]


def told(table: Table) -> list[tuple[str, str]]:
    """Code and address of each problem."""
    return [(problem.code, problem.address) for problem in table.problems]
