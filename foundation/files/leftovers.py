"""What a process that died left on disk: half received files, and content of which no row speaks."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from django.conf import settings

from foundation.files.models import StoredFile

log = logging.getLogger(__name__)

INCOMING = "incoming-"
_LOCK = "lock"
_ASKED_AT_ONCE = 500


@contextmanager
def placing(*, alone: bool = False) -> Iterator[None]:
    """Hold the folder of kept files: many may place content at once, who discards is alone.

    Without it a file could be discarded in the moment in which somebody sends it again.
    """
    with (Path(settings.FILES_DIR) / _LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def leftovers(*, before: datetime) -> Iterator[Path]:
    """Files last written before an instant that belong to nothing: no upload is on its way that long."""
    yield from (path for path in _received() if _is_older(path, before))
    old = (path for path in _contents() if _is_older(path, before))
    while some := list(islice(old, _ASKED_AT_ONCE)):
        known = set(StoredFile.objects.filter(sha256__in=[p.name for p in some]).values_list("sha256", flat=True))
        yield from (path for path in some if path.name not in known)


def discard_leftovers(*, before: datetime) -> int:
    """Remove what was left over; give how many files."""
    discarded = 0
    for path in list(leftovers(before=before)):
        with placing(alone=True):
            # Looked at again under the lock: the same content may have come once more meanwhile.
            if _is_older(path, before) and not StoredFile.objects.filter(sha256=path.name).exists():
                path.unlink(missing_ok=True)
                discarded += 1
                log.warning("left over by a process that died, discarded: %s", path.name)
    return discarded


def _received() -> Iterator[Path]:
    yield from _files_in(Path(settings.FILES_DIR), INCOMING)
    if settings.FILE_UPLOAD_TEMP_DIR:
        yield from _files_in(Path(settings.FILE_UPLOAD_TEMP_DIR), "")


def _contents() -> Iterator[Path]:
    root = Path(settings.FILES_DIR)
    if root.is_dir():
        with os.scandir(root) as folders:
            for folder in folders:
                if folder.is_dir():
                    yield from _files_in(Path(folder.path), "")


def _files_in(folder: Path, prefix: str) -> Iterator[Path]:
    if folder.is_dir():
        with os.scandir(folder) as files:
            yield from (Path(file.path) for file in files if file.is_file() and file.name.startswith(prefix))


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    except FileNotFoundError:
        # Placed or taken away since the folder was read.
        return False
