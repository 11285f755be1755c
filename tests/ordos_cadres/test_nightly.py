"""The night: due once a day at its hour, made up when missed, and quiet when nothing has changed."""

from datetime import UTC, datetime, timedelta

import pytest

from evaluation.models import Current, GroupResult, Run, Score
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.jobs.models import Job
from foundation.jobs.services import request_job, work_inline
from foundation.ledger.models import Touch
from ordos_cadres.nightly import NIGHT, STEPS, due_nights
from tests.evaluation.factories import make_golden_town

pytestmark = pytest.mark.django_db

TWO_IN_ORDOS = datetime(2026, 7, 9, 18, 0, tzinfo=UTC)


def work_a_night(name: str) -> Job:
    return work_inline(request_job(kind=NIGHT, key=name, once=name, actor=SYSTEM))


@pytest.mark.pure
def test_a_night_is_due_from_its_hour_on_and_has_one_name_a_day() -> None:
    before = list(due_nights(TWO_IN_ORDOS - timedelta(minutes=1)))
    at, later = list(due_nights(TWO_IN_ORDOS)), list(due_nights(TWO_IN_ORDOS + timedelta(hours=13)))

    assert before == []
    assert [job.once for job in (*at, *later)] == ["night:2026-07-10", "night:2026-07-10"]


def test_a_night_computes_all_and_a_quiet_one_writes_a_handful_of_rows() -> None:
    make_golden_town()
    first = work_a_night("night:1")
    counts = [model.objects.count() for model in (Run, Score, GroupResult, Current)]
    events = AuditEvent.objects.count()

    second = work_a_night("night:2")

    assert (first.state, second.state) == ("done", "done"), (first.error, second.error)
    assert len(first.outcome()["steps"]) == len(STEPS)
    assert [model.objects.count() for model in (Run, Score, GroupResult, Current)] == counts
    assert AuditEvent.objects.count() == events + 1


def test_a_night_moves_all_pointers_to_one_cut_and_ends_the_touches() -> None:
    town = make_golden_town()
    work_a_night("night:1")
    town.observe("150622", "DD01", "2026Q2", "50", "100")

    work_a_night("night:2")

    assert Current.objects.values("checked_seq").distinct().count() == 1
    assert Touch.objects.count() == 0
