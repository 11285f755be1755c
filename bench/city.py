"""A city of one shape: so many cadres, so many indicators, forty peer groups, one scheme without a unit part."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from cadres.models import Cadre, Posting
from evaluation.models import GroupMember, GroupSet
from foundation.actor import SYSTEM
from foundation.ledger.models import Fact
from foundation.ledger.store import staged, writing
from foundation.rulebook.models import RuleDocument, RuleVersion
from foundation.rulebook.services import body_digest
from intake.models import Indicator, Observation, Period
from units.models import Subject, Unit

GROUPS = 40
CODE, PERIOD = "BENCH", "2026"
FIRST_CADRE = 1_000_000


@dataclass(frozen=True)
class Shape:
    """How large the city is."""

    subjects: int
    indicators: int


def make_city(shape: Shape) -> dict[str, np.ndarray[Any, Any]]:
    """Fill an empty database; give the columns of its observations."""
    Period.objects.create(pk=1, code=PERIOD, kind="year", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    _units()
    _people(shape)
    _scheme(shape)
    columns = observations(shape)
    store(Observation, {name: column.tolist() for name, column in columns.items()} | words(columns))
    return columns


def observations(shape: Shape) -> dict[str, np.ndarray[Any, Any]]:
    """A value from 50 to 150 for every cadre and indicator, with two decimals."""
    values = np.random.default_rng(20260101).integers(5_000, 15_000, (shape.subjects, shape.indicators))
    subject, indicator = np.meshgrid(
        np.arange(shape.subjects) + FIRST_CADRE, np.arange(shape.indicators) + 1, indexing="ij"
    )
    n = values.size
    return {
        "period_id": np.ones(n, np.int64),
        "subject_id": subject.ravel(),
        "indicator_id": indicator.ravel(),
        "value": values.ravel(),
    }


def words(columns: dict[str, np.ndarray[Any, Any]]) -> dict[str, list[str]]:
    """The columns of words that every observation has."""
    n = len(columns["value"])
    return {"facet": ["value"] * n, "flag": ["value"] * n, "vintage": ["final"] * n}


def store(model: type[Fact], columns: dict[str, list[Any]]) -> None:
    """One entry by the one store."""
    with transaction.atomic(), writing(kind="bench", actor=SYSTEM) as entry, staged(model, columns) as stage:
        stage.write(entry, stage.classify())


def _units() -> None:
    Subject.objects.bulk_create(Subject(pk=at, kind="unit") for at in range(1, GROUPS + 1))
    Unit.objects.bulk_create(
        Unit(pk=at, code=f"U{at}", name=f"U{at}", kind="banner", starts_on=date(2001, 1, 1))
        for at in range(1, GROUPS + 1)
    )
    group_set = GroupSet.objects.create(code="bench", name="bench")
    ids = list(range(1, GROUPS + 1))
    columns: dict[str, list[Any]] = {"group_set_id": [group_set.pk] * GROUPS, "unit_id": ids}
    store(GroupMember, columns | {"group_key": [f"G{at:02}" for at in ids], "starts_on": [date(2025, 1, 1)] * GROUPS})


def _people(shape: Shape) -> None:
    ids = list(range(FIRST_CADRE, FIRST_CADRE + shape.subjects))
    Subject.objects.bulk_create((Subject(pk=pk, kind="cadre") for pk in ids), batch_size=5_000)
    Cadre.objects.bulk_create(
        (Cadre(pk=pk, ref=f"c{pk}", employee_no=str(pk), name=str(pk)) for pk in ids), batch_size=5_000
    )
    n = len(ids)
    columns: dict[str, list[Any]] = {
        "ref": [f"p{pk}" for pk in ids],
        "cadre_id": ids,
        "unit_id": [pk % GROUPS + 1 for pk in ids],
        "title": ["职务"] * n,
        "post_class": ["head"] * n,
        "post_level": ["县处级正职"] * n,
        "kind": ["main"] * n,
        "front": [""] * n,
        "starts_on": [date(2024, 1, 1)] * n,
    }
    store(Posting, columns)


def _scheme(shape: Shape) -> None:
    kinds: tuple[dict[str, Any], ...] = (
        {"score": {"plateau": {"at": 120}}},
        {
            "score": {"minmax": {"low": 60, "high": 100, "all_equal": 80}},
            "in_small_group": {"plateau": {"at": 120}},
        },
        {"score": {"bands": {"at_least": [[120, 100], [100, 90], [80, 75]], "else": 30}}},
    )
    for at in range(1, shape.indicators + 1):
        Indicator.objects.create(
            pk=at,
            code=f"B{at:03}",
            name_zh=f"B{at:03}",
            subject_kind="cadre",
            measure="%",
            places=2,
            low=0,
            high=100_000,
            direction="+",
            native_period="year",
            basis="bench",
        )
    parts = [
        {"key": f"B{at:03}", "weight": f"100/{shape.indicators}", "indicator": f"B{at:03}", **kinds[at % len(kinds)]}
        for at in range(1, shape.indicators + 1)
    ]
    approve(
        {
            "document": "scheme/1",
            "code": CODE,
            "name": {"zh": "bench"},
            "basis": "bench",
            "subject": "cadre",
            "period": "year",
            "population": {"post_class": ["head"], "leave_out": ["probation", "absent_over_half"]},
            "tenure": {"weigh": "months", "minimum": {"in_post_days": 183, "in_period": "50%"}},
            "groups": {"set": "bench", "by": "unit_at_end", "min_size": 5},
            "missing": "reweight",
            "coverage_floor": "80%",
            "output": {"max": 100, "show": 2},
            "tree": {"key": "total", "how": "mean", "parts": parts},
            "bands": [{"key": "good", "zh": "好", "from": 80}, {"key": "poor", "zh": "较差", "from": 0}],
        }
    )


def approve(body: dict[str, Any]) -> None:
    """The scheme, in force."""
    now = timezone.now()
    RuleVersion.objects.create(
        document=RuleDocument.objects.create(kind="scheme", code=body["code"]),
        number=1,
        body=body,
        sha256=body_digest(body),
        source="",
        in_force_from=date(2026, 1, 1),
        proposed_by="user:one",
        proposed_at=now,
        approved_by="user:two",
        approved_at=now,
    )
