"""What no named place can stand for: the web process, the servers and the disk go away in the middle of work.

The client keeps its own book of what was acknowledged; the book is held against the database.
"""

import random
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import city as cities
from tests.city import City
from tests.faults import drills
from tests.faults.door import Door, door_of
from tests.faults.drills import Nursery
from tests.faults.servers import cluster, own_redis, small_disk
from tests.faults.test_chains import CAST, COMMIT, LEAVES, ROWS, SENT, STORED, TOWN, TREE
from tests.intake.factories import csv_bytes

pytestmark = pytest.mark.real

KILLS = 10
CLIENTS = 4
SEED = 20_260_710
BUTTON = """
from evaluation.services.runs import request_run
from foundation.actor import SYSTEM
print(request_run(scheme_code="TGC-BANNER-HEAD", period_code="2026Q2", actor=SYSTEM).ref)
"""
HELD_BACK = """
import time
from pathlib import Path
from django.conf import settings
from intake.services import batches
reached, go_on = settings.VAR_DIR / "reached", settings.VAR_DIR / "go_on"

def wait(name):
    if name == "store.before_commit" and not reached.exists():
        reached.touch()
        while not go_on.exists():
            time.sleep(0.05)

batches.fault = wait
"""
OPEN_JOBS = "SELECT count(*) FROM jobs_job WHERE state NOT IN ('done', 'failed', 'cancelled')"
RUNS = "SELECT scheme_id, period_id, count(*) FROM evaluation_run GROUP BY scheme_id, period_id"


@pytest.fixture
def home(city_env: City) -> Iterator[Nursery]:
    with drills.nursery(city_env) as nursery:
        yield nursery


@pytest.fixture
def sqlite_home(city_template, tmp_path: Path) -> Iterator[tuple[City, Nursery]]:
    with cities.copy_of(city_template("sqlite"), tmp_path / "var") as city, drills.nursery(city) as nursery:
        yield city, nursery


def work_off(home: Nursery, city: City, query: str = OPEN_JOBS) -> None:
    """Let a worker do all that is open."""
    worker = home.worker()
    drills.wait_until(lambda: drills.rows(city, query) == [(0,)], "the end of all jobs")
    worker.kill()


def file_of(number: int) -> bytes:
    """A file unlike any other: one indicator and unit, another value each, within bounds on any machine."""
    return csv_bytes([["", "150602", "DD01", "2026Q1", f"{50 + number % 100}.{number // 100:02}"]])


def send_until_acknowledged(door: Door, number: int, book: dict[int, str]) -> None:
    """A client that does not give up."""
    while number not in book:
        if ref := door.upload(f"{number}.csv", file_of(number)):
            book[number] = ref
        else:
            time.sleep(0.05)


def test_web_process_killed_at_ten_moments_of_uploads_loses_and_doubles_nothing(home: Nursery, city_env: City) -> None:
    home.said(CAST)
    door, chance, book = door_of(home, "hr.city"), random.Random(SEED), {}
    over = threading.Event()

    def keep_sending(client: int) -> None:
        number = client
        while not over.is_set() or len(book) < KILLS:
            send_until_acknowledged(door, number, book)
            number += CLIENTS

    with ThreadPoolExecutor(CLIENTS) as clients:
        sending = [clients.submit(keep_sending, client) for client in range(CLIENTS)]
        for _ in range(KILLS):
            door.open()
            time.sleep(chance.uniform(0.05, 0.6))
            door.kill()
        door.open()
        over.set()
        for each in sending:
            each.result(timeout=60)
    home.assert_whole("after ten kills")

    refs = [ref for (ref,) in drills.rows(city_env, "SELECT ref FROM intake_batch ORDER BY number")]
    assert len(book) >= KILLS
    assert sorted(refs.count(ref) for ref in book.values()) == [1] * len(book)
    # An answer that was lost: the batch is there whole, with its file and its job, or not at all.
    assert drills.rows(
        city_env,
        "SELECT count(*) FROM intake_batch b JOIN files_storedfile f ON f.id = b.file_id "
        "JOIN jobs_job j ON j.key LIKE '%' || b.ref",
    ) == [(len(refs),)]
    work_off(home, city_env)
    states = dict(drills.rows(city_env, "SELECT state, count(*) FROM intake_batch GROUP BY state"))
    assert states == {"checked": len(refs)}
    home.assert_whole("the end")


def test_redis_killed_with_queued_jobs_loses_none_and_a_worker_outlives_it(city_env: City) -> None:
    city, redis = city_env, own_redis(city_env)
    with drills.nursery(city) as home:
        trees = [TREE.replace('"tree"', f'"tree{number}"') for number in range(3)]
        queued = [home.said(tree.format(leaves=1, seconds=0)) for tree in trees]
        redis.kill()
        redis.start()
        worker = home.worker()
        drills.wait_until(lambda: drills.rows(city, OPEN_JOBS) == [(0,)], "the end of what was queued")

        redis.kill()
        # Asked for while there is no broker: the request succeeds, the message is lost.
        late = home.said(TREE.format(leaves=LEAVES, seconds=0))
        redis.start()
        drills.wait_until(lambda: drills.rows(city, OPEN_JOBS) == [(0,)], "the end of what was asked for meanwhile")
        home.assert_whole("the end")

        assert worker.poll() is None
    assert [drills.job_of(city, ref)[0] for ref in [*queued, late]] == ["done"] * 4


