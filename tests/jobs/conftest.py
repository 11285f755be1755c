"""Kinds of jobs for one test each."""

from collections.abc import Callable
from typing import Any

import pytest

from foundation.actor import SYSTEM
from foundation.jobs import registry
from foundation.jobs.models import Job
from foundation.jobs.registry import Kind
from foundation.jobs.services import request_job


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`kind(work=…)`: a kind of job that is known until the test ends; gives its name."""

    def known(name: str = "test.kind", **how: Any) -> str:
        how.setdefault("work", lambda context: {"args": context.args})
        monkeypatch.setitem(registry._kinds, name, Kind(name, f"名称 {name}", **how))
        return name

    return known


@pytest.fixture
def no_due_jobs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Nothing is due but what the test puts into this list of functions."""
    due: list[Any] = []
    monkeypatch.setattr(registry, "_due", due)
    return due


@pytest.fixture
def job(kind: Callable[..., str], db: None) -> Job:
    """A queued job of the plainest kind."""
    return request_job(kind=kind(), key="plain", actor=SYSTEM)
