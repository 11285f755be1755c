"""A workbook: exactly one visible sheet with data, values by calamine, the rest by the sheet's XML."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import numpy as np
import python_calamine
from numpy.typing import NDArray

from foundation.tabular.characters import note_bad_characters
from foundation.tabular.errors import TableError
from foundation.tabular.folding import SPACES, object_array
from foundation.tabular.table import (
    CellKind,
    Column,
    FileKind,
    FileProblem,
    Problems,
    Progress,
    Severity,
    Table,
    TableLimits,
    column_letter,
)
from foundation.tabular.xlsx_package import Package, SheetPart, has_content, open_package
from foundation.tabular.xlsx_scan import (
    RawCell,
    SheetFacts,
    furthest_cell,
    look_exactly,
    needs_exact_pass,
    range_text,
)
from foundation.tabular.xlsx_values import CellValue, column_kinds, column_texts, number_text, percent_text

_SHOWN_RANGES = 20
_PANIC = "PanicException"


@dataclass
class _Grid:
    """The whole used area of the sheet from A1, column by column."""

    texts: list[NDArray[np.object_]]
    kinds: list[NDArray[np.uint8]]

    def put(self, cell: RawCell, text: str, kind: CellKind) -> None:
        self.texts[cell.column - 1][cell.row - 1] = text
        self.kinds[cell.column - 1][cell.row - 1] = kind


def read_xlsx(path: Path, *, name: str, limits: TableLimits, progress: Progress | None = None) -> Table:
    """Read the one visible sheet with data; hidden sheets are never read in its place."""
    with open_package(path, name=name, limits=limits) as package:
        sheet, xml = _the_sheet(package)
        facts = _facts(package, xml, limits)
        package.shared_strings()  # Held against the limits here: calamine would believe the directory.
    values = _values(path, sheet, name)
    if progress:
        progress(0, len(values))
    problems = Problems(limits.problems_kept)
    grid = _grid(values, facts)
    _apply(facts, grid, problems)
    table = _table(grid, sheet, facts, limits, problems)
    if progress:
        progress(len(table), len(table))
    return table


def _the_sheet(package: Package) -> tuple[SheetPart, bytes]:
    """The visible sheet with data, and its XML."""
    names: list[str] = []
    found: tuple[SheetPart, bytes] | None = None
    for sheet in package.sheets:
        if sheet.is_visible and has_content(xml := package.read(sheet.part)):
            names.append(sheet.name)
            found = found or (sheet, xml)
    if found is None:
        raise TableError("no_data")
    if len(names) > 1:
        raise TableError("several_sheets", count=len(names), sheets="、".join(names))
    return found


def _facts(package: Package, xml: bytes, limits: TableLimits) -> SheetFacts:
    """The notable cells; refuses an area that calamine would have to lay out in memory."""
    percent_styles = package.styles().percent
    facts = SheetFacts()
    row, column = furthest_cell(xml)
    try:
        if needs_exact_pass(xml, percent_styles) or _area_fault(row, column, limits):
            facts = look_exactly(xml, percent_styles)
            row, column = facts.last_row, facts.last_column
    except ExpatError as error:
        raise TableError("broken_file", name=package.name) from error
    code = _area_fault(row, column, limits)
    if code:
        address = f"{column_letter(column)}{row}"
        most = {"too_many_columns": limits.columns, "too_many_rows": limits.xlsx_rows}.get(code, limits.xlsx_cells)
        raise TableError(code, address=address, most=most)
    return facts


def _area_fault(row: int, column: int, limits: TableLimits) -> str:
    if column > limits.columns:
        return "too_many_columns"
    return "too_many_cells" if row * column > limits.xlsx_cells else ""


def _values(path: Path, sheet: SheetPart, name: str) -> list[list[Any]]:
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as workbook:
            return workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    except python_calamine.PasswordError as error:
        raise TableError("encrypted_file", name=name) from error
    except (python_calamine.CalamineError, OSError) as error:
        raise TableError("broken_file", name=name) from error
    except BaseException as error:
        # A panic of the Rust library is no Exception; it means a file that it could not follow.
        if type(error).__name__ != _PANIC:
            raise
        raise TableError("broken_file", name=name) from error


def _grid(values: Sequence[Sequence[CellValue]], facts: SheetFacts) -> _Grid:
    """Columns from A1; calamine leaves out what has no value, so notable cells may lie beyond its edge."""
    height = max(len(values), facts.last_row)
    width = max(len(values[0]) if values else 0, facts.last_column)
    grid = _Grid([], [])
    for column in zip(*values, strict=True):
        padded = [*column, *[""] * (height - len(column))]
        grid.texts.append(column_texts(padded))
        grid.kinds.append(column_kinds(padded))
    while len(grid.texts) < width:
        grid.texts.append(object_array([""] * height))
        grid.kinds.append(np.zeros(height, dtype=np.uint8))
    return grid


def _apply(facts: SheetFacts, grid: _Grid, problems: Problems) -> None:
    """Write into the grid what a person sees in notable cells, and tell each."""
    for cell in facts.percents:
        try:
            share = float(cell.value)
        except ValueError:
            continue
        text = percent_text(share)
        grid.put(cell, text, CellKind.NUMBER)
        stored = {"stored": number_text(share)}
        problems.add(FileProblem("percent_format", Severity.FOLD, cell.row, cell.column, text, stored))
    for cell in facts.errors:
        grid.put(cell, cell.value, CellKind.ERROR)
        problems.add(FileProblem("error_cell", row=cell.row, column=cell.column, value=cell.value))
    for cell in facts.formulas:
        if cell.type == "e":
            continue
        formula = {"formula": f"={cell.formula}" if cell.formula else "（共用公式）"}
        if cell.value or cell.type == "str":
            shown = grid.texts[cell.column - 1][cell.row - 1]
            warning = FileProblem("formula_value", Severity.WARNING, cell.row, cell.column, shown, formula)
            problems.add(warning)
        else:
            shown = f"={cell.formula}"
            grid.put(cell, shown, CellKind.FORMULA_WITHOUT_VALUE)
            problems.add(
                FileProblem("formula_without_value", row=cell.row, column=cell.column, value=shown, facts=formula)
            )


def _table(grid: _Grid, sheet: SheetPart, facts: SheetFacts, limits: TableLimits, problems: Problems) -> Table:
    """Heading, rows with content, columns with content."""
    filled = [np.array([text.strip(SPACES) != "" for text in texts], dtype=bool) for texts in grid.texts]
    rows = np.flatnonzero(np.logical_or.reduce(filled)) + 1 if filled else np.zeros(0, dtype=np.int64)
    if not rows.size:
        raise TableError("no_data")
    header_row, numbers = int(rows[0]), rows[1:]
    if not numbers.size:
        raise TableError("no_rows", row=header_row)
    if numbers.size > limits.xlsx_rows:
        raise TableError("too_many_rows", most=limits.xlsx_rows)
    kept = numbers - 1
    columns = tuple(
        Column(number, texts[header_row - 1], texts[kept], kinds[kept])
        for number, (texts, kinds, has) in enumerate(zip(grid.texts, grid.kinds, filled, strict=True), 1)
        if has.any()
    )
    _note_hidden(facts, columns, numbers, problems)
    _note_merged(facts, header_row, numbers, problems)
    note_bad_characters(columns, header_row, numbers, problems)
    return Table(
        FileKind.XLSX,
        sheet.name,
        sheet.number,
        header_row,
        columns,
        numbers.astype(np.int64),
        tuple(problems),
        dict(problems.counts),
    )


def _note_hidden(facts: SheetFacts, columns: Sequence[Column], rows: NDArray[np.int64], problems: Problems) -> None:
    hidden_rows = np.intersect1d(rows, np.array(facts.hidden_rows, dtype=np.int64)).tolist()
    if hidden_rows:
        told = {"count": len(hidden_rows), "rows": _spans(hidden_rows)}
        problems.add(FileProblem("hidden_rows", Severity.WARNING, row=hidden_rows[0], facts=told))
    hidden_columns = [
        column for column in columns if any(first <= column.number <= last for first, last in facts.hidden_columns)
    ]
    if hidden_columns:
        letters = "、".join(column.letter for column in hidden_columns[:_SHOWN_RANGES])
        told = {"count": len(hidden_columns), "columns": letters}
        problems.add(FileProblem("hidden_columns", Severity.WARNING, column=hidden_columns[0].number, facts=told))


def _note_merged(facts: SheetFacts, header_row: int, rows: NDArray[np.int64], problems: Problems) -> None:
    for merge in facts.merges:
        top, left, bottom, right = merge
        start = max(top, header_row)
        touches = start == header_row <= bottom or bool(((rows >= start) & (rows <= bottom)).any())
        if touches and (top, left) != (bottom, right):
            problems.add(FileProblem("merged_cell", row=start, column=left, facts={"range": range_text(merge)}))


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
