"""Results of formulas, kept over a rewriting: openpyxl writes formulas without what they last gave.

Without them a workbook that was marked and sent back unopened would hold no value in any formula.
"""

import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel

Results = Mapping[int, Mapping[str, bytes]]
"""By place of the worksheet in the book written, from 1, and by cell: what follows the formula."""

_FORMULA_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)>(<f[ >].*?(?:</f>|/>))<v ?/></c>', re.DOTALL)


def results_of(path: Path, book: Any) -> Results:
    """The results that a workbook holds for the formulas of ``book``, which was opened from it."""
    wanted = {
        number: [cell.coordinate for cell in page._cells.values() if cell.data_type == "f"]
        for number, page in enumerate(book.worksheets, 1)
    }
    if not any(wanted.values()):
        return {}
    with path.open("rb") as content:
        values = load_workbook(content, data_only=True)
    pages = dict(enumerate(values.worksheets, 1))
    return {
        number: {where: xml for where in cells if (xml := _result(pages[number][where], values.epoch))}
        for number, cells in wanted.items()
        if cells
    }


def put_back(written: IO[bytes], stream: IO[bytes], results: Results) -> None:
    """Copy a workbook that openpyxl wrote, with the results behind its formulas."""
    by_part = {f"xl/worksheets/sheet{number}.xml": found for number, found in results.items() if found}
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            found = by_part.get(info.filename)
            if found is not None:
                new.writestr(info, _with_results(old.read(info), found))
            else:
                with old.open(info) as source, new.open(info, "w") as target:
                    shutil.copyfileobj(source, target)


def _with_results(xml: bytes, found: Mapping[str, bytes]) -> bytes:
    return _FORMULA_CELL.sub(lambda cell: _with(cell, found), xml)


def _with(cell: re.Match[bytes], found: Mapping[str, bytes]) -> bytes:
    result = found.get(cell[1].decode())
    if result is None:
        return cell[0]
    kind, _, value = result.partition(b"|")
    return b'<c r="%b"%b%b>%b<v>%b</v></c>' % (cell[1], cell[2], b' t="%b"' % kind if kind else b"", cell[3], value)


def _result(cell: Any, epoch: Any) -> bytes:
    """The type and the value as the XML has them; nothing where the office program left none."""
    value = cell.value
    if value is None:
        return b""
    if isinstance(value, bool):
        return b"b|%d" % value
    if isinstance(value, str):
        return b"%b|%b" % (b"e" if cell.data_type == "e" else b"str", escape(value).encode())
    number = value if isinstance(value, int | float) else to_excel(value, epoch)
    return b"|%b" % repr(number).encode()
