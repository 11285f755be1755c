"""The one bulk store: what is new, changed and same, and that nothing else happens to a fact."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from evaluation.models import Occurrence
from foundation.actor import SYSTEM
from foundation.ledger.models import Entry, LedgerHead, Touch, in_force, last_committed_seq
from foundation.ledger.store import Plan, staged, writing
from intake.models import Observation, Period
from units.models import Subject

pytestmark = pytest.mark.django_db


def columns(*rows: tuple[int, int | None]) -> dict[str, list[object]]:
    """Rows (subject, value) of one indicator in one period; no value means 不适用."""
    return {
        "period_id": [1] * len(rows),
        "subject_id": [subject for subject, _value in rows],
        "indicator_id": [7] * len(rows),
        "facet": ["value"] * len(rows),
        "value": [value for _subject, value in rows],
        "flag": ["not_applicable" if value is None else "value" for _subject, value in rows],
        "row": list(range(2, 2 + len(rows))),
    }


def say(*rows: tuple[int, int | None]) -> Plan:
    with (
        staged(Observation, columns(*rows)) as stage,
        transaction.atomic(),
        writing(kind="upload", actor=SYSTEM) as entry,
    ):
        plan = stage.classify()
        stage.write(entry, plan)
    return plan


def open_values() -> dict[int, int | None]:
    return dict(Observation.objects.filter(seq_to=None).values_list("subject_id", "value"))


def test_a_first_load_is_new_and_the_same_again_changes_nothing():
    first = say((10, 925), (11, None))
    again = say((10, 925), (11, None))

    assert (first.n_new, first.n_changed, first.n_same) == (2, 0, 0)
    assert (again.n_new, again.n_changed, again.n_same) == (0, 0, 2)
    assert list(
        Observation.objects.order_by("subject_id").values_list("subject_id", "value", "seq_from", "said_by", "row")
    ) == [
        (10, 925, 1, 1, 2),
        (11, None, 1, 1, 3),
    ]


def test_a_correction_closes_the_old_row_and_says_old_and_new():
    say((10, 925), (11, 800))
    plan = say((10, 930), (11, 800), (12, 100))

    assert (plan.n_new, plan.n_changed, plan.n_same) == (1, 1, 1)
    assert [(one.order, one.before[0], one.after[0], one.said_by) for one in plan.changed] == [(0, 925, 930, 1)]
    assert list(
        Observation.objects.filter(subject_id=10).order_by("seq_from").values_list("value", "seq_from", "seq_to")
    ) == [
        (925, 1, 2),
        (930, 2, None),
    ]
    assert open_values() == {10: 930, 11: 800, 12: 100}


def test_a_cut_is_a_number_and_stays_true():
    say((10, 925))
    cut = last_committed_seq()
    say((10, 930))

    assert [o.value for o in in_force(Observation.objects.all(), cut)] == [925]
    assert [o.value for o in in_force(Observation.objects.all(), cut + 1)] == [930]


def test_the_entry_is_the_receipt_and_the_head_moves_with_it():
    say((10, 925), (11, 800))
    say((10, 930), (11, 800))

    assert list(Entry.objects.order_by("seq").values_list("seq", "n_new", "n_changed", "n_same")) == [
        (1, 2, 0, 0),
        (2, 0, 1, 1),
    ]
    assert LedgerHead.objects.get().seq == 2


def test_a_writing_touches_each_subject_and_period_once():
    say((10, 925), (11, 800))

    assert sorted(Touch.objects.values_list("seq", "period_id", "subject_id", "what")) == [
        (1, 1, 10, "observation"),
        (1, 1, 11, "observation"),
    ]


def test_the_plan_digest_names_rows_and_what_they_replace():
    with staged(Observation, columns((10, 925))) as stage:
        before = stage.classify().sha256
        assert stage.classify().sha256 == before
    say((10, 900))
    with staged(Observation, columns((10, 925))) as stage:
        assert stage.classify().sha256 != before


def test_one_key_twice_in_a_stage_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic(), staged(Observation, columns((10, 1), (10, 2))):
        pass


def test_a_text_with_tabs_and_backslashes_is_stored_as_it_is():
    text = "a\\b\tc\\N"
    said = columns((10, 1)) | {"evidence_ref": [text]}
    with staged(Observation, said) as stage, transaction.atomic(), writing(kind="upload", actor=SYSTEM) as entry:
        stage.write(entry, stage.classify())

    assert Observation.objects.get().evidence_ref == text


def test_facts_are_written_inside_a_transaction_with_an_entry_or_not_at_all():
    with pytest.raises(ValueError, match="stop"), transaction.atomic(), writing(kind="upload", actor=SYSTEM):
        raise ValueError("stop")

    assert (Entry.objects.count(), LedgerHead.objects.get().seq) == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE intake_observation SET value = 1",
        "UPDATE intake_observation SET seq_to = 9, value = 1",
        "UPDATE intake_observation SET said_by = 0",
        "DELETE FROM intake_observation",
        "UPDATE ledger_entry SET n_new = 5",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_ledgerhead",
    ],
)
def test_the_database_refuses_to_change_a_fact_or_a_receipt(statement):
    say((10, 925))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_closed_row_stays_closed():
    say((10, 925))
    say((10, 930))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE intake_observation SET seq_to = NULL WHERE seq_from = 1")


def test_who_loses_a_fact_by_a_correction_is_touched_as_well():
    told = {"ref": ["x1"], "period_id": [1], "code": ["A01"], "points": [1], "source_text": ["示例"]}
    for subject in (10, 11):
        Subject.objects.create(pk=subject, kind="cadre")
    Period.objects.create(pk=1, code="2026", kind="year", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    for subject in (10, 11):
        with (
            staged(Occurrence, {**told, "subject_id": [subject]}) as stage,
            transaction.atomic(),
            writing(kind="test", actor=SYSTEM) as entry,
        ):
            stage.write(entry, stage.classify())

    assert set(Touch.objects.filter(seq=entry.seq).values_list("subject_id", flat=True)) == {10, 11}
