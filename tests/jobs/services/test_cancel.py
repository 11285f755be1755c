import pytest

from foundation.actor import SYSTEM, Actor
from foundation.audit.models import AuditEvent
from foundation.jobs.context import ChildJob, Children
from foundation.jobs.enums import JobState
from foundation.jobs.errors import JobError
from foundation.jobs.models import Job
from foundation.jobs.services import cancel_job, claim_job, request_job, work_job

ANNA = Actor("user:anna", "安娜", "hr")


@pytest.fixture
def tree(db, kind):
    """A parent that waits for three children."""
    kind("test.leaf")
    name = kind(work=lambda context: Children([ChildJob("test.leaf")] * 3))
    return work_job(request_job(kind=name, key="k", actor=SYSTEM).ref)


def states(parent):
    return list(Job.objects.filter(parent=parent).order_by("pk").values_list("state", flat=True))


def test_queued_job_is_cancelled_at_once_and_the_person_is_on_record(job):
    cancel_job(job=job, actor=ANNA)

    assert Job.objects.get().state == JobState.CANCELLED
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_key, event.object_ref) == ("job.cancelled", "user:anna", job.ref)
    assert claim_job(job.ref) is None


def test_job_at_work_is_only_asked_to_stop(job):
    claim_job(job.ref)

    cancel_job(job=job, actor=ANNA)

    row = Job.objects.get()
    assert (row.state, row.cancel_asked) == (JobState.RUNNING, True)


def test_tree_that_nobody_works_on_is_cancelled_whole(tree):
    cancel_job(job=tree, actor=ANNA)

    assert states(tree) == [JobState.CANCELLED] * 3
    assert Job.objects.get(pk=tree.pk).state == JobState.CANCELLED


def test_tree_with_a_child_at_work_ends_cancelled_after_that_child(tree):
    first = Job.objects.filter(parent=tree).order_by("pk").first()
    held = claim_job(first.ref)

    cancel_job(job=tree, actor=ANNA)
    assert states(tree) == [JobState.RUNNING, JobState.CANCELLED, JobState.CANCELLED]
    Job.objects.filter(pk=held.pk).update(lease_until=held.started_at)
    work_job(first.ref)
    work_job(tree.ref)

    assert states(tree) == [JobState.CANCELLED] * 3
    assert Job.objects.get(pk=tree.pk).state == JobState.CANCELLED


def test_last_open_child_cancelled_alone_starts_the_closing_step(tree):
    *others, last = Job.objects.filter(parent=tree).order_by("pk")
    for other in others:
        work_job(other.ref)

    cancel_job(job=last, actor=ANNA)
    failed = work_job(tree.ref)

    assert (failed.state, failed.error["code"]) == (JobState.FAILED, "child_failed")


def test_ended_job_cannot_be_cancelled(job):
    work_job(job.ref)

    with pytest.raises(JobError, match="already_ended"):
        cancel_job(job=job, actor=ANNA)

    assert Job.objects.get().state == JobState.DONE
