"""Real workers, real brokers, kill -9: design §8 as it was tried. SQLite with files, PostgreSQL with Redis."""

import os
import signal

import pytest

from tests import city as cities
from tests import tiers
from tests.conftest import missing
from tests.faults import drills

pytestmark = pytest.mark.real

LEAVES = 4
EFFECTS = ["tree:close", *[f"tree:leaf:{number}" for number in range(LEAVES)]]
WHOLE = {"sum": sum(range(LEAVES))}

# In the order in which a tree meets them; each is the death of one more worker.
DEATHS = [
    "jobs.before_spawn_commit",
    "jobs.claimed.drill.leaf",
    "jobs.after_parent_lock",
    "jobs.before_parent_lock:2",
    "jobs.before_closing",
    "jobs.after_closing",
]


def is_ended(city, ref):
    return drills.job_of(city, ref)[0] in {"done", "failed", "cancelled"}


def test_tree_ends_once_though_a_worker_dies_at_every_place(city_env):
    drills.prepare(city_env)
    ref = drills.request_tree(city_env, leaves=LEAVES, seconds=0.2)

    for number, death in enumerate(DEATHS):
        worker = drills.start_worker(city_env, f"dying{number}", fault=death)
        drills.wait_until(lambda worker=worker: worker.poll() is not None, f"death at {death}")
        assert worker.returncode == -signal.SIGKILL, drills.log_of(city_env, f"dying{number}")
        assert not is_ended(city_env, ref), death
    drills.start_worker(city_env, "last")
    drills.wait_until(lambda: is_ended(city_env, ref), "the end of the tree")

    assert drills.job_of(city_env, ref) == ("done", WHOLE)
    assert drills.marks(city_env) == EFFECTS
    assert drills.calls(city_env).count("tree") == 2
    assert drills.calls(city_env).count("close") == 2


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
    for worker in workers:
        os.killpg(worker.pid, signal.SIGTERM)

    assert [worker.wait(timeout=30) for worker in workers] == [0, 0]
    assert drills.job_of(city_env, ref) == ("done", WHOLE)
    assert drills.rows(city_env, "SELECT once, attempt FROM jobs_job WHERE kind = 'drill.night'") == [
        ("drill:night:1", 1)
    ]
    assert sorted(drills.calls(city_env)) == ["close", "leaf 0", "leaf 1", "leaf 2", "leaf 3", "night", "tree"]


@pytest.fixture
def redis_city(city_template, tmp_path):
    """A city on SQLite whose broker is a Redis that the test itself starts and kills; its port comes along."""
    if not tiers.found()["redis"]:
        missing("redis")
    with cities.copy_of(city_template("sqlite"), tmp_path / "var") as city:
        port = cities.free_port()
        city.env["ORDOS_BROKER_URL"] = f"redis://127.0.0.1:{port}/0"
        yield city, port


def test_worker_outlives_its_broker_and_works_on_when_it_is_back(redis_city):
    city, port = redis_city
    drills.prepare(city)
    server = [tiers.redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(city.var)]
    broker = city.start(*server, name="redis")
    worker = drills.start_worker(city, "worker")
    drills.wait_until(lambda: "night" in drills.calls(city), "a worker that works")

    city.kill(broker)
    # Asked for while there is no broker: the request succeeds, the message is lost.
    ref = drills.request_tree(city, leaves=LEAVES, seconds=0.2)
    assert drills.job_of(city, ref) == ("queued", None)
    city.start(*server, name="redis")
    drills.wait_until(lambda: is_ended(city, ref), "the end of the tree")

    assert drills.job_of(city, ref) == ("done", WHOLE)
    assert drills.marks(city) == EFFECTS
    assert worker.poll() is None
