"""The zip around a workbook: its limits, its sheets and its number formats, before anything is unpacked."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from foundation.tabular.errors import TableError
from foundation.tabular.table import MEGABYTE, TableLimits

BLOCK = 1 << 22
_RATIO_FROM = 10_000_000
_ENCRYPTED_FLAG = 1
_PACKED_AS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_PERCENT_BUILT_IN = frozenset({9, 10})
# 27-36 and 50-58 are the dates of East Asian editions.
_DATES_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_STYLE_SECTIONS = {"numFmts", "fonts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"}
_DATE_LETTERS = re.compile(r"[ymdhs]|aaa", re.IGNORECASE)
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|!.|_.|\*.|\[[^\]]*\]|General|G/通用格式', re.IGNORECASE)
_DRIVE_LETTER = ":"
_NEVER = ("xl/vbaproject.bin", "xl/workbook.bin")
IS_WHOLE = True
"""For expat, which takes no keyword: all of the document has been given."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet of the workbook and the part of the package it is stored in."""

    name: str
    number: int
    is_visible: bool
    part: str


@dataclass(frozen=True, slots=True)
class Styles:
    """The cell styles (``s=``) whose number format changes what a person sees."""

    percent: frozenset[int]
    dates: frozenset[int]
    scaled: frozenset[int]
    """Those that show thousands or millions of the stored number."""
    is_from_1904: bool


