"""What an auditor may start: a reading of the whole trail, an export; and the hourly anchor."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.scope import Scope
from accounts.selectors import VERIFY_JOB, EventFilter, visible_events
from foundation.actor import Actor
from foundation.audit.anchors import Anchor, last_anchor, write_anchor
from foundation.audit.chain import chained_rows, plain
from foundation.audit.errors import AuditError
from foundation.audit.models import AuditEvent, AuditHead
from foundation.audit.use_case import record, use_case
from foundation.jobs.models import Job
from foundation.jobs.services import request_job

ANCHOR_JOB = "accounts.anchor_trail"
EXPORT_FORMAT = "ordos-audit/1"
MOST_IN_A_SHEET = 50_000


@use_case
def request_verification(*, actor: Actor) -> Job:
    """Ask for a reading of the whole trail; one that is under way is not asked for twice."""
    job = request_job(kind=VERIFY_JOB, key=VERIFY_JOB, actor=actor)
    record("trail.verification_requested", job)
    return job


def anchor_trail(*, actor: Actor, at: datetime) -> Anchor:
    """Record a heartbeat and write the trail, this event included, to the anchor file.

    The event first: an hour without one shows that nobody was watching. If the process dies
    between the two, the next hour writes both.

    Raises
    ------
    AuditError
        ``anchor_mismatch``, ``anchor_unreadable``: see :mod:`foundation.audit.anchors`.
    """
    _heartbeat(actor=actor)
    written = write_anchor(at=at)
    assert written is not None, "the heartbeat itself is behind the last anchor"
    return written


@use_case
def _heartbeat(*, actor: Actor) -> None:
    before = last_anchor()
    record("trail.anchored", AuditHead.objects.get(pk=1), after={"last_anchored": before.last if before else 0})


@dataclass(frozen=True)
class TrailExport:
    """The whole trail as lines of JSON, for ``tools/verify.py``."""

    name: str
    lines: Iterator[str]


@use_case
def export_trail(*, actor: Actor, on: datetime) -> TrailExport:
    """Give the whole trail up to now, line by line, and write down who took it and how far it reached."""
    head = AuditHead.objects.get(pk=1)
    record("trail.exported", head, after={"last": head.seq, "hash": head.hash})
    return TrailExport(f"audit-{on:%Y%m%d-%H%M}.jsonl", _lines(head.seq, head.hash))


def _lines(last: int, head: str) -> Iterator[str]:
    yield _json({"format": EXPORT_FORMAT, "last": last, "hash": head})
    for row in chained_rows():
        if row["seq"] > last:
            return
        yield _json({**plain(row), "prev_hash": row["prev_hash"], "hash": row["hash"]})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


@use_case
def export_events(*, scope: Scope, chosen: EventFilter, actor: Actor) -> Iterator[AuditEvent]:
    """Give all events that the filter finds, newest first, and write down who took them.

    Raises
    ------
    AuditError
        ``too_many_events``: more than a workbook should hold.
    """
    found = visible_events(scope, chosen)
    if found[MOST_IN_A_SHEET : MOST_IN_A_SHEET + 1].exists():
        raise AuditError("too_many_events", most=f"{MOST_IN_A_SHEET:,}")
    head = AuditHead.objects.get(pk=1)
    record("events.exported", head, after=chosen.told())
    # Without the event of this export: it was not there when the reader asked.
    return found.filter(seq__lte=head.seq).order_by("-seq").iterator(chunk_size=1_000)
