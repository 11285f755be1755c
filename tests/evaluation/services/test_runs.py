"""Runs through their public door: golden values stored, nothing done twice, only whole runs shown."""

import pytest

from evaluation.models import Current, RunGroup, Score
from evaluation.services.runs import request_run
from foundation.actor import SYSTEM
from foundation.jobs.enums import JobState
from foundation.jobs.services import work_inline
from tests.evaluation.factories import GOLDEN, Town, make_golden_town

pytestmark = pytest.mark.django_db

PERIOD = "2026Q2"


def recompute(code: str, period: str = PERIOD) -> dict[str, object]:
    """Ask for a run and work it here."""
    job = work_inline(request_run(scheme_code=code, period_code=period, actor=SYSTEM))
    assert job.state == JobState.DONE, job.error
    return job.outcome()


def stored_score(town: Town, code: str, subject: str) -> Score:
    current = Current.objects.get(scheme__code=code, period__code=PERIOD)
    results = RunGroup.objects.filter(run=current.run_id).values("result_id")
    return Score.objects.get(result__in=results, subject=town.subject(subject))


def test_golden_results_are_stored_through_the_door() -> None:
    town = make_golden_town()
    rows = [row for row in GOLDEN if row["row"] in {"total", "coverage", "band", "reason"}]

    for code in sorted({row["document"] for row in rows}):
        recompute(code)

    found = {}
    for row in rows:
        score = stored_score(town, row["document"], row["subject"])
        value = getattr(score, row["row"])
        found[row["case"], row["row"]] = "" if value is None else str(value)
    assert found == {(row["case"], row["row"]): row["expected"] for row in rows}
