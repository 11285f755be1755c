"""The embedded profile for drills: tests that kill a worker at a named place and wait for what comes after.

Leases are short, or every drill would wait a minute for the sweep.
"""

from ordos_cadres.settings.embedded import *  # noqa: F403 - the way Django settings inherit
from ordos_cadres.settings.embedded import INSTALLED_APPS, NIGHT_HOUR, env

FAULT_POINTS = True
FAULT = env.str("ORDOS_FAULT", default="")
JOB_LEASE_SECONDS = env.int("ORDOS_JOB_LEASE_SECONDS", default=6)
JOB_HEARTBEAT_SECONDS = 0.5
JOB_SWEEP_SECONDS = 1
# A living worker that waits for SQLite's lock may be taken for dead here; a drill has no such load.
SILENCED_SYSTEM_CHECKS = ["jobs.W001"]
# Tests bring kinds of jobs of their own.
INSTALLED_APPS = [*INSTALLED_APPS, *env.list("ORDOS_DRILL_APPS", default=[])]
# 24 means never: a drill of jobs counts deaths, and the real night would take some of them upon itself.
NIGHT_HOUR = env.int("ORDOS_NIGHT_HOUR", default=NIGHT_HOUR)
# A drill counts jobs; it asks for an anchor itself where it wants one.
AUDIT_ANCHORS_HOURLY = env.bool("ORDOS_AUDIT_ANCHORS_HOURLY", default=False)
