"""A worker dies in the middle of a store: nothing before the commit, exactly once after the restart."""

import json
import signal

import pytest

from tests.faults import drills
from tests.intake.factories import csv_bytes

pytestmark = pytest.mark.real

SETUP = """
from tests.cast import make_cast
from tests.intake.factories import make_indicators
make_cast()
make_indicators()
"""
CONFIRM = """
from accounts.selectors import actor_of_key
from intake.models import Batch
from intake.services.batches import request_commit
batch = Batch.objects.get()
print(request_commit(batch=batch, actor=actor_of_key("user:hr.city"), plan_sha256=batch.plan_sha256).job.ref)
"""
ROWS = [["", "150602", "DD01", "2026Q1", "95.5"], ["000101", "", "OT01", "2026Q1", "88"]]
DEATHS = ["store.after_stage", "store.before_commit", "store.after_commit"]


def said(city, code):
    return city.manage("shell", "--no-imports", "--command", code).strip()


def stored(city):
    ((observations, entries),) = drills.rows(
        city,
        "SELECT (SELECT count(*) FROM intake_observation), (SELECT count(*) FROM ledger_entry WHERE kind = 'upload')",
    )
    return observations, entries


def test_store_happens_once_though_workers_die_before_and_after_its_commit(city_env, tmp_path):
    said(city_env, SETUP)
    path = tmp_path / "data.csv"
    path.write_bytes(csv_bytes(ROWS))
    checked = json.loads(city_env.manage("upload", str(path), "--as", "hr.city", "--json"))
    ref = said(city_env, CONFIRM)
    city_env.env["ORDOS_JOB_LEASE_SECONDS"] = "3"

    after_each_death = []
    for number, death in enumerate(DEATHS):
        worker = drills.start_worker(city_env, f"dying{number}", fault=death)
        drills.wait_until(lambda worker=worker: worker.poll() is not None, f"death at {death}")
        assert worker.returncode == -signal.SIGKILL, death
        after_each_death.append(stored(city_env))
    drills.start_worker(city_env, "last")
    drills.wait_until(lambda: drills.job_of(city_env, ref)[0] == "done", "the end of the store")

    assert after_each_death == [(0, 0), (0, 0), (2, 1)]
    assert stored(city_env) == (2, 1)
    ((entry,),) = drills.rows(city_env, "SELECT entry_id FROM intake_batch")
    _, result = drills.job_of(city_env, ref)
    assert result == {
        "batch": checked["batch"],
        "state": "committed",
        "receipt": entry,
        "is_earlier": False,
        "changed_since": False,
    }
