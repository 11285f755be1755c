import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from foundation.tabular.errors import TableError
from foundation.tabular.reading import read_table
from tests.tabular.files import HEADING, SMALL, raw_sheet, read, repack, text_cell, workbook

GOOD = workbook([HEADING, ["0012", 95.5]])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
ROW = f'<row r="1">{text_cell("A1", "a")}</row>'


def second_sheet(book: Any, sheet: Worksheet) -> None:
    book.create_sheet("说明").append(["x"])


def hide(book: Any, sheet: Worksheet) -> None:
    book.create_sheet("空")
    book.active = 1
    sheet.sheet_state = "hidden"


def chart_only(book: Any, sheet: Worksheet) -> None:
    book.create_chartsheet("图")


def stored_bomb() -> bytes:
    """Twelve million bytes of one letter in a part that nobody reads."""
    return repack(GOOD, xl__media__x_dot_bin=b"a" * 12_000_000)


def lying_bomb() -> bytes:
    """A sheet that unpacks to more than both of its headers say."""
    spaces = " " * 2_000_000
    data = bytearray(raw_sheet(f"<!--{spaces}-->{ROW}"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    true, said = struct.pack("<L", info.file_size), struct.pack("<L", 400)
    return bytes(data.replace(true, said))


def damaged() -> bytes:
    """Good at both ends, with forty bytes of the sheet lost."""
    at = GOOD.index(b"xl/worksheets/sheet1.xml") + 60
    return GOOD[:at] + b"\0" * 40 + GOOD[at + 40 :]


def many_members() -> bytes:
    return repack(GOOD, **{f"x__{number}": b"" for number in range(1_001)})


def twice() -> bytes:
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return stream.getvalue()


def flagged_encrypted() -> bytes:
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def sheet_xml(xml: bytes) -> bytes:
    return repack(GOOD, xl__worksheets__sheet1_dot_xml=xml)


DOCUMENT_TYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
REFUSED = {
    "old Excel by name": (GOOD, "data.xls", "xls_file"),
    "macros by name": (GOOD, "data.XLSM", "macro_file"),
    "binary workbook by name": (GOOD, "data.xlsb", "macro_file"),
    "macros inside": (repack(GOOD, xl__vbaProject_dot_bin=b"x"), "data.xlsx", "macro_file"),
    "binary workbook inside": (repack(GOOD, xl__workbook_dot_bin=b"x"), "data.xlsx", "macro_file"),
    "other type": (GOOD, "data.ods", "unknown_type"),
    "no suffix": (GOOD, "data", "unknown_type"),
    "two suffixes": (GOOD, "data.xlsx.exe", "unknown_type"),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le") + OLE, "data.xlsx", "encrypted_file"),
    "encrypted members": (flagged_encrypted(), "data.xlsx", "encrypted_file"),
    "old Excel renamed": (OLE + "Workbook".encode("utf-16-le"), "data.xlsx", "renamed_file"),
    "csv renamed": (b"a,b\n1,2\n", "data.xlsx", "renamed_file"),
    "web page renamed": (b"<html><table></table></html>", "data.xlsx", "renamed_file"),
    "other zip renamed": (repack(GOOD, xl__workbook_dot_xml=None), "data.xlsx", "renamed_file"),
    "xlsx renamed": (GOOD, "data.csv", "renamed_file"),
    "empty": (b"", "data.xlsx", "no_data"),
    "truncated": (GOOD[: len(GOOD) // 2], "data.xlsx", "broken_file"),
    "damaged inside": (damaged(), "data.xlsx", "broken_file"),
    "no directory of sheets": (repack(GOOD, xl___rels__workbook_dot_xml_dot_rels=None), "data.xlsx", "broken_file"),
    "a sheet that is not there": (repack(GOOD, xl__worksheets__sheet1_dot_xml=None), "data.xlsx", "broken_file"),
    "a part twice": (twice(), "data.xlsx", "broken_file"),
    "a way out of the folder": (
        repack(GOOD, dot_dot__x=b"").replace(b"dot_dot/x", b"..aa/../x"),
        "data.xlsx",
        "broken_file",
    ),
    "document type in the sheet": (sheet_xml(DOCUMENT_TYPE + b"<worksheet/>"), "data.xlsx", "broken_file"),
    "document type in the workbook": (repack(GOOD, xl__workbook_dot_xml=DOCUMENT_TYPE), "data.xlsx", "broken_file"),
    "document type in the styles": (repack(GOOD, xl__styles_dot_xml=DOCUMENT_TYPE), "data.xlsx", "broken_file"),
    "document type in the texts": (
        repack(GOOD, xl__sharedStrings_dot_xml=DOCUMENT_TYPE + b"<sst/>"),
        "data.xlsx",
        "broken_file",
    ),
    "sheet in another encoding": (
        sheet_xml(b'<?xml version="1.0" encoding="GBK"?><worksheet/>'),
        "data.xlsx",
        "broken_file",
    ),
    "XML not closed": (raw_sheet('<row r="1"><c r="A1"><f>1</f><v>7</row>'), "data.xlsx", "broken_file"),
    "bomb": (stored_bomb(), "data.xlsx", "unpacked_too_big"),
    "lying bomb": (lying_bomb(), "data.xlsx", "broken_file"),
    "too many parts": (many_members(), "data.xlsx", "unpacked_too_big"),
    "two sheets with data": (workbook([HEADING, ["1", 2]], second_sheet), "data.xlsx", "several_sheets"),
    "data only in a hidden sheet": (workbook([HEADING, ["1", 2]], hide), "data.xlsx", "no_data"),
    "no cell": (workbook([]), "data.xlsx", "no_data"),
    "a chart and no cell": (workbook([], chart_only), "data.xlsx", "no_data"),
    "spaces only": (workbook([[" ", "\u3000"]]), "data.xlsx", "no_data"),
    "heading only": (workbook([HEADING]), "data.xlsx", "no_rows"),
    "too many rows": (workbook([HEADING, *[["1", 2]] * 6]), "data.xlsx", "too_many_rows"),
    "too many columns": (workbook([["a"] * 21, ["1"] * 21]), "data.xlsx", "too_many_columns"),
    "one cell at the end of the sheet": (
        raw_sheet(ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "data.xlsx",
        "too_many_columns",
    ),
    "far away in unusual spelling": (
        raw_sheet(ROW + "<row\nr = '1048576'><c\tr ='XFD1048576'><v>1</v></c></row>"),
        "data.xlsx",
        "too_many_columns",
    ),
    "far away in small letters": (
        raw_sheet(ROW + '<row r="9"><c r="xfd9"><v>1</v></c></row>'),
        "data.xlsx",
        "too_many_columns",
    ),
}


@pytest.mark.parametrize(("data", "name", "code"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_a_remedy(tmp_path: Path, data: bytes, name: str, code: str) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path, data, name, SMALL)

    assert refused.value.code == code
    assert "请" in refused.value.message


def test_a_file_past_its_size_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    with path.open("wb") as stream:
        stream.write(b"PK")
        stream.truncate(20_000_001)

    with pytest.raises(TableError) as refused:
        read_table(path, name="data.xlsx")

    assert refused.value.code == "too_big"
    assert refused.value.facts == {"size": 21, "most": 20}


@pytest.mark.parametrize(
    "case", ["one cell at the end of the sheet", *(case for case in REFUSED if "far away" in case)]
)
def test_a_far_cell_is_named_before_its_area_is_laid_out(tmp_path: Path, case: str) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path, REFUSED[case][0])

    assert refused.value.facts["address"] in {"XFD1048576", "XFD9"}


def test_several_sheets_are_named(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path, REFUSED["two sheets with data"][0])

    assert refused.value.facts == {"count": 2, "sheets": "Sheet、说明"}
