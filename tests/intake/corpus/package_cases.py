"""The file around the sheet: its kind, its name, its zip, its limits."""

import io
import struct
import zipfile
from collections.abc import Callable

from tests.intake.corpus.outcomes import HEADING, Case, Outcome, Refused, rejected, row, stored
from tests.intake.corpus.workbooks import DECLARATION, MAIN, RELATIONS, Book, Sheet, plain, row_xml, rows_xml, strings

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ENCRYPTED = OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 64
OLD = OLE + "Workbook".encode("utf-16-le") + b"\0" * 64
CSV = "工号,单位代码,指标代码,期间,数值\n,150602,DD01,2026Q1,95.5\n".encode()
GOOD = plain()()
BROKEN, BIG = rejected(("broken_file", "")), rejected(("unpacked_too_big", ""))
DOCTYPE = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet xmlns="{MAIN}"/>'
EXTERNAL = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst xmlns="{MAIN}"/>'
GOOD_ROWS = rows_xml([HEADING, row()])


def without(name: str) -> Book:
    return plain(parts={name: None})


def having(name: str, content: bytes | str = b"x") -> Book:
    return plain(parts={name: content})


def changed(change: Callable[[bytearray], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        data = bytearray(GOOD)
        change(data)
        return bytes(data)

    return make


def flag_encrypted(data: bytearray) -> None:
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)


def wreck_sheet(data: bytearray) -> None:
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[at : at + 40] = b"\0" * 40


def wreck_checksum(data: bytearray) -> None:
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46 + 16
    data[at : at + 4] = b"\1\2\3\4"


def lying_bomb() -> bytes:
    """A sheet that unpacks to more than both of its headers say."""
    data = Book([Sheet(f"<!--{' ' * 2_000_000}-->{GOOD_ROWS}")])()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return data.replace(struct.pack("<L", size), struct.pack("<L", 400))


def twice() -> bytes:
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("XL/workbook.xml", b"<workbook/>")
    return stream.getvalue()


def backslashes() -> bytes:
    """As some old writers have it: xl\\workbook.xml."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\"), old.read(name))
    return stream.getvalue()


def blank_rows(last: int = 1_048_576) -> bytes:
    """Formats down to the last row of the sheet."""
    rows = range(3, last + 1)
    formatted = "".join(f'<row r="{at}" spans="1:5" s="1" customFormat="1" ht="14.25"/>' for at in rows)
    return Book([Sheet(GOOD_ROWS + formatted)])()


def blank_columns() -> bytes:
    styled = "".join(f'<c r="{letters}2" s="1"/>' for letters in ("F", "ZZ", "AAA", "XFD"))
    return Book([Sheet(GOOD_ROWS.replace("</row>", f"{styled}</row>"))])()


def related(kind: str, target: str) -> str:
    """Relations of a part to one other."""
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return f'{head}<Relationship Id="rId1" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>'


def other_paths() -> bytes:
    """The workbook and its parts under other names, as relations may have them."""
    listed = '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets>'
    return Book(
        [],
        parts={
            "_rels/.rels": related("officeDocument", "/book/main.xml"),
            "book/main.xml": f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{listed}</workbook>',
            "book/_rels/main.xml.rels": related("worksheet", "/book/data.xml"),
            "book/data.xml": Sheet(GOOD_ROWS).xml,
            "xl/workbook.xml": None,
        },
    )()


NAMES: dict[str, tuple[bytes, str, Outcome]] = {
    "old Excel by name": (OLD, "data.xls", Refused("xls_file")),
    "WPS by name": (OLD, "data.et", Refused("xls_file")),
    "macros by name": (GOOD, "data.xlsm", Refused("macro_file")),
    "template with macros by name": (GOOD, "data.xltm", Refused("macro_file")),
    "binary workbook by name": (GOOD, "data.XLSB", Refused("macro_file")),
    "OpenDocument by name": (GOOD, "data.ods", Refused("unknown_type")),
    "text by name": (CSV, "data.txt", Refused("unknown_type")),
    "no suffix": (GOOD, "data", Refused("unknown_type")),
    "two suffixes": (GOOD, "data.xlsx.exe", Refused("unknown_type")),
    "suffix in capitals": (GOOD, "DATA.XLSX", stored()),
    "csv in capitals": (CSV, "DATA.CSV", stored()),
    "Chinese name": (GOOD, "鄂尔多斯市 2026 年一季度（终稿）.xlsx", stored()),
    "encrypted workbook": (ENCRYPTED, "data.xlsx", Refused("encrypted_file")),
    "old Excel renamed": (OLD, "data.xlsx", Refused("renamed_file")),
    "old Excel renamed to csv": (OLD, "data.csv", Refused("renamed_file")),
    "csv renamed": (CSV, "data.xlsx", Refused("renamed_file")),
    "web page renamed": (b"<html><table></table></html>", "data.xlsx", Refused("renamed_file")),
    "xlsx renamed to csv": (GOOD, "data.csv", Refused("renamed_file")),
    "empty workbook file": (b"", "data.xlsx", Refused("no_data")),
    "empty csv file": (b"", "data.csv", Refused("no_data")),
}

INSIDE: dict[str, tuple[Callable[[], bytes], Outcome]] = {
    "macros inside": (having("xl/vbaProject.bin"), rejected(("macro_file", ""))),
    "binary workbook inside": (having("xl/workbook.bin"), rejected(("macro_file", ""))),
    "OpenDocument renamed": (
        plain(parts={"xl/workbook.xml": None, "content.xml": "<x/>", "mimetype": "application/vnd.oasis"}),
        rejected(("renamed_file", "")),
    ),
    "document of Word renamed": (
        plain(parts={"xl/workbook.xml": None, "word/document.xml": "<x/>"}),
        rejected(("renamed_file", "")),
    ),
    "members encrypted": (changed(flag_encrypted), rejected(("encrypted_file", ""))),
    "cut in half": (lambda: GOOD[: len(GOOD) // 2], BROKEN),
    "cut at its end": (lambda: GOOD[:-10], BROKEN),
    "bytes lost within": (changed(wreck_sheet), BROKEN),
    "checksum wrong": (changed(wreck_checksum), BROKEN),
    "only the letters PK": (lambda: b"PK", BROKEN),
    "no relations of the workbook": (without("xl/_rels/workbook.xml.rels"), BROKEN),
    "no part for a sheet": (without("xl/worksheets/sheet1.xml"), BROKEN),
    "no styles": (without("xl/styles.xml"), stored()),
    "no list of contents": (without("[Content_Types].xml"), stored()),
    "a part twice in other letters": (twice, BROKEN),
    "a way out of the folder": (having("../../etc/x"), BROKEN),
    "an absolute name": (having("/etc/x"), BROKEN),
    "a drive letter": (having("C:/x"), BROKEN),
    "backslashes": (backslashes, stored()),
    "other paths": (other_paths, stored()),
    "stored and not packed": (plain(packing=zipfile.ZIP_STORED), stored()),
    "packed by another method": (plain(packing=zipfile.ZIP_LZMA), BROKEN),
    "document type in the sheet": (having("xl/worksheets/sheet1.xml", DOCTYPE), BROKEN),
    "document type in the texts": (plain(strings=EXTERNAL), BROKEN),
    "document type in the styles": (plain(styles=DOCTYPE), BROKEN),
    "document type in the workbook": (having("xl/workbook.xml", DOCTYPE), BROKEN),
    "sheet in UTF-16": (
        having("xl/worksheets/sheet1.xml", Sheet(GOOD_ROWS).xml.replace("UTF-8", "UTF-16").encode("utf-16")),
        stored(),
    ),
    "sheet with a byte order mark": (
        having("xl/worksheets/sheet1.xml", Sheet(GOOD_ROWS).xml.encode("utf-8-sig")),
        stored(),
    ),
    "sheet in GBK": (
        having("xl/worksheets/sheet1.xml", Sheet(GOOD_ROWS).xml.replace("UTF-8", "GBK").encode("gbk")),
        BROKEN,
    ),
    "sheet with bytes that are no text": (
        having("xl/worksheets/sheet1.xml", Sheet(GOOD_ROWS).xml.encode().replace(b"DD01", b"\xff\xfe")),
        BROKEN,
    ),
    "sheet not closed": (having("xl/worksheets/sheet1.xml", Sheet(GOOD_ROWS).xml[:-20]), BROKEN),
    "row not closed": (Book([Sheet(GOOD_ROWS.replace("</row>", "", 1))]), BROKEN),
    "sheet that is no XML": (having("xl/worksheets/sheet1.xml", b"\0\1\2"), BROKEN),
    "control character in the XML": (Book([Sheet(GOOD_ROWS.replace("95.5", "95.5\x07"))]), BROKEN),
    "entity that nobody knows": (Book([Sheet(GOOD_ROWS.replace("95.5", "&x;"))]), BROKEN),
    "bomb of one letter": (having("xl/media/x.bin", b"a" * 12_000_000), BIG),
    "bomb that lies": (lying_bomb, BROKEN),
    "too many members": (plain(parts={f"x/{place}": b"" for place in range(1_001)}), BIG),
    "cell in the last column": (
        Book([Sheet(GOOD_ROWS + row_xml(3, [""]).replace("</row>", '<c r="XFD3"><v>1</v></c></row>'))]),
        rejected(("too_many_columns", "")),
    ),
    "row beyond the sheet": (Book([Sheet(GOOD_ROWS + '<row r="1048577"><c r="A1048577"><v>1</v></c></row>')]), BROKEN),
    "formats down to the last row": (blank_rows, stored()),
    "formats to the last column": (blank_columns, stored()),
    "texts that nobody uses": (plain(strings=strings("a", "b")), stored()),
    "macro sheet": (
        having("xl/_rels/workbook.xml.rels", related("xlMacrosheet", "worksheets/sheet1.xml")),
        rejected(("macro_file", "")),
    ),
}

CASES = [
    *[Case(f"name: {name}", (lambda data=data: data), outcome, file) for name, (data, file, outcome) in NAMES.items()],
    *[Case(f"package: {name}", make, outcome) for name, (make, outcome) in INSIDE.items()],
]
