"""The chain: each event carries the hash of the one before it."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from foundation.audit.models import AuditEvent, AuditHead

CHAINED = (
    "seq",
    "at",
    "action",
    "actor_key",
    "actor_name",
    "actor_role",
    "object_kind",
    "object_ref",
    "before",
    "after",
    "rows_sha256",
    "request_id",
)


def canonical(event: AuditEvent) -> bytes:
    """Bytes of an event that do not depend on database, locale or order of keys."""
    body: dict[str, Any] = {name: getattr(event, name) for name in CHAINED}
    at: datetime = event.at
    body["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chained_hash(prev_hash: str, event: AuditEvent) -> str:
    """Hash of an event in its place: sha256 over the hash before it and its own bytes."""
    return hashlib.sha256(b"sha256\n" + prev_hash.encode() + b"\n" + canonical(event)).hexdigest()


def append(event: AuditEvent) -> AuditEvent:
    """Put an event at the end of the chain; the lock of the head is the last one a use case takes."""
    head = AuditHead.objects.select_for_update().get(pk=1)
    event.seq = head.seq + 1
    event.prev_hash = head.hash
    event.hash = chained_hash(head.hash, event)
    AuditHead.objects.filter(pk=1).update(seq=event.seq, hash=event.hash)
    event.save(force_insert=True)
    return event


def first_broken_seq() -> int | None:
    """Read the whole chain; the first event that does not fit, None when all fit."""
    prev, expected = "", 1
    for event in AuditEvent.objects.order_by("seq").iterator():
        if event.seq != expected or event.prev_hash != prev or event.hash != chained_hash(prev, event):
            return expected
        prev, expected = event.hash, expected + 1
    head = AuditHead.objects.get(pk=1)
    return None if (head.seq, head.hash) == (expected - 1, prev) else expected
