"""A city of its own for a test: folder, database, broker, and the processes that run on them."""

import contextlib
import dataclasses
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests import databases, tiers

ROOT = Path(__file__).resolve().parents[1]


@dataclasses.dataclass
class City:
    """Where a test's city lives and how its processes are told."""

    engine: str
    env: dict[str, str]
    var: Path
    said: str = ""
    processes: list["subprocess.Popen[bytes]"] = dataclasses.field(default_factory=list)

    @property
    def passwords(self) -> dict[str, str]:
        """Password by user name, as the sample city told them once while it was loaded."""
        return dict(re.findall(r"账号 (\S+)\s+密码 (\S+)", self.said))

    def manage(self, *arguments: str, timeout: float = 300) -> str:
        """Run a command of manage.py to its end and return what it printed; fail loudly."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} → {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, *command: str, name: str) -> "subprocess.Popen[bytes]":
        """Start a process of the city in a group of its own; its output goes to var/logs/NAME.log."""
        log = self.var / "logs" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stream:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.processes.append(process)
        return process

    def start_worker(self, name: str = "worker") -> "subprocess.Popen[bytes]":
        """Start a Celery worker as `manage.py up` does."""
        return self.start(
            sys.executable,
            "-m",
            "celery",
            "-A",
            "ordos_cadres",
            "worker",
            "-P",
            "threads",
            "-c",
            "2",
            "-l",
            "INFO",
            "--without-gossip",
            "--without-mingle",
            "-n",
            f"{name}@%h",
            name=name,
        )

    def start_web(self, port: int | None = None) -> str:
        """Start gunicorn, wait until it answers, return its address."""
        port = port or free_port()
        process = self.start(
            sys.executable,
            "-m",
            "gunicorn",
            "ordos_cadres.wsgi",
            "-k",
            "gthread",
            "-w",
            "1",
            "--threads",
            "8",
            "-b",
            f"127.0.0.1:{port}",
            name="web",
        )
        address = f"http://127.0.0.1:{port}"
        wait_for_http(address, process)
        return address

    def stop(self) -> None:
        """End every process of this city and nothing else."""
        for process in self.processes:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=10)

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """Take a process away as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for_http(address: str, process: "subprocess.Popen[bytes]", seconds: float = 20) -> None:
    """Wait until the address answers anything below 500."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the web process ended with {process.returncode}"
        try:
            urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} did not answer within {seconds} s")


def environment(engine: str, var: Path, database: str | None = None, broker: str | None = None) -> dict[str, str]:
    """The environment of a process of the drill profile on its own folder, database and broker."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ORDOS_")}
    env = {
        **kept,
        "DJANGO_SETTINGS_MODULE": "ordos_cadres.settings.drill",
        "ORDOS_VAR": str(var),
        "ORDOS_LOG_LEVEL": "INFO",
    }
    if engine == "postgresql":
        assert database, "a PostgreSQL city needs a database"
        env["ORDOS_DATABASE_URL"] = databases.postgres_url_of(database)
    if broker:
        env["ORDOS_BROKER_URL"] = broker
    return env


@dataclasses.dataclass(frozen=True)
class Template:
    """A prepared database that cities are copied from."""

    engine: str
    place: str
    folder: Path
    said: str


def prepare(engine: str, folder: Path, *commands: tuple[str, ...]) -> Template:
    """Migrate an empty database of this engine, run further commands on it, and keep it as a template."""
    name = databases.fresh_name("template")
    if engine == "postgresql":
        databases.create_postgres(name)
    city = City(engine, environment(engine, folder, name), folder)
    city.manage("migrate", "--verbosity", "0")
    said = "".join(city.manage(*command) for command in commands)
    return Template(engine, name if engine == "postgresql" else str(folder / "db.sqlite3"), folder, said)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis server of the test's own on a free port and yield its address."""
    program = tiers.redis_server()
    assert program, "no redis-server program"
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextlib.contextmanager
def copy_of(template: Template, var: Path) -> Iterator[City]:
    """Yield a city on a fresh copy of a template: SQLite with the file broker, or PostgreSQL with Redis."""
    files = template.folder / "files"
    if files.is_dir():
        # Kept files belong to the database that names them.
        (var / "files").parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-R", str(files), str(var / "files")], check=True)
    with contextlib.ExitStack() as stack:
        if template.engine == "postgresql":
            name = databases.fresh_name("city")
            databases.create_postgres(name, template.place)
            stack.callback(databases.drop_postgres, name)
            broker = stack.enter_context(redis(var / "redis"))
            city = City(template.engine, environment(template.engine, var, name, broker), var, template.said)
        else:
            databases.copy_sqlite(Path(template.place), var / "db.sqlite3")
            city = City(template.engine, environment(template.engine, var), var, template.said)
        stack.callback(city.stop)
        yield city
