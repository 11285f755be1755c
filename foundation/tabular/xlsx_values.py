"""The value of a workbook cell as the text that a person sees in the file, and its kind."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.folding import object_array
from foundation.tabular.table import CellKind

CellValue = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

_KINDS: dict[type, int] = {
    str: CellKind.TEXT,
    type(None): CellKind.TEXT,
    float: CellKind.NUMBER,
    int: CellKind.NUMBER,
    bool: CellKind.BOOL,
    dt.date: CellKind.DATE,
    dt.datetime: CellKind.DATE,
    dt.time: CellKind.DATE,
    dt.timedelta: CellKind.DATE,
}
_EXACT_WHOLE = 10**15


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


def date_text(serial: float, *, is_from_1904: bool) -> str:
    """A stored day number as ISO date, with the time where there is one."""
    start = dt.datetime(1904, 1, 1) if is_from_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 -- a sheet has no zone
    try:
        moment = start + dt.timedelta(seconds=round(serial * 86_400))
    except (OverflowError, ValueError):
        return number_text(serial)
    return value_text(moment) if moment.time() != dt.time() else value_text(moment.date())


def value_text(value: CellValue) -> str:
    """The text of one value; dates as ISO, truth as TRUE and FALSE."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value) if isinstance(value, dt.timedelta) else value.isoformat()


def column_texts(values: Sequence[CellValue]) -> NDArray[np.object_]:
    """The texts of a column."""
    return object_array([value if type(value) is str else value_text(value) for value in values])


def column_kinds(values: Sequence[CellValue]) -> NDArray[np.uint8]:
    """The kinds of a column."""
    return np.fromiter(map(_KINDS.__getitem__, map(type, values)), dtype=np.uint8, count=len(values))
