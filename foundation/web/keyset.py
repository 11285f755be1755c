"""Pages by key: the next page begins after the last row that was seen, never at a number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import Http404, QueryDict

Row = TypeVar("Row", bound=Model)
SALT = "ordos.keyset"


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """One page of rows, and the cursors of its neighbours (empty where there is none)."""

    rows: list[Row]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True)
class Keyset:
    """The order of a list: fields that together are unique, all in one direction."""

    fields: tuple[str, ...]
    descending: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The order as Django's order_by reads it."""
        return tuple(f"-{name}" for name in self.fields) if self.descending else self.fields

    def page(self, rows: QuerySet[Row], query: QueryDict, *, size: int, bound: str = "") -> KeysetPage[Row]:
        """Give the page that ``?after=`` or ``?before=`` asks for.

        ``bound`` (the run a ranking reads) is part of the cursor: a cursor of another run is
        not there. Reads one row more than it shows, and never counts.
        """
        after, before = query.get("after", ""), query.get("before", "")
        backwards = bool(before) and not after
        names = self.fields if self.descending == backwards else tuple(f"-{f}" for f in self.fields)
        if cursor := after or before:
            values = read_cursor(cursor, bound, len(self.fields))
            rows = rows.filter(self._beyond(values, ascending=self.descending == backwards))
        found = list(rows.order_by(*names)[: size + 1])
        more = len(found) > size
        found = found[:size]
        if backwards:
            found.reverse()
        has_next, has_previous = (bool(found), more) if backwards else (more, bool(after) and bool(found))
        return KeysetPage(
            found,
            self._write(found[-1], bound) if has_next and found else "",
            self._write(found[0], bound) if has_previous and found else "",
        )

    def _beyond(self, values: Sequence[Any], *, ascending: bool) -> Any:
        if len(self.fields) == 1:
            return Q(**{f"{self.fields[0]}__{'gt' if ascending else 'lt'}": values[0]})
        lookup = TupleGreaterThan if ascending else TupleLessThan
        return lookup(Tuple(*(F(name) for name in self.fields)), values)

    def _write(self, row: Model, bound: str) -> str:
        return write_cursor([_value(row, name) for name in self.fields], bound)


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part)
    return value.pk if isinstance(value, Model) else value


def write_cursor(values: Sequence[Any], bound: str) -> str:
    """Sign the key of a row as a cursor; it is tied to ``bound``."""
    # Without a time: the same row has the same cursor, so that a page and its fragment are equal.
    return signing.Signer(salt=SALT).sign_object([bound, *values])


def read_cursor(cursor: str, bound: str, width: int) -> tuple[Any, ...]:
    """Read a signed cursor; one that was forged, or belongs to another list, is not there (404)."""
    try:
        kept = signing.Signer(salt=SALT).unsign_object(cursor)
    except signing.BadSignature as fault:
        raise Http404("cursor") from fault
    if not isinstance(kept, list) or len(kept) != width + 1 or kept[0] != bound:
        raise Http404("cursor of another list")
    return tuple(kept[1:])
