"""`manage.py up`: start the whole product on this machine, web and worker, and keep it running."""

import argparse
import contextlib
import fcntl
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from ordos_cadres import first_start
from ordos_cadres.announcement import newest_ranking
from ordos_cadres.supervisor import Child, GaveUpError, Supervisor

HOST = "127.0.0.1"
WEB_THREADS = 8
WORKER_THREADS = 2
ANSWER_SECONDS = 30.0
LOG_LINES = 20


class Command(BaseCommand):
    """Start one web and one worker process; the first start makes the database and the sample city."""

    help = "启动系统：网页进程与后台进程各一个。首次启动时建立数据库并载入示例城市。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=_port, default=settings.PORT, help="网页端口（默认取 ORDOS_PORT，再取 8000）"
        )
        parser.add_argument("--no-sample", action="store_true", help="首次启动时不载入示例城市")

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(options["port"])
        with _only_one(port):
            _refuse_busy_port(port)
            self._first_start(with_sample=not options["no_sample"])
            ranking = newest_ranking()
            connections.close_all()
            supervisor = Supervisor(_children(port), Path(settings.BASE_DIR))
            supervisor.catch_signals()
            try:
                supervisor.start()
                self._announce(supervisor, port, ranking)
                supervisor.watch()
            except GaveUpError as gave_up:
                raise CommandError(
                    f"{gave_up.name} 进程反复退出，系统已停止。最后的记录（{gave_up.log}）：\n{_tail(gave_up.log)}"
                ) from gave_up
            finally:
                supervisor.stop()
            self.stdout.write("系统已停止。")

    def _first_start(self, *, with_sample: bool) -> None:
        first_start.discard_half_loaded_sample(self.stdout.write)
        first_start.prepare_schema(self.stdout.write)
        if with_sample:
            first_start.load_sample_city(self.stdout.write)

    def _announce(self, supervisor: Supervisor, port: int, ranking: list[str]) -> None:
        """Wait until the pages answer, then say where they are and what stands at the top."""
        address = f"http://{HOST}:{port}"
        deadline = time.monotonic() + ANSWER_SECONDS
        while not supervisor.is_stopping and not _answers(address):
            supervisor.look()
            if time.monotonic() > deadline:
                log = supervisor.children[0].log
                raise CommandError(f"网页在 {ANSWER_SECONDS:.0f} 秒内没有应答。最后的记录（{log}）：\n{_tail(log)}")
            time.sleep(0.1)
        if not supervisor.is_stopping:
            for line in ranking:
                self.stdout.write(line)
            self.stdout.write(f"系统已启动：{address}\n按 Ctrl-C 停止；日志在 {settings.VAR_DIR / 'logs'}")
            self.stdout.flush()


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"端口须在 1 与 65535 之间，现为 {number}")
    return number


def _children(port: int) -> Sequence[Child]:
    """The two processes of the embedded profile."""
    logs = Path(settings.VAR_DIR) / "logs"
    start = ["env", "ORDOS_LOG_LEVEL=INFO"]
    if first_start.holds_sample_city():
        start.append("ORDOS_DEMO_DATA=1")
    start += [sys.executable, "-m"]
    web = [*start, "gunicorn", "ordos_cadres.wsgi", "--bind", f"{HOST}:{port}", "--no-control-socket"]
    web += ["--worker-class", "gthread", "--workers", "1", "--threads", str(WEB_THREADS), "--timeout", "120"]
    worker = [*start, "celery", "--app", "ordos_cadres", "worker", "--pool", "threads"]
    worker += ["--concurrency", str(WORKER_THREADS), "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    return [Child("web", web, logs / "web.log"), Child("worker", worker, logs / "worker.log")]


@contextlib.contextmanager
def _only_one(port: int) -> Iterator[None]:
    """Hold var/up.lock; a second starter is told who holds it."""
    path = Path(settings.VAR_DIR) / "up.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            lock.seek(0)
            raise CommandError(f"系统已在运行（{lock.read().strip()}）。请先停止它，或直接打开该地址。") from held
        lock.truncate(0)
        lock.write(f"pid {os.getpid()}, http://{HOST}:{port}")
        lock.flush()
        yield


def _refuse_busy_port(port: int) -> None:
    """Say it before anything is started if another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as busy:
            raise CommandError(
                f"端口 {port} 已被占用（{busy.strerror}）。请换一个端口，例如：ORDOS_PORT={port + 1} make run"
            ) from busy


def _answers(address: str) -> bool:
    """Whether the pages answer, with whatever status below 500."""
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - the address is our own
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-LOG_LINES:])
