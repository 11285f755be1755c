"""A recompute by the product's own door, three times: everything new, one value changed (by touch), nothing changed."""

import time
from collections.abc import Callable
from typing import Any

from django.db import transaction

from bench.city import CODE, FIRST_CADRE, PERIOD, Shape, make_city, store, words
from bench.floor import recompute_floor
from evaluation.services.runs import request_run
from foundation.actor import SYSTEM
from foundation.jobs.enums import JobState
from foundation.jobs.services import work_inline
from intake.models import Observation


def measure(shape: Shape) -> dict[str, float]:
    """Seconds of each, and the ratio of the full recompute to the floor."""
    columns = make_city(shape)
    floor = min(_seconds(lambda at=at: _floor(shape, at)) for at in (1, 2))
    full = _seconds(recompute)
    changed = {name: column[:1].tolist() for name, column in columns.items()} | {"value": [9_999]}
    store(Observation, changed | {name: column[:1] for name, column in words(columns).items()})
    one, none = _seconds(recompute), _seconds(recompute)
    return {
        "floor_seconds": round(floor, 3),
        "full_seconds": round(full, 3),
        "one_value_seconds": round(one, 3),
        "nothing_seconds": round(none, 3),
        "full_to_floor": round(full / floor, 2),
        "one_value_to_floor": round(one / floor, 2),
        "one_value_to_full": round(one / full, 3),
        "nothing_to_floor": round(none / floor, 3),
    }


def recompute() -> None:
    """Ask for the run and work its jobs here."""
    job = work_inline(request_run(scheme_code=CODE, period_code=PERIOD, actor=SYSTEM))
    if job.state != JobState.DONE:
        raise RuntimeError(job.error)


def _floor(shape: Shape, at: int) -> None:
    # Results that no run names: the scores stand in the same table and in nobody's way.
    with transaction.atomic():
        recompute_floor(shape, result=-at)


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


__all__ = ["FIRST_CADRE", "measure", "recompute"]
