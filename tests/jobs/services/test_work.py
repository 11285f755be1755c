import pytest
from django.db import OperationalError

from foundation import actor as actors
from foundation.actor import SYSTEM, Actor
from foundation.jobs.context import ChildJob, Children
from foundation.jobs.enums import JobState
from foundation.jobs.errors import JobCancelled, JobError, LostLease
from foundation.jobs.models import Job
from foundation.jobs.services import claim_job, request_job, work_inline, work_job
from foundation.jobs.services import work as work_module
from foundation.jobs.services.claims import MAX_ATTEMPTS

ANNA = Actor("user:anna", "安娜", "hr")


def worked(name, *, actor=SYSTEM, args=None):
    return work_job(request_job(kind=name, key="k", actor=actor, args=args).ref)


def test_body_sees_its_job_and_its_result_is_kept(db, kind):
    seen = []
    name = kind(work=lambda context: seen.append(context) or {"rows": 7})

    done = worked(name, args={"batch": "b1"})

    assert (done.state, done.result, done.error) == (JobState.DONE, {"rows": 7}, None)
    assert [(c.ref, c.args, c.actor, c.stage, c.attempt) for c in seen] == [(done.ref, {"batch": "b1"}, SYSTEM, 0, 1)]


def test_second_message_finds_nothing_to_do(job):
    work_job(job.ref)

    assert work_job(job.ref) is None


def test_refusal_fails_at_once_with_its_code_and_sentence(db, kind):
    def refuse(context):
        raise JobError("died_too_often", attempts=3)

    failed = worked(kind(work=refuse))

    assert (failed.state, failed.attempt) == (JobState.FAILED, 1)
    assert failed.error["code"] == "died_too_often"
    assert failed.error["facts"] == {"attempts": 3}
    assert "3" in failed.error["message"]


def test_bug_fails_at_once_with_the_traceback_kept(db, kind):
    def crash(context):
        raise ValueError("bad \x00 cell \ud800")

    failed = worked(kind(work=crash))

    assert (failed.state, failed.attempt, failed.error["code"]) == (JobState.FAILED, 1, "crashed")
    assert failed.ref in failed.error["message"]
    assert "in crash" in failed.error["traceback"]
    assert failed.error["detail"] == "bad  cell ?"


def test_database_away_is_tried_again_and_then_given_up(db, kind):
    def away(context):
        raise OperationalError("server closed the connection")

    job = request_job(kind=kind(work=away), key="k", actor=SYSTEM)

    states = [work_job(job.ref).state for _ in range(MAX_ATTEMPTS)]

    assert states == [JobState.QUEUED] * (MAX_ATTEMPTS - 1) + [JobState.FAILED]
    assert Job.objects.get().error["code"] == "database_away"


def test_job_given_back_waits_longer_each_time():
    assert [work_module.back_off(attempt).seconds for attempt in (1, 2, 3, 9)] == [2, 4, 8, 60]


def test_owner_who_is_gone_has_nothing_done(db, kind):
    done = []
    failed = worked(kind(work=lambda context: done.append(1)), actor=ANNA)

    assert (failed.state, failed.error["code"], done) == (JobState.FAILED, "owner_gone", [])


def test_right_withdrawn_between_request_and_claim_has_nothing_done(db, kind, monkeypatch):
    done = []
    monkeypatch.setattr(actors, "_sources", [lambda key: ANNA if key == ANNA.key else None])
    rights = {ANNA.key}
    name = kind(work=lambda context: done.append(1), may=lambda actor: actor.key in rights)
    job = request_job(kind=name, key="k", actor=ANNA)
    rights.clear()

    failed = work_job(job.ref)

    assert (failed.state, failed.error["code"], done) == (JobState.FAILED, "not_allowed", [])


def test_interrupted_body_gives_its_job_back(db, kind):
    def interrupted(context):
        raise KeyboardInterrupt

    job = request_job(kind=kind(work=interrupted), key="k", actor=SYSTEM)

    with pytest.raises(KeyboardInterrupt):
        work_job(job.ref)

    row = Job.objects.get()
    assert (row.state, row.worker, row.attempt) == (JobState.QUEUED, "", 1)


def test_body_that_lost_its_lease_learns_it_at_its_next_progress(db, kind):
    passed = []

    def slow(context):
        Job.objects.filter(ref=context.ref).update(worker="another")
        context.progress(1, 2)
        passed.append("progress")

    job = request_job(kind=kind(work=slow), key="k", actor=SYSTEM)

    assert work_job(job.ref) is None
    assert passed == []
    assert Job.objects.get().worker == "another"


