"""The content of an observation (value, flag, vintage): as an officer reads it, and how far two lie apart."""

from typing import Any

from django.conf import settings

from foundation.web.figures import decimal_text
from intake.enums import Flag, Vintage

Content = tuple[Any, ...]


def content_text(content: Content, places: int) -> str:
    """The content of an observation as an officer reads it.

    >>> content_text((9550, "value", "final"), 2)
    '95.50'
    """
    value, flag, vintage = content
    shown = decimal_text(value, places) if Flag(flag) is Flag.VALUE else str(Flag(flag).label)
    return f"{shown}({Vintage.PRELIMINARY.label})" if vintage == Vintage.PRELIMINARY else shown


def difference_text(before: Content, after: Content, places: int) -> str:
    """How much a number changes, with its sign; "" where one of the two is no number, or none changes.

    >>> difference_text((9550, "value", "final"), (9600, "value", "final"), 2)
    '+0.50'
    """
    if before[0] is None or after[0] is None or before[0] == after[0]:
        return ""
    text = decimal_text(after[0] - before[0], places)
    return text if after[0] < before[0] else f"+{text}"


def is_jump(before: Content, after: Content) -> bool:
    """Whether a correction changes by so much that somebody should look twice: a slipped point, a wrong row.

    More than `CORRECTION_JUMP_PERCENT` of the old value, from or to no number, or away from zero.
    """
    old, new = before[0], after[0]
    if old is None or new is None:
        return bool(before[1] != after[1])
    return bool(abs(new - old) * 100 > settings.CORRECTION_JUMP_PERCENT * abs(old))
