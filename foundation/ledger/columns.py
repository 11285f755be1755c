"""Columns of facts into NumPy: no model object, and on PostgreSQL no Python object a value.

The road of a recompute between tables and matrices. All that comes out are integers: days are
ordinals, words are places in a list that the query names.
"""

import io
import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

OPEN_END = date.max.toordinal()
"""The last day of what is still running."""

_HEAD_BYTES = 19
_FOOT_BYTES = 2
_CHUNK_ROWS = 20_000


def integer_columns(query: str, params: Sequence[Any], width: int) -> NDArray[np.int64]:
    """Run a query of ``width`` integer columns without nulls; give them as (width, rows)."""
    if connection.vendor == "postgresql":
        return _copied(query, params, width)
    return _fetched(query, params, width)


def _copied(query: str, params: Sequence[Any], width: int) -> NDArray[np.int64]:
    names = ", ".join(f"c{at}" for at in range(width))
    wide = ", ".join(f"c{at}::bigint" for at in range(width))
    content = io.BytesIO()
    with connection.cursor() as cursor:
        select = cursor.mogrify(f"SELECT {wide} FROM ({query}) AS q({names})", params).decode()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT (FORMAT binary)", content)
    # PostgreSQL's binary COPY: a row is its number of fields, then a length and eight bytes for each.
    row = np.dtype([("n", ">i2"), *(pair for at in range(width) for pair in ((f"l{at}", ">i4"), (f"c{at}", ">i8")))])
    held = content.getbuffer()
    rows = np.frombuffer(held, row, offset=_HEAD_BYTES, count=(len(held) - _HEAD_BYTES - _FOOT_BYTES) // row.itemsize)
    return np.stack([rows[f"c{at}"].astype(np.int64) for at in range(width)])


def _fetched(query: str, params: Sequence[Any], width: int) -> NDArray[np.int64]:
    parts = [np.empty((0, width), np.int64)]
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        while rows := cursor.fetchmany(_CHUNK_ROWS):
            parts.append(np.array(rows, dtype=np.int64))
    return np.ascontiguousarray(np.concatenate(parts).T)


def among(column: str, numbers: Collection[int] | NDArray[np.int64]) -> tuple[str, Any]:
    """SQL that a column is one of these numbers, however many, and its one parameter."""
    wanted = [int(number) for number in numbers]
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])", wanted
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(wanted)


def day_number(column: str) -> str:
    """SQL for a day as an ordinal (``date.toordinal``); an open end is ``OPEN_END``."""
    if connection.vendor == "postgresql":
        return f"COALESCE({column} - DATE '0001-01-01' + 1, {OPEN_END})"
    return f"COALESCE(CAST(julianday({column}) - 1721424.5 AS INTEGER), {OPEN_END})"


def place_in(column: str, words: Sequence[str]) -> str:
    """SQL for a word as its place in a fixed list of ours; -1 when it is not in it."""
    whens = " ".join(f"WHEN '{word}' THEN {at}" for at, word in enumerate(words))
    return f"CASE {column} {whens} ELSE -1 END"


def in_force_sql(table: str) -> str:
    """SQL that a row of a fact is in force at a cut, with the cut given twice."""
    return f"{table}.seq_from <= %s AND ({table}.seq_to IS NULL OR {table}.seq_to > %s)"
