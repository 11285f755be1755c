"""The chain: each event carries the hash of the one before it.

``tools/verify.py`` states the same formula once more on purpose, for whoever does not trust this program.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
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
READ_AT_ONCE = 2_000


def chained_values(event: AuditEvent) -> dict[str, Any]:
    """What of an event is chained, as plain values."""
    return {name: getattr(event, name) for name in CHAINED}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The chained values with the instant as text in UTC: what an export holds."""
    at: datetime = values["at"]
    return {**{name: values[name] for name in CHAINED}, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}


def canonical(values: Mapping[str, Any]) -> bytes:
    """Bytes of an event that do not depend on database, locale or order of keys."""
    return json.dumps(plain(values), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chained_hash(prev_hash: str, values: Mapping[str, Any]) -> str:
    """Hash of an event in its place: sha256 over the hash before it and its own bytes."""
    return hashlib.sha256(b"sha256\n" + prev_hash.encode() + b"\n" + canonical(values)).hexdigest()


def append(event: AuditEvent) -> AuditEvent:
    """Put an event at the end of the chain; the lock of the head is the last one a use case takes."""
    head = AuditHead.objects.select_for_update().get(pk=1)
    event.seq = head.seq + 1
    event.prev_hash = head.hash
    event.hash = chained_hash(head.hash, chained_values(event))
    AuditHead.objects.filter(pk=1).update(seq=event.seq, hash=event.hash)
    event.save(force_insert=True)
    return event


def chained_rows(*, after: int = 0) -> Iterator[dict[str, Any]]:
    """Events behind a number as plain rows, in order, a bounded number in memory."""
    rows = AuditEvent.objects.filter(seq__gt=after).order_by("seq")
    yield from rows.values(*CHAINED, "prev_hash", "hash").iterator(chunk_size=READ_AT_ONCE)
