"""Workbooks that we write: texts stay texts, numbers stay numbers, nothing becomes a formula."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from foundation.tabular.table import column_letter

Written: TypeAlias = str | int | Decimal | date | None

_TEXT_FORMAT = "@"
_DATE_FORMAT = "yyyy-mm-dd"
# Excel reads _x0041_ in a text as the letter A; the underscore itself is then written as _x005F_.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column to write: its heading, its width in characters, the decimals its numbers show."""

    heading: str
    width: int = 14
    places: int | None = None


def write_xlsx(
    columns: Sequence[SheetColumn], rows: Iterable[Sequence[Written]], stream: IO[bytes], *, sheet: str
) -> int:
    """Write one sheet with a heading row that stays in view; returns the number of rows below it.

    A text is written as text whatever it begins with, so ``=1+1`` is no formula and ``0012`` keeps
    its zeros; the rows may be a generator of any length.
    """
    workbook = Workbook(write_only=True)
    page = workbook.create_sheet(sheet)
    page.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        page.column_dimensions[column_letter(number)].width = column.width
    heading = [_cell(page, column.heading, None) for column in columns]
    for cell in heading:
        cell.font = Font(bold=True)
    page.append(heading)
    count = 0
    for count, row in enumerate(_cells(page, columns, rows), 1):  # noqa: B007 -- the last count is the answer
        page.append(row)
    workbook.save(stream)
    return count


def _cells(page: Any, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Written]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [_cell(page, value, column.places) for value, column in zip(row, columns, strict=True)]


def _escaped(text: str) -> str:
    """XML would give a carriage return back as a line feed, and Excel reads an escape as a character."""
    return _ESCAPE_LIKE.sub("_x005F_", text).replace("\r", "_x000D_")


def _cell(page: Any, value: Written, places: int | None) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        cell = WriteOnlyCell(page, _escaped(value))
        cell.data_type = "s"
        cell.number_format = _TEXT_FORMAT
        return cell
    # openpyxl would put a Decimal through a float of 16 digits.
    cell = WriteOnlyCell(page, format(value, "f") if isinstance(value, Decimal) else value)
    if isinstance(value, date):
        cell.number_format = _DATE_FORMAT
        return cell
    cell.data_type = "n"
    if places is not None:
        cell.number_format = f"0.{'0' * places}" if places else "0"
    return cell
