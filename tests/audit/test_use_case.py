"""A write is one transaction with one event, or it is not at all."""

import pytest
from django.db import IntegrityError, connection

from foundation.actor import SYSTEM, Actor
from foundation.audit.models import AuditEvent, AuditHead
from foundation.audit.use_case import found_done, record, use_case
from foundation.audit.verifying import verify_trail
from units.models import Subject

pytestmark = pytest.mark.django_db
ANNA = Actor(key="user:anna", name="例安娜", role="hr_officer", request_id="r-1")


@use_case
def make_subject(*, actor: Actor, kind: str = "unit") -> Subject:
    subject = Subject.objects.create(kind=kind)
    record("subject.made", subject, after={"kind": kind})
    return subject


@use_case
def make_silently(*, actor: Actor) -> Subject:
    return Subject.objects.create(kind="unit")


@use_case
def make_and_fail(*, actor: Actor) -> None:
    record("subject.made", Subject.objects.create(kind="unit"))
    raise ValueError("after the event")


@use_case
def make_in_another(*, actor: Actor) -> Subject:
    return make_subject(actor=actor)


@use_case
def find_done(*, actor: Actor) -> None:
    found_done()


def test_a_use_case_leaves_one_event_with_its_actor_as_plain_values():
    subject = make_subject(actor=ANNA)

    (event,) = AuditEvent.objects.all()
    assert (event.seq, event.action, event.object_kind, event.object_ref) == (
        1,
        "subject.made",
        "units.subject",
        str(subject.pk),
    )
    assert (event.actor_key, event.actor_name, event.actor_role, event.request_id) == (
        "user:anna",
        "例安娜",
        "hr_officer",
        "r-1",
    )
    assert event.after == {"kind": "unit"}


def test_a_use_case_without_an_event_writes_nothing():
    with pytest.raises(RuntimeError, match="recorded no event"):
        make_silently(actor=ANNA)

    assert list(Subject.objects.all()) == []


def test_a_use_case_that_fails_leaves_neither_row_nor_event():
    with pytest.raises(ValueError, match="after the event"):
        make_and_fail(actor=ANNA)

    assert (Subject.objects.count(), AuditEvent.objects.count(), AuditHead.objects.get().seq) == (0, 0, 0)


@use_case
def make_with(*, actor: Actor, value: object) -> None:
    record("subject.made", Subject.objects.create(kind="unit"), after={"list": [{"value": value}]})


def test_a_float_is_never_recorded():
    with pytest.raises(TypeError, match="records a float"):
        make_with(actor=ANNA, value=1e22)

    make_with(actor=ANNA, value="1e22")
    assert verify_trail().is_whole


def test_use_cases_do_not_nest():
    with pytest.raises(RuntimeError, match="inside another"):
        make_in_another(actor=ANNA)

    assert Subject.objects.count() == 0


def test_work_that_was_found_done_needs_no_event():
    find_done(actor=ANNA)

    assert AuditEvent.objects.count() == 0


def test_somebody_must_act():
    with pytest.raises(TypeError, match="needs an Actor"):
        make_subject(actor="anna")


def test_the_chain_fits_and_names_the_first_event_that_does_not():
    for _ in range(4):
        make_subject(actor=SYSTEM)
    assert verify_trail().is_whole

    AuditHead.objects.filter(pk=1).update(seq=3)

    assert (verify_trail().code, verify_trail().seq) == ("behind_head", 4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET action = 'nothing.happened'",
        "DELETE FROM audit_auditevent",
        "UPDATE audit_auditevent SET hash = ''",
    ],
)
def test_the_database_itself_refuses_to_change_an_event(statement):
    make_subject(actor=ANNA)

    with pytest.raises(IntegrityError, match="never"), connection.cursor() as cursor:
        cursor.execute(statement)
