"""Numbers as people read them, from integers alone.

Scores are micro-points (10⁻⁶), coverage is micro-percent, observations are integers with the indicator's places.
Everything is rounded half up, as the engine does (floor(x + ½), also below zero), and no float takes part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.tabular.table import column_letter

MICRO_PLACES = 6
MINUS = "−"
DASH = "—"
FULL_COVERAGE = 100 * 10**MICRO_PLACES

_QUARTERS = {
    "1": gettext_lazy("%(year)s 年第一季度"),
    "2": gettext_lazy("%(year)s 年第二季度"),
    "3": gettext_lazy("%(year)s 年第三季度"),
    "4": gettext_lazy("%(year)s 年第四季度"),
}
NO_BREAK = "\u00a0"
_NUMBER_AND_UNIT = re.compile(r"(?<=[0-9%]) (?=[\u4e00-\u9fff])")
_WORD_AND_NUMBER = re.compile(r"(?<=第) (?=[0-9])")
_PERIOD = re.compile(r"^(\d{4})(?:Q([1-4])|H([12])|-(\d{2}))?$")


def rounded(value: int, *, places: int, shown: int) -> int:
    """Return ``value`` of ``places`` decimals as an integer of ``shown`` decimals, half up."""
    if shown >= places:
        return value * _power(shown - places)
    unit = _power(places - shown)
    return (value + unit // 2) // unit


def _power(exponent: int) -> int:
    return int("1" + "0" * exponent)


def decimal_text(value: int, places: int, *, grouped: bool = False) -> str:
    """Write an integer of ``places`` decimals: ``decimal_text(-490, 2)`` is ``−4.90``."""
    sign = MINUS if value < 0 else ""
    whole, part = divmod(abs(value), _power(places))
    head = f"{whole:,}" if grouped else str(whole)
    return f"{sign}{head}.{part:0{places}d}" if places else f"{sign}{head}"


def points_text(micro: int, shown: int = 2) -> str:
    """Micro-points as points: ``points_text(87_060_000)`` is ``87.06``."""
    return decimal_text(rounded(micro, places=MICRO_PLACES, shown=shown), shown)


def signed_text(micro: int, shown: int = 2) -> str:
    """Micro-points with a sign on both sides of zero: ``+0.50``, ``−2.33``."""
    text = points_text(micro, shown)
    return f"+{text}" if rounded(micro, places=MICRO_PLACES, shown=shown) > 0 else text


def percent_text(micro: int, shown: int = 1) -> str:
    """Micro-percent as percent: ``percent_text(97_500_000)`` is ``97.5%``."""
    return f"{points_text(micro, shown)}%"


def coverage_text(micro: int) -> str:
    """Coverage in whole percent, rounded down: 100% is only said of what is complete."""
    return f"{micro // 10**MICRO_PLACES}%"


def deciding_places(totals: Sequence[int], shown: int = 2) -> tuple[int, ...]:
    """For totals in rank order: how many further digits each needs to differ from the neighbours it is not tied with.

    0 where the shown digits already tell, or where the neighbour has the same total to the last micro-point.
    """
    extra = [0] * len(totals)
    for index, (upper, lower) in enumerate(pairwise(totals)):
        if upper == lower:
            continue
        need = 0
        while _same_shown(upper, lower, shown + need):
            need += 1
        extra[index] = max(extra[index], need)
        extra[index + 1] = max(extra[index + 1], need)
    return tuple(extra)


def _same_shown(one: int, other: int, shown: int) -> bool:
    return rounded(one, places=MICRO_PLACES, shown=shown) == rounded(other, places=MICRO_PLACES, shown=shown)


def cell_ref_text(row: int | None, column: int | None) -> str:
    """Address of a cell as the sheet shows it; a row alone, or a column alone, in words."""
    if row and column:
        return f"{column_letter(column)}{row}"
    if row:
        return _("第 %(row)s 行") % {"row": row}
    if column:
        return _("%(column)s 列") % {"column": column_letter(column)}
    return DASH


def unbroken_text(sentence: str) -> str:
    r"""A sentence whose numbers are tied to their neighbours by no-break spaces; words read the same.

    >>> unbroken_text("第 9 名，4 人 等").split(" ")
    ['第\xa09\xa0名，4\xa0人', '等']
    """
    return _NUMBER_AND_UNIT.sub(NO_BREAK, _WORD_AND_NUMBER.sub(NO_BREAK, sentence))


def period_text(code: str) -> str:
    """``2026Q2`` as 2026 年第二季度; an unknown form is shown as it is."""
    match = _PERIOD.match(code)
    if match is None:
        return code
    year, quarter, half, month = match.groups()
    if quarter:
        return str(_QUARTERS[quarter]) % {"year": year}
    if half:
        return _("%(year)s 年上半年") % {"year": year} if half == "1" else _("%(year)s 年下半年") % {"year": year}
    if month:
        return _("%(year)s 年 %(month)s 月") % {"year": year, "month": int(month)}
    return _("%(year)s 年") % {"year": year}
