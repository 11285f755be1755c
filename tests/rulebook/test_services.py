from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from foundation.actor import Actor
from foundation.audit.models import AuditEvent
from foundation.rulebook import schemas
from foundation.rulebook.errors import RuleError, RuleFault
from foundation.rulebook.models import RuleVersion
from foundation.rulebook.schemas import RuleKind, register_rule_kind
from foundation.rulebook.services import approve_version, propose_version

ANNA, BELA = (Actor(key=f"user:{name}", name=name, role="hr_officer") for name in ("anna", "bela"))
DAY = date(2026, 7, 1)
TEXT = "code: CLOCK-1\ndays: 5\n"

pytestmark = pytest.mark.django_db


def check(body: Mapping[str, Any]) -> Sequence[RuleFault]:
    return [RuleFault("days", "too_many", "不超过 30 天")] if int(body.get("days", "0")) > 30 else []


@pytest.fixture(autouse=True)
def clocks(monkeypatch):
    monkeypatch.setattr(schemas, "_kinds", dict(schemas._kinds))
    properties = {"code": {"type": "string"}, "days": {"type": "string", "pattern": "^[0-9]+$"}}
    schema = {"type": "object", "properties": properties, "required": ["days"], "additionalProperties": False}
    register_rule_kind(RuleKind("clock", schema, check))


def propose(text=TEXT, actor=ANNA, day=DAY):
    return propose_version(kind="clock", text=text, actor=actor, in_force_from=day)


def refused_code(call):
    with pytest.raises(RuleError) as refused:
        call()
    assert refused.value.message
    return refused.value.code


def test_version_is_in_force_only_when_a_second_person_approved():
    version = propose()
    assert (version.number, version.approved_by, version.body) == (1, None, {"code": "CLOCK-1", "days": "5"})
    assert refused_code(lambda: approve_version(version=version, actor=ANNA)) == "same_person"

    approved = approve_version(version=version, actor=BELA)

    assert (approved.proposed_by, approved.approved_by) == ("user:anna", "user:bela")
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["rule.proposed", "rule.approved"]
    assert refused_code(lambda: approve_version(version=version, actor=BELA)) == "approved_already"


def test_next_version_counts_on_and_the_same_again_is_refused():
    propose()

    assert propose(TEXT.replace("5", "6")).number == 2
    assert refused_code(lambda: propose("days: 6\ncode: CLOCK-1  # laid out otherwise\n")) == "unchanged"
    assert propose(TEXT.replace("5", "6"), day=date(2026, 10, 1)).number == 3


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ("code: C\ndays: 31\n", "days", "too_many"),
        ("code: C\ndays: five\nmore: 1\n", "", "schema"),
        ("code: C\ndays: 1.5\n", "days", "plain_float"),
        ("code: C\ncode: D\ndays: 5\n", "code", "key_twice"),
        ("code: [", "", "not_yaml"),
        ("", "", "no_document"),
    ],
)
def test_fault_is_told_with_its_path_and_nothing_is_kept(text, path, code, monkeypatch):
    monkeypatch.setattr(schemas, "_kinds", {**schemas._kinds})
    if code == "schema":
        kind = schemas.rule_kind("clock")
        register_rule_kind(RuleKind("clock", kind.schema, lambda body: ()))

    with pytest.raises(RuleError) as refused:
        propose(text)

    first = refused.value.faults[0]
    assert (refused.value.code, first.path, first.code) == ("document_faults", path, code)
    assert RuleVersion.objects.count() == 0


def test_document_of_an_unknown_kind_is_refused():
    assert (
        refused_code(lambda: propose_version(kind="poem", text=TEXT, actor=ANNA, in_force_from=DAY)) == "kind_unknown"
    )


def test_approval_looks_again_at_what_the_rules_are_now():
    version = propose("code: C\ndays: 30\n")
    kind = schemas.rule_kind("clock")
    register_rule_kind(RuleKind("clock", kind.schema, lambda body: [RuleFault("days", "too_many", "不超过 10 天")]))

    assert refused_code(lambda: approve_version(version=version, actor=BELA)) == "document_faults"


@pytest.mark.parametrize("column", ["sha256 = 'x'", "approved_by = proposed_by, approved_at = proposed_at"])
def test_database_refuses_a_changed_body_and_an_approval_by_the_proposer(column):
    version = propose()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE rulebook_ruleversion SET {column} WHERE id = %s", [version.pk])
