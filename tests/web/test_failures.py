"""When something failed that no view expected, the page says what was not lost, and reads no database."""

import errno
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from tests.client import PageClient

FAILURES = [
    (OperationalError("server closed the connection unexpectedly"), 503, "数据库暂时没有应答"),
    (InterfaceError("connection already closed"), 503, "数据库暂时没有应答"),
    (OperationalError("database or disk is full"), 507, "服务器的磁盘已满"),
    (OperationalError("could not extend file: No space left on device"), 507, "服务器的磁盘已满"),
    (OSError(errno.ENOSPC, "No space left on device"), 507, "服务器的磁盘已满"),
    (OSError(errno.EACCES, "Permission denied"), 500, "这一步没有做成"),
    (RuntimeError("a bug"), 500, "这一步没有做成"),
]


@pytest.mark.parametrize(("error", "status", "title"), FAILURES)
def test_failure_has_its_page(monkeypatch: Any, error: Exception, status: int, title: str) -> None:
    def broken(*_: Any) -> None:
        raise error

    # No database fixture: a query of the page itself would fail this test.
    monkeypatch.setattr("foundation.web.views.missing_guards", broken)
    client = PageClient(raise_request_exception=False)

    answer = client.get("/health/")

    assert answer.status_code == status
    assert title in str(answer.content, "utf-8")
    assert ("Retry-After" in answer.headers) == (status != 500)
