import hashlib
import re
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.enums import Role
from accounts.models import Grant, User
from cadres.models import Cadre, Posting
from evaluation.models import GroupMember
from foundation.audit.models import AuditEvent
from foundation.rulebook.models import RuleVersion
from intake.enums import BatchState, Facet, Flag, Vintage
from intake.models import Batch, Indicator, Observation
from units.models import Unit

FACTS_SHA256 = "81502676cd46d40e32ad6f7ad83018393949e2006a7db3a49f7e46af22cd3f31"
"""Of every open observation by its natural key: the same on both databases and on every machine."""

FACTS = """
SELECT p.code, COALESCE(u.code, c.employee_no), i.code, o.facet, o.flag, o.value, o.vintage
FROM intake_observation o
JOIN intake_period p ON p.id = o.period_id
JOIN intake_indicator i ON i.id = o.indicator_id
LEFT JOIN units_unit u ON u.subject_id = o.subject_id
LEFT JOIN cadres_cadre c ON c.subject_id = o.subject_id
WHERE o.seq_to IS NULL
"""


def facts_digest() -> str:
    with connection.cursor() as cursor:
        cursor.execute(FACTS)
        lines = sorted("\t".join(map(str, row)) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_city_has_its_units_and_people(city_to_read):
    kinds = Counter(Unit.objects.values_list("kind", flat=True))

    assert (kinds["banner"], kinds["township"] + kinds["subdistrict"], kinds["village"]) == (9, 30, 3)
    assert GroupMember.objects.filter(group_set__code="dept-2026").count() == 31
    assert (Cadre.objects.count(), Indicator.objects.count()) == (300, 40)
    assert RuleVersion.objects.exclude(approved_by=None).count() == 11


def test_every_batch_passed_the_door(city_to_read):
    assert Counter(Batch.objects.values_list("state", flat=True)) == {BatchState.COMMITTED: 23}
    senders = set(Batch.objects.values_list("uploaded_by", flat=True))
    assert senders == {"user:hr.city", "user:clerk.statistics", "user:clerk.hotline"}
    assert Observation.objects.filter(row__lt=2).count() == 0


def test_facts_are_the_same_on_every_machine(city_to_read):
    assert facts_digest() == FACTS_SHA256


def test_city_has_what_it_promises(city_to_read):
    values = Observation.objects.filter(seq_to=None, facet=Facet.VALUE)

    assert values.filter(flag=Flag.NOT_APPLICABLE).exists()
    assert not values.filter(vintage=Vintage.PRELIMINARY).exists()
    assert Observation.objects.filter(vintage=Vintage.PRELIMINARY).count() == 18
    assert Observation.objects.exclude(seq_to=None).count() == 26
    moved = Posting.objects.filter(kind="main", ends_on__gte="2025-07-01", ends_on__lt="2026-06-30", seq_to=None)
    assert moved.count() == 16
    names = list(Cadre.objects.values_list("name", flat=True))
    assert [name for name, count in Counter(names).items() if count > 1] == ["仿南风"]
    assert any("\u1800" <= char <= "\u18af" for name in names for char in name)
    assert any(ord(char) > 0xFFFF for name in names for char in name)


def test_each_role_has_a_user_with_a_password_that_is_stored_nowhere(city_to_read):
    printed = dict(re.findall(r"账号 (\S+) +密码 (\S+)", city_to_read))

    assert set(Grant.objects.exclude(approved_by=None).values_list("role", flat=True)) == set(Role.values)
    assert set(printed) == set(User.objects.values_list("username", flat=True))
    for username, password in printed.items():
        assert User.objects.get(username=username).check_password(password)
    trail = repr(list(AuditEvent.objects.values_list("after", flat=True)))
    assert not any(password in trail for password in printed.values())


def test_no_grant_was_approved_by_who_asked_for_it(city_to_read):
    pairs = set(Grant.objects.values_list("asked_by", "approved_by"))

    assert pairs == {
        ("system:setup", "system"),
        ("system:setup", "user:security.admin"),
        ("user:hr.city", "user:security.admin"),
    }


def test_sample_is_not_loaded_on_top_of_anything(city_to_read):
    before = Unit.objects.count()

    with pytest.raises(CommandError, match="空数据库"):
        call_command("load_sample")
    assert Unit.objects.count() == before
