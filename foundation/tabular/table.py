"""What a read sheet is: columns of text with kinds, the rows they stand in, and what was noticed.

Column-oriented, so that a million rows are checked by array operations: there is no object per row.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.errors import TOLD, Severity

Progress: TypeAlias = Callable[[int, int], None]
"""Told (rows done, rows in all) now and then; may raise to stop the reading."""

MEGABYTE = 1_000_000
LOOSE_KEPT = 200
_SHOWN_TEXT = 120


class FileKind(StrEnum):
    """The two kinds of file that are read."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """What browsers and office programs call it."""
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class CellKind(IntEnum):
    """What a cell is in the file; only TEXT and NUMBER may become a value."""

    TEXT = 0
    NUMBER = 1
    BOOL = 2
    DATE = 3
    ERROR = 4
    FORMULA_WITHOUT_VALUE = 5


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How much is read; the settings of the product hold the numbers."""

    csv_bytes: int = 200_000_000
    csv_rows: int = 1_000_000
    xlsx_bytes: int = 20_000_000
    xlsx_unpacked_bytes: int = 400_000_000
    xlsx_rows: int = 200_000
    xlsx_ratio: int = 100
    xlsx_members: int = 1_000
    xlsx_cells: int = 8_000_000
    columns: int = 300
    problems_kept: int = 1_000


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Something about the file or one of its cells; its sentence is rendered late (see `errors`).

    ``row`` and ``column`` are 1-based as the sheet shows them, 0 where the whole file or row is meant.
    """

    code: str
    row: int = 0
    column: int = 0
    value: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How much it weighs, by its code alone."""
        return TOLD.get(self.code, Severity.ERROR)

    @property
    def address(self) -> str:
        """The cell as a person finds it, e.g. ``C14``; the row alone where no column is meant."""
        return f"{column_letter(self.column) if self.column else ''}{self.row or ''}"


class Problems:
    """Collects problems: all are counted, of each code only the first ``kept`` are held."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._found: list[FileProblem] = []
        self.counts: Counter[str] = Counter()

    def add(self, problem: FileProblem) -> None:
        """Count the problem, and hold it while its kind is not yet full."""
        if self.takes(problem.code):
            self._found.append(problem)

    def takes(self, code: str) -> bool:
        """Count a problem, and say whether it is to be held: then `hold` it."""
        self.counts[code] += 1
        return self.counts[code] <= self._kept

    def hold(self, problem: FileProblem) -> None:
        """Hold a problem that `takes` has counted."""
        self._found.append(problem)

    def __iter__(self) -> Iterator[FileProblem]:
        """In the order of the sheet: row, then column."""
        return iter(sorted(self._found, key=lambda problem: (problem.row, problem.column)))


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of the sheet below its heading; arrays have the length of the table."""

    number: int
    heading: str
    texts: NDArray[np.object_]
    """The cell as a person would write it: ``54.9``, ``95.5%``, ``TRUE``, ``2026-03-31``, ``#N/A``."""
    kinds: NDArray[np.uint8]
    """`CellKind` of each cell."""

    @property
    def letter(self) -> str:
        """A, B, … AA, also for CSV."""
        return column_letter(self.number)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row as it is written, cell by cell from the first column on."""

    number: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its filled cells in one line, cut where it is long."""
        line = " ".join(kept for cell in self.cells if (kept := " ".join(cell.split())))
        return line if len(line) <= _SHOWN_TEXT else f"{line[:_SHOWN_TEXT]}…"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The one sheet of a file, blank rows left out."""

    kind: FileKind
    sheet: str
    """Name of the sheet; "" for CSV."""
    sheet_number: int
    """1-based place of the sheet in the workbook, hidden ones counted; 1 for CSV."""
    header_row: int
    columns: tuple[Column, ...]
    rows: NDArray[np.int64]
    """The 1-based row of the sheet of each row; for CSV its record, the heading being record 1."""
    problems: tuple[FileProblem, ...]
    problem_counts: dict[str, int]
    """How often each code was found; the table holds only the first of each."""
    loose: tuple[SheetRow, ...] = ()
    """Rows below the heading that stand in no column: the last `LOOSE_KEPT` records of a CSV that do not fit it."""
    without: tuple[SheetRow, ...] = ()
    """The rows that were left out as asked."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def headings(self) -> tuple[str, ...]:
        """The texts of the heading row, as written."""
        return tuple(column.heading for column in self.columns)

    @property
    def has_errors(self) -> bool:
        """Whether anything was found that stops the batch."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def row(self, index: int) -> SheetRow:
        """One row as it is written, from the first column of the sheet on."""
        cells = [""] * max((column.number for column in self.columns), default=0)
        for column in self.columns:
            cells[column.number - 1] = str(column.texts[index])
        return SheetRow(int(self.rows[index]), tuple(cells))

    def set_aside(self, rows: Sequence[SheetRow]) -> "Table":
        """The table with these rows out of its columns, and nothing told of them."""
        numbers = {row.number for row in rows}
        kept = np.flatnonzero(~np.isin(self.rows, list(numbers)))
        columns = tuple(replace(column, texts=column.texts[kept], kinds=column.kinds[kept]) for column in self.columns)
        problems = tuple(problem for problem in self.problems if problem.row not in numbers)
        gone = Counter(problem.code for problem in self.problems if problem.row in numbers)
        counts = {code: left for code, count in self.problem_counts.items() if (left := count - gone[code]) > 0}
        loose = {row.number: row for row in (*self.loose, *rows)}
        return replace(
            self,
            columns=columns,
            rows=self.rows[kept],
            problems=problems,
            problem_counts=counts,
            loose=tuple(loose[number] for number in sorted(loose)),
        )

    def address(self, index: int, column: int) -> str:
        """The cell of the ``index``-th row of this table in the ``column``-th column of the sheet."""
        return f"{column_letter(column)}{self.rows[index]}"


def column_letter(number: int) -> str:
    """1 → A, 27 → AA.

    >>> column_letter(28)
    'AB'
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
