from datetime import UTC, datetime

import pytest
from celery import Celery

from foundation.actor import SYSTEM, Actor
from foundation.jobs import messages
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.services import claim_job, finish_job, request_job, work_job
from foundation.jobs.services.claims import release_job
from ordos_cadres.settings.base import REDIS_TRANSPORT_OPTIONS

ANNA = Actor("user:anna", "安娜", "hr")


def test_request_while_one_waits_under_the_key_gives_that_one(job):
    again = request_job(kind="test.kind", key="plain", actor=ANNA)

    assert again.pk == job.pk
    assert not again.again
    assert Job.objects.count() == 1


def test_request_after_the_end_makes_another(job):
    work_job(job.ref)

    another = request_job(kind="test.kind", key="plain", actor=SYSTEM)

    assert another.pk != job.pk
    assert another.state == JobState.QUEUED


def test_request_while_one_is_at_work_gives_that_one(job):
    claim_job(job.ref)

    found = request_job(kind="test.kind", key="plain", actor=ANNA)

    assert (found.pk, found.again) == (job.pk, False)


def test_request_of_a_kind_that_runs_again_marks_the_one_at_work(db, kind):
    name = kind(runs_again=True)
    first = request_job(kind=name, key="cut", actor=SYSTEM, args={"period": "2026Q2"})
    held = claim_job(first.ref)

    marked = request_job(kind=name, key="cut", actor=ANNA)
    finish_job(held, {})

    assert (marked.pk, marked.again) == (first.pk, True)
    anew = Job.objects.get(key="cut", state=JobState.QUEUED)
    assert (anew.owner_key, anew.args, anew.again) == ("user:anna", {"period": "2026Q2"}, False)


def test_job_marked_again_runs_once_more_after_it_failed(db, kind):
    def wrong(context):
        request_job(kind="test.kind", key="cut", actor=ANNA)
        raise ValueError("wrong")

    first = request_job(kind=kind(work=wrong, runs_again=True), key="cut", actor=SYSTEM)

    work_job(first.ref)

    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == [JobState.FAILED, JobState.QUEUED]


def test_job_given_back_and_asked_for_again_is_one_job(db, kind):
    name = kind(runs_again=True)
    first = claim_job(request_job(kind=name, key="cut", actor=SYSTEM).ref)
    release_job(first, wake_at=datetime(2026, 6, 1, tzinfo=UTC))

    found = request_job(kind=name, key="cut", actor=ANNA)

    assert (found.pk, found.again) == (first.pk, False)


def test_once_gives_the_same_job_for_ever(db, kind):
    name = kind()
    night = request_job(kind=name, key="night", actor=SYSTEM, once="night:2026-06-01")
    work_job(night.ref)

    again = request_job(kind=name, key="night", actor=SYSTEM, once="night:2026-06-01")
    tomorrow = request_job(kind=name, key="night", actor=SYSTEM, once="night:2026-06-02")

    assert (again.pk, again.state) == (night.pk, JobState.DONE)
    assert tomorrow.state == JobState.QUEUED


def test_second_night_waits_until_the_first_has_ended(db, kind):
    name = kind()
    first = request_job(kind=name, key="night", actor=SYSTEM, once="night:2026-06-01")

    second = request_job(kind=name, key="night", actor=SYSTEM, once="night:2026-06-02")

    assert second.pk == first.pk
    assert not Job.objects.filter(once="night:2026-06-02").exists()


def test_unknown_kind_is_a_bug(db):
    with pytest.raises(KeyError):
        request_job(kind="nobody.knows", key="k", actor=SYSTEM)


AWAY = {
    "redis://127.0.0.1:1/0": REDIS_TRANSPORT_OPTIONS,
    "filesystem://": {"data_folder_out": "/dev/null/nowhere"},
}


@pytest.mark.parametrize("broker", AWAY)
def test_broker_away_leaves_the_job_to_the_sweep(job, monkeypatch, caplog, broker):
    away = Celery("away", broker=broker, broker_transport_options=AWAY[broker])
    monkeypatch.setattr(messages, "current_app", away)

    sent = messages.send_messages([job.ref])

    assert sent == 0
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
    assert f"job {job.ref} waits for the sweep" in caplog.text


def test_message_goes_out_with_the_commit_and_carries_the_reference_alone(
    db, kind, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(messages, "send_messages", sent.append)
    name = kind()

    with django_capture_on_commit_callbacks(execute=True):
        made = request_job(kind=name, key="k", actor=SYSTEM)
        assert sent == []

    assert sent == [[made.ref]]
