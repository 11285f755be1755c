"""The sweep inside the worker: a thread that dies with the process.

Not ``celery worker -B``: that forks a beat which survives kill -9 of the worker, and after a
restart two of them tick.
"""

import logging
import socket
from datetime import datetime
from threading import Event, Thread
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.db import connection

from foundation import clock
from foundation.constraints import require_guards
from foundation.jobs.registry import Chore, chores
from foundation.jobs.services.sweeps import sweep

log = logging.getLogger(__name__)


class SweepStep(bootsteps.StartStopStep):
    """Start the ticking with the worker, stop it with the worker."""

    requires = {"celery.worker.components:Pool"}  # noqa: RUF012 - the way Celery declares it

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._over = Event()
        self._chores_done: dict[Chore, datetime] = {}
        self._thread = Thread(target=self._tick, name="sweep", daemon=True)

    def start(self, parent: Any) -> None:
        """Begin ticking, in a database that refuses what it must."""
        require_guards()
        self._thread.start()

    def stop(self, parent: Any) -> None:
        """End ticking; a round at work is waited for."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=settings.JOB_SWEEP_SECONDS)

    def terminate(self, parent: Any) -> None:
        """End ticking without waiting."""
        self._over.set()

    def _tick(self) -> None:
        while True:
            sweep_once()
            do_chores(self._chores_done, now=clock.now())
            if self._over.wait(settings.JOB_SWEEP_SECONDS):
                return


def sweep_once() -> None:
    """Do one round of the sweep; a fault of one round is logged and must not end the ticking."""
    try:
        sweep(now=clock.now())
        _tell_alive()
    except Exception:  # the task boundary: a missed round is made good by the next
        log.exception("sweep failed; the next round is in %s seconds", settings.JOB_SWEEP_SECONDS)
    finally:
        # Prefork children must not inherit an open connection.
        connection.close()


def _tell_alive() -> None:
    """Touch this host's file: the health check of a container looks at its age (tools/alive.py)."""
    folder = settings.VAR_DIR / "alive"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / socket.gethostname()).touch()


def do_chores(done_at: dict[Chore, datetime], *, now: datetime) -> None:
    """Do the upkeep whose time has come; a fault of one is logged, and its next turn comes as ever."""
    for chore in chores():
        if chore in done_at and now - done_at[chore] < chore.every:
            continue
        done_at[chore] = now
        try:
            chore.do(now)
        except Exception:  # the task boundary: upkeep must not end the ticking
            log.exception("upkeep failed; it is tried again in %s", chore.every)
        finally:
            connection.close()
