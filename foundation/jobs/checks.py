"""Settings under which jobs could be lost or doubled are refused at the start."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning


def lease_outlives_lock_waits(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A heartbeat may wait for SQLite's write lock as long as the database timeout says, and once more."""
    options = settings.DATABASES["default"].get("OPTIONS", {})
    longest = settings.JOB_HEARTBEAT_SECONDS + 2 * float(options.get("timeout", 0))
    if longest < settings.JOB_LEASE_SECONDS:
        return []
    return [
        CheckWarning(
            f"JOB_LEASE_SECONDS is {settings.JOB_LEASE_SECONDS}; a living worker may be silent for {longest} seconds",
            hint="Raise JOB_LEASE_SECONDS above JOB_HEARTBEAT_SECONDS + 2 × the database timeout.",
            id="jobs.W001",
        )
    ]


def faults_are_off(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Nothing but the test profile may let a process die on purpose."""
    if not getattr(settings, "FAULT_POINTS", False):
        return []
    return [Error("FAULT_POINTS is on: it belongs to the test profile", id="jobs.E002")]
