from datetime import date

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from accounts.enums import Power, Role
from accounts.errors import AccountError
from accounts.models import Grant, User
from accounts.scope import scope_of
from accounts.services import (
    approve_grant,
    ask_grant,
    create_user,
    end_grant,
    set_password,
    switch_off_user,
    switch_on_user,
)
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.permissions import Permission
from tests.cast import FIRST, TODAY, actor

START = date(2026, 1, 1)
GOOD_PASSWORD = "lan-tian-bai-yun"


def refused_code(service, **arguments):
    with pytest.raises(AccountError) as refused:
        service(**arguments)
    assert refused.value.message
    return refused.value.code


def ask(cast, role=Role.UNIT_CLERK, user=None, **terms):
    return ask_grant(user=user or cast.stranger, actor=actor(cast.hr_city), role=role, starts_on=START, **terms)


def test_asked_grant_gives_nothing_until_another_approves(cast):
    grant = ask(cast, unit=cast.units["1506-SLJ"])
    assert scope_of(cast.stranger, on=TODAY).permissions == frozenset()

    approve_grant(grant=grant, actor=actor(cast.security_admin))

    scope = scope_of(cast.stranger, on=TODAY)
    assert (scope.may(Permission.UPLOAD_DATA), scope.own_units) == (True, frozenset({cast.units["1506-SLJ"].pk}))


def test_nobody_approves_what_they_asked_for(cast):
    grant = ask(cast)

    assert refused_code(approve_grant, grant=grant, actor=actor(cast.hr_city)) == "same_person"


def test_nobody_approves_a_grant_to_oneself(cast):
    grant = ask_grant(user=cast.security_admin, actor=FIRST, role=Role.SECURITY_ADMINISTRATOR, starts_on=START)

    assert refused_code(approve_grant, grant=grant, actor=actor(cast.security_admin)) == "own_grant"


def test_grant_is_approved_once(cast):
    grant = approve_grant(grant=ask(cast), actor=actor(cast.security_admin))

    assert refused_code(approve_grant, grant=grant, actor=SYSTEM) == "approved_already"


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR])
def test_business_user_never_gets_one_of_the_three_powers(cast, role):
    assert refused_code(ask, cast=cast, role=role) == "role_not_of_power"


@pytest.mark.parametrize("name", ["system_admin", "security_admin", "auditor"])
@pytest.mark.parametrize("role", [Role.HR_OFFICER, Role.LEADERSHIP, Role.UNIT_CLERK])
def test_the_three_powers_never_do_business(cast, name, role):
    assert refused_code(ask, cast=cast, user=getattr(cast, name), role=role) == "role_not_of_power"


def test_database_keeps_the_powers_apart_too(cast):
    terms = {"starts_on": START, "asked_by": "user:x", "asked_at": "2026-01-01T00:00:00Z"}

    for power, role in ((Power.AUDIT, Role.AUDITOR), (Power.BUSINESS, Role.AUDITOR)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(user=cast.stranger, power=power, role=role, **terms)


def test_ended_grant_holds_on_its_last_day_only(cast):
    grant = approve_grant(grant=ask(cast), actor=actor(cast.security_admin))

    end_grant(grant=grant, actor=actor(cast.security_admin), ends_on=date(2026, 3, 31))

    assert scope_of(cast.stranger, on=date(2026, 3, 31)).may(Permission.UPLOAD_DATA)
    assert not scope_of(cast.stranger, on=date(2026, 4, 1)).may(Permission.UPLOAD_DATA)


@pytest.mark.parametrize(
    ("username", "name", "code"),
    [
        ("x", "样小满", "username_wrong"),
        ("样小满", "样小满", "username_wrong"),
        ("hr city", "样小满", "username_wrong"),
        ("HR.City", "样小满", "username_taken"),
        ("new.user", "", "name_wrong"),
    ],
)
def test_account_that_cannot_be_is_refused(cast, username, name, code):
    assert refused_code(create_user, username=username, actor=SYSTEM, name=name) == code


def test_cadre_has_one_account(cast):
    subject = cast.bai_yin.subject

    assert refused_code(create_user, username="second", actor=SYSTEM, name="白音", subject=subject) == "subject_taken"


def test_new_password_ends_sessions_and_stands_nowhere_in_the_trail(cast):
    before = cast.stranger.get_session_auth_hash()

    user = set_password(user=cast.stranger, actor=actor(cast.system_admin), password=GOOD_PASSWORD)

    assert (user.check_password(GOOD_PASSWORD), user.get_session_auth_hash() == before) == (True, False)
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.before, event.after) == ("user.password_set", None, None)


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "stranger-1"])
def test_weak_password_is_refused_and_the_old_one_stays(cast, password):
    set_password(user=cast.stranger, actor=SYSTEM, password=GOOD_PASSWORD)

    assert refused_code(set_password, user=cast.stranger, actor=SYSTEM, password=password) == "password_weak"
    assert User.objects.get(pk=cast.stranger.pk).check_password(GOOD_PASSWORD)


def test_switched_off_user_may_do_nothing(cast):
    user = switch_off_user(user=cast.hr_city, actor=actor(cast.system_admin))
    assert scope_of(user, on=TODAY).permissions == frozenset()

    user = switch_on_user(user=user, actor=actor(cast.system_admin))
    assert scope_of(user, on=TODAY).may(Permission.UPLOAD_DATA)
