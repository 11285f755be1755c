"""A file given back with its problems marked: coloured cells with comments, and a sheet that lists all.

A workbook keeps its sheets, values, formulas and formats; a CSV, or a workbook too large to be
opened whole, becomes a new workbook of texts in which every cell keeps its address.
"""

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink

from foundation.tabular.asides import ASIDE_TEXT, is_aside
from foundation.tabular.results import Results, put_back, results_of
from foundation.tabular.table import column_letter
from foundation.tabular.writing import Written

COMMENTS_MOST: Final = 20_000
"""Beyond this many, cells are coloured and listed only: office programs open no more comments than that in time."""

_LINKS_MOST = 60_000
# Excel opens a sheet with more links than 65,530 only after a repair.
_AUTHOR = "系统检查"
_ERROR, _WARNING = "FFF4B6B0", "FFFCE4B3"
_FILLS = {colour: PatternFill("solid", fgColor=colour) for colour in (_ERROR, _WARNING)}
_LINK = Font(color="FF1F4E8C", underline="single")
_HEAD = Font(bold=True)
_WRAP = Alignment(vertical="top", wrap_text=True)
_TEXT_FORMAT = "@"
_COMMENT_WIDTH, _LINE_HEIGHT, _LINE_SIGNS = 320, 18, 24
_COMMENT_SIGNS = 2_000
_WIDTHS = (10, 8, 26, 16, 20, 50, 50, 12)
# What openpyxl raises over workbooks that our reader and office programs still read.
_UNOPENABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidFileException, BadZipFile)
# What no XML may hold, written as Excel writes it; the underscore of a text that looks like it is written so too.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Mark:
    """One problem at its cell; ``column`` 0 means the row, ``row`` 0 the whole file."""

    row: int
    column: int
    is_error: bool
    title: str
    subject: str
    value: str
    message: str
    remedy: str
    suggestion: str

    @property
    def address(self) -> str:
        """The cell as a person finds it; row-level problems stand at the row's first cell."""
        return f"{column_letter(max(1, self.column))}{self.row}" if self.row else ""

    @property
    def words(self) -> str:
        """What the comment says."""
        said = [f"{self.title}：{self.message}" if self.message != self.title else self.title, f"→ {self.remedy}"]
        return "\n".join([*said, f"？ {self.suggestion}"] if self.suggestion else said)


@dataclass(frozen=True)
class Listing:
    """The sheet that lists all problems: its name, sentences above, headings, words for the two weights."""

    name: str
    sentences: Sequence[str]
    headings: Sequence[str]
    error: str
    warning: str


class UnopenableError(Exception):
    """A workbook that reads well and that cannot be opened with all its formats."""


def mark_workbook(path: Path, stream: IO[bytes], *, sheet: int, marks: Sequence[Mark], listing: Listing) -> None:
    """Write a workbook again with its problems marked; ``sheet`` is the 1-based place of its data.

    Raises UnopenableError where it cannot be opened with its formats; use `write_marked` then.
    """
    try:
        with path.open("rb") as content:  # Kept under its hash: openpyxl refuses a path without .xlsx.
            book = load_workbook(content, rich_text=True)
    except _UNOPENABLE as error:
        raise UnopenableError(str(error)) from error
    results, was = results_of(path, book), list(book.worksheets)
    page = book[book.sheetnames[sheet - 1]]
    earlier = [each for each in book.worksheets if each is not page and is_aside(str(each.cell(1, 1).value or ""))]
    for each in earlier:
        book.remove(each)
    if earlier:
        _unmark(page)
    by_cell = _by_cell(marks)
    has_comments = len(by_cell) <= COMMENTS_MOST
    for (row, column), found in by_cell.items():
        cell = page.cell(row, column)
        if type(cell).__name__ == "MergedCell":
            continue
        cell.fill = _fill(found)
        if has_comments:
            cell.comment = _comment(found, cell.comment.text if cell.comment else "")
    _write_listing(book.create_sheet(_free_name(listing.name, book.sheetnames)), marks, listing, page.title)
    book.active = book.sheetnames.index(page.title)
    for each in book.worksheets:
        # Two selected sheets are a group: what is typed into one goes into both.
        each.sheet_view.tabSelected = each is page
    book.calculation.fullCalcOnLoad = True
    if not results:
        book.save(stream)
        return
    with tempfile.TemporaryFile() as written:
        book.save(written)
        put_back(written, stream, _in_new_places(results, was, book))


def _in_new_places(results: Results, was: Sequence[Any], book: Any) -> Results:
    """Results by the place that a worksheet has in the book written, an earlier list of problems left out."""
    places = {page.title: number for number, page in enumerate(was, 1)}
    found = {number: results.get(places.get(page.title, 0)) for number, page in enumerate(book.worksheets, 1)}
    return {number: cells for number, cells in found.items() if cells}


