"""Wake workers. A message that cannot be sent is no error: the sweep sends it later."""

import logging
from collections.abc import Iterable
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

from foundation.faults import fault

log = logging.getLogger(__name__)

TASK_NAME = "jobs.work"


def send_after_commit(refs: Iterable[str]) -> None:
    """Send one message a job once the open transaction has committed (at once if none is open)."""
    transaction.on_commit(partial(_send_committed, list(refs)))


def _send_committed(refs: list[str]) -> None:
    fault("jobs.before_send")
    send_messages(refs)


def send_messages(refs: Iterable[str]) -> int:
    """Send one message a job; give how many left. The first failure ends the attempt."""
    sent = 0
    for ref in refs:
        try:
            current_app.send_task(TASK_NAME, args=[ref], ignore_result=True, retry=False)
        except (KombuError, OSError) as error:
            # The job row stands: a request must not fail because the broker is away.
            log.warning("broker is away, job %s waits for the sweep: %s", ref, error)
            break
        sent += 1
    return sent
