from datetime import UTC, datetime, timedelta

import pytest

from foundation.actor import SYSTEM
from foundation.jobs.context import ChildJob, Children
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.registry import DueJob
from foundation.jobs.services import claim_job, request_job, sweep, work_job
from foundation.jobs.services.claims import MAX_ATTEMPTS

LATER = timedelta(minutes=10)


@pytest.fixture
def sent(monkeypatch, no_due_jobs):
    """References that the sweep sent again."""
    refs: list[str] = []
    monkeypatch.setattr("foundation.jobs.services.sweeps.send_messages", lambda some: refs.extend(some) or len(some))
    return refs


def test_fresh_job_is_left_to_its_message(job, sent):
    sweep(now=job.created_at)

    assert sent == []


def test_job_that_nobody_took_is_sent_again_once_a_round(job, sent):
    later = job.created_at + LATER

    sweep(now=later)
    sweep(now=later)

    assert sent == [job.ref]


def test_job_that_waits_long_is_sent_again_ever_less_often(job, sent, settings):
    settings.JOB_SWEEP_SECONDS = 30

    for minute in range(1, 31):
        sweep(now=job.created_at + timedelta(minutes=minute))

    assert len(sent) == 16


def test_held_job_is_left_alone(job, sent):
    held = claim_job(job.ref)

    sweep(now=held.lease_until)

    assert sent == []


def test_job_of_a_dead_worker_is_sent_again_when_its_lease_is_over(job, sent):
    held = claim_job(job.ref)

    sweep(now=held.lease_until + timedelta(seconds=1))

    assert sent == [job.ref]


def test_closing_step_that_nobody_took_is_sent_again(db, kind, sent):
    name = kind(work=lambda context: Children([]))
    job = work_job(request_job(kind=name, key="k", actor=SYSTEM).ref)
    assert job.state == JobState.CLOSING

    sweep(now=job.created_at + LATER)

    assert sent == [job.ref]


def test_waiting_parent_is_left_alone(db, kind, sent):
    kind("test.leaf")
    parent = work_job(
        request_job(kind=kind(work=lambda context: Children([ChildJob("test.leaf")])), key="k", actor=SYSTEM).ref
    )

    sweep(now=parent.created_at + LATER)

    assert sent == [Job.objects.get(parent=parent).ref]


def test_job_whose_workers_died_five_times_is_failed_and_shown(job, sent):
    for attempt in range(MAX_ATTEMPTS):
        assert claim_job(job.ref, now=job.created_at + attempt * LATER) is not None

    sweep(now=job.created_at + MAX_ATTEMPTS * LATER)

    row = Job.objects.get(pk=job.pk)
    assert (row.state, row.error["code"], sent) == (JobState.FAILED, "died_too_often", [])


def test_child_whose_workers_died_five_times_closes_its_group(db, kind, sent):
    kind("test.leaf")
    name = kind(work=lambda context: Children([ChildJob("test.leaf")]))
    parent = work_job(request_job(kind=name, key="k", actor=SYSTEM).ref)
    Job.objects.filter(parent=parent).update(
        attempt=MAX_ATTEMPTS, state=JobState.RUNNING, worker="dead", lease_until=parent.created_at
    )

    sweep(now=parent.created_at + LATER)
    failed = work_job(parent.ref)

    assert (failed.state, failed.error["code"]) == (JobState.FAILED, "child_failed")


def test_due_night_is_made_once_however_often_the_clock_ticks(db, kind, sent, no_due_jobs):
    name = kind()
    no_due_jobs.append(lambda now: [DueJob(name, key="night", once=f"night:{now:%F}")])
    tonight = datetime(2026, 6, 1, 18, tzinfo=UTC)

    sweep(now=tonight)
    work_job(Job.objects.get().ref)
    sweep(now=tonight)

    assert list(Job.objects.values_list("once", "state")) == [("night:2026-06-01", JobState.DONE)]


def test_due_night_waits_for_the_last_one_and_is_made_then(db, kind, sent, no_due_jobs):
    name = kind()
    no_due_jobs.append(lambda now: [DueJob(name, key="night", once=f"night:{now:%F}")])
    monday = datetime(2026, 6, 1, 18, tzinfo=UTC)

    sweep(now=monday)
    sweep(now=monday + timedelta(days=1))
    work_job(Job.objects.get().ref)
    sweep(now=monday + timedelta(days=1))

    assert list(Job.objects.order_by("pk").values_list("once", flat=True)) == ["night:2026-06-01", "night:2026-06-02"]


def test_quiet_round_asks_few_questions(job, sent, django_assert_num_queries):
    with django_assert_num_queries(2):
        sweep(now=job.created_at)