class Package:
    """An opened .xlsx whose size is known to be within the limits; parts are checked as they are read."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._parts = {_plain(info.filename): info for info in archive.infolist()}
        self._is_from_1904 = False
        self._strings, self._styles = "xl/sharedStrings.xml", "xl/styles.xml"
        self.name = name
        self.sheets = tuple(self._worksheets())

    def blocks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, a few megabytes at a time."""
        info = self._parts.get(part.lower())
        if info is None:
            raise self.broken()
        try:
            with self._archive.open(info) as stream:
                while block := stream.read(BLOCK):
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise self.broken() from error

    def broken(self) -> TableError:
        """The refusal of a file that is not what it should be."""
        return TableError("broken_file", name=self.name)

    def shared_strings(self) -> Iterator[bytes]:
        """The part with the shared strings, nothing where there is none."""
        return self.blocks(self._strings) if self._strings.lower() in self._parts else iter(())

    def styles(self) -> Styles:
        """Which cell styles show a number in percent, as a date, or scaled."""
        codes: dict[int, str] = {}
        numbers: list[int] = []
        section = ""
        parts = self._elements(self._styles) if self._styles.lower() in self._parts else []
        for tag, attributes in parts:
            if tag in _STYLE_SECTIONS:
                section = tag
            elif tag == "numFmt" and section == "numFmts":
                codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif tag == "xf" and section == "cellXfs":
                numbers.append(_number(attributes.get("numFmtId")))
        plain = {number: _NOT_FORMAT.sub("", _ELAPSED.sub("h", code)) for number, code in codes.items()}
        percent = (_PERCENT_BUILT_IN - codes.keys()) | {number for number, code in plain.items() if "%" in code}
        dates = (_DATES_BUILT_IN - codes.keys()) | {
            number for number, code in plain.items() if _DATE_LETTERS.search(code)
        }
        scaled = {number for number, code in plain.items() if _SCALED.search(code)}
        return Styles(
            frozenset(style for style, number in enumerate(numbers) if number in percent),
            frozenset(style for style, number in enumerate(numbers) if number in dates - percent),
            frozenset(style for style, number in enumerate(numbers) if number in scaled - percent - dates),
            self._is_from_1904,
        )

    def _worksheets(self) -> Iterator[SheetPart]:
        if any(part in self._parts for part in _NEVER):
            raise TableError("macro_file", name=self.name)
        book = self._book_part()
        if book.lower() not in self._parts:
            raise TableError("renamed_file", name=self.name, looks="zip")
        targets = self._related(book)
        for target, kind in targets.values():
            self._strings = target if kind.endswith("/sharedStrings") else self._strings
            self._styles = target if kind.endswith("/styles") else self._styles
        number = 0
        for tag, attributes in self._elements(book):
            if tag == "workbookPr":
                self._is_from_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}
            if tag != "sheet":
                continue
            number += 1
            target, kind = targets.get(attributes.get("id", ""), ("", ""))
            if kind.endswith("acrosheet"):
                raise TableError("macro_file", name=self.name)
            if kind.endswith("/worksheet"):
                is_visible = attributes.get("state", "visible") == "visible"
                yield SheetPart(attributes.get("name", ""), number, is_visible, target)
            elif not target:
                raise self.broken()

    def _book_part(self) -> str:
        """Where the workbook stands, by the relations of the package."""
        if "_rels/.rels" in self._parts:
            for target, kind in self._related("").values():
                if kind.endswith("/officeDocument"):
                    return target
        return "xl/workbook.xml"

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → part and kind of everything that a part relates to within the package."""
        folder, name = posixpath.split(part)
        return {
            attributes.get("Id", ""): (
                posixpath.normpath(posixpath.join("/", folder, _slashes(attributes.get("Target", "")))).lstrip("/"),
                attributes.get("Type", ""),
            )
            for tag, attributes in self._elements(posixpath.join(folder, "_rels", f"{name}.rels"))
            if tag == "Relationship" and attributes.get("TargetMode") != "External"
        }

    def _elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """The start tags of a small part in order, names without their prefix."""
        found: list[tuple[str, dict[str, str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            found.append((local(tag), {local(key): value for key, value in attributes.items()}))

        parser = new_parser()
        parser.StartElementHandler = start
        self.parse(parser, self.blocks(part))
        return found

    def parse(self, parser: Any, blocks: Iterator[bytes]) -> None:
        """Run an expat parser over a part; what it cannot follow is a broken file."""
        try:
            for block in blocks:
                parser.Parse(block, not IS_WHOLE)
            parser.Parse(b"", IS_WHOLE)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise self.broken() from error


def new_parser() -> Any:
    """A parser that takes no document type and so no entity of a file's own."""

    def refuse(*_: object) -> None:
        raise expat.ExpatError("document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


@contextmanager
def open_package(path: Path, *, name: str, limits: TableLimits) -> Iterator[Package]:
    """Open a workbook after its directory has been held against the limits."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise TableError("broken_file", name=name) from error
    with archive:
        _check_directory(archive, path.stat().st_size, name, limits)
        yield Package(archive, name)


def local(tag: str) -> str:
    """A name without its namespace prefix."""
    return tag.rpartition(":")[2]


def _check_directory(archive: zipfile.ZipFile, packed: int, name: str, limits: TableLimits) -> None:
    """What is said here is believed only as far as reading holds to it: no part yields more than it says."""
    infos = archive.infolist()
    names = [_plain(info.filename) for info in infos]
    unpacked = sum(info.file_size for info in infos)
    too_dense = unpacked > _RATIO_FROM and unpacked > packed * limits.xlsx_ratio
    if len(infos) > limits.xlsx_members or unpacked > limits.xlsx_unpacked_bytes or too_dense:
        raise TableError("unpacked_too_big", name=name, most=limits.xlsx_unpacked_bytes // MEGABYTE)
    if any(info.flag_bits & _ENCRYPTED_FLAG for info in infos):
        raise TableError("encrypted_file", name=name)
    strange = any(part.startswith("/") or ".." in part.split("/") or _DRIVE_LETTER in part for part in names)
    odd = any(info.compress_type not in _PACKED_AS for info in infos)
    if strange or odd or len(set(names)) != len(names):
        raise TableError("broken_file", name=name)


def _plain(filename: str) -> str:
    """A part's name as it is compared: some writers put backslashes, case does not count."""
    return _slashes(filename).lower()


def _slashes(name: str) -> str:
    return name.replace("\\", "/")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
