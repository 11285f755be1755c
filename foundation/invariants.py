"""What must hold in the database and among the kept files, whatever has died meanwhile.

Apps tell theirs in a module ``invariants``, which is read when Django starts; this registry
knows none of them. ``manage.py check_invariants`` and the night ask for all. The codes are
those of the plan of faults: I1 receipts, I2 origins, I3 whole batches, I4 pointers, I5 results,
I6 weights and ranks, I7 recomputed scores, I8 audit, I9 jobs, I10 two persons, I11 files.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise

Place = Mapping[str, Any]
"""Facts of one broken place, for the ``place`` text of its invariant: numbers and references, never names."""

_CHUNK_ROWS = 1_000


@dataclass(frozen=True)
class Invariant:
    """One thing that must hold. ``look`` gives the places where it does not, one after the other.

    A reading ``look`` takes no lock and holds no more than some rows at a time. What it reads stands
    at one moment, unless it compares with a file that grows meanwhile. ``not_yet`` says why there
    is nothing to look at; then ``look`` is not called.
    """

    code: str
    name: str
    sentence: str | Promise
    place: str | Promise
    look: Callable[[datetime], Iterable[Place]]
    at_one_moment: bool = True
    not_yet: str | Promise = ""

    def told(self, facts: Place) -> str:
        """Say one broken place, in the reader's language."""
        return str(self.place) % facts


_known: dict[str, Invariant] = {}


def register_invariant(
    code: str,
    name: str,
    *,
    sentence: str | Promise,
    place: str | Promise,
    look: Callable[[datetime], Iterable[Place]],
    at_one_moment: bool = True,
) -> None:
    """Tell what must hold. ``name`` is stable, ``place`` has a placeholder for each fact that ``look`` gives."""
    _add(Invariant(code, name, sentence, place, look, at_one_moment))


def register_not_yet(code: str, name: str, *, sentence: str | Promise, why: str | Promise) -> None:
    """Tell what will have to hold once the product has the thing, and why nothing is looked at yet."""
    _add(Invariant(code, name, sentence, "", _nothing, not_yet=why))


def _add(invariant: Invariant) -> None:
    if invariant.name in _known:
        raise ValueError(f"invariant {invariant.name} registered twice")
    _known[invariant.name] = invariant


def _nothing(_: datetime) -> Iterable[Place]:
    return ()


def invariants(only: Sequence[str] = ()) -> list[Invariant]:
    """All that must hold, or those of some codes or names, in the order of their codes.

    Raises KeyError for a word that is neither.
    """
    unknown = set(only) - {each.code for each in _known.values()} - set(_known)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    wanted = [each for each in _known.values() if not only or each.code in only or each.name in only]
    return sorted(wanted, key=lambda each: int(each.code[1:]))


def invariant_named(name: str) -> Invariant | None:
    """The invariant of this name; None when this version does not know it any more."""
    return _known.get(name)


@contextmanager
def one_view() -> Iterator[None]:
    """Read the database as it stands at one moment, without a lock on any writer.

    On SQLite not by ``atomic``, which takes the write lock at once.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def rows_of(query: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, some at a time, however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, list(params))
        while rows := cursor.fetchmany(_CHUNK_ROWS):
            yield from rows


def places_of(names: Sequence[str], query: str, params: Sequence[Any] = ()) -> Iterator[Place]:
    """Broken places that one query finds, a row each; ``names`` are those of its columns."""
    for row in rows_of(query, params):
        yield dict(zip(names, row, strict=True))
