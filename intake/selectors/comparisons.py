"""Two stored batches side by side: which keys both said, alike or not, and which only one."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from accounts.scope import Scope
from intake.contents import Content, content_text, difference_text
from intake.models import Batch
from intake.selectors.batches import visible_batches
from intake.selectors.naming import names_of

Key = tuple[int, int, int, str]

_KEY = ("period_id", "subject_id", "indicator_id", "facet")
_KEYS = ", ".join(_KEY)
_SIDES = (("a_value", "bigint"), ("a_flag", "varchar(14)"), ("a_vintage", "varchar(11)"))


class Standing(StrEnum):
    """How two batches stand to each other in one key."""

    DIFFERENT = "different"
    ONLY_FIRST = "only_first"
    ONLY_SECOND = "only_second"
    SAME = "same"


@dataclass(frozen=True)
class ComparedRow:
    """One key: what each batch said ("" where it said nothing), and how far apart."""

    standing: Standing
    subject: str
    what: str
    first: str
    second: str
    difference: str


@dataclass(frozen=True)
class Comparison:
    """One page of a comparison; ``next_after`` is the key it ends with, None on the last page."""

    counts: dict[Standing, int]
    rows: list[ComparedRow]
    next_after: Key | None


def stored_batches(scope: Scope, *, numbers: tuple[int, int]) -> tuple[Batch, Batch] | None:
    """Two stored batches by their numbers; None where the reader may not see one of them."""
    found = {batch.number: batch for batch in visible_batches(scope).filter(number__in=numbers, entry__isnull=False)}
    return (found[numbers[0]], found[numbers[1]]) if set(numbers) <= set(found) else None


def comparison_of(
    first: Batch, second: Batch, *, standing: Standing | None = None, after: Key | None = None, most: int = 25
) -> Comparison:
    """What two batches said, each as a whole: values that only repeated what stood are among it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT standing, COUNT(*) FROM ({_COMPARED}) AS c GROUP BY standing", _params(first, second))
        counts = {Standing(name): int(count) for name, count in cursor.fetchall()}
    rows = _page(first, second, standing, after, most + 1)
    return Comparison(
        counts={each: counts.get(each, 0) for each in Standing},
        rows=_shown(rows[:most]),
        next_after=rows[most - 1][:4] if len(rows) > most else None,
    )


def compared_rows(first: Batch, second: Batch, *, standing: Standing | None = None) -> Iterator[ComparedRow]:
    """All rows of a comparison, some hundreds at a time."""
    after: Key | None = None
    while rows := _page(first, second, standing, after, 500):
        yield from _shown(rows)
        after = rows[-1][:4]


def _said(prefix: str) -> str:
    """SQL: all that one batch said, its own rows and its repetitions, in the columns of one side."""
    other = "b" if prefix == "a" else "a"
    filled = ", ".join(f"o.{name.removeprefix('a_')} AS {prefix}{name[1:]}" for name, _ in _SIDES)
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {other}{name[1:]}" for name, kind in _SIDES)
    columns = f"{filled}, {empty}" if prefix == "a" else f"{empty}, {filled}"
    flags = f"{int(prefix == 'a')} AS in_a, {int(prefix == 'b')} AS in_b"
    keys = ", ".join(f"o.{name}" for name in _KEY)
    same = " AND ".join(f"o.{name} = r.{name}" for name in _KEY)
    return (
        f"SELECT {keys}, {flags}, {columns} FROM intake_observation o WHERE o.said_by = %s AND o.seq_from = %s "
        f"UNION ALL SELECT {keys}, {flags}, {columns} FROM intake_repeat r "
        f"JOIN intake_observation o ON {same} AND o.seq_from = r.said_by WHERE r.seq = %s"
    )


_CONTENTS = ", ".join(f"MAX({side}{name[1:]}) AS {side}{name[1:]}" for side in "ab" for name, _ in _SIDES)
_COMPARED = (
    "SELECT *, CASE WHEN in_b = 0 THEN 'only_first' WHEN in_a = 0 THEN 'only_second' "
    "WHEN a_value IS NOT DISTINCT FROM b_value AND a_flag = b_flag AND a_vintage = b_vintage THEN 'same' "
    f"ELSE 'different' END AS standing FROM (SELECT {_KEYS}, MAX(in_a) AS in_a, MAX(in_b) AS in_b, {_CONTENTS} "
    f"FROM ({_said('a')} UNION ALL {_said('b')}) AS said GROUP BY {_KEYS}) AS joined"
)


def _params(first: Batch, second: Batch) -> list[Any]:
    return [first.entry_id] * 3 + [second.entry_id] * 3


def _page(
    first: Batch, second: Batch, standing: Standing | None, after: Key | None, most: int
) -> list[tuple[Any, ...]]:
    conditions, params = ["1 = 1"], _params(first, second)
    if standing is not None:
        conditions.append("standing = %s")
        params.append(standing.value)
    if after is not None:
        conditions.append(f"({_KEYS}) > (%s, %s, %s, %s)")
        params += after
    query = f"SELECT * FROM ({_COMPARED}) AS c WHERE {' AND '.join(conditions)} ORDER BY {_KEYS} LIMIT {most}"
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [tuple(row) for row in cursor.fetchall()]


def _shown(rows: list[tuple[Any, ...]]) -> list[ComparedRow]:
    names = names_of((row[0], row[1], row[2]) for row in rows)
    return [_row(row, names.places(row[2]), names.subject(row[1]), names.what(
        indicator=row[2], period=row[0], facet=row[3]
    )) for row in rows]  # fmt: skip


def _row(row: tuple[Any, ...], places: int, subject: str, what: str) -> ComparedRow:
    in_first, in_second = bool(row[4]), bool(row[5])
    first: Content = row[6:9]
    second: Content = row[9:12]
    return ComparedRow(
        standing=Standing(row[12]),
        subject=subject,
        what=what,
        first=content_text(first, places) if in_first else "",
        second=content_text(second, places) if in_second else "",
        difference=difference_text(first, second, places) if in_first and in_second else "",
    )
