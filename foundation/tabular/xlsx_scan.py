"""The XML of one sheet: a cheap look at the bytes, and an exact pass cell by cell where that finds some.

calamine gives values only: it shows no formula, no error, no hidden row and no percent format.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from foundation.tabular.table import column_letter, column_number
from foundation.tabular.xlsx_package import IS_WHOLE, local

_FAR = re.compile(rb""" r="(?:([A-Za-z]{2,})([0-9]+)|[A-Za-z]([0-9]{6,}))\"""")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_ALWAYS_COLUMNS, _ALWAYS_ROWS = 26, 99_999
# Any of these means that byte patterns may be blind: other quotes or spacing, prefixes, comments.
# One pattern each: with a fixed beginning the search is some ten times quicker than an alternation.
_UNUSUAL = tuple(map(re.compile, (rb' r(?:=[^"]|\s)', rb"\nr", rb"\tr", rb"\rr", rb":(?:c|row|f|v)[ />]", rb"<!")))
_NOTABLE = tuple(map(re.compile, (rb"<f[ />]", rb't="e"', rb'hidden="', rb"<mergeCell ")))
_TRUE = {"1", "true"}


class RawCell(NamedTuple):
    """A cell as the XML has it; ``formula`` is None where there is none."""

    row: int
    column: int
    type: str
    style: int
    value: str
    formula: str | None


@dataclass
class SheetFacts:
    """What the values alone do not show, with 1-based rows and columns."""

    formulas: list[RawCell] = field(default_factory=list)
    errors: list[RawCell] = field(default_factory=list)
    percents: list[RawCell] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Top row, left column, bottom row, right column."""
    last_row: int = 0
    last_column: int = 0
    """The furthest cell with content."""


def is_unusual(xml: bytes) -> bool:
    """Whether byte patterns for ``<c r="A1">`` and the like may miss a part of this sheet."""
    return any(mark.search(xml) for mark in _UNUSUAL)


def needs_exact_pass(xml: bytes, percent_styles: frozenset[int]) -> bool:
    """Whether the sheet may hold something that its values do not show."""
    if is_unusual(xml) or any(mark.search(xml) for mark in _NOTABLE):
        return True
    numbers = b"|".join(b"%d" % style for style in percent_styles)
    return bool(numbers) and re.search(b's="(?:%b)"' % numbers, xml) is not None


def furthest_cell(xml: bytes) -> tuple[int, int]:
    """A row and a column beyond which no cell is written; never too small, often too large."""
    row, column = _ALWAYS_ROWS, _ALWAYS_COLUMNS
    for letters, wide_row, narrow_row in _FAR.findall(xml):
        row = max(row, int((wide_row or narrow_row)[:9]))
        column = max(column, column_number(letters[:4].decode()))
    return row, column


def look_exactly(xml: bytes, percent_styles: frozenset[int]) -> SheetFacts:
    """Go through every cell and keep what is notable.

    Raises
    ------
    expat.ExpatError
        The XML is not well formed.
    """
    facts = SheetFacts()

    def keep(cell: RawCell) -> None:
        if cell.formula is not None:
            facts.formulas.append(cell)
        elif not cell.value:
            return
        facts.last_row = max(facts.last_row, cell.row)
        facts.last_column = max(facts.last_column, cell.column)
        if cell.type == "e":
            facts.errors.append(cell)
        elif cell.style in percent_styles and cell.type in {"", "n"} and cell.value:
            facts.percents.append(cell)

    SheetScan(keep, facts).parse(xml)
    return facts


class SheetScan:
    """A pass over sheet XML that hands every cell to ``on_cell`` and notes hidden and merged ranges."""

    def __init__(self, on_cell: Callable[[RawCell], None], facts: SheetFacts | None = None) -> None:
        self._on_cell = on_cell
        self._facts = facts or SheetFacts()
        self._row = self._column = 0
        self._cell: dict[str, str] = {}
        self._texts: list[str] = []
        self._value = ""
        self._formula: str | None = None
        self._phonetic = False

    def parse(self, xml: bytes) -> None:
        """Run over a whole sheet or a piece of it that has one root."""
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(xml, IS_WHOLE)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = local(tag)
        if tag == "c":
            self._start_cell(attributes)
        elif tag in {"v", "f", "t"}:
            self._texts = []
            self._parser.CharacterDataHandler = self._texts.append
        elif tag == "row":
            self._row = _whole(attributes.get("r"), 0) or self._row + 1
            self._column = 0
            if attributes.get("hidden") in _TRUE:
                self._facts.hidden_rows.append(self._row)
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "col" and attributes.get("hidden") in _TRUE:
            self._facts.hidden_columns.append((_whole(attributes.get("min"), 0), _whole(attributes.get("max"), 0)))
        elif tag == "mergeCell":
            self._facts.merges.append(parse_range(attributes.get("ref", "")))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        found = _ADDRESS.fullmatch(attributes.get("r", ""))
        if found:
            self._column, self._row = column_number(found[1]), int(found[2])
        else:
            self._column += 1
        self._cell = attributes
        self._value = ""
        self._formula = None

    def _end(self, tag: str) -> None:
        if ":" in tag:
            tag = local(tag)
        if tag == "c":
            get = self._cell.get
            style = _whole(get("s"), 0)
            self._on_cell(RawCell(self._row, self._column, get("t", ""), style, self._value, self._formula))
        elif tag in {"v", "f", "t"}:
            self._parser.CharacterDataHandler = None
            text = "".join(self._texts)
            if tag == "f":
                self._formula = text
            elif tag == "v" or not self._phonetic:
                self._value += text
        elif tag == "rPh":
            self._phonetic = False


def parse_range(text: str) -> tuple[int, int, int, int]:
    """``B2:C4`` as top row, left column, bottom row, right column; zeros where it is none."""
    first, _, last = text.partition(":")
    start, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last or first)
    if start is None or end is None:
        return 0, 0, 0, 0
    return int(start[2]), column_number(start[1]), int(end[2]), column_number(end[1])


def range_text(merge: tuple[int, int, int, int]) -> str:
    """The range as a person writes it."""
    top, left, bottom, right = merge
    return f"{column_letter(left)}{top}:{column_letter(right)}{bottom}"


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
