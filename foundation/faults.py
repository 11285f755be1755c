"""Named places where a test lets the process die, as a power cut would, or the disk be full.

Active only where ``settings.FAULT_POINTS`` is true (the drill profile). ``settings.FAULT`` names the
place, with ``:3`` the third time this process passes it, with ``=ENOSPC`` an error of the operating
system in place of death. There is no clean-up and no ``finally``: SIGKILL leaves exactly what the
database has committed. Every name has its drill (tests/faults/chains.py), or a test fails.
"""

import errno
import os
import signal
from itertools import count
from threading import Lock

from django.conf import settings

_lock = Lock()
_passes: dict[str, "count[int]"] = {}


def fault(name: str) -> None:
    """Die here if a test asked for it; in every other profile do nothing."""
    if not getattr(settings, "FAULT_POINTS", False):
        return
    wanted, _, error = getattr(settings, "FAULT", "").partition("=")
    wanted, _, nth = wanted.partition(":")
    if wanted != name:
        return
    with _lock:
        passed = next(_passes.setdefault(name, count(1)))
    if passed != int(nth or 1):
        return
    if error:
        number = getattr(errno, error)
        raise OSError(number, os.strerror(number))
    os.kill(os.getpid(), signal.SIGKILL)
