"""Writes of this app, for callers outside it."""

from foundation.jobs.services.cancel import cancel_job
from foundation.jobs.services.checkup import request_checkup
from foundation.jobs.services.claims import beat_job, claim_job
from foundation.jobs.services.endings import fail_job, finish_job
from foundation.jobs.services.requests import request_job
from foundation.jobs.services.sweeps import sweep
from foundation.jobs.services.work import work_inline, work_job

__all__ = [
    "beat_job",
    "cancel_job",
    "claim_job",
    "fail_job",
    "finish_job",
    "request_checkup",
    "request_job",
    "sweep",
    "work_inline",
    "work_job",
]
