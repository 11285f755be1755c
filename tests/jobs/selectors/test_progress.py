from dataclasses import dataclass, field

import pytest

from foundation.actor import SYSTEM, Actor
from foundation.jobs.context import ChildJob, Children
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.selectors import ChildCounts, job_progress, progress_rows, visible_jobs
from foundation.jobs.services import beat_job, claim_job, request_job, work_job
from foundation.permissions import Permission

ANNA = Actor("user:anna", "安娜", "hr")


@dataclass(frozen=True)
class Reader:
    actor_key: str
    permissions: frozenset[Permission] = field(default_factory=frozenset)


def test_reader_sees_own_jobs_and_with_the_right_all_but_no_children(job, kind):
    kind("test.group", work=lambda context: Children([ChildJob("test.kind")]))
    hers = work_job(request_job(kind="test.group", key="hers", actor=SYSTEM).ref)
    Job.objects.filter(pk=hers.pk).update(owner_key=ANNA.key)

    assert list(visible_jobs(Reader("user:anna"))) == [hers]
    assert list(visible_jobs(Reader("user:nobody"))) == []
    everything = visible_jobs(Reader("user:boss", frozenset({Permission.VIEW_JOBS})))
    assert set(everything) == {job, hers}


def test_progress_of_a_job_at_work(job):
    held = claim_job(job.ref)
    beat_job(held, done=1, total=3, note="第 1 组")

    seen = job_progress(job.ref)

    assert (seen.title, seen.state, seen.percent, seen.note) == ("名称 test.kind", JobState.RUNNING, 33, "第 1 组")
    assert (seen.is_ended, seen.children) == (False, ChildCounts())


def test_progress_never_says_all_before_the_end(job):
    held = claim_job(job.ref)
    beat_job(held, done=3, total=3)

    assert job_progress(job.ref).percent == 99


def test_progress_of_a_group_counts_its_children(db, kind):
    kind("test.leaf", work=lambda context: 1 / context.args["n"])
    name = kind(work=lambda context: Children([ChildJob("test.leaf", {"n": n}) for n in (0, 1, 2)]))
    parent = work_job(request_job(kind=name, key="k", actor=SYSTEM).ref)
    work_job(Job.objects.filter(parent=parent).order_by("pk").first().ref)

    seen = job_progress(parent.ref)

    assert seen.children == ChildCounts(queued=2, failed=1)
    assert (seen.done, seen.total, seen.percent) == (1, 3, 33)


def test_failed_job_tells_its_reason(db, kind):
    name = kind(work=lambda context: 1 / 0)
    failed = work_job(request_job(kind=name, key="k", actor=SYSTEM).ref)

    seen = job_progress(failed.ref)

    assert (seen.error_code, seen.is_ended, seen.percent) == ("crashed", True, None)
    assert "ZeroDivisionError" in seen.error_text
    assert "Traceback" in seen.error_detail


def test_no_job_no_progress(db):
    assert job_progress("nothing") is None


@pytest.mark.parametrize("count", [1, 30])
def test_same_number_of_queries_for_any_number_of_jobs(db, kind, django_assert_num_queries, count):
    name = kind()
    for number in range(count):
        request_job(kind=name, key=f"k{number}", actor=SYSTEM)

    with django_assert_num_queries(2):
        assert len(progress_rows(Job.objects.all())) == count
