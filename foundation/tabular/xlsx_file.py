"""A workbook: exactly one visible sheet with data, its cells as a person sees them, and what they do not show."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.asides import is_aside
from foundation.tabular.characters import note_bad_characters
from foundation.tabular.errors import TableError
from foundation.tabular.folding import SPACES
from foundation.tabular.headings import HEADING_WITHIN, find_heading, note_above
from foundation.tabular.table import (
    CellKind,
    Column,
    FileKind,
    FileProblem,
    Problems,
    Progress,
    SheetRow,
    Table,
    TableLimits,
)
from foundation.tabular.xlsx_cells import SheetFacts, range_text, scan_sheet
from foundation.tabular.xlsx_grid import Collector, Grid, with_merged
from foundation.tabular.xlsx_package import Package, SheetPart, open_package
from foundation.tabular.xlsx_values import CellReader, Mark, share_text

_SHOWN_RANGES = 20


def read_xlsx(
    path: Path,
    *,
    name: str,
    limits: TableLimits,
    progress: Progress | None = None,
    words: Collection[str] = (),
    without: Collection[int] = (),
) -> Table:
    """Read the one visible sheet with data; hidden sheets are never read in its place."""
    with open_package(path, name=name, limits=limits) as package:
        sheet, cells, facts = _the_sheet(package, limits)
    grid = Grid(cells, limits)
    if progress:
        progress(0, len(grid.rows))
    table = _Arranged(grid, facts, words, without).table(sheet, limits)
    if progress:
        progress(len(table), len(table))
    return table


def _the_sheet(package: Package, limits: TableLimits) -> tuple[SheetPart, Collector, SheetFacts]:
    """The visible sheet with data, and what stands in it."""
    reader = CellReader(package, limits)
    found: list[tuple[SheetPart, Collector, SheetFacts]] = []
    is_one_of_many = sum(sheet.is_visible for sheet in package.sheets) > 1
    for sheet in package.sheets:
        if sheet.is_visible:
            cells = Collector(package, reader, limits)
            facts = scan_sheet(package, sheet, cells.take, cells.clear)
            if cells.has_data and not (is_one_of_many and is_aside(cells.first_text)):
                found.append((sheet, cells, facts))
    if not found:
        raise TableError("no_data")
    if len(found) > 1:
        raise TableError("several_sheets", count=len(found), sheets="、".join(sheet.name for sheet, _, _ in found))
    return found[0]


@dataclass(frozen=True, slots=True)
class _Body:
    """Which rows are data, as places in the grid, and which were left out as asked."""

    places: NDArray[np.int64]
    numbers: NDArray[np.int64]
    without: tuple[SheetRow, ...]


class _Arranged:
    """A grid with its heading found."""

    def __init__(self, grid: Grid, facts: SheetFacts, words: Collection[str], without: Collection[int]) -> None:
        self._grid, self._facts, self._words = grid, facts, words
        first = grid.first_rows(HEADING_WITHIN)
        spread = with_merged(first, [merge for merge in facts.merges if merge[0] <= HEADING_WITHIN])
        self._place = find_heading(spread, words) or 0
        self._above = [row for row in spread[: self._place] if any(cell.strip(SPACES) for cell in row.cells)]
        self._heading = spread[self._place]
        self._body = self._cut(without)

    def _cut(self, without: Collection[int]) -> _Body:
        places = np.arange(self._place + 1, len(self._grid.rows))
        left_out = np.isin(self._grid.rows[places], np.array(sorted(without), dtype=np.int64))
        rows = tuple(self._grid.row(place) for place in places[left_out].tolist())
        kept = places[~left_out]
        return _Body(kept, self._grid.rows[kept], rows)

    def table(self, sheet: SheetPart, limits: TableLimits) -> Table:
        """The sheet as columns, with all that is noticed about it."""
        heading, body = self._heading, self._body
        if not body.numbers.size and not body.without:
            raise TableError("no_rows", row=heading.number)
        if body.numbers.size > limits.xlsx_rows:
            raise TableError("too_many_rows", most=limits.xlsx_rows)
        columns = tuple(self._columns())
        problems = Problems(limits.problems_kept)
        note_above(self._above, heading, self._words, problems)
        self._note_cells(problems)
        self._note_hidden(columns, problems)
        self._note_merged(problems)
        note_bad_characters(columns, heading.number, body.numbers, problems)
        return Table(
            FileKind.XLSX,
            sheet.name,
            sheet.number,
            heading.number,
            columns,
            body.numbers,
            tuple(problems),
            dict(problems.counts),
            without=body.without,
        )

    def _columns(self) -> Sequence[Column]:
        """Columns with a heading, or with something below it."""
        found = []
        for number, heading in enumerate(self._heading.cells, 1):
            texts = self._grid.texts(number)
            if texts is None:
                continue
            kept = texts[self._body.places]
            if heading.strip(SPACES) or any(text.strip(SPACES) for text in kept):
                found.append(Column(number, heading, kept, self._grid.kinds(number)[self._body.places]))
        return found

    def _note_cells(self, problems: Problems) -> None:
        """Tell formulas, errors, and formats that show another number than the stored one."""
        grid = self._grid
        told = np.append(self._body.numbers, self._heading.number)
        notable = np.flatnonzero((grid.marks != 0) | (grid.kind_of == CellKind.ERROR))
        notable = notable[np.isin(grid.row_of[notable], told)]
        notable = notable[np.lexsort((grid.column_of[notable], grid.row_of[notable]))]
        kinds, marks = grid.kind_of[notable], grid.marks[notable]
        formulas, has_value = (marks & Mark.FORMULA) != 0, kinds != CellKind.FORMULA_WITHOUT_VALUE
        self._note("error_cell", notable[kinds == CellKind.ERROR], problems)
        self._note("percent_format", notable[((marks & Mark.PERCENT) != 0) & has_value], problems, self._stored)
        self._note("scaled_format", notable[((marks & Mark.SCALED) != 0) & has_value], problems)
        self._note("formula_value", notable[formulas & has_value], problems, self._formula)
        self._note("formula_without_value", notable[formulas & ~has_value], problems, self._formula)

    def _note(
        self,
        code: str,
        cells: NDArray[np.int64],
        problems: Problems,
        facts: Callable[[int], dict[str, str]] | None = None,
    ) -> None:
        for cell in cells.tolist():
            if problems.takes(code):
                row, column = int(self._grid.row_of[cell]), int(self._grid.column_of[cell])
                more = facts(cell) if facts else {}
                problems.hold(FileProblem(code, row, column, self._grid.text_of[cell], more))

    def _stored(self, cell: int) -> dict[str, str]:
        return {"stored": share_text(self._grid.text_of[cell])}

    def _formula(self, cell: int) -> dict[str, str]:
        formula = self._grid.formulas[cell]
        return {"formula": f"={formula[:200]}" if formula else "（共用公式）"}

    def _note_hidden(self, columns: Sequence[Column], problems: Problems) -> None:
        facts, rows = self._facts, self._body.numbers
        hidden_rows = np.intersect1d(rows, np.array(facts.hidden_rows, dtype=np.int64)).tolist()
        if hidden_rows:
            told = {"count": len(hidden_rows), "rows": _spans(hidden_rows)}
            problems.add(FileProblem("hidden_rows", row=hidden_rows[0], facts=told))
        hidden_columns = [
            column for column in columns if any(first <= column.number <= last for first, last in facts.hidden_columns)
        ]
        if hidden_columns:
            letters = "、".join(column.letter for column in hidden_columns[:_SHOWN_RANGES])
            told = {"count": len(hidden_columns), "columns": letters}
            problems.add(FileProblem("hidden_columns", column=hidden_columns[0].number, facts=told))

    def _note_merged(self, problems: Problems) -> None:
        """Merged cells of data are errors; merged headings are read by their first cell, and told."""
        heading, rows = self._heading, self._body.numbers
        for merge in self._facts.merges:
            top, left, bottom, right = merge
            if (top, left) == (bottom, right):
                continue
            facts = {"range": range_text(merge)}
            if bool(((rows >= top) & (rows <= bottom)).any()):
                problems.add(FileProblem("merged_cell", row=max(top, heading.number), column=left, facts=facts))
            elif top <= heading.number <= bottom and left <= len(heading.cells):
                text = heading.cells[left - 1]
                problems.add(FileProblem("merged_heading", heading.number, left, text, facts))


def _spans(numbers: list[int]) -> str:
    """Row numbers as a person lists them: ``3–5、9``; the first twenty spans."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:_SHOWN_RANGES]]
    return "、".join(texts) + ("…" if len(spans) > _SHOWN_RANGES else "")