def test_body_asked_to_stop_ends_cancelled(db, kind):
    def slow(context):
        Job.objects.filter(ref=context.ref).update(cancel_asked=True)
        context.progress(1, 2)

    ended = worked(kind(work=slow))

    assert (ended.state, ended.error) == (JobState.CANCELLED, None)


def test_signals_are_no_refusals():
    assert not issubclass(LostLease, JobError)
    assert not issubclass(JobCancelled, JobError)


def test_tree_is_worked_in_one_process_and_closed_once(db, kind):
    closed = []
    kind("test.leaf", work=lambda context: {"n": context.args["n"]})

    def close(context):
        closed.append([child.result["n"] for child in context.children()])
        return {"sum": sum(closed[-1])}

    name = kind(work=lambda context: Children([ChildJob("test.leaf", {"n": n}) for n in (3, 1, 2)]), close=close)

    done = work_inline(request_job(kind=name, key="k", actor=SYSTEM))

    assert (done.state, done.result, closed) == (JobState.DONE, {"sum": 6}, [[3, 1, 2]])
    assert (done.progress_done, done.progress_all) == (3, 3)


def test_closing_step_may_send_out_a_second_stage(db, kind):
    kind("test.leaf", work=lambda context: {"n": context.args["n"]})

    def close(context):
        if context.stage == 1:
            return Children([ChildJob("test.leaf", {"n": 10})])
        return {"units": len(context.children(stage=1)), "persons": len(context.children(stage=2))}

    name = kind(work=lambda context: Children([ChildJob("test.leaf", {"n": 1})] * 2), close=close)

    done = work_inline(request_job(kind=name, key="k", actor=SYSTEM))

    assert done.result == {"units": 2, "persons": 1}


def test_grandchildren_are_waited_for(db, kind):
    kind("test.leaf", work=lambda context: {"n": 1})
    kind("test.twig", work=lambda context: Children([ChildJob("test.leaf")] * 2), close=lambda context: {"n": 2})
    name = kind(
        work=lambda context: Children([ChildJob("test.twig")] * 2),
        close=lambda context: {"n": sum(child.result["n"] for child in context.children())},
    )

    done = work_inline(request_job(kind=name, key="k", actor=SYSTEM))

    assert done.result == {"n": 4}
    assert Job.objects.filter(state=JobState.DONE).count() == 7


def test_group_without_children_is_closed(db, kind):
    name = kind(work=lambda context: Children([]), close=lambda context: {"n": len(context.children())})

    done = work_inline(request_job(kind=name, key="k", actor=SYSTEM))

    assert (done.state, done.result) == (JobState.DONE, {"n": 0})


def refuse_second(context):
    if context.args["n"] == 2:
        raise JobError("died_too_often", attempts=9)
    return {}


def test_failed_child_fails_the_parent_with_its_reason_after_the_siblings(db, kind):
    closed = []
    kind("test.leaf", work=refuse_second)
    name = kind(
        work=lambda context: Children([ChildJob("test.leaf", {"n": n}) for n in (1, 2, 3)]),
        close=lambda context: closed.append(1),
    )

    failed = work_inline(request_job(kind=name, key="k", actor=SYSTEM))

    assert (failed.state, failed.error["code"], closed) == (JobState.FAILED, "child_failed", [])
    assert "9" in failed.error["facts"]["reason"]
    children = Job.objects.filter(parent=failed).order_by("pk").values_list("state", flat=True)
    assert list(children) == [JobState.DONE, JobState.FAILED, JobState.DONE]


def test_group_that_closes_over_failures_sees_them(db, kind):
    kind("test.leaf", work=refuse_second)
    name = kind(
        work=lambda context: Children([ChildJob("test.leaf", {"n": n}) for n in (1, 2, 3)]),
        close=lambda context: {"bad": [child.args["n"] for child in context.children() if not child.is_done]},
        closes_over_failures=True,
    )

    done = work_inline(request_job(kind=name, key="k", actor=SYSTEM))

    assert (done.state, done.result) == (JobState.DONE, {"bad": [2]})


def test_waiting_parent_is_not_claimed(db, kind):
    kind("test.leaf")
    name = kind(work=lambda context: Children([ChildJob("test.leaf")]))
    parent = worked(name)

    assert parent.waits_for_children
    assert claim_job(parent.ref) is None


def test_child_acts_for_the_owner_of_its_parent(db, kind, monkeypatch):
    monkeypatch.setattr(actors, "_sources", [lambda key: ANNA if key == ANNA.key else None])
    kind("test.leaf", work=lambda context: {"by": context.actor.key})
    name = kind(
        work=lambda context: Children([ChildJob("test.leaf")]), close=lambda context: context.children()[0].result
    )

    done = work_inline(request_job(kind=name, key="k", actor=ANNA))

    assert done.result == {"by": "user:anna"}
