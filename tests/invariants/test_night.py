"""The night looks, keeps what it found, and fails where something is broken."""

import pytest
from django.db import connection

from foundation.actor import SYSTEM
from foundation.jobs.models import Job
from foundation.jobs.services import request_job, work_inline
from foundation.jobs.services.checkup import CHECKUP
from ordos_cadres.nightly import NIGHT, STEPS

pytestmark = pytest.mark.django_db


def work_a_night(name: str) -> Job:
    return work_inline(request_job(kind=NIGHT, key=name, once=name, actor=SYSTEM))


def test_night_keeps_what_was_looked_at() -> None:
    night = work_a_night("night:1")

    assert (night.state, STEPS[-1].kind) == ("done", CHECKUP)
    assert night.outcome()["steps"][-1]["is_whole"] is True


def test_broken_night_fails_and_says_what_is_broken_and_where() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_touch (seq, what) VALUES (900000, 'x')")

    night = work_a_night("night:1")

    checkup = Job.objects.get(kind=CHECKUP)
    assert (night.state, night.error["code"], checkup.state) == ("failed", "child_failed", "failed")
    assert checkup.error["message"] in night.error["message"]
    facts = checkup.error["facts"]
    assert (facts["n"], facts["first"]) == (1, "I2")
    assert [row["places"] for row in facts["checkup"]["findings"] if row["name"] == "touches"] == [
        [{"seq": 900000, "what": "x"}]
    ]


def test_night_is_looked_over_even_if_its_computing_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.services.run_jobs.plan_runs", lambda *args, **kwargs: 1 / 0)

    night = work_a_night("night:1")

    assert night.state == "failed"
    assert Job.objects.get(kind=CHECKUP).state == "done"
