"""Anchors: what the chain looked like, written down outside the database.

A chain alone does not show that its tail was cut off, or that somebody changed an event and hashed
everything after it anew. An anchor does: a line in a file that holds the hash of every event since
the line before it. The file belongs on another disk or host (``ORDOS_AUDIT_ANCHORS``); whoever can
write both the database and the file is found out by the copy that the auditor keeps.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from foundation.audit.errors import AuditError
from foundation.audit.models import AuditEvent

HASHES_A_LINE = 5_000
LONGEST_LINE = HASHES_A_LINE * 80


@dataclass(frozen=True)
class Anchor:
    """One line: hashes of the events ``first`` to ``last``, and when it was written (ISO 8601, UTC)."""

    first: int
    last: int
    at: str
    hashes: Sequence[str]

    @property
    def hash(self) -> str:
        """Hash of the last event that the line holds."""
        return self.hashes[-1]

    @property
    def written_at(self) -> datetime:
        """When the line was written."""
        return datetime.fromisoformat(self.at)


def anchor_file() -> Path:
    """Where the anchors stand."""
    return Path(settings.AUDIT_ANCHOR_FILE)


def anchors() -> Iterator[Anchor]:
    """Lines of the anchor file in order; nothing where there is no file yet.

    Raises
    ------
    AuditError
        ``anchor_unreadable``: a line is no anchor, or does not begin where the one before it ends.
    """
    file, expected = anchor_file(), 1
    if not file.exists():
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            anchor = _read(line, number)
            if anchor.first != expected:
                raise AuditError("anchor_unreadable", line=number)
            expected = anchor.last + 1
            yield anchor


def last_anchor() -> Anchor | None:
    """The newest anchor, None before the first; reads the end of the file only."""
    file = anchor_file()
    if not file.exists():
        return None
    with file.open("rb") as stream:
        return _last(stream)


def write_anchor(*, at: datetime) -> Anchor | None:
    """Write down the events since the last anchor and give the newest line; None when there are none.

    The file is only ever added to. An anchor that the chain does not fit any more is refused: the
    new one would hide what the old one shows.

    Raises
    ------
    AuditError
        ``anchor_mismatch``: the event of the last anchor is gone or another one.
    """
    file = anchor_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Of two workers at once the second finds the first one's line, and nothing left to write.
    with os.fdopen(os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        before = _last(stream)
        if before is not None and not AuditEvent.objects.filter(seq=before.last, hash=before.hash).exists():
            raise AuditError("anchor_mismatch", seq=before.last)
        start, newest = (before.last if before else 0), None
        while hashes := _hashes(after=start):
            newest = Anchor(start + 1, start + len(hashes), at.astimezone(UTC).isoformat(timespec="seconds"), hashes)
            _append(stream, newest)
            start = newest.last
        return newest


def _hashes(*, after: int) -> list[str]:
    rows = AuditEvent.objects.filter(seq__gt=after).order_by("seq").values_list("seq", "hash")[:HASHES_A_LINE]
    found: list[str] = []
    for seq, sha256 in rows:
        if seq != after + len(found) + 1:
            raise AuditError("anchor_mismatch", seq=after + len(found) + 1)
        found.append(sha256)
    return found


def _append(stream: IO[bytes], anchor: Anchor) -> None:
    end = stream.seek(0, os.SEEK_END)
    try:
        stream.write(json.dumps(asdict(anchor), separators=(",", ":")).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    except OSError:
        # A full disk may take half a line; half an anchor would make the whole file unreadable.
        os.ftruncate(stream.fileno(), end)
        raise


def _last(stream: IO[bytes]) -> Anchor | None:
    end = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, end - LONGEST_LINE))
    lines = stream.read().splitlines()
    return _read(lines[-1], 0) if lines else None


def _read(line: bytes, number: int) -> Anchor:
    try:
        said: Any = json.loads(line)
        anchor = Anchor(int(said["first"]), int(said["last"]), str(said["at"]), [str(each) for each in said["hashes"]])
        anchor.written_at.astimezone(UTC)
    except (ValueError, KeyError, TypeError) as fault:
        raise AuditError("anchor_unreadable", line=number) from fault
    if not anchor.hashes or anchor.last != anchor.first + len(anchor.hashes) - 1:
        raise AuditError("anchor_unreadable", line=number)
    return anchor
