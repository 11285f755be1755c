"""The cells of one sheet out of its XML: quickly where it is spelled as programs spell it, else tag by tag.

Two roads, one result. The quick one takes cells by a pattern and then proves that nothing but
those cells and their rows stood there; any other spelling (comments, other quotes, prefixes,
rich text, cells without address) takes the exact one. Blocks are read one at a time, so that
a million formatted blank rows cost no memory.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from foundation.tabular.table import column_letter, column_number
from foundation.tabular.xlsx_package import Package, SheetPart, local, new_parser

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
MOST_ROWS = 1_048_576
_TRUE = {"1", "true"}
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: [a-z]+="[0-9A-Za-z]*")*)(?: ?/>|>'
    rb'(<f(?: [A-Za-z0-9]+="[^"<>&]*")*(?: ?/>|>[^<]*</f>))?'
    rb'(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>|<is><t ?/></is>)?</c>)'
)
_FORMULA = re.compile(rb"<f[^>]*>([^<]*)")
_ALL_ROWS = b"zeroHeight"
_ROW = re.compile(rb'<row((?: [\w:]+="[^"<>]*")*) ?(?:/>|>)|</row>')
_ATTRIBUTE = re.compile(rb' ([\w:]+)="([^"]*)"')
_OPENING, _CLOSING, _ROW_BEGINS, _END = b"<sheetData>", b"</sheetData>", b"<row", b"</row>"
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*<", re.DOTALL)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.:-]+)["']""")
_PLAIN_ENCODINGS = {b"utf-8", b"us-ascii", b"utf8"}
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r")
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_ENTITY = re.compile(rb"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_HEAD_MOST = 1 << 20
_REMEMBERED = 200_000
_HANDED = 20_000


class Content(NamedTuple):
    """What the XML says is in a cell; ``formula`` is None where there is none."""

    type: str
    style: int
    value: str
    formula: str | None


OnCells = Callable[[list[int], list[int], list[Content]], None]
"""Takes cells with content: their rows, their columns, what is in them."""


@dataclass
class SheetFacts:
    """What stands beside the values, with 1-based rows and columns."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Top row, left column, bottom row, right column."""
    hides_rows: bool = False
    """Whether rows without a height of their own are hidden."""


class OtherSpellingError(Exception):
    """The sheet is not spelled plainly; it is read tag by tag."""


def scan_sheet(package: Package, sheet: SheetPart, on_cells: OnCells, begin_anew: Callable[[], None]) -> SheetFacts:
    """Hand every cell with content to ``on_cells`` and give what stands beside the cells.

    ``begin_anew`` is called where a plain beginning was followed by another spelling: then all
    cells come a second time.
    """
    try:
        return _PlainScan(package, sheet, on_cells).facts
    except OtherSpellingError:
        begin_anew()
        scan = ExactScan(on_cells)
        scan.parse(package, package.blocks(sheet.part))
        return scan.facts


class _PlainScan:
    """The quick road."""

    def __init__(self, package: Package, sheet: SheetPart, on_cells: OnCells) -> None:
        self._package, self._on_cells = package, on_cells
        self._attributes: dict[bytes, tuple[str, int]] = {}
        self._contents: dict[tuple[bytes, ...], Content] = {}
        blocks = package.blocks(sheet.part)
        before, rest = self._split(blocks)
        # What stands around the rows is little, and is read exactly; a fault there is one of the file.
        self.facts = SheetFacts()
        after = self._rows(rest, blocks)
        around = ExactScan(on_cells, self.facts)
        around.parse(package, iter([before, _OPENING, _CLOSING, after, *blocks]))

    def _split(self, blocks: Iterator[bytes]) -> tuple[bytes, bytes]:
        head = b""
        for block in blocks:
            head += block
            before, found, rest = head.partition(_OPENING)
            if found and _ALL_ROWS not in before:
                _check_head(before)
                return before, rest
            if len(head) > _HEAD_MOST:
                break
        raise OtherSpellingError

    def _rows(self, piece: bytes, blocks: Iterator[bytes]) -> bytes:
        """Read all rows; what follows their end is given back."""
        while True:
            rows, found, after = piece.partition(_CLOSING)
            if found:
                self._take(rows)
                return after
            # All rows before the last one that begins are whole.
            cut = piece.rfind(_ROW_BEGINS)
            if cut > 0:
                self._take(piece[:cut])
                piece = piece[cut:]
            block = next(blocks, b"")
            if not block:
                raise OtherSpellingError
            piece += block

    def _take(self, xml: bytes) -> None:
        is_odd = len(xml.translate(None, _CONTROL)) != len(xml) or any(each in xml for each in _NO_CHARACTERS)
        if is_odd:
            raise OtherSpellingError
        between = _CELL.sub(b"", xml)
        if _ROW.sub(b"", between).strip():
            raise OtherSpellingError
        self._note_rows(between)
        filled = [cell for cell in _CELL.findall(xml) if cell[4] or cell[5] or cell[3]]
        if not filled:
            return
        known, contents = self._contents, []
        for cell in filled:
            key = cell[2:]
            content = known.get(key)
            contents.append(self._content(key) if content is None else content)
        columns = [_column_number(cell[0]) for cell in filled]
        self._on_cells([int(cell[1]) for cell in filled], columns, contents)

    def _content(self, key: tuple[bytes, ...]) -> Content:
        attributes, formula, value, inline = key
        kind, style = self._attributes.get(attributes) or self._know(attributes)
        text = _text(value or inline, self._package)
        content = Content(kind, style, text, self._formula(formula) if formula else None)
        if len(self._contents) < _REMEMBERED:
            self._contents[key] = content
        return content

    def _formula(self, xml: bytes) -> str:
        found = _FORMULA.match(xml)
        return _text(found[1], self._package) if found else ""

    def _know(self, attributes: bytes) -> tuple[str, int]:
        found = dict(_ATTRIBUTE.findall(attributes))
        style = found.get(b"s", b"0")
        if len(found) != attributes.count(b"=") or not style.isdigit():
            raise OtherSpellingError
        known = self._attributes[attributes] = (found.get(b"t", b"").decode(), int(style[:9]))
        return known

    def _note_rows(self, between: bytes) -> None:
        """Note hidden rows; ``between`` holds nothing but the tags of rows, whole ones."""
        if between.count(b"<row") != between.count(_END) + between.count(b"/>"):
            raise OtherSpellingError
        if b" hidden=" not in between and b" ht=" not in between:
            return
        for match in _ROW.finditer(between):
            if match[1] and (b" hidden=" in match[1] or b" ht=" in match[1]):
                found = {key.decode(): value.decode() for key, value in _ATTRIBUTE.findall(match[1])}
                number = _whole(found.get("r"), 0)
                if not number:
                    raise OtherSpellingError
                _note_height(number, found, self.facts)


class ExactScan:
    """The exact road: every tag of a sheet, or of a piece of it that has one root."""

    def __init__(self, on_cells: OnCells, facts: SheetFacts | None = None) -> None:
        self._on_cells = on_cells
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._contents: list[Content] = []
        self.facts = facts or SheetFacts()
        self._row = self._column = 0
        self._cell: dict[str, str] = {}
        self._texts: list[str] = []
        self._value = ""
        self._formula: str | None = None
        self._phonetic = False
        self._parser: Any = new_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def parse(self, package: Package, blocks: Iterator[bytes]) -> None:
        """Run over it; what is no XML is a broken file."""
        package.parse(self._parser, blocks)
        self._hand_over()

    def _hand_over(self) -> None:
        if self._rows:
            self._on_cells(self._rows, self._columns, self._contents)
        self._rows, self._columns, self._contents = [], [], []

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "c":
            self._start_cell(attributes)
        elif tag in {"v", "f", "t"}:
            self._texts = []
            self._parser.CharacterDataHandler = self._texts.append
        elif tag == "row":
            self._row = _whole(attributes.get("r"), 0) or self._row + 1
            self._column = 0
            _note_height(self._row, attributes, self.facts)
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "col" and (attributes.get("hidden") in _TRUE or _is_nothing(attributes.get("width"))):
            hidden = (_whole(attributes.get("min"), 0), _whole(attributes.get("max"), 0))
            self.facts.hidden_columns.append(hidden)
        elif tag == "sheetFormatPr":
            self.facts.hides_rows = attributes.get("zeroHeight") in _TRUE
        elif tag == "mergeCell":
            self.facts.merges.append(parse_range(attributes.get("ref", "")))

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
        tag = local(tag)
        if tag == "c":
            get = self._cell.get
            if self._value or self._formula is not None:
                self._rows.append(self._row)
                self._columns.append(self._column)
                self._contents.append(Content(get("t", ""), _whole(get("s"), 0), self._value, self._formula))
                if len(self._rows) == _HANDED:
                    self._hand_over()
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


@cache
def _column_number(letters: bytes) -> int:
    return column_number(letters.decode())


def _note_height(row: int, attributes: dict[str, str], facts: SheetFacts) -> None:
    """Note a row that is hidden: as such, by its height, or by that of all rows without their own."""
    hidden = attributes.get("hidden")
    by_all = facts.hides_rows and hidden is None and attributes.get("ht") is None
    if hidden in _TRUE or _is_nothing(attributes.get("ht")) or by_all:
        facts.hidden_rows.append(row)


def _check_head(head: bytes) -> None:
    encoding = _ENCODING.search(head[:400])
    if _HEAD.match(head) is None or (encoding and encoding[1].lower() not in _PLAIN_ENCODINGS):
        raise OtherSpellingError


def _text(xml: bytes, package: Package) -> str:
    """The text of a piece of character data."""
    if b"&" in xml:
        if xml.count(b"&") != len(_ENTITY.findall(xml)):
            raise OtherSpellingError
        xml = _ENTITY.sub(_character, xml)
    if b"\r" in xml:
        raise OtherSpellingError
    try:
        return xml.decode()
    except UnicodeDecodeError as error:
        raise package.broken() from error


def _character(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return _ENTITIES[found[1]]
    number = int(found[2]) if found[2] else int(found[3], 16)
    if number < 32 or 0xD7FF < number < 0xE000 or number in {0xFFFE, 0xFFFF} or number > 0x10FFFF:
        raise OtherSpellingError
    return chr(number).encode()


def _is_nothing(size: str | None) -> bool:
    return size is not None and size.strip("0.") == "" and size != ""


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
