"""Quotas: how many people of a body may be proposed, in whole people, and who they are.

A quota draws a line and proposes; it moves no score and is never a number to be filled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Generic, TypeVar

import numpy as np

from evaluation.scoring.types import Bools, QuotaLine, Scheme

HALF = Fraction(1, 2)

Body = TypeVar("Body", bound=Hashable)


class Proposal(StrEnum):
    """Where somebody stands to the line; a tie that the seats cannot serve is undecided, and people decide."""

    PROPOSED = "proposed"
    UNDECIDED = "undecided"
    OUTSIDE = "outside"


def seats(rounding: str, share: Fraction, sizes: Sequence[int], *, bodies_under: int | None = None) -> list[int]:
    """Seats of each body, in whole people.

    Parameters
    ----------
    rounding : str
        ``floor``; ``half_up`` (may exceed the share of a small body); ``largest_remainder``:
        bodies are pooled, every one gets its whole seats, and what the pool has left goes,
        one seat each, to the largest fractions. Equal fractions that cannot all be served
        get none of it.
    share : Fraction
        At most so much of a body, 0 to 1.
    sizes : sequence of int
        People of each body who should take part.
    bodies_under : int, optional
        Only bodies with fewer people are pooled, others go by ``floor``; all where None.

    >>> seats("floor", Fraction(1, 5), [4, 9, 24]), seats("half_up", Fraction(1, 5), [4, 9, 24])
    ([0, 1, 4], [1, 2, 5])
    >>> seats("largest_remainder", Fraction(2, 5), [3, 4, 2, 2])
    [1, 1, 1, 1]
    >>> seats("largest_remainder", Fraction(2, 5), [2, 2, 2])
    [0, 0, 0]
    """
    if rounding == "half_up":
        return [floor(share * size + HALF) for size in sizes]
    whole = [floor(share * size) for size in sizes]
    if rounding == "floor":
        return whole
    pooled = [at for at, size in enumerate(sizes) if bodies_under is None or size < bodies_under]
    rest = {at: share * sizes[at] - whole[at] for at in pooled}
    left = floor(share * sum(sizes[at] for at in pooled)) - sum(whole[at] for at in pooled)
    ascending = sorted(rest.values())
    for at in pooled:
        served_first = len(ascending) - bisect_left(ascending, rest[at])
        whole[at] += served_first <= left
    return whole


def cut(totals: Sequence[int], seats: int, *, ascending: bool = False) -> list[Proposal]:
    """Where each total stands to the line under so many seats; the more the better, unless ``ascending``.

    >>> [each.value for each in cut([95, 92, 92, 90], 2)]
    ['proposed', 'undecided', 'undecided', 'outside']
    """
    ordered = sorted(totals)
    found = []
    for total in totals:
        below, above = bisect_left(ordered, total), len(ordered) - bisect_right(ordered, total)
        better, worse = (below, above) if ascending else (above, below)
        if len(ordered) - worse <= seats:
            found.append(Proposal.PROPOSED)
        else:
            found.append(Proposal.UNDECIDED if better < seats else Proposal.OUTSIDE)
    return found


@dataclass(frozen=True, slots=True)
class BodySeats:
    """The arithmetic of one body: ``size`` people x share = ``exact``, in whole people ``seats``.

    ``is_pending``: its fraction is equal to others of the pool that cannot all be served, so
    that people decide whether it has one seat more.
    """

    size: int
    exact: Fraction
    seats: int
    is_pooled: bool
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class PoolSeats:
    """The arithmetic of the pool; ``unassigned`` seats are left because equal fractions cannot all be served."""

    bodies: int
    size: int
    exact: Fraction
    seats: int
    unassigned: int


@dataclass(frozen=True, slots=True)
class Drawn(Generic[Body]):
    """A quota line of the document, drawn over all bodies of the population."""

    line: QuotaLine
    bodies: Mapping[Body, BodySeats]
    pool: PoolSeats | None


def draw(line: QuotaLine, sizes: Mapping[Body, int]) -> Drawn[Body]:
    """Draw a quota over bodies with so many people each who should take part."""
    is_pool = line.rounding == "largest_remainder"
    given = seats(line.rounding, line.at_most, list(sizes.values()), bodies_under=line.pool_bodies_under or None)
    bodies = {
        body: BodySeats(size, line.at_most * size, n, is_pool and size < line.pool_bodies_under)
        for (body, size), n in zip(sizes.items(), given, strict=True)
    }
    pool = _pool(line.at_most, [each for each in bodies.values() if each.is_pooled])
    if pool and pool.unassigned:
        bodies = _with_pending(bodies)
    return Drawn(line, bodies, pool)


def _with_pending(bodies: Mapping[Body, BodySeats]) -> dict[Body, BodySeats]:
    """The largest fraction that was not served is the one that could not be served for all."""
    rest = {body: each.exact - each.seats for body, each in bodies.items() if each.is_pooled}
    largest = max(rest.values())
    return {body: replace(each, is_pending=rest.get(body) == largest) for body, each in bodies.items()}


def _pool(share: Fraction, pooled: Sequence[BodySeats]) -> PoolSeats | None:
    if not pooled:
        return None
    size = sum(body.size for body in pooled)
    whole = floor(share * size)
    return PoolSeats(len(pooled), size, share * size, whole, whole - sum(body.seats for body in pooled))


def barred_from(line: QuotaLine, scheme: Scheme, gates: Bools) -> Bools:
    """Whom a gate keeps from the band of a quota, (n,): the band is hidden, or capped below it.

    ``gates`` are those in effect, (n, g), in the order of the scheme.
    """
    wanted = [band.key for band in scheme.bands].index(line.band)
    bars = [gate.effect == "hide_band" or (gate.effect == "cap_band" and gate.band > wanted) for gate in scheme.gates]
    return np.asarray(gates[:, np.array(bars, np.bool_)].any(axis=1), np.bool_)


def propose(
    drawn: Drawn[Body], bodies: Sequence[Body], ranks: Sequence[int], barred: Sequence[bool]
) -> list[Proposal | None]:
    """What a quota proposes of each person: None without a rank, outside where barred.

    Ranks compare people of one body only; who shares a rank is tied.
    """
    found: list[Proposal | None] = [Proposal.OUTSIDE if rank else None for rank in ranks]
    rows: dict[Body, list[int]] = {}
    for at, (body, rank, is_barred) in enumerate(zip(bodies, ranks, barred, strict=True)):
        if rank and not is_barred:
            rows.setdefault(body, []).append(at)
    for body, here in rows.items():
        proposals = cut([ranks[at] for at in here], drawn.bodies[body].seats, ascending=True)
        for at, proposal in zip(here, proposals, strict=True):
            found[at] = proposal
    return found


def waiting(drawn: Drawn[Body], bodies: Sequence[Body], ranks: Sequence[int], barred: Sequence[bool]) -> list[bool]:
    """Who is outside now and would not be if their body had the seat that people must decide on."""
    more = {body: replace(each, seats=each.seats + each.is_pending) for body, each in drawn.bodies.items()}
    now, later = (propose(each, bodies, ranks, barred) for each in (drawn, replace(drawn, bodies=more)))
    return [
        is_now is Proposal.OUTSIDE and is_later in (Proposal.PROPOSED, Proposal.UNDECIDED)
        for is_now, is_later in zip(now, later, strict=True)
    ]


def sizes_of(bodies: Sequence[Body]) -> dict[Body, int]:
    """People of each body, one entry a person given, bodies in the order of their first."""
    return dict(Counter(bodies))
