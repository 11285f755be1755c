"""The heartbeat of a claimed job: a thread with a connection of its own.

On its own connection, because a body may sit in one long statement or transaction for minutes.
On SQLite the heartbeat then waits for the write lock; nobody else can take the job meanwhile,
since a claim is a write too.
"""

import logging
import time
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from foundation.jobs.errors import JobCancelled, LostLease
from foundation.jobs.models import Job
from foundation.jobs.services.claims import beat_job
from foundation.jobs.services.endings import short

log = logging.getLogger(__name__)

# Progress is written at most that often; the lease alone needs one beat in JOB_HEARTBEAT_SECONDS.
PROGRESS_SECONDS = 1.0


class Heartbeat:
    """Keep a claim alive while its body is at work, and carry the body's progress to the row."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._interval = float(settings.JOB_HEARTBEAT_SECONDS)
        self._lock = Lock()
        self._progress: tuple[int, int, str] | None = None
        self._stop_signal: LostLease | JobCancelled | None = None
        self._over = Event()
        self._thread = Thread(target=self._beat, name=f"heartbeat-{job.ref}", daemon=True)

    def __enter__(self) -> Self:
        if self._interval:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._interval:
            self._thread.join()

    def note(self, done: int, total: int, note: str) -> None:
        """Take the progress along with the next beat; raise when the body must stop."""
        if self._stop_signal is not None:
            raise self._stop_signal
        with self._lock:
            self._progress = (done, total, short(note))
        if not self._interval:
            # Tests inside one transaction: no other connection could see this row.
            self._send()

    def _beat(self) -> None:
        next_lease = time.monotonic() + self._interval
        tick = min(self._interval, PROGRESS_SECONDS)
        try:
            while not self._over.wait(tick):
                if self._progress is None and time.monotonic() < next_lease:
                    continue
                next_lease = time.monotonic() + self._interval
                try:
                    self._send()
                except (LostLease, JobCancelled) as signal:
                    self._stop_signal = signal
                    if isinstance(signal, LostLease):
                        return
                except (OperationalError, InterfaceError) as error:
                    # A restarting server or a long write lock: the lease has time for more tries.
                    log.warning("heartbeat of job %s failed, trying again: %s", self._job.ref, error)
                    connection.close()
        finally:
            connection.close()

    def _send(self) -> None:
        with self._lock:
            progress, self._progress = self._progress, None
        if progress is None:
            beat_job(self._job)
        else:
            done, total, note = progress
            beat_job(self._job, done=done, total=total, note=note)
