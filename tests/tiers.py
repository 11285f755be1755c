"""What this machine can test: which servers and which browser are there.

`tools/test.py` asks before it starts and says which tiers it left out; fixtures ask to skip or to refuse.
ORDOS_REQUIRE_TIERS=postgresql,redis,browser turns "left out" into a failure.
"""

import functools
import os
import shutil

import psycopg2

POSTGRES_CANDIDATES = (
    "postgres:///postgres",
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://root@127.0.0.1:5432/postgres",
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@functools.cache
def postgres_url() -> str | None:
    """Return the address of a server on which this user may create databases."""
    given = os.environ.get("ORDOS_TEST_POSTGRES")
    for url in (given,) if given else POSTGRES_CANDIDATES:
        try:
            connection = psycopg2.connect(url, connect_timeout=3)
        except psycopg2.OperationalError:
            continue
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            row = cursor.fetchone()
        connection.close()
        if row and row[0]:
            return url
    return None


@functools.cache
def redis_server() -> str | None:
    """Return the path of a Redis server program: tests start one of their own, so that they may kill it."""
    return shutil.which("redis-server")


@functools.cache
def chromium() -> str | None:
    """Return the path of the browser; nothing is ever downloaded."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def found() -> dict[str, bool]:
    """Each tier that needs something of the machine, and whether it is there."""
    return {"postgresql": bool(postgres_url()), "redis": bool(redis_server()), "browser": bool(chromium())}


def required() -> set[str]:
    """Tiers that may not be left out."""
    return {name for name in os.environ.get("ORDOS_REQUIRE_TIERS", "").split(",") if name}
