"""The cells of a sheet that hold something, as columns over the rows that hold something.

A blank row or column between two filled ones takes no memory, however far they are apart.
"""

from array import array
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.errors import TableError
from foundation.tabular.folding import SPACES, object_array
from foundation.tabular.table import CellKind, SheetRow, TableLimits, column_letter
from foundation.tabular.xlsx_cells import MOST_ROWS, Content
from foundation.tabular.xlsx_package import Package
from foundation.tabular.xlsx_values import CellReader, Mark, Shown

_COLUMNS = 1 << 15


class Collector:
    """Takes the cells of a sheet as they come, in any order, within the limits."""

    def __init__(self, package: Package, reader: CellReader, limits: TableLimits) -> None:
        self._package, self._reader, self._limits = package, reader, limits
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.rows, self.columns = array("q"), array("q")
        self.texts: list[str] = []
        self.kinds, self.marks = array("B"), array("B")
        self.formulas: dict[int, str] = {}
        self.has_data = False

    @property
    def first_text(self) -> str:
        """What the first filled cell says, row by row."""
        cells = zip(self.rows, self.columns, self.texts, strict=True)
        return min(((row, column, text) for row, column, text in cells if text.strip(SPACES)), default=(0, 0, ""))[2]

    def take(self, rows: list[int], columns: list[int], contents: list[Content]) -> None:
        """Take cells with content."""
        shown = list(map(self._reader.show, contents))
        self._refuse_outside(rows, columns, shown)
        if len(self.texts) + len(rows) > self._limits.xlsx_cells:
            raise TableError("too_many_cells", most=self._limits.xlsx_cells)
        texts, kinds, marks = zip(*shown, strict=True)
        if any(marks):
            for place, (content, mark) in enumerate(zip(contents, marks, strict=True), len(self.texts)):
                if mark & Mark.FORMULA:
                    self.formulas[place] = content.formula or ""
        self.rows.extend(rows)
        self.columns.extend(columns)
        self.texts.extend(texts)
        self.kinds.extend(kinds)
        self.marks.extend(marks)
        self.has_data = self.has_data or any(text.strip(SPACES) for text in texts)

    def _refuse_outside(self, rows: list[int], columns: list[int], shown: list[Shown]) -> None:
        if max(rows) > MOST_ROWS or min(rows) < 1:
            raise self._package.broken()
        if max(columns) <= self._limits.columns:
            return
        for row, column, (text, _, _) in zip(rows, columns, shown, strict=True):
            if column > self._limits.columns and text.strip(SPACES):
                address = f"{column_letter(column)}{row}"
                raise TableError("too_many_columns", address=address, most=self._limits.columns)


class Grid:
    """Rows with something in them × columns from A to the last with something in it."""

    def __init__(self, cells: Collector, limits: TableLimits) -> None:
        self.row_of = np.frombuffer(cells.rows, dtype=np.int64)
        self.column_of = np.frombuffer(cells.columns, dtype=np.int64)
        self.marks = np.frombuffer(cells.marks, dtype=np.uint8)
        self.kind_of = np.frombuffer(cells.kinds, dtype=np.uint8)
        self.text_of, self.formulas = cells.texts, cells.formulas
        _refuse_twice(self.row_of, self.column_of)
        texts = object_array(cells.texts)
        filled = np.fromiter((text.strip(SPACES) != "" for text in cells.texts), dtype=bool, count=len(texts))
        self.rows: NDArray[np.int64] = np.unique(self.row_of[filled])
        self.width = int(self.column_of[filled].max())
        if len(self.rows) * np.unique(self.column_of[filled]).size > limits.xlsx_cells:
            raise TableError("too_many_cells", most=limits.xlsx_cells)
        self._texts: dict[int, NDArray[np.object_]] = {}
        self._kinds: dict[int, NDArray[np.uint8]] = {}
        order = np.argsort(self.column_of, kind="stable")
        starts = np.searchsorted(self.column_of[order], np.arange(1, self.width + 2))
        for column in range(1, self.width + 1):
            at = order[starts[column - 1] : starts[column]]
            at = at[np.isin(self.row_of[at], self.rows)]
            if at.size:
                self._lay(column, self.row_of[at], texts[at], self.kind_of[at])

    def _lay(self, column: int, rows: NDArray[np.int64], texts: NDArray[np.object_], kinds: NDArray[np.uint8]) -> None:
        place = np.searchsorted(self.rows, rows)
        laid, kind = object_array([""] * len(self.rows)), np.full(len(self.rows), CellKind.TEXT, dtype=np.uint8)
        laid[place], kind[place] = texts, kinds
        self._texts[column], self._kinds[column] = laid, kind

    def texts(self, column: int) -> NDArray[np.object_] | None:
        """The texts of a column; None where it holds nothing."""
        return self._texts.get(column)

    def kinds(self, column: int) -> NDArray[np.uint8]:
        """The kinds of a column that holds something."""
        return self._kinds[column]

    def row(self, place: int) -> SheetRow:
        """A row as it is written."""
        cells = (self._texts.get(column) for column in range(1, self.width + 1))
        return SheetRow(int(self.rows[place]), tuple("" if texts is None else str(texts[place]) for texts in cells))

    def first_rows(self, within: int) -> list[SheetRow]:
        """The rows that stand within the first so many of the sheet; at least the first with content."""
        count = max(1, int(np.searchsorted(self.rows, within, side="right")))
        return [self.row(place) for place in range(count)]


def with_merged(rows: Sequence[SheetRow], merges: Collection[tuple[int, int, int, int]]) -> list[SheetRow]:
    """Rows with the text of cells that are merged downward in each row of theirs, and none beside it.

    So a heading of two lines can be read by its lower one. Cells merged to the right have one
    heading, that of the first.
    """
    cells = {row.number: list(row.cells) for row in rows}
    for top, left, bottom, right in merges:
        text = cells[top][left - 1] if top in cells and left <= len(cells[top]) else ""
        for number in cells.keys() & set(range(top, min(bottom, max(cells)) + 1)):
            line = cells[number]
            for column in range(left, min(right, len(line)) + 1):
                line[column - 1] = text if column == left else ""
    return [SheetRow(row.number, tuple(cells[row.number])) for row in rows]


def _refuse_twice(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> None:
    """A cell that is written twice has no value that anyone could name."""
    numbers, counts = np.unique(rows * _COLUMNS + columns, return_counts=True)
    twice = np.flatnonzero(counts > 1)
    if twice.size:
        row, column = divmod(int(numbers[twice[0]]), _COLUMNS)
        raise TableError("cell_twice", address=f"{column_letter(column)}{row}")
