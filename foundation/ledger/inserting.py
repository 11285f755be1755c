"""Many rows into one table by the quickest road of each database: COPY, or executemany."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def insert_rows(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows of plain values (None, bool, int, str, bytes, dates), given in the order of ``columns``."""
    names = ", ".join(columns)
    if connection.vendor == "postgresql":
        text = io.StringIO()
        for row in rows:
            text.write("\t".join(map(_copy_text, row)) + "\n")
        text.seek(0)
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)
        return
    marks = ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def _copy_text(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
