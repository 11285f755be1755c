"""A worker dies in a child job of a run and again before its closing step: readers see nothing, then whole runs."""

import signal

import pytest

from tests.faults import drills

pytestmark = pytest.mark.real

SETUP = """
from django.utils import timezone
from foundation.jobs.models import Job
from ordos_cadres.nightly import NIGHT, due_nights
from tests.evaluation.factories import make_golden_town
make_golden_town()
now = timezone.now()
for night in due_nights(now):  # it has been: this drill counts the rows of one run
    Job.objects.create(
        kind=NIGHT, key=night.key, once=night.once, owner_key="system", state="done", created_at=now, ended_at=now
    )
"""
REQUEST = """
from evaluation.services.runs import request_run
from foundation.actor import SYSTEM
print(request_run(scheme_code="TGC-BANNER-HEAD", period_code="2026Q2", actor=SYSTEM).ref)
"""
AGAIN = """
from evaluation.models import Run
print(sorted((run.scheme.code, run.n_subjects) for run in Run.objects.select_related("scheme")))
"""
DEATHS = ["run.child", "run.child:2", "run.before_close"]


def said(city, code):
    return city.manage("shell", "--no-imports", "--command", code).strip()


def shown(city):
    """Pointers and runs that a reader could see."""
    ((pointers, runs),) = drills.rows(
        city, "SELECT (SELECT count(*) FROM evaluation_current), (SELECT count(*) FROM evaluation_run)"
    )
    return pointers, runs


def test_a_run_ends_once_though_workers_die_in_its_children_and_before_it_closes(city_env):
    said(city_env, SETUP)
    ref = said(city_env, REQUEST)
    city_env.env["ORDOS_JOB_LEASE_SECONDS"] = "3"

    after_each_death = []
    for number, death in enumerate(DEATHS):
        worker = drills.start_worker(city_env, f"dying{number}", fault=death)
        drills.wait_until(lambda worker=worker: worker.poll() is not None, f"death at {death}")
        assert worker.returncode == -signal.SIGKILL, death
        after_each_death.append(shown(city_env))
    drills.start_worker(city_env, "last")
    drills.wait_until(lambda: drills.job_of(city_env, ref)[0] == "done", "the end of the run")

    assert after_each_death == [(0, 0)] * len(DEATHS)
    assert shown(city_env) == (4, 4)
    torn = drills.rows(
        city_env,
        "SELECT r.id FROM evaluation_groupresult r "
        "WHERE r.n_subjects <> (SELECT count(*) FROM evaluation_score s WHERE s.result_id = r.id)",
    )
    assert torn == []
    assert said(city_env, AGAIN) == str(
        [("TGC-BANNER", 9), ("TGC-BANNER-HEAD", 3), ("TGC-DEPARTMENT", 31), ("TGC-TOWNSHIP", 77)]
    )
