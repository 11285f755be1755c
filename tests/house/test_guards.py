"""Illegal rows and changes by raw SQL, past every service: the database itself says no."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from evaluation.services.groups import MemberRow, create_group_set, place_units
from evaluation.services.occurrences import OccurrenceRow, book_occurrences
from foundation.actor import SYSTEM
from foundation.constraints import GUARDS, missing_guards
from foundation.rulebook.models import RuleDocument, RuleVersion
from intake.services.periods import calendar_periods, open_periods
from tests.cast import GRANTED, Cast

REFUSED = [
    # what is tried, the statement
    ("a subject changes its kind", "UPDATE units_subject SET kind = 'unit' WHERE kind = 'cadre'"),
    ("a unit changes its kind", "UPDATE units_unit SET kind = 'zone' WHERE code = '150602'"),
    ("a kind nobody knows", "UPDATE units_unit SET kind = 'moon' WHERE code = '150602'"),
    ("a unit is its own parent", "UPDATE units_unit SET parent_id = subject_id WHERE code = '150602'"),
    ("a unit ends before it starts", "UPDATE units_unit SET ends_on = '1999-01-01' WHERE code = '150602'"),
    ("a unit is deleted", "DELETE FROM units_unit WHERE code = '1506-SLJ'"),
    ("a cadre is deleted", "DELETE FROM cadres_cadre WHERE employee_no = '000104'"),
    ("a reference changes", "UPDATE cadres_cadre SET ref = 'other' WHERE employee_no = '000101'"),
    ("a person without a number", "UPDATE cadres_cadre SET employee_no = '' WHERE employee_no = '000101'"),
    ("a person without a name", "UPDATE cadres_cadre SET name = '' WHERE employee_no = '000101'"),
    ("a posting is rewritten", "UPDATE cadres_posting SET title = '市长'"),
    ("a posting is deleted", "DELETE FROM cadres_posting"),
    ("a posting is closed backwards", "UPDATE cadres_posting SET seq_to = seq_from"),
    ("a group member is rewritten", "UPDATE evaluation_groupmember SET group_key = '别的组'"),
    ("an occurrence changes its points", "UPDATE evaluation_occurrence SET points = 9000000"),
    ("a group set changes its code", "UPDATE evaluation_groupset SET code = 'other'"),
    ("a user changes power", "UPDATE accounts_user SET power = 'audit' WHERE username = 'hr.city'"),
    ("a user is deleted", "DELETE FROM accounts_user WHERE username = 'stranger'"),
    ("a grant changes its role", "UPDATE accounts_grant SET role = 'leadership' WHERE role = 'hr_officer'"),
    ("a grant approved by who asked", "UPDATE accounts_grant SET approved_by = asked_by"),
    ("an audit event is rewritten", "UPDATE audit_auditevent SET actor_name = '别人'"),
    ("an audit event is deleted", "DELETE FROM audit_auditevent"),
    ("a receipt changes", "UPDATE ledger_entry SET n_new = 0"),
    ("a period changes its code", "UPDATE intake_period SET code = '2027Q1' WHERE code = '2026Q1'"),
    ("a proposed document changes", "UPDATE rulebook_ruleversion SET source = 'x'"),
    ("a version approved by its proposer", "UPDATE rulebook_ruleversion SET approved_by = proposed_by"),
]


@pytest.fixture
def full(cast: Cast) -> Cast:
    """One row at least in every table that a statement names."""
    open_periods(rows=calendar_periods(2026), actor=SYSTEM)
    group_set = create_group_set(code="banner-2027", actor=SYSTEM, name="旗区同类组")
    place_units(group_set=group_set, actor=SYSTEM, rows=[MemberRow("150602", "城区", GRANTED)], on=GRANTED)
    bonus = OccurrenceRow("A01", "2026Q2", "示例文件", unit_code="150602", points="1")
    book_occurrences(rows=[bonus], actor=SYSTEM, reason="测试")
    document = RuleDocument.objects.create(kind="scheme", code="X")
    RuleVersion.objects.create(
        document=document,
        number=1,
        body={},
        sha256="0" * 64,
        source="",
        in_force_from=GRANTED,
        proposed_by="user:hr.city",
        proposed_at="2026-01-01T00:00:00Z",
    )
    return cast


@pytest.mark.parametrize("statement", [sql for _why, sql in REFUSED], ids=[why for why, _sql in REFUSED])
def test_database_refuses(full, statement):
    table = statement.split()[1 if statement.startswith("UPDATE") else 2]

    with connection.cursor() as cursor:
        where = statement.partition(" WHERE ")[2] or "1 = 1"
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
        assert cursor.fetchone()[0] > 0
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_guard_stands_in_this_database(db):
    assert GUARDS
    assert missing_guards(connection) == []
