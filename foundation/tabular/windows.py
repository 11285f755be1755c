"""The rows around a cell, as evidence beside a number: cheap enough for a page, also in a large file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from foundation.tabular.csv_file import open_records, split_records
from foundation.tabular.errors import TableError
from foundation.tabular.reading import file_kind
from foundation.tabular.table import FileKind, TableLimits, column_letter
from foundation.tabular.xlsx_package import open_package
from foundation.tabular.xlsx_rows import read_rows

MOST_COLUMNS = 16
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One row as it stands in the sheet."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a sheet around one cell, with the heading row above it."""

    sheet: str
    letters: tuple[str, ...]
    header: WindowRow
    rows: tuple[WindowRow, ...]
    row: int
    column: int

    @property
    def address(self) -> str:
        """The cell in the middle, e.g. ``G14``."""
        return f"{column_letter(self.column)}{self.row}"


def cell_window(
    path: Path,
    *,
    name: str,
    sheet: int,
    row: int,
    column: int,
    before: int = 1,
    after: int = 1,
    words: Collection[str] = (),
) -> Window:
    """The rows around a cell of a kept file.

    ``sheet``, ``row`` and ``column`` are 1-based as they stand on an observation; ``words`` as in
    `reading.read_table`. A CSV is read up
    to the row and no further; of a workbook only the rows that are shown are decoded. At most
    `MOST_COLUMNS` columns are given, those nearest to the cell.

    Raises
    ------
    TableError
        ``no_such_cell`` where the file has no such row, else as `reading.read_table`.
    """
    first, last = max(1, row - before), row + after
    if file_kind(path, name=name, limits=TableLimits()) is FileKind.CSV:
        sheet_name, header_row, found = "", *_csv_rows(path, first, last, words)
    else:
        sheet_name, header_row, found = _xlsx_rows(path, name, sheet, (first, last), words)
    if row not in found:
        raise TableError("no_such_cell", address=f"{column_letter(column)}{row}")
    width = max(column, *(max(cells, default=0) for cells in found.values()))
    start = max(1, min(column - MOST_COLUMNS // 2, width - MOST_COLUMNS + 1))
    shown = range(start, min(width, start + MOST_COLUMNS - 1) + 1)
    below = range(max(first, header_row + 1), min(last, max(found)) + 1)
    return Window(
        sheet_name,
        tuple(map(column_letter, shown)),
        _row(header_row, found, shown),
        tuple(_row(number, found, shown) for number in below),
        row,
        column,
    )


def _row(number: int, found: Mapping[int, Mapping[int, str]], shown: range) -> WindowRow:
    cells = found.get(number, {})
    return WindowRow(number, tuple(cells.get(column, "")[:_MOST_TEXT] for column in shown))


def _xlsx_rows(
    path: Path, name: str, sheet: int, span: tuple[int, int], words: Collection[str]
) -> tuple[str, int, dict[int, dict[int, str]]]:
    """The name of the sheet, its heading's row number, and the rows of the span with it."""
    with open_package(path, name=name, limits=TableLimits()) as package:
        part = next((part for part in package.sheets if part.number == sheet), None)
        if part is None:
            return "", 0, {}
        return part.name, *read_rows(package, part, span, words)


def _csv_rows(path: Path, first: int, last: int, words: Collection[str]) -> tuple[int, dict[int, dict[int, str]]]:
    """The heading's record number, and the records of the span with it."""
    with open_records(path, words) as (_, records):
        _, heading, below = split_records(records, words)
        found = {heading.number: dict(enumerate(heading.cells, 1))}
        for record in below:
            if record.number > last:
                break
            if record.number >= first:
                found[record.number] = dict(enumerate(record.cells, 1))
    return heading.number, found
