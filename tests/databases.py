"""Copies of a prepared database, because the guards of the ledger and the audit trail forbid Django's `flush`.

Transactional, real and browser tests start on a copy: `CREATE DATABASE … TEMPLATE` (0.1 s) or a copied SQLite file.
"""

import contextlib
import itertools
import os
import shutil
import sqlite3
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from django.db import connections

from tests import tiers

ENGINES = ("sqlite", "postgresql")
_counter = itertools.count(1)


def fresh_name(stem: str) -> str:
    """Name a database that no other test process uses."""
    return f"ordos_{stem}_{os.getpid()}_{next(_counter)}"


def server_do(statement: str) -> None:
    """Run one statement on the PostgreSQL server, outside any of our databases."""
    url = tiers.postgres_url()
    assert url, "no PostgreSQL server"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def create_postgres(name: str, template: str = "template0") -> None:
    """Create a database, as a copy of another if one is named. Nobody may be connected to the template."""
    # A cluster made under LANG=C speaks SQL_ASCII; a copy keeps its template's encoding.
    encoding = " ENCODING 'UTF8'" if template == "template0" else ""
    server_do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{encoding}')


def drop_postgres(name: str) -> None:
    """Drop a database even while killed workers still hold connections."""
    server_do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def postgres_url_of(name: str) -> str:
    """The server's address with another database."""
    url = tiers.postgres_url()
    assert url, "no PostgreSQL server"
    parts = urllib.parse.urlsplit(url)
    # Not urlunsplit: without a host it writes one slash, which libpq does not read.
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file with what still stands in its write-ahead log."""
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def copy_database(stem: str, source: str, folder: Path) -> str:
    """Copy a prepared database of the engine under test; gives its name, which `drop_database` takes."""
    if connections["default"].vendor == "postgresql":
        name = fresh_name(stem)
        create_postgres(name, source)
        return name
    copy_sqlite(Path(source), folder / f"{stem}.sqlite3")
    return str(folder / f"{stem}.sqlite3")


def drop_database(name: str) -> None:
    """Drop such a copy; a SQLite file goes with its folder."""
    if connections["default"].vendor == "postgresql":
        drop_postgres(name)


@contextlib.contextmanager
def default_connection_on(name: str) -> Iterator[None]:
    """Point Django's default connection, of this thread and of threads to come, to another database."""
    connection = connections["default"]
    settings = connections.settings["default"]
    assert connection.settings_dict is settings, "threads would go to another database than the test"
    before = settings["NAME"]
    connection.close()
    settings["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        settings["NAME"] = before
