"""The test client of our pages: a GET that writes to the database fails the test (style §3.6)."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client

READING = (
    "SELECT",
    "EXPLAIN",
    "SAVEPOINT",
    "RELEASE SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
    "PRAGMA",
    "SET ",
    "BEGIN",
    "WITH",
)
READ_LOG_TABLE = "audit_readlog"
"""The one thing a GET may write: that a personal file was looked at."""


def refuse_writes(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Let reads and the read log pass, fail on every other statement."""
    text = str(sql).lstrip().upper()
    assert text.startswith(READING) or READ_LOG_TABLE in str(sql), f"a GET wrote to the database: {sql}"
    return execute(sql, params, many, context)


class PageClient(Client):
    """Django's client, whose GET runs under `refuse_writes`."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for a page, on which nothing may be written."""
        with connection.execute_wrapper(refuse_writes):
            return super().get(*args, **kwargs)
