"""The real process dies at every named place, one after the other; then the story ends as if nothing had been.

SQLite with the filesystem transport, PostgreSQL with Redis. After each death every invariant holds.
"""

import re
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.rules import app_modules
from tests.city import City
from tests.faults import chains, drills
from tests.faults.door import door_of
from tests.faults.drills import Nursery
from tests.intake.factories import csv_bytes

pytestmark = pytest.mark.real

LEAVES = 4
EFFECTS = ["tree:close", *[f"tree:leaf:{number}" for number in range(LEAVES)]]
ROWS = [["", "150602", "DD01", "2026Q1", "95.5"], ["000101", "", "OT01", "2026Q1", "88"]]
OTHER_ROWS = [[*ROWS[0][:4], "96.5"], ["", "150627", "DD01", "2026Q1", "90"]]
CAST = """
from tests.cast import make_cast
from tests.intake.factories import make_indicators
make_cast()
make_indicators()
"""
SENT = """
from accounts.selectors import actor_of_key
from foundation.jobs.services import work_inline
from intake.models import Batch
from intake.services.batches import receive_upload, request_commit
actor = actor_of_key("user:hr.city")
sent = receive_upload(chunks=[{content!r}], name="data.csv", actor=actor)
work_inline(sent.job)
batch = Batch.objects.get(pk=sent.batch.pk)
"""
COMMIT = """
n = batch.report["n_changed"]
job = request_commit(batch=batch, actor=actor, plan_sha256=batch.plan_sha256, accepted_corrections=n).job
"""
TREE = """
from foundation.actor import SYSTEM
from foundation.jobs.services import request_job
args = {{"name": "tree", "leaves": {leaves}, "seconds": {seconds}}}
print(request_job(kind="drill.tree", key="tree", actor=SYSTEM, args=args).ref)
"""
TOWN = """
from evaluation.services.runs import request_run
from foundation.actor import SYSTEM
from tests.evaluation.factories import make_golden_town
make_golden_town()
print(request_run(scheme_code="TGC-BANNER-HEAD", period_code="2026Q2", actor=SYSTEM).ref)
"""
TAKE_BACK = """
from accounts.models import User
from intake.models import Batch
from tests.intake.withdrawals import approve, ask, second_officer
second = second_officer()
batch = Batch.objects.get(entry__isnull=False, number=2)
print(approve(second, ask(User.objects.get(username="hr.city"), batch)).ref)
"""
MARK = """
from intake.enums import BackFile
from intake.services.back_files import request_file
print(request_file(batch=batch, actor=actor, what=BackFile.MARKED, language="zh-hans").job.ref)
"""
STORED = (
    "SELECT (SELECT count(*) FROM intake_observation), (SELECT count(*) FROM ledger_entry WHERE kind = 'upload'), "
    "(SELECT count(*) FROM intake_observation WHERE seq_to IS NOT NULL)"
)
HIDDEN = """
from evaluation.services.full_checks import request_full_check
from evaluation.services.runs import request_all_runs
from foundation.actor import SYSTEM
from foundation.jobs.services import work_inline
from foundation.ledger.models import Touch
from tests.evaluation.factories import make_golden_town
town = make_golden_town(schemes=["TGC-BANNER"])
work_inline(request_all_runs(actor=SYSTEM))
town.observe("150622", "DD01", "2026Q2", "50", "100")
Touch.objects.all().delete()
work_inline(request_all_runs(actor=SYSTEM))
print(request_full_check(actor=SYSTEM).ref)
"""
ALARMS = "SELECT count(*) FROM evaluation_alarm"
KEPT = "SELECT count(*) FROM files_storedfile"
SHOWN = "SELECT (SELECT count(*) FROM evaluation_current), (SELECT count(*) FROM evaluation_run)"
BATCHES = (
    "SELECT (SELECT count(*) FROM intake_batch), (SELECT count(*) FROM files_storedfile), "
    "(SELECT count(*) FROM jobs_job WHERE kind LIKE 'intake.%')"
)


@pytest.fixture
def home(city_env: City) -> Iterator[Nursery]:
    with drills.nursery(city_env) as nursery:
        yield nursery


def die_at_each(home: Nursery, chain: tuple[str, ...], seen: Callable[[], object]) -> list[object]:
    """One worker after the other, each dying at the next place; what stood after each death."""
    after_each = []
    for name in chain:
        worker = home.worker(fault=name)
        assert worker.wait(name) == -signal.SIGKILL, worker.log
        home.assert_whole(name)
        after_each.append(seen())
    return after_each


def work_to_the_end(home: Nursery, city: City, ref: str) -> None:
    worker = home.worker()
    drills.wait_until(lambda: drills.job_of(city, ref)[0] in {"done", "failed", "cancelled"}, "the end")
    worker.kill()
    assert drills.job_of(city, ref)[0] == "done"
    home.assert_whole("the end")


