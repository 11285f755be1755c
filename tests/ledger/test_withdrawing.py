"""Withdrawal: what an entry said is taken back, what was said before stands again, the past stays."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cadres.enums import PostClass, PostLevel
from cadres.models import Posting
from cadres.services.postings import PostingRow, transfer_cadre
from foundation.actor import SYSTEM
from foundation.ledger.errors import LedgerError
from foundation.ledger.models import Entry, LedgerHead, Touch, in_force, last_committed_seq
from foundation.ledger.store import staged, writing
from foundation.ledger.withdrawing import plan_withdrawal, reopening, withdraw
from intake.models import Observation
from tests.cast import Cast
from tests.ledger.test_store import columns, open_values, say

pytestmark = pytest.mark.django_db


def entry(seq: int) -> Entry:
    return Entry.objects.get(pk=seq)


def take_back(seq: int, plan_sha256: str | None = None) -> Entry:
    plan = plan_sha256 or plan_withdrawal(entry(seq)).sha256
    with transaction.atomic():
        return withdraw(entry=entry(seq), actor=SYSTEM, reason="口径有误", plan_sha256=plan)


def values_at(cut: int) -> dict[int, int | None]:
    return dict(in_force(Observation.objects.all(), cut).values_list("subject_id", "value"))


def test_what_was_said_first_is_removed_and_what_was_corrected_comes_back():
    say((10, 925), (11, 800))
    say((10, 930), (12, 100))

    receipt = take_back(2)

    assert (receipt.n_new, receipt.n_changed, receipt.n_same, receipt.n_removed) == (0, 1, 0, 1)
    assert (receipt.kind, receipt.reason, receipt.withdraws_id, entry(2).withdrawn_by_id) == (
        "withdrawal",
        "口径有误",
        2,
        3,
    )
    assert open_values() == {10: 925, 11: 800}
    assert LedgerHead.objects.get().seq == 3


def test_a_row_that_opens_again_keeps_who_said_it_and_where():
    say((11, 800), (10, 925))
    say((10, 930))

    take_back(2)

    again = Observation.objects.get(subject_id=10, seq_to=None)
    assert (again.seq_from, again.said_by, again.row, again.value) == (3, 1, 3, 925)


def test_earlier_cuts_stay_as_they_were():
    say((10, 925))
    say((10, 930), (12, 100))
    take_back(2)

    assert [values_at(cut) for cut in (1, 2, 3)] == [{10: 925}, {10: 930, 12: 100}, {10: 925}]


def test_what_was_corrected_later_stays():
    say((10, 925), (11, 800))
    say((10, 930))

    receipt = take_back(1)

    assert (receipt.n_changed, receipt.n_removed, receipt.n_same) == (0, 1, 1)
    assert open_values() == {10: 930}


def test_both_withdrawn_in_either_order_leave_nothing():
    """Read literally, the row that was opened again would belong to the withdrawal (sketch, experiment 18)."""
    say((10, 925))
    say((10, 930))
    take_back(2)
    take_back(1)

    assert open_values() == {}

    say((11, 1))
    say((11, 2))
    take_back(5)
    take_back(6)

    assert open_values() == {}


def test_an_entry_between_that_was_withdrawn_is_passed_over():
    say((10, 1))
    say((10, 2))
    say((10, 3))
    take_back(2)
    take_back(3)

    assert open_values() == {10: 1}


def test_a_value_that_was_said_by_nobody_else_is_not_kept_by_a_repetition():
    say((10, 925))
    say((10, 925))

    take_back(1)

    assert open_values() == {}


def test_what_was_taken_back_can_be_said_again():
    say((10, 925))
    take_back(1)

    plan = say((10, 925))

    assert (plan.n_new, open_values()) == (1, {10: 925})


def test_a_withdrawal_touches_what_it_changes_and_nothing_else():
    say((10, 925), (11, 800))
    say((10, 930), (12, 100))
    say((12, 200))
    take_back(2)

    assert list(Touch.objects.filter(seq=4).values_list("period_id", "subject_id", "what")) == [(1, 10, "observation")]


def test_the_plan_counts_rows_and_names_them():
    say((10, 925), (11, 800), (12, 1))
    say((10, 930), (13, 5))
    say((13, 6))
    plan = plan_withdrawal(entry(2))

    assert (plan.n_closed, plan.n_reopened, plan.n_removed, plan.n_kept) == (1, 1, 0, 1)
    assert reopening(Observation, entry(2), first=(1, 10, 7, "value"), last=(1, 13, 7, "value")) == {
        (1, 10, 7, "value"): 1
    }
    assert reopening(Observation, entry(3), first=(1, 13, 7, "value"), last=(1, 13, 7, "value")) == {
        (1, 13, 7, "value"): 2
    }
    assert reopening(Observation, entry(1), first=(1, 12, 7, "value"), last=(1, 12, 7, "value")) == {
        (1, 12, 7, "value"): None
    }


def test_a_plan_that_is_not_the_confirmed_one_writes_nothing():
    say((10, 925))
    say((10, 930))
    seen = plan_withdrawal(entry(2)).sha256
    take_back(1)

    with pytest.raises(LedgerError, match="withdrawal_moved_on"):
        take_back(2, seen)

    assert (open_values(), last_committed_seq()) == ({10: 930}, 3)


def test_the_plan_is_another_when_one_of_its_rows_was_corrected():
    say((10, 925), (11, 800))
    seen = plan_withdrawal(entry(1)).sha256
    say((11, 801))

    assert plan_withdrawal(entry(1)).sha256 != seen


def test_a_withdrawal_is_not_withdrawn_and_nothing_is_withdrawn_twice():
    say((10, 925))
    take_back(1)

    with pytest.raises(LedgerError, match="withdrawn_already"):
        take_back(1)
    with pytest.raises(LedgerError, match="is_a_withdrawal"):
        take_back(2)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET withdrawn_by_id = 2 WHERE seq = 2")


def test_a_void_is_withdrawn_like_any_word():
    say((10, 925))
    said = columns((10, None)) | {"flag": ["void"]}
    with staged(Observation, said) as stage, transaction.atomic(), writing(kind="upload", actor=SYSTEM) as opened:
        stage.write(opened, stage.classify())

    take_back(2)

    assert open_values() == {10: 925}


def test_a_transfer_is_withdrawn_with_both_its_postings(cast: Cast):
    def posts() -> list[tuple[Any, ...]]:
        rows = Posting.objects.filter(cadre=cast.cadres["000101"], seq_to=None).order_by("starts_on")
        return list(rows.values_list("ref", "unit__code", "starts_on", "ends_on", "said_by"))

    before = posts()
    row = PostingRow("000101", "150627", "旗长", PostClass.HEAD, PostLevel.CHU_HEAD, date(2026, 3, 1))
    transfer_cadre(row=row, actor=SYSTEM, reason="交流任职")
    assert [post[1] for post in posts()] == ["150602", "150627"]

    receipt = take_back(last_committed_seq())

    assert posts() == before
    assert (receipt.n_changed, receipt.n_removed) == (1, 1)
    assert set(Touch.objects.filter(seq=receipt.seq).values_list("subject_id", "what")) == {
        (cast.cadres["000101"].pk, "posting")
    }


def test_many_rows_are_withdrawn_in_as_many_queries_as_few():
    say(*[(subject, 1) for subject in range(10, 12)])
    with CaptureQueriesContext(connection) as few:
        take_back(1)
    say(*[(subject, 1) for subject in range(10, 200)])
    with CaptureQueriesContext(connection) as many:
        take_back(3)

    assert len(many) == len(few)
