"""Two at once, with real commits: threads on a copy of the database."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from foundation import clock
from foundation.actor import SYSTEM
from foundation.jobs.context import ChildJob, Children
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.registry import DueJob
from foundation.jobs.services import claim_job, finish_job, request_job, sweep, work_inline, work_job

ROUNDS = 100


def at_once(*functions: Callable[[], Any]) -> list[Any]:
    """Run functions in threads that start together; their results, exceptions among them."""
    barrier = threading.Barrier(len(functions))
    results: list[Any] = [None] * len(functions)

    def run(place: int, function: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[place] = function()
        except Exception as error:  # noqa: BLE001 - handed to the test, which compares it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_one_of_four_claims_wins(copied_database, kind):
    name = kind()
    for number in range(25):
        job = request_job(kind=name, key=f"k{number}", actor=SYSTEM)

        claims = at_once(*[lambda ref=job.ref: claim_job(ref)] * 4)

        assert [claim is not None for claim in claims].count(True) == 1, claims


def test_of_two_children_that_end_at_once_one_starts_the_closing_step(copied_database, kind):
    kind("test.leaf")
    name = kind(work=lambda context: Children([ChildJob("test.leaf")] * 2))
    started = []
    for number in range(ROUNDS):
        parent = work_job(request_job(kind=name, key=f"k{number}", actor=SYSTEM).ref)
        children = [claim_job(child.ref) for child in Job.objects.filter(parent=parent)]

        ends = at_once(*[lambda child=child: finish_job(child, {}) for child in children])

        started.append(sorted(type(end).__name__ for end in ends))
        assert Job.objects.get(pk=parent.pk).state == JobState.CLOSING, ends
    assert started == [["Job", "NoneType"]] * ROUNDS


def test_same_key_asked_for_at_once_is_one_job(copied_database, kind):
    name = kind()
    for number in range(20):
        key = f"k{number}"

        jobs = at_once(*[lambda key=key: request_job(kind=name, key=key, actor=SYSTEM)] * 3)

        assert len({job.ref for job in jobs}) == 1, jobs
    assert Job.objects.count() == 20


def test_request_while_the_older_ends_is_never_lost(copied_database, kind):
    name = kind(runs_again=True)
    for number in range(30):
        key = f"k{number}"
        held = claim_job(request_job(kind=name, key=key, actor=SYSTEM).ref)

        at_once(
            lambda held=held: finish_job(held, {}),
            lambda key=key: request_job(kind=name, key=key, actor=SYSTEM),
        )

        assert list(Job.objects.filter(key=key).order_by("pk").values_list("state", flat=True)) == [
            JobState.DONE,
            JobState.QUEUED,
        ]


def test_claim_waits_for_a_use_case_that_asked_for_the_same_job(copied_database, kind):
    name = kind()
    job = request_job(kind=name, key="cut", actor=SYSTEM)
    asked, order = threading.Event(), []

    def store() -> None:
        with transaction.atomic():
            request_job(kind=name, key="cut", actor=SYSTEM)
            asked.set()
            threading.Event().wait(0.3)
            order.append("stored")

    def work() -> None:
        asked.wait(10)
        claim_job(job.ref)
        order.append("claimed")

    at_once(store, work)

    assert order == ["stored", "claimed"]


def test_two_sweeps_at_once_make_one_night(copied_database, kind, no_due_jobs):
    name = kind()
    for number in range(20):
        no_due_jobs[:] = [lambda now, n=number: [DueJob(name, key=f"night:{n}", once=f"night:{n}")]]

        at_once(*[lambda: sweep(now=clock.now())] * 3)

    assert Job.objects.count() == 20


def test_heartbeat_keeps_a_job_through_a_long_write_of_its_body(copied_database, kind, settings):
    settings.JOB_LEASE_SECONDS, settings.JOB_HEARTBEAT_SECONDS = 2, 0.2
    taken = []

    def long_store(context):
        with transaction.atomic():
            Job.objects.filter(key="nobody").update(note="the write lock of SQLite is taken here")
            threading.Event().wait(1.5)
        context.progress(1, 2, "存好了")
        threading.Event().wait(1.5)
        taken.append(claim_job(context.ref))
        return {}

    done = work_job(request_job(kind=kind(work=long_store), key="k", actor=SYSTEM).ref)

    assert (done.state, done.attempt, done.note, taken) == (JobState.DONE, 1, "存好了", [None])


def test_command_waits_for_a_child_that_a_live_worker_holds(copied_database, kind):
    kind("test.leaf", work=lambda context: {"n": 1})
    name = kind(
        work=lambda context: Children([ChildJob("test.leaf")] * 3),
        close=lambda context: {"n": len(context.children())},
    )
    parent = work_job(request_job(kind=name, key="k", actor=SYSTEM).ref)
    held = claim_job(Job.objects.filter(parent=parent).first().ref)

    def live_worker() -> None:
        threading.Event().wait(0.5)
        finish_job(held, {"by": "worker"})

    done, _ = at_once(lambda: work_inline(parent), live_worker)

    assert (done.state, done.result) == (JobState.DONE, {"n": 3})
    assert Job.objects.get(pk=held.pk).result == {"by": "worker"}


def test_command_takes_over_what_a_dead_worker_held(copied_database, kind, settings):
    settings.JOB_LEASE_SECONDS = 0.5
    name = kind(work=lambda context: {"attempt": context.attempt})
    job = request_job(kind=name, key="k", actor=SYSTEM)
    claim_job(job.ref)

    done = work_inline(job)

    assert done.result == {"attempt": 2}
    assert done.ended_at - done.started_at >= timedelta(seconds=0.5)


@pytest.mark.parametrize("children", [50])
def test_two_workers_share_a_tree_and_close_it_once(copied_database, kind, children):
    calls = []
    kind("test.leaf", work=lambda context: calls.append(context.args["n"]) or {"n": context.args["n"]})
    name = kind(
        work=lambda context: Children([ChildJob("test.leaf", {"n": n}) for n in range(children)]),
        close=lambda context: {"n": sum(child.result["n"] for child in context.children())},
    )
    job = request_job(kind=name, key="k", actor=SYSTEM)

    one, two = at_once(lambda: work_inline(job), lambda: work_inline(job))

    assert one.result == two.result == {"n": sum(range(children))}
    assert sorted(calls) == list(range(children))
