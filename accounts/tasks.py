"""The trail as work of the machine: a reading that an auditor asks for, and the anchor of every hour."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.selectors import VERIFY_JOB, actor_may
from accounts.services.trail import ANCHOR_JOB, anchor_trail
from foundation.actor import Actor
from foundation.audit.verifying import verify_trail
from foundation.clock import now
from foundation.jobs.context import JobContext
from foundation.jobs.registry import DueJob, register_due, register_kind
from foundation.permissions import Permission


def work_verification(context: JobContext) -> dict[str, Any]:
    """Read the whole trail; the finding is the job's result."""
    verdict = verify_trail(context.progress)
    return {"n": verdict.n, "n_anchored": verdict.n_anchored, "code": verdict.code, "seq": verdict.seq}


def work_anchor(context: JobContext) -> dict[str, Any]:
    """Write this hour's anchor."""
    anchor = anchor_trail(actor=context.actor, at=now())
    return {"last": anchor.last, "hash": anchor.hash}


def due_anchors(at: datetime) -> Iterable[DueJob]:
    """One anchor an hour, where anchors are written at all."""
    if settings.AUDIT_ANCHORS_HOURLY:
        name = f"anchor:{timezone.localtime(at):%Y-%m-%dT%H}"
        yield DueJob(kind=ANCHOR_JOB, key=ANCHOR_JOB, once=name)


def _may_read(actor: Actor) -> bool:
    return actor_may(actor, Permission.READ_AUDIT)


register_kind(VERIFY_JOB, work=work_verification, title=_("核验审计链"), may=_may_read)
register_kind(ANCHOR_JOB, work=work_anchor, title=_("写入审计锚点"))
register_due(due_anchors)
