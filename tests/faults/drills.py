"""Look into a drill's city from outside: its rows, its log of calls, its broker."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from tests.city import ROOT, City

PATIENCE = 60.0


def prepare(city: City) -> None:
    """Install the drill's kinds of jobs, with leases that a busy test machine keeps and a test outlives."""
    city.env["ORDOS_DRILL_APPS"] = "tests.jobs.drill"
    city.env["ORDOS_JOB_LEASE_SECONDS"] = "2"
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


@dataclass
class Child:
    """A process that the nursery forked."""

    pid: int
    name: str
    folder: Path

    def poll(self) -> int | None:
        """How it ended; None while it lives."""
        ended = self.folder / f"{self.pid}.exit"
        return int(ended.read_text()) if ended.exists() else None

    def wait(self, what: str = "") -> int:
        """Wait for its end."""
        wait_until(lambda: self.poll() is not None, f"the end of {self.name} {what}")
        status = self.poll()
        assert status is not None
        return status

    def kill(self) -> None:
        """Take it away with its whole group, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    @property
    def log(self) -> str:
        """What it said."""
        path = self.folder / f"{self.name}.log"
        return path.read_text() if path.exists() else ""


class Nursery:
    """Forks workers, checks and snippets in a city; everything that it forked ends with it."""

    def __init__(self, city: City) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nursery-", dir=city.var))
        self.children: list[Child] = []
        with (self.folder / "nursery.err").open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery", str(self.folder)],
                cwd=ROOT,
                env=city.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, (self.folder / "nursery.err").read_text()
        return line

    def start(self, do: str, *arguments: str, name: str = "", fault: str = "") -> Child:
        """Fork; come back at once."""
        name = name or f"{do}{len(self.children)}"
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, "arguments": arguments, "name": name, "fault": fault}) + "\n")
        self.process.stdin.flush()
        child = Child(int(self._answer()), name, self.folder)
        self.children.append(child)
        return child

    def worker(self, fault: str = "") -> Child:
        """A real worker that dies at the named place."""
        return self.start("work", f"w{len(self.children)}", fault=fault)

    def said(self, code: str, fault: str = "") -> str:
        """Run a snippet to its end; the last line that it printed."""
        child = self.start("run", code, fault=fault)
        assert child.wait() == 0, child.log
        return next(iter(child.log.splitlines()[-1:]), "")

    def assert_whole(self, when: str) -> None:
        """Every invariant holds."""
        child = self.start("check")
        assert child.wait() == 0, f"{when}: {child.log}"

    def close(self) -> None:
        """End all."""
        for child in self.children:
            if child.poll() is None:
                child.kill()
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait()


@contextmanager
def nursery(city: City, *, night_hour: int = 24) -> Iterator[Nursery]:
    """A nursery in a city, with short leases; the night comes at this hour, at 24 never."""
    prepare(city)
    city.env["ORDOS_NIGHT_HOUR"] = str(night_hour)
    home = Nursery(city)
    try:
        yield home
    finally:
        home.close()
