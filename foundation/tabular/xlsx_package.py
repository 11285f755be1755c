"""The zip around a workbook: its limits, its sheets and its number formats, before anything is unpacked."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from foundation.tabular.errors import TableError
from foundation.tabular.table import MEGABYTE, TableLimits

_RATIO_FROM = 10_000_000
_ENCRYPTED_FLAG = 1
_PERCENT_BUILT_IN = frozenset({9, 10})
# 27-36 and 50-58 are the dates of East Asian editions.
_DATES_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_OTHER_ENCODING = re.compile(rb"""\s*<\?xml[^>]*\sencoding\s*=\s*["'](?!utf-8["']|us-ascii["'])""", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|\[|ENTITY)")
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:v\b[^>]*>[^<]|t\b[^>]*>[^<]|f\b)")
_DRIVE_LETTER = ":"
IS_WHOLE = True
"""For expat, which takes no keyword: all of the document is given at once."""


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
    is_from_1904: bool


class Package:
    """An opened .xlsx whose size is known to be within the limits; parts are checked as they are read."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._parts = {info.filename.lower(): info for info in archive.infolist()}
        self._is_from_1904 = False
        self.name = name
        self.sheets = tuple(self._worksheets())

    def read(self, part: str) -> bytes:
        """The bytes of a part: XML in UTF-8 without document type, entities or CDATA."""
        info = self._parts.get(part.lower())
        if info is None:
            raise TableError("broken_file", name=self.name)
        try:
            data = self._archive.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise TableError("broken_file", name=self.name) from error
        head = data[:400].removeprefix(b"\xef\xbb\xbf")
        if not head.lstrip().startswith(b"<") or _OTHER_ENCODING.match(head) or _DECLARATION.search(data):
            raise TableError("broken_file", name=self.name)
        return data

    def shared_strings(self) -> bytes:
        """The part with the shared strings, empty where there is none."""
        return self.read("xl/sharedStrings.xml") if "xl/sharedstrings.xml" in self._parts else b""

    def styles(self) -> Styles:
        """Which cell styles show a number in percent or as a date."""
        codes: dict[int, str] = {}
        numbers: list[int] = []
        inside = False
        parts = self._elements("xl/styles.xml") if "xl/styles.xml" in self._parts else []
        for tag, attributes in parts:
            if tag == "numFmt":
                codes[_number(attributes.get("numFmtId"))] = _NOT_FORMAT.sub("", attributes.get("formatCode", ""))
            elif tag in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
                inside = tag == "cellXfs"
            elif tag == "xf" and inside:
                numbers.append(_number(attributes.get("numFmtId")))
        percent = _PERCENT_BUILT_IN | {number for number, code in codes.items() if "%" in code}
        dates = _DATES_BUILT_IN | {number for number, code in codes.items() if _DATE_LETTERS.search(code)}
        return Styles(
            frozenset(style for style, number in enumerate(numbers) if number in percent),
            frozenset(style for style, number in enumerate(numbers) if number in dates - percent),
            self._is_from_1904,
        )

    def _worksheets(self) -> Iterator[SheetPart]:
        if "xl/vbaproject.bin" in self._parts or "xl/workbook.bin" in self._parts:
            raise TableError("macro_file", name=self.name)
        if "xl/workbook.xml" not in self._parts:
            raise TableError("renamed_file", name=self.name, looks="zip")
        targets = {
            attributes.get("Id", ""): (attributes.get("Target", ""), attributes.get("Type", ""))
            for tag, attributes in self._elements("xl/_rels/workbook.xml.rels")
            if tag == "Relationship"
        }
        number = 0
        for tag, attributes in self._elements("xl/workbook.xml"):
            if tag == "workbookPr":
                self._is_from_1904 = attributes.get("date1904", "0") in {"1", "true"}
            if tag != "sheet":
                continue
            number += 1
            target, kind = targets.get(attributes.get("id", ""), ("", ""))
            if kind.endswith("/xlMacrosheet"):
                raise TableError("macro_file", name=self.name)
            if kind.endswith("/worksheet"):
                part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
                is_visible = attributes.get("state", "visible") == "visible"
                yield SheetPart(attributes.get("name", ""), number, is_visible, part)

    def _elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """The start tags of a small part in order, names without their prefix."""
        found: list[tuple[str, dict[str, str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            found.append((local(tag), {local(key): value for key, value in attributes.items()}))

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        try:
            parser.Parse(self.read(part), IS_WHOLE)
        except expat.ExpatError as error:
            raise TableError("broken_file", name=self.name) from error
        return found


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


def has_content(xml: bytes) -> bool:
    """Whether a sheet holds a value, a text or a formula."""
    return _CONTENT.search(xml) is not None


def local(tag: str) -> str:
    """A name without its namespace prefix."""
    return tag.rpartition(":")[2]


def _check_directory(archive: zipfile.ZipFile, packed: int, name: str, limits: TableLimits) -> None:
    """What is said here is believed only as far as reading holds to it: no part yields more than it says."""
    infos = archive.infolist()
    names = [info.filename.lower() for info in infos]
    unpacked = sum(info.file_size for info in infos)
    too_dense = unpacked > _RATIO_FROM and unpacked > packed * limits.xlsx_ratio
    if len(infos) > limits.xlsx_members or unpacked > limits.xlsx_unpacked_bytes or too_dense:
        raise TableError("unpacked_too_big", name=name, most=limits.xlsx_unpacked_bytes // MEGABYTE)
    if any(info.flag_bits & _ENCRYPTED_FLAG for info in infos):
        raise TableError("encrypted_file", name=name)
    strange = any(part.startswith("/") or ".." in part.split("/") or _DRIVE_LETTER in part for part in names)
    if strange or len(set(names)) != len(names):
        raise TableError("broken_file", name=name)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
