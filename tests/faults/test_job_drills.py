"""Real workers, real brokers, kill -9: design §8 as it was tried. SQLite with files, PostgreSQL with Redis."""

import os
import signal

import pytest

from tests.faults import drills

pytestmark = pytest.mark.real

LEAVES = 4
EFFECTS = ["tree:close", *[f"tree:leaf:{number}" for number in range(LEAVES)]]
WHOLE = {"sum": sum(range(LEAVES))}


def is_ended(city, ref):
    return drills.job_of(city, ref)[0] in {"done", "failed", "cancelled"}


def test_worker_killed_in_the_middle_of_children_leaves_nothing_behind(city_env):
    drills.prepare(city_env)
    ref = drills.request_tree(city_env, leaves=LEAVES, seconds=2)
    worker = drills.start_worker(city_env, "killed")
    drills.wait_until(lambda: "leaf 1" in drills.calls(city_env), "a child at work")

    city_env.kill(worker)

    # The sweep is a thread: nothing of the worker ticks on.
    with pytest.raises(ProcessLookupError):
        os.killpg(worker.pid, 0)
    drills.start_worker(city_env, "next")
    drills.wait_until(lambda: is_ended(city_env, ref), "the end of the tree")
    assert drills.job_of(city_env, ref) == ("done", WHOLE)
    assert drills.marks(city_env) == EFFECTS


def test_two_workers_make_one_night_and_work_on_when_all_messages_are_lost(city_env):
    drills.prepare(city_env)
    ref = drills.request_tree(city_env, leaves=LEAVES, seconds=0.2)

    drills.lose_messages(city_env)
    workers = [drills.start_worker(city_env, name) for name in ("one", "two")]
    drills.wait_until(lambda: is_ended(city_env, ref), "the end of the tree")
    drills.wait_until(lambda: "night" in drills.calls(city_env), "the night")
    # One of them may have done it all while the other was still starting, with no ear for SIGTERM yet.
    logs = [city_env.var / "logs" / f"{name}.log" for name in ("one", "two")]
    drills.wait_until(lambda: all(" ready." in log.read_text("utf-8") for log in logs), "both workers")
    for worker in workers:
        os.killpg(worker.pid, signal.SIGTERM)

    assert [worker.wait(timeout=30) for worker in workers] == [0, 0]
    assert drills.job_of(city_env, ref) == ("done", WHOLE)
    assert drills.rows(city_env, "SELECT once, attempt FROM jobs_job WHERE kind = 'drill.night'") == [
        ("drill:night:1", 1)
    ]
    assert sorted(drills.calls(city_env)) == ["close", "leaf 0", "leaf 1", "leaf 2", "leaf 3", "night", "tree"]
