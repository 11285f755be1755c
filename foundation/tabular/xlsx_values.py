"""The value of a workbook cell as the text that a person sees in the file, and its kind."""

import datetime as dt
import re
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from foundation.tabular.errors import TableError
from foundation.tabular.table import CellKind, TableLimits
from foundation.tabular.xlsx_cells import Content
from foundation.tabular.xlsx_package import Package, Styles, local, new_parser

_EXACT_WHOLE = 10**15
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONG_WHOLE = re.compile(r"-?[1-9][0-9]{15,}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNSHOWN = "#####"
_REMEMBERED = 200_000


class Mark:
    """What is told of a cell beside its text; plain bits, for they are asked a million times."""

    NOTHING = 0
    FORMULA = 1
    PERCENT = 2
    SCALED = 4


class Shown(NamedTuple):
    """A cell as a person sees it."""

    text: str
    kind: int
    mark: int


class CellReader:
    """Turns the cells of one workbook into what a person sees; each distinct cell is worked out once."""

    def __init__(self, package: Package, limits: TableLimits) -> None:
        self._package = package
        self._styles = package.styles()
        self._strings = _shared_strings(package, limits)
        self._seen: dict[Content, Shown] = {}

    def show(self, cell: Content) -> Shown:
        """The text, kind and marks of a cell."""
        shown = self._seen.get(cell)
        if shown is None:
            shown = self._show(cell)
            if len(self._seen) < _REMEMBERED:
                self._seen[cell] = shown
        return shown

    def _show(self, cell: Content) -> Shown:
        shown = self._value(cell)
        if cell.formula is None or shown.kind == CellKind.ERROR:
            return shown
        if cell.value or cell.type == "str":
            return Shown(shown.text, shown.kind, shown.mark | Mark.FORMULA)
        return Shown(f"={cell.formula}", CellKind.FORMULA_WITHOUT_VALUE, Mark.FORMULA)

    def _value(self, cell: Content) -> Shown:
        text, kind = cell.value, cell.type
        if kind == "s":
            return Shown(self._string(cell), CellKind.TEXT, Mark.NOTHING)
        if kind == "b":
            return Shown("TRUE" if text.strip() in {"1", "true"} else "FALSE", CellKind.BOOL, Mark.NOTHING)
        if kind == "e":
            return Shown(text, CellKind.ERROR, Mark.NOTHING)
        if kind == "d":
            return Shown(text, CellKind.DATE, Mark.NOTHING)
        if kind not in {"", "n"} or not text:
            return Shown(unescaped(text), CellKind.TEXT, Mark.NOTHING)
        return numeric(text.strip(), cell.style, self._styles)

    def _string(self, cell: Content) -> str:
        number = cell.value.strip()
        if not (number.isascii() and number.isdigit()) or int(number) >= len(self._strings):
            raise self._package.broken()
        return self._strings[int(number)]


def numeric(text: str, style: int, styles: Styles) -> Shown:
    """A stored number by the format of its cell; what is no number stays the text that it is."""
    if _NUMBER.fullmatch(text) is None or abs(value := float(text)) == float("inf"):
        return Shown(text, CellKind.TEXT, Mark.NOTHING)
    if style in styles.percent:
        return Shown(percent_text(value), CellKind.NUMBER, Mark.PERCENT)
    if style in styles.dates:
        return Shown(date_text(value, is_from_1904=styles.is_from_1904), CellKind.DATE, Mark.NOTHING)
    # A float holds no more than sixteen digits; a long code that some program wrote keeps all of its own.
    shown = text if _LONG_WHOLE.fullmatch(text) else number_text(value)
    return Shown(shown, CellKind.NUMBER, Mark.SCALED if style in styles.scaled and value else Mark.NOTHING)


def number_text(value: float) -> str:
    """Shortest decimal text that gives the stored number back, without exponent.

    >>> number_text(54.899999999999999), number_text(1203.0)
    ('54.9', '1203')
    """
    if abs(value) < _EXACT_WHOLE and value == int(value):
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def percent_text(value: float) -> str:
    """A stored share as the percentage that its format shows, exactly: 0.955 → ``95.5%``."""
    text = format(Decimal(repr(value)).scaleb(2), "f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def share_text(percentage: str) -> str:
    """The stored number of a cell in percent: ``95.5%`` → 0.955.

    >>> share_text("95.5%")
    '0.955'
    """
    return number_text(float(Decimal(percentage.removesuffix("%")).scaleb(-2)))


def date_text(serial: float, *, is_from_1904: bool) -> str:
    """A stored day number as ISO date, with the time where there is one."""
    start = dt.datetime(1904, 1, 1) if is_from_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 -- a sheet has no zone
    try:
        moment = start + dt.timedelta(seconds=round(serial * 86_400))
    except (OverflowError, ValueError):
        return _UNSHOWN
    if 0 <= serial < 1:
        return moment.time().isoformat()
    return moment.isoformat(sep=" ") if moment.time() != dt.time() else moment.date().isoformat()


def unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold: ``_x0007_`` stands for one."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _shared_strings(package: Package, limits: TableLimits) -> list[str]:
    """All shared strings; phonetic hints left out."""
    strings: list[str] = []
    same: dict[str, str] = {}
    pieces: list[str] = []
    phonetic = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        tag = local(tag)
        if tag == "si":
            pieces.clear()
        elif tag == "rPh":
            phonetic = True
        elif tag == "t" and not phonetic:
            parser.CharacterDataHandler = pieces.append

    def end(tag: str) -> None:
        nonlocal phonetic
        tag = local(tag)
        if tag == "si":
            if len(strings) == limits.xlsx_cells:
                raise TableError("too_many_cells", most=limits.xlsx_cells)
            text = unescaped("".join(pieces))
            strings.append(same.setdefault(text, text))
        elif tag == "rPh":
            phonetic = False
        elif tag == "t":
            parser.CharacterDataHandler = None

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    blocks = package.shared_strings()
    if (first := next(blocks, None)) is not None:
        package.parse(parser, chain([first], blocks))
    return strings