def fault_names() -> set[str]:
    """Names in the source; what is put together from a kind stands for that of the drill's own leaf."""
    texts = [path.read_text("utf-8") for path in app_modules()]
    names = {name for text in texts for name in re.findall(r'\bfault\(f?"([a-z_.]+(?:\{[a-z.]+\})?)"\)', text)}
    names -= {name for text in texts for name in re.findall(r'\.fault\("([a-z_.]+)"', text)}
    return {re.sub(r"\{.*\}", "drill.leaf", name) for name in names}


@pytest.mark.pure
def test_every_fault_point_has_a_drill() -> None:
    drilled = [name for chain in chains.CHAINS.values() for name in chain]

    assert sorted(drilled) == sorted(fault_names())
    assert {story for story in chains.CHAINS if story not in globals()} == set()


@pytest.mark.parametrize(("chain", "seconds"), [(chains.TREE_BEGINS, 1.5), (chains.TREE_ENDS, 0.2)])
def test_tree(home: Nursery, city_env: City, chain: tuple[str, ...], seconds: float) -> None:
    ref = home.said(TREE.format(leaves=LEAVES, seconds=seconds))

    die_at_each(home, chain, lambda: drills.job_of(city_env, ref)[0])
    work_to_the_end(home, city_env, ref)

    assert drills.job_of(city_env, ref) == ("done", {"sum": sum(range(LEAVES))})
    assert drills.marks(city_env) == EFFECTS


def test_store(home: Nursery, city_env: City) -> None:
    home.said(CAST + SENT.format(content=csv_bytes(ROWS)) + COMMIT + "work_inline(job)")
    ref = home.said(SENT.format(content=csv_bytes(OTHER_ROWS)) + COMMIT + "print(job.ref)")

    after_each = die_at_each(home, chains.STORE, lambda: drills.rows(city_env, STORED))
    work_to_the_end(home, city_env, ref)

    before, after = [(2, 1, 0)], [(4, 2, 1)]
    assert after_each == [before, before, before, after]
    assert drills.rows(city_env, STORED) == after
    ((entry,),) = drills.rows(city_env, "SELECT max(entry_id) FROM intake_batch")
    assert drills.job_of(city_env, ref)[1]["receipt"] == entry


def test_run(home: Nursery, city_env: City) -> None:
    ref = home.said(TOWN)

    after_each = die_at_each(home, chains.RUN, lambda: drills.rows(city_env, SHOWN))
    work_to_the_end(home, city_env, ref)

    assert after_each == [[(0, 0)]] * len(chains.RUN)
    assert drills.rows(city_env, SHOWN) == [(4, 4)]


def test_upload(home: Nursery, city_env: City) -> None:
    home.said(CAST)
    door, content = door_of(home, "hr.city"), csv_bytes(ROWS)

    after_each = []
    for name in chains.UPLOAD:
        door.open(fault=name)
        assert door.upload("data.csv", content) == ""
        door.kill()
        home.assert_whole(name)
        after_each.append(drills.rows(city_env, BATCHES))
    door.open()
    ref = door.upload("data.csv", content)
    home.assert_whole("the end")

    # Not acknowledged: nothing of it, or all of it.
    assert after_each == [[(0, 0, 0)], [(0, 0, 0)], [(0, 0, 0)], [(1, 1, 1)]]
    assert drills.rows(city_env, f"SELECT count(*) FROM intake_batch WHERE ref = '{ref}'") == [(1,)]
    assert drills.rows(city_env, BATCHES) == [(2, 2, 2)]


def test_withdrawal(home: Nursery, city_env: City) -> None:
    home.said(CAST + SENT.format(content=csv_bytes(ROWS)) + COMMIT + "work_inline(job)")
    home.said(SENT.format(content=csv_bytes(OTHER_ROWS)) + COMMIT + "work_inline(job)")
    ref = home.said(TAKE_BACK)

    after_each = die_at_each(home, chains.WITHDRAW, lambda: drills.rows(city_env, STORED))
    work_to_the_end(home, city_env, ref)

    # Rows, receipts of uploads, closed rows: one opens again, two are closed.
    before, after = [(4, 2, 1)], [(5, 2, 3)]
    assert after_each == [before, before, after]
    assert drills.rows(city_env, STORED) == after


def test_back_file(home: Nursery, city_env: City) -> None:
    bad = csv_bytes([ROWS[0], [*ROWS[0][:4], "9_5"]])
    ref = home.said(CAST + SENT.format(content=bad) + MARK)

    after_each = die_at_each(home, chains.BACK_FILE, lambda: drills.rows(city_env, KEPT))
    work_to_the_end(home, city_env, ref)

    assert (after_each, drills.rows(city_env, KEPT)) == ([[(1,)]], [(2,)])


def test_full_check(home: Nursery, city_env: City) -> None:
    ref = home.said(HIDDEN)

    after_each = die_at_each(home, chains.FULL_CHECK, lambda: drills.rows(city_env, ALARMS))
    worker = home.worker()
    drills.wait_until(lambda: drills.job_of(city_env, ref)[0] == "failed", "the alarm on the job")
    worker.kill()

    assert (after_each, drills.rows(city_env, ALARMS)) == ([[(1,)]], [(1,)])
    home.assert_whole("the end")
