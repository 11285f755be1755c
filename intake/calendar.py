"""The calendar of periods: their place in a row without gaps, whether or not anybody has opened them."""

import calendar
from datetime import date

PER_YEAR = {"year": 1, "half": 2, "quarter": 4, "month": 12}
_MARKS = {"year": "", "half": "H", "quarter": "Q", "month": "-"}


def ordinal_of(kind: str, code: str) -> int:
    """The place of a period among all of its kind: the next one has the next number.

    >>> ordinal_of("quarter", "2026Q1") - ordinal_of("quarter", "2025Q4")
    1
    """
    year, part = int(code[:4]), code[4:].removeprefix(_MARKS[kind])
    return year * PER_YEAR[kind] + (int(part) - 1 if part else 0)


def calendar_span(kind: str, ordinal: int) -> tuple[str, int, int]:
    """Code, first and last day (as ordinals) of the period at a place, as the calendar has it.

    >>> calendar_span("quarter", ordinal_of("quarter", "2025Q4"))[0]
    '2025Q4'
    """
    year, part = divmod(ordinal, PER_YEAR[kind])
    length = 12 // PER_YEAR[kind]
    first, last = part * length + 1, (part + 1) * length
    number = {"year": "", "month": f"{part + 1:02}"}.get(kind, f"{part + 1}")
    ends_on = date(year, last, calendar.monthrange(year, last)[1])
    return f"{year}{_MARKS[kind]}{number}", date(year, first, 1).toordinal(), ends_on.toordinal()
