"""From units to persons: months in post, the unit part of a person, and the minimum in post.

Days are ordinals (``date.toordinal()``); both ends of a posting and of a month are inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from evaluation.scoring.exact import apportion, half_up, integers
from evaluation.scoring.types import Line, Tenure


class Spell(NamedTuple):
    """Days from the first to the last, both inside; ``ends`` None = still running."""

    starts: int
    ends: int | None


class Month(NamedTuple):
    """A calendar month as ordinals of its first and last day."""

    first: int
    last: int


class UnitShare(NamedTuple):
    """A unit's part in a person's index leaf: months (or days) there, the unit's total, and the unit's own lines."""

    unit: int
    held: int
    total: int
    lines: Sequence[Line]


def _overlap(spell: Spell, first: int, last: int) -> int:
    return max(0, min(last, last if spell.ends is None else spell.ends) - max(first, spell.starts) + 1)


def months_held(postings: Sequence[Spell], months: Sequence[Month]) -> list[int]:
    """Months of each posting: a month belongs to the post held longest in it, ties to the later one.

    Later is who began later, of two that began on one day the second.

    Source: design §6.1.

    >>> months_held([Spell(1, 15), Spell(16, None)], [Month(1, 30), Month(31, 60)])
    [0, 2]
    """
    held = [0] * len(postings)
    for month in months:
        days = [_overlap(posting, *month) for posting in postings]
        longest = max(range(len(days)), key=lambda at: (days[at], postings[at].starts, at), default=None)
        if longest is not None and days[longest]:
            held[longest] += 1
    return held


def days_held(postings: Sequence[Spell], first: int, last: int) -> list[int]:
    """Days of each posting inside the period, both ends counted; a day in two posts belongs to the later one."""
    return months_held(postings, [Month(day, day) for day in range(first, last + 1)])


def attributed_total(parts: Sequence[tuple[int, int]]) -> int | None:
    """Sum(months x unit total) / sum(months) in micro-points, half up; None without any month.

    >>> attributed_total([(5, 82_100_000), (7, 90_000_000)])
    86708333
    """
    months = sum(held for held, _ in parts)
    if not months:
        return None
    return int(half_up(integers([sum(held * total for held, total in parts)]), integers([months]))[0])


def unbroken_days(postings: Sequence[Spell], end: int) -> int:
    """Days up to ``end`` without a gap in any of the postings; 0 when none holds on that day.

    >>> unbroken_days([Spell(1, 10), Spell(11, 20), Spell(22, None)], 20)
    20
    """
    began = end + 1
    for posting in sorted(postings, key=lambda spell: -(end if spell.ends is None else min(spell.ends, end))):
        last = end if posting.ends is None else min(posting.ends, end)
        if last < began - 1:
            break
        began = min(began, posting.starts)
    return end + 1 - began


def is_tenure_short(postings: Sequence[Spell], tenure: Tenure, first: int, last: int) -> bool:
    """Whether the minimum in post is not met at the end of the period.

    ``in_post_days`` counts unbroken days up to the period's end in any posts of the
    scheme's population, ``in_period`` the share of the period's days in such posts.
    Source: schemes/README.md convention 10.
    """
    if unbroken_days(postings, last) < tenure.in_post_days:
        return True
    covered = {day for spell in postings for day in range(max(first, spell.starts), _last_day(spell, last) + 1)}
    return Fraction(len(covered), last - first + 1) < tenure.in_period


def _last_day(spell: Spell, last: int) -> int:
    return last if spell.ends is None else min(spell.ends, last)


def unit_lines(contribution: int, shares: Sequence[UnitShare]) -> tuple[Line, ...]:
    """The index leaf's contribution, split over units by tenure and over each unit's own lines.

    The parts of one unit sum to its part, and all lines to ``contribution``; no other
    line of the person moves. Source: schemes/README.md convention 6.
    """
    out: list[Line] = []
    amounts = apportion(contribution, [share.held * share.total for share in shares])
    for share, amount in zip(shares, amounts, strict=True):
        parts = apportion(amount, [line.contribution or 0 for line in share.lines])
        for line, part in zip(share.lines, parts, strict=True):
            out.append(replace(line, unit=share.unit, contribution=part))
    return tuple(out)
