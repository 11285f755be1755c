from datetime import UTC, datetime, timedelta

import pytest

from foundation.actor import SYSTEM
from foundation.jobs.enums import JobState
from foundation.jobs.errors import JobCancelled, LostLease
from foundation.jobs.models import Job
from foundation.jobs.services import beat_job, claim_job, fail_job, finish_job
from foundation.jobs.services.claims import MAX_ATTEMPTS, release_job

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


def test_claim_takes_a_queued_job_with_a_lease(job, settings):
    settings.JOB_LEASE_SECONDS = 60

    held = claim_job(job.ref, now=NOON)

    assert held is not None
    assert (held.state, held.attempt, held.started_at) == (JobState.RUNNING, 1, NOON)
    assert held.lease_until == NOON + timedelta(seconds=60)


def test_claim_of_a_held_job_gives_none(job):
    claim_job(job.ref, now=NOON)

    assert claim_job(job.ref, now=NOON + timedelta(seconds=1)) is None


def test_claim_after_the_lease_takes_over_and_the_first_holder_can_write_nothing(job):
    first = claim_job(job.ref, now=NOON)

    second = claim_job(job.ref, now=NOON + timedelta(hours=1))

    assert second is not None
    assert second.attempt == 2
    for write in (
        lambda: beat_job(first),
        lambda: finish_job(first, {"by": "first"}),
        lambda: fail_job(first, {"code": "crashed"}),
    ):
        with pytest.raises(LostLease):
            write()
    release_job(first, wake_at=NOON)
    finish_job(second, {"by": "second"})
    assert Job.objects.get(pk=job.pk).result == {"by": "second"}


def test_claim_of_an_ended_job_gives_none(job):
    finish_job(claim_job(job.ref), {})

    assert claim_job(job.ref) is None


def test_claim_after_the_last_attempt_gives_none(job):
    Job.objects.filter(pk=job.pk).update(attempt=MAX_ATTEMPTS)

    assert claim_job(job.ref) is None


def test_beat_renews_the_lease_and_writes_progress(job):
    held = claim_job(job.ref, now=NOON)

    beat_job(held, done=3, total=7, note="第 3 张表", now=NOON + timedelta(seconds=30))

    row = Job.objects.get(pk=job.pk)
    assert (row.progress_done, row.progress_all, row.note) == (3, 7, "第 3 张表")
    assert row.lease_until > held.lease_until


def test_beat_of_a_job_to_cancel_renews_and_raises(job):
    held = claim_job(job.ref)
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)

    with pytest.raises(JobCancelled):
        beat_job(held, now=NOON + timedelta(days=1))

    assert Job.objects.get(pk=job.pk).lease_until > NOON + timedelta(days=1)


def test_released_job_is_free_at_once(job):
    held = claim_job(job.ref)

    release_job(held, wake_at=NOON)

    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
    assert claim_job(job.ref).attempt == 2


def test_database_refuses_a_worker_without_a_lease(job):
    with pytest.raises(Exception, match="job_worker_has_lease"):
        Job.objects.filter(pk=job.pk).update(worker="somebody", state=JobState.RUNNING)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "lost"}, "job_state_is_known|job_ended_has_ended_at"),
        ({"state": JobState.DONE}, "job_ended_has_ended_at"),
        ({"ended_at": NOON}, "job_ended_has_ended_at"),
        ({"state": JobState.FAILED, "ended_at": NOON}, "job_failed_has_error"),
        ({"worker": "w", "lease_until": NOON}, "job_only_open_has_worker"),
    ],
)
def test_database_refuses_a_state_that_cannot_be(job, changes, constraint):
    with pytest.raises(Exception, match=constraint):
        Job.objects.filter(pk=job.pk).update(**changes)


def test_two_open_jobs_of_one_key_are_refused_by_the_database(job):
    with pytest.raises(Exception, match=r"job_key_is_open_once|UNIQUE constraint failed: jobs_job.key"):
        Job.objects.create(kind="x", key=job.key, owner_key=SYSTEM.key, created_at=NOON)
