"""Keep a few child processes alive, and take them down together: what `manage.py up` stands on.

Each child runs in a process group of its own, so that Ctrl-C reaches the supervisor alone and it decides the order.
A supervisor that is killed leaves no orphans: the kernel tells its children.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.3
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class GaveUpError(Exception):
    """A child died again and again; ``name`` says which and ``log`` where it said why."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(name)
        self.name, self.log = name, log


@dataclass
class Child:
    """One program that shall run, and the process that runs it now."""

    name: str
    command: Sequence[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS))

    def start(self, cwd: Path) -> None:
        """Start the program; its output is appended to its log."""
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(  # noqa: S603 - the commands are our own
                self.command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has no threads when it starts a child
            )
        self.starts.append(time.monotonic())

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None

    @property
    def died_too_often(self) -> bool:
        """Whether it was started the permitted number of times within the window."""
        return len(self.starts) == RESTARTS and time.monotonic() - self.starts[0] < RESTART_WINDOW_SECONDS

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, or to its whole group when it must end at once."""
        if self.process is None or self.process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)


class Supervisor:
    """Starts children, restarts one that dies, and stops all on SIGTERM, SIGINT or SIGHUP."""

    def __init__(self, children: Sequence[Child], cwd: Path) -> None:
        self.children = list(children)
        self._cwd = cwd
        self._stopping = threading.Event()

    def catch_signals(self) -> None:
        """Let the usual signals end the watch instead of this process."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether a signal to stop has come."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start(self._cwd)

    def look(self) -> None:
        """Restart who died; give up on one that dies again and again."""
        for child in self.children:
            if child.is_running or self.is_stopping:
                continue
            if child.died_too_often:
                raise GaveUpError(child.name, child.log)
            child.start(self._cwd)

    def watch(self) -> None:
        """Look after the children until told to stop."""
        while not self._stopping.wait(LOOK_SECONDS):
            self.look()

    def stop(self) -> None:
        """End every child: ask, wait, and only then force."""
        self._stopping.set()
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.send(signal.SIGKILL)
                child.process.wait()


def _die_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the supervisor is gone, however it went."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
