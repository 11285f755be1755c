"""A few rows of a workbook without decoding the rest: cut out of the XML by their numbers."""

import re
from collections.abc import Collection, Iterator

from foundation.tabular.headings import HEADING_WITHIN, find_heading
from foundation.tabular.table import SheetRow, TableLimits
from foundation.tabular.xlsx_cells import Content, ExactScan, OnCells, SheetFacts
from foundation.tabular.xlsx_grid import with_merged
from foundation.tabular.xlsx_package import Package, SheetPart
from foundation.tabular.xlsx_values import CellReader

_PLAIN_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"[^<>\']*>')
_OPENING, _CLOSING, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_ODD = re.compile(rb"<!|<\?|<\w+:(?:row|c)\b|<c (?!r=\")|<c>|<row(?! r=\")")

Rows = dict[int, dict[int, str]]


def read_rows(package: Package, sheet: SheetPart, span: tuple[int, int], words: Collection[str]) -> tuple[int, Rows]:
    """The number of the heading row, and row → column → text of it and of the span that was asked for."""
    first, last = span
    kept: list[tuple[int, int, Content]] = []

    def keep(rows: list[int], columns: list[int], contents: list[Content]) -> None:
        for row, column, content in zip(rows, columns, contents, strict=True):
            if row <= HEADING_WITHIN or first <= row <= last or not kept or row == kept[0][0]:
                kept.append((row, column, content))

    facts = _scan(package, sheet, span, keep)
    reader = CellReader(package, TableLimits())
    found: Rows = {}
    for row, column, content in kept:
        text, _, _ = reader.show(content)
        if text:
            found.setdefault(row, {})[column] = text
    if not found:
        return 0, {}
    heading = _heading(found, facts, words)
    found[heading.number] = dict(enumerate(heading.cells, 1))
    return heading.number, {row: texts for row, texts in found.items() if row == heading.number or first <= row <= last}


def _heading(found: Rows, facts: SheetFacts, words: Collection[str]) -> SheetRow:
    top = sorted(row for row in found if row <= HEADING_WITHIN) or sorted(found)[:1]
    width = max(max(found[row]) for row in top)
    rows = [SheetRow(row, tuple(found[row].get(column, "") for column in range(1, width + 1))) for row in top]
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)] or rows
    spread = with_merged(rows, [merge for merge in facts.merges if merge[0] <= HEADING_WITHIN])
    return spread[find_heading(spread, words) or 0]


def _scan(package: Package, sheet: SheetPart, span: tuple[int, int], keep: OnCells) -> SheetFacts:
    """Go through the wanted rows only where the sheet is spelled plainly, else through all."""
    xml = b"".join(package.blocks(sheet.part))
    scan = ExactScan(keep)
    before, found, rest = xml.partition(_OPENING)
    rows, closed, after = rest.rpartition(_CLOSING)
    if not found or not closed or _ODD.search(rows):
        scan.parse(package, iter([xml]))
    else:
        scan.parse(package, iter([before, found, *_pieces(rows, span), closed, after]))
    return scan.facts


def _pieces(rows: bytes, span: tuple[int, int]) -> Iterator[bytes]:
    """The XML of the rows from the top, of the first row at all, and of the rows of the span."""
    first, last = span
    is_first = True
    for found in _PLAIN_ROW.finditer(rows):
        number = int(found[1])
        if (is_first or number <= HEADING_WITHIN or first <= number <= last) and not found[0].endswith(b"/>"):
            piece = rows[found.start() : rows.index(_ROW_END, found.end()) + len(_ROW_END)]
            is_first = is_first and b"<v>" not in piece and b"<t" not in piece and b"<f" not in piece
            yield piece
