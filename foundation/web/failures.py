"""The page when something failed that no view expected; it reads no database and no session."""

import errno
import shutil
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

FULL = {errno.ENOSPC, errno.EDQUOT}
LEAST_FREE_BYTES = 1 << 20


def failed(request: HttpRequest) -> HttpResponse:
    """503 when the database is away, 507 when the disk is full, else 500; each says what was not lost."""
    status = _status_of(sys.exc_info()[1])
    answer = HttpResponse(get_template(f"{status}.html").render(), status=status)
    if status != 500:
        answer.headers["Retry-After"] = "30"
    return answer


def _status_of(error: BaseException | None) -> int:
    if isinstance(error, OSError) and error.errno in FULL:
        return 507
    if isinstance(error, OperationalError | InterfaceError):
        text = str(error).lower()
        # SQLite tells of a full disk in two ways; the other one also means a broken disk.
        is_full = "disk is full" in text or "no space left" in text or ("disk i/o" in text and _has_no_room())
        return 507 if is_full else 503
    return 500


def _has_no_room() -> bool:
    return shutil.disk_usage(settings.VAR_DIR).free < LEAST_FREE_BYTES