def test_postgresql_restarted_in_mid_commit_keeps_what_was_committed_and_nothing_else(tmp_path: Path) -> None:
    with cluster() as server:
        env = cities.environment("postgresql", tmp_path, database="unused")
        city = City("postgresql", {**env, "ORDOS_DATABASE_URL": server.url}, tmp_path)
        city.manage("migrate", "--verbosity", "0")
        with drills.nursery(city) as home:
            home.said(CAST + SENT.format(content=csv_bytes(ROWS)) + COMMIT + "work_inline(job)")
            door = door_of(home, "hr.city")
            door.open()
            content = csv_bytes([["", "150627", "DD01", "2026Q1", "90"]])
            child = home.start(
                "run", HELD_BACK + SENT.format(content=content) + COMMIT + "print(work_inline(job).state)"
            )
            drills.wait_until((tmp_path / "reached").exists, "the last line before the commit")

            server.crash()
            assert door.upload("x.csv", content) == ""
            assert door.status("/batches/") == 503
            server.start()
            before = drills.rows(city, STORED)
            (tmp_path / "go_on").touch()
            assert child.wait() == 0, child.log
            home.assert_whole("the end")

            # The same web process goes on.
            assert door.status("/batches/") == 200
            assert (before, drills.rows(city, STORED)) == ([(2, 1, 0)], [(3, 2, 0)])
            assert child.log.splitlines()[-1] == "done"
        city.stop()


def test_two_workers_two_beats_and_the_button_at_once_give_one_run(home: Nursery, city_env: City) -> None:
    home.said(TOWN)
    with drills.nursery(city_env, night_hour=0) as nights:
        workers = [nights.worker(), nights.worker()]
        buttons = [nights.start("run", BUTTON) for _ in range(3)]
        assert [button.wait() for button in buttons] == [0, 0, 0]
        drills.wait_until(
            lambda: drills.rows(city_env, "SELECT state FROM jobs_job WHERE once LIKE 'night:%'") == [("done",)],
            "the night",
        )
        drills.wait_until(lambda: drills.rows(city_env, OPEN_JOBS) == [(0,)], "the end of all jobs")
        for worker in workers:
            worker.kill()
        nights.assert_whole("the end")

    shown = {(scheme, period): n for scheme, period, n in drills.rows(city_env, RUNS)}
    assert len(shown) > 4
    assert set(shown.values()) == {1}


def test_job_whose_workers_die_five_times_is_shown_and_not_repeated(home: Nursery, city_env: City) -> None:
    ref = home.said(TREE.format(leaves=1, seconds=0))

    for _ in range(5):
        home.worker(fault="jobs.claimed.drill.tree").wait()
        home.assert_whole("a death")
    work_off(home, city_env)

    ((state, error),) = drills.rows(city_env, f"SELECT state, error FROM jobs_job WHERE ref = '{ref}'")
    assert state == "failed"
    assert "died_too_often" in str(error)
    assert drills.calls(city_env) == ["night"]
    home.assert_whole("the end")


def test_full_disk_refuses_an_upload_whole_and_takes_it_once_there_is_room(
    sqlite_home: tuple[City, Nursery],
) -> None:
    city, home = sqlite_home
    home.said(CAST)
    door = door_of(home, "hr.city")
    with small_disk(city.var / "files", 1) as is_small:
        ballast = city.var / "files" / "ballast"
        if is_small:
            with pytest.raises(OSError, match="No space"):
                ballast.write_bytes(b"x" * 2_000_000)
        door.open(fault="" if is_small else "files.before_place=ENOSPC")

        status, _ = door.post("/batches/upload/", {"reason": ""}, ("data.csv", file_of(1)))

        assert status == 507
        assert drills.rows(city, "SELECT count(*) FROM intake_batch") == [(0,)]
        assert [path for path in (city.var / "files").iterdir() if path.name.startswith("incoming-")] == []
        assert door.status("/batches/") == 200
        ballast.unlink(missing_ok=True)
        assert door.upload("data.csv", file_of(1)) != ""
        work_off(home, city)
        home.assert_whole("room again")
        door.kill()
        shutil.copytree(city.var / "files", city.var / "kept")


def test_full_disk_of_the_database_stores_nothing_and_goes_on_once_there_is_room(city_template, tmp_path: Path) -> None:
    with small_disk(tmp_path / "var", 6) as is_small:
        if not is_small:
            pytest.skip("this machine lets nobody mount")
        with cities.copy_of(city_template("sqlite"), tmp_path / "var") as city, drills.nursery(city) as home:
            home.said(CAST)
            door, ballast = door_of(home, "hr.city"), city.var / "ballast"
            door.open()
            with pytest.raises(OSError, match="No space"):
                ballast.write_bytes(b"x" * 10_000_000)

            status, _ = door.post("/batches/upload/", {"reason": ""}, ("data.csv", file_of(1)))

            assert status == 507, door.web.log[-1500:]
            ballast.unlink()
            assert door.upload("data.csv", file_of(1)) != ""
            work_off(home, city)
            assert drills.rows(city, "SELECT count(*), min(state) FROM intake_batch") == [(1, "checked")]
            home.assert_whole("room again")
