"""A few rows of a workbook without decoding the rest: cut out of the XML by their numbers."""

import re
from collections.abc import Iterable, Iterator

from foundation.tabular.xlsx_package import Package, SheetPart, Styles
from foundation.tabular.xlsx_scan import RawCell, SheetScan, is_unusual
from foundation.tabular.xlsx_values import date_text, number_text, percent_text

_ROW_START = re.compile(rb"<row\b[^>]*>")
_ROW_END = b"</row>"
_NUMBERED = re.compile(rb'<row\b[^>]*\sr="[0-9]+"')
_ITEM = re.compile(rb"<(?:[\w.-]+:)?si\b(?:[^>]*/>|.*?</(?:[\w.-]+:)?si\s*>)", re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_rows(package: Package, sheet: SheetPart, first: int, last: int) -> tuple[int, dict[int, dict[int, str]]]:
    """The number of the heading row, and row → column → text of it and of the span that was asked for.

    Raises
    ------
    expat.ExpatError
        The XML is not well formed.
    """
    xml = package.read(sheet.part)
    cells: list[RawCell] = []

    def keep(cell: RawCell) -> None:
        has_content = bool(cell.value) or cell.formula is not None
        is_heading = cell.row == cells[0].row if cells else has_content
        if is_heading or (has_content and first <= cell.row <= last):
            cells.append(cell)

    if is_unusual(xml) or not _NUMBERED.search(xml):
        SheetScan(keep).parse(xml)
    else:
        pieces = (piece for piece in _pieces(xml, first, last) if piece)
        SheetScan(keep).parse(b"<rows>" + b"".join(pieces) + b"</rows>")
    texts = _texts(cells, package)
    rows: dict[int, dict[int, str]] = {}
    for cell, text in zip(cells, texts, strict=True):
        rows.setdefault(cell.row, {})[cell.column] = text
    return (cells[0].row if cells else 0), rows


def _pieces(xml: bytes, first: int, last: int) -> Iterator[bytes]:
    """The XML of the first row with content, and of the rows of the span."""
    for found in _ROW_START.finditer(xml):
        piece = _piece(xml, found)
        if b"<v>" in piece or b"<t" in piece or b"<f" in piece:
            yield piece
            break
    for number in range(first, last + 1):
        start = re.search(rb'<row\b[^>]*?\sr="%d"[^>]*>' % number, xml)
        if start:
            yield _piece(xml, start)


def _piece(xml: bytes, start: re.Match[bytes]) -> bytes:
    if start.group().endswith(b"/>"):
        return b""
    return xml[start.start() : xml.index(_ROW_END, start.end()) + len(_ROW_END)]


def _texts(cells: Iterable[RawCell], package: Package) -> Iterator[str]:
    cells = list(cells)
    wanted = {int(cell.value) for cell in cells if cell.type == "s" and cell.value.isdecimal()}
    shared = _shared(package.shared_strings(), wanted) if wanted else {}
    styles = package.styles()
    return (_text(cell, shared, styles) for cell in cells)


def _text(cell: RawCell, shared: dict[int, str], styles: Styles) -> str:
    """What a person sees in the cell, as in a Table that was read whole."""
    if not cell.value and cell.formula is not None and cell.type != "str":
        return f"={cell.formula}"
    if cell.type == "s":
        return shared.get(int(cell.value), "") if cell.value.isdecimal() else ""
    if cell.type == "b":
        return "TRUE" if cell.value == "1" else "FALSE"
    if cell.type not in {"", "n"} or not cell.value:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell.value)
    try:
        value = float(cell.value)
    except ValueError:
        return cell.value
    if cell.style in styles.percent:
        return percent_text(value)
    if cell.style in styles.dates:
        return date_text(value, is_from_1904=styles.is_from_1904)
    return number_text(value)


def _shared(xml: bytes, wanted: set[int]) -> dict[int, str]:
    """The shared strings with the wanted numbers; phonetic hints left out."""
    most = max(wanted)
    numbers: list[int] = []
    pieces: list[bytes] = []
    for number, found in enumerate(_ITEM.finditer(xml)):
        if number in wanted:
            numbers.append(number)
            pieces.append(b"<c>" + found.group() + b"</c>")
        if number >= most:
            break
    texts: list[str] = []
    SheetScan(lambda cell: texts.append(cell.value)).parse(b"<items>" + b"".join(pieces) + b"</items>")
    decoded = (_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in texts)
    return dict(zip(numbers, decoded, strict=True))
