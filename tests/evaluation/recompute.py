"""How tests of evaluation compute and find results."""

from accounts.scope import Scope
from evaluation.models import Current, RunGroup, Score
from evaluation.services.runs import request_run
from foundation.actor import SYSTEM
from foundation.jobs.enums import JobState
from foundation.jobs.services import work_inline
from foundation.permissions import Permission
from tests.evaluation.factories import GOLDEN, Town

PERIOD = "2026Q2"
EVERY_LEVEL = frozenset({"县处级正职", "县处级副职", "乡科级正职", "乡科级副职", "科员"})
WHOLE_CITY = Scope(
    actor_key="user:test", permissions=frozenset({Permission.VIEW_RESULTS}), units=None, levels=EVERY_LEVEL
)


def recompute(code: str, period: str = PERIOD) -> dict[str, object]:
    """Ask for a run and work it here."""
    job = work_inline(request_run(scheme_code=code, period_code=period, actor=SYSTEM))
    assert job.state == JobState.DONE, job.error
    return job.outcome()


def recompute_golden() -> None:
    """Every document that golden.csv has results of."""
    for code in sorted({row["document"] for row in GOLDEN if row["row"] == "total"}):
        recompute(code)


def stored_score(town: Town, code: str, subject: str) -> Score:
    """The score that readers see."""
    current = Current.objects.get(scheme__code=code, period__code=PERIOD)
    results = RunGroup.objects.filter(run=current.run_id).values("result_id")
    return Score.objects.get(result__in=results, subject=town.subject(subject))
