"""Servers of a drill's own, that it may kill: a Redis without persistence, a PostgreSQL cluster."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import tiers
from tests.city import City, free_port
from tests.conftest import missing

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@dataclass
class Redis:
    """A Redis that keeps nothing: killed, it has lost its queue."""

    city: City
    port: int

    def start(self) -> None:
        """Start it, empty, on the same port each time."""
        program = tiers.redis_server()
        assert program
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = self.city.start(program, *options, "--dir", str(self.city.var), name="redis")

    def kill(self) -> None:
        """As a power cut would."""
        self.city.kill(self.process)


def own_redis(city: City) -> Redis:
    """A Redis for this city, started; its broker from now on."""
    if not tiers.found()["redis"]:
        missing("redis")
    redis = Redis(city, free_port())
    city.env["ORDOS_BROKER_URL"] = f"redis://127.0.0.1:{redis.port}/0"
    redis.start()
    return redis


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster of its own in a folder of its own."""

    programs: Path
    folder: Path
    port: int
    user: str | None

    @property
    def url(self) -> str:
        """Address of its one database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs, never as root."""
        with (self.folder / "said").open("ab") as said:
            subprocess.run(
                [str(self.programs / program), "-D", str(self.folder / "data"), *arguments],
                user=self.user,
                cwd=self.folder,
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )

    def start(self) -> None:
        """Start, and recover what a crash left."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def crash(self) -> None:
        """Stop without a checkpoint and without asking anyone: what is not in the log is gone."""
        self.run("pg_ctl", "-m", "immediate", "stop")


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster, gone afterwards."""
    if not PROGRAMS:
        missing("postgresql")
    # Not below pytest's folder: that of root is closed to postgres.
    folder = Path(tempfile.mkdtemp(prefix="ordos-cluster-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    made = Cluster(PROGRAMS[-1], folder, free_port(), user)
    try:
        made.run("initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8")
        made.start()
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            made.crash()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Mount a disk of this size over a folder, if this machine lets us; gives whether it did."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)]
    mounted = os.getuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
