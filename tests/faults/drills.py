"""Look into a drill's city from outside: its rows, its log of calls, its broker."""

import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2

from tests.city import City

PATIENCE = 60.0


def prepare(city: City) -> None:
    """Install the drill's kinds of jobs, with leases that a busy test machine keeps and a test outlives."""
    city.env["ORDOS_DRILL_APPS"] = "tests.jobs.drill"
    city.env["ORDOS_JOB_LEASE_SECONDS"] = "3"
    city.env["ORDOS_NIGHT_HOUR"] = "24"


def request_tree(city: City, *, leaves: int, seconds: float) -> str:
    """Ask for a tree of leaves as a web process would; give its reference."""
    args = {"name": "tree", "leaves": leaves, "seconds": seconds}
    return city.manage(
        "shell",
        "--no-imports",
        "--command",
        "from foundation.actor import SYSTEM\n"
        "from foundation.jobs.services import request_job\n"
        f"print(request_job(kind='drill.tree', key='tree', actor=SYSTEM, args={args!r}).ref)",
    ).strip()


@contextmanager
def connected(city: City) -> Iterator[Any]:
    """A connection to the city's database that knows nothing of Django."""
    if city.engine == "postgresql":
        connection = psycopg2.connect(city.env["ORDOS_DATABASE_URL"])
    else:
        connection = sqlite3.connect(city.var / "db.sqlite3", timeout=20)
    with closing(connection):
        yield connection


def rows(city: City, query: str) -> list[tuple[Any, ...]]:
    """Run one query."""
    with connected(city) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return list(cursor.fetchall())


def job_of(city: City, ref: str) -> tuple[str, Any]:
    """State and result of a job."""
    ((state, result),) = rows(city, f"SELECT state, result FROM jobs_job WHERE ref = '{ref}'")
    return state, json.loads(result) if isinstance(result, str) else result


def marks(city: City) -> list[str]:
    """Effects that happened, in the order of their names."""
    return sorted(once for (once,) in rows(city, "SELECT once FROM jobs_job WHERE kind = 'drill.mark'"))


def calls(city: City) -> list[str]:
    """Calls of bodies so far, by every worker that ever was."""
    path = city.var / "drill.log"
    return path.read_text().splitlines() if path.exists() else []


def log_of(city: City, name: str) -> str:
    """The end of what a process of the city said."""
    return "\n".join((city.var / "logs" / f"{name}.log").read_text().splitlines()[-30:])


def wait_until(happened: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait for something; give it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := happened():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


def start_worker(city: City, name: str, fault: str = "") -> "subprocess.Popen[bytes]":
    """Start a worker that dies at the named place."""
    city.env["ORDOS_FAULT"] = fault
    return city.start_worker(name)


def lose_messages(city: City) -> None:
    """Empty the broker, as a Redis without its file or an emptied folder would."""
    if city.engine == "postgresql":
        port = city.env["ORDOS_BROKER_URL"].rsplit(":", 1)[1].split("/")[0]
        subprocess.run([str(shutil.which("redis-cli")), "-p", port, "FLUSHALL"], check=True, capture_output=True)
    else:
        for message in (city.var / "broker" / "queue").iterdir():
            message.unlink()
