"""Content on disk: written once under its SHA-256, never changed."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from foundation.actor import Actor
from foundation.clock import now
from foundation.faults import fault
from foundation.files.errors import FilesError
from foundation.files.leftovers import INCOMING, placing
from foundation.files.models import StoredFile


@dataclass(frozen=True)
class Content:
    """Bytes that lie on disk: their hash and their number."""

    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Where the content with this hash lies."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def keep_content(chunks: Iterable[bytes], *, limit: int) -> Content:
    """Write content to disk under its hash, durably, before any row speaks of it.

    Raises FilesError ``too_big`` as soon as more than ``limit`` bytes have come; nothing is kept then.
    """
    root = Path(settings.FILES_DIR)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=root, prefix=INCOMING)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FilesError("too_big", megabytes=limit // 1_000_000)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(exist_ok=True, mode=0o700)
        fault("files.before_place")
        with placing():
            os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Content(digest.hexdigest(), size)


def store(content: Content, *, name: str, kind: str, media_type: str, actor: Actor) -> StoredFile:
    """Make the row of a content that lies on disk; inside a use case."""
    return StoredFile.objects.create(
        sha256=content.sha256,
        size=content.size,
        name=name[-255:],
        kind=kind,
        media_type=media_type,
        by_key=actor.key,
        at=now(),
    )
