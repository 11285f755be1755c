"""Named places where a test lets the process die, as a power cut would.

Active only where ``settings.FAULT_POINTS`` is true (the test profile). ``settings.FAULT`` names
the place, with ``:3`` the third time this process passes it. There is no clean-up and no
``finally``: SIGKILL leaves exactly what the database has committed.
"""

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
    wanted, _, nth = getattr(settings, "FAULT", "").partition(":")
    if wanted != name:
        return
    with _lock:
        passed = next(_passes.setdefault(name, count(1)))
    if passed == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
