"""The night: due once a day at its hour, made up when missed, and quiet when nothing has changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.models import Current
from evaluation.services.runs import request_all_runs
from foundation.actor import SYSTEM
from foundation.jobs.models import Job
from foundation.jobs.services import request_job, work_inline
from foundation.ledger.models import Touch
from ordos_cadres.nightly import NIGHT, STEPS, due_nights
from tests.evaluation.factories import make_golden_town

pytestmark = pytest.mark.django_db

QUIET_ROWS = {"jobs_job": 3, "audit_auditevent": 1}
"""The night and its two steps; one event says that the run has ended."""
QUIET_QUERIES = 318
"""Of a run over 22 pairs in which nothing has changed."""
TWO_IN_ORDOS = datetime(2026, 7, 9, 18, 0, tzinfo=UTC)


def work_a_night(name: str) -> Job:
    return work_inline(request_job(kind=NIGHT, key=name, once=name, actor=SYSTEM))


@pytest.mark.pure
def test_a_night_is_due_from_its_hour_on_and_has_one_name_a_day() -> None:
    before = list(due_nights(TWO_IN_ORDOS - timedelta(minutes=1)))
    at, later = list(due_nights(TWO_IN_ORDOS)), list(due_nights(TWO_IN_ORDOS + timedelta(hours=13)))

    assert before == []
    assert [job.once for job in (*at, *later)] == ["night:2026-07-10", "night:2026-07-10"]


def rows_of_all_tables() -> dict[str, int]:
    """How many rows each table of the product holds."""
    return {model._meta.db_table: model._base_manager.count() for model in apps.get_models()}


def test_a_quiet_night_writes_a_handful_of_rows_however_many_pairs_there_are() -> None:
    make_golden_town()
    first = work_a_night("night:1")
    before = rows_of_all_tables()

    with CaptureQueriesContext(connection) as asked:
        second = work_a_night("night:2")

    assert (first.state, second.state) == ("done", "done"), (first.error, second.error)
    after = rows_of_all_tables()
    assert {table: n - before[table] for table, n in after.items() if n != before[table]} == QUIET_ROWS
    inserts = [query["sql"] for query in asked if query["sql"].startswith("INSERT") and "evaluation_" in query["sql"]]
    assert [sql for sql in inserts if "evaluation_manifest" not in sql] == []


def test_a_quiet_run_asks_the_same_few_things_of_each_pair() -> None:
    make_golden_town()
    work_inline(request_all_runs(actor=SYSTEM))
    pairs = Current.objects.count()
    job = request_all_runs(actor=SYSTEM)

    with CaptureQueriesContext(connection) as asked:
        done = work_inline(job)

    assert (done.state, len(done.outcome()["unchanged"])) == ("done", pairs)
    assert (pairs, len(asked)) == (22, QUIET_QUERIES)


def test_the_first_night_of_a_week_has_the_weekly_step_and_the_next_has_not() -> None:
    make_golden_town()

    first, second = work_a_night("night:1"), work_a_night("night:2")

    assert len(first.outcome()["steps"]) == len(STEPS)
    assert len(second.outcome()["steps"]) == len([step for step in STEPS if not step.is_weekly])


def test_a_night_moves_all_pointers_to_one_cut_and_ends_the_touches() -> None:
    town = make_golden_town()
    work_a_night("night:1")
    town.observe("150622", "DD01", "2026Q2", "50", "100")

    work_a_night("night:2")

    assert Current.objects.values("checked_seq").distinct().count() == 1
    assert Touch.objects.count() == 0