def write_marked(
    stream: IO[bytes],
    *,
    name: str,
    rows: Iterable[tuple[int, Sequence[Written]]],
    marks: Sequence[Mark],
    listing: Listing,
    header_row: int = 1,
) -> None:
    """Write rows, each at its number, as a new workbook with the problems marked; texts stay texts."""
    book = Workbook(write_only=True)
    page = book.create_sheet(name)
    page.freeze_panes = f"A{header_row + 1}"
    for number in range(1, 40):
        page.column_dimensions[column_letter(number)].width = 16
    by_row = _by_row(_by_cell(marks))
    has_comments = sum(map(len, by_row.values())) <= COMMENTS_MOST
    next_row = 1
    for number, cells in rows:
        for _ in range(next_row, number):
            page.append([])
        page.append(_marked_cells(page, cells, by_row.get(number, {}), has_comments=has_comments))
        next_row = number + 1
    _write_listing(book.create_sheet(listing.name), marks, listing, name)
    book.save(stream)


def _marked_cells(
    page: Any, cells: Sequence[Written], found: Mapping[int, list[Mark]], *, has_comments: bool
) -> list[Any]:
    width = max([len(cells), *found])
    made = []
    for column in range(1, width + 1):
        cell = _cell(page, cells[column - 1] if column <= len(cells) else None)
        if marks := found.get(column):
            cell.fill = _fill(marks)
            if has_comments:
                cell.comment = _comment(marks)
        made.append(cell)
    return made


def _by_cell(marks: Iterable[Mark]) -> dict[tuple[int, int], list[Mark]]:
    found: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.row:
            found[mark.row, max(1, mark.column)].append(mark)
    return found


def _by_row(by_cell: Mapping[tuple[int, int], list[Mark]]) -> dict[int, dict[int, list[Mark]]]:
    found: dict[int, dict[int, list[Mark]]] = defaultdict(dict)
    for (row, column), marks in by_cell.items():
        found[row][column] = marks
    return found


def _fill(marks: Iterable[Mark]) -> PatternFill:
    return _FILLS[_ERROR if any(mark.is_error for mark in marks) else _WARNING]


def _comment(marks: Iterable[Mark], before: str = "") -> Comment:
    """All that is wrong with a cell, errors first; what the officer had written there stays below."""
    words = [mark.words for mark in sorted(marks, key=lambda mark: not mark.is_error)]
    text = writable("\n".join([*words, *(["———", before] if before else [])]))[:_COMMENT_SIGNS]
    lines = sum(1 + len(line) // _LINE_SIGNS for line in text.split("\n"))
    return Comment(text, _AUTHOR, width=_COMMENT_WIDTH, height=_LINE_HEIGHT * (lines + 1))


def _unmark(page: Any) -> None:
    """Take our own marks of an earlier round off: what has been mended must not stay red."""
    for row in page.iter_rows():
        for cell in row:
            comment = getattr(cell, "comment", None)
            if comment is not None and comment.author == _AUTHOR:
                _, _, before = comment.text.partition("\n———\n")
                cell.comment = Comment(before, "") if before else None
            if getattr(cell, "has_style", False) and cell.fill.fgColor.rgb in _FILLS:
                cell.fill = PatternFill()


def _write_listing(page: Any, marks: Sequence[Mark], listing: Listing, target: str) -> None:
    for number, width in enumerate(_WIDTHS, 1):
        page.column_dimensions[column_letter(number)].width = width
    page.sheet_properties.tabColor = "FFB3261E"
    page.freeze_panes = f"A{len(listing.sentences) + 3}"
    page.append([_cell(page, ASIDE_TEXT)])
    for sentence in listing.sentences:
        page.append([_cell(page, sentence)])
    page.append([_cell(page, heading, _HEAD) for heading in listing.headings])
    quoted = target.replace("'", "''")
    for row, mark in enumerate(marks, len(listing.sentences) + 3):
        address = _cell(page, mark.address)
        if mark.address and row <= _LINKS_MOST:
            address.font = _LINK
            address._hyperlink = Hyperlink(ref=f"A{row}", location=f"'{quoted}'!{mark.address}")
        weight = listing.error if mark.is_error else listing.warning
        told = (weight, mark.title, mark.subject, mark.value, mark.message, mark.remedy, mark.suggestion)
        page.append([address, *(_cell(page, text, wraps=True) for text in told)])


def _cell(page: Any, value: Written, font: Font | None = None, *, wraps: bool = False) -> Any:
    """A cell whose text is a text whatever it begins with."""
    if value is None or value == "":
        return WriteOnlyCell(page)
    if isinstance(value, str):
        cell = WriteOnlyCell(page, writable(value))
        cell.data_type = "s"
        cell.number_format = _TEXT_FORMAT
    else:
        cell = WriteOnlyCell(page, format(value, "f") if not isinstance(value, int) else value)
        cell.data_type = "n"
    if font is not None:
        cell.font = font
    if wraps:
        cell.alignment = _WRAP
    return cell


def writable(text: str) -> str:
    """Text as a workbook holds it: a character that XML forbids becomes Excel's escape for it."""
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def _free_name(name: str, taken: Iterable[str]) -> str:
    known = {each.lower() for each in taken}
    return next(free for free in _names(name) if free.lower() not in known)


def _names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1
