"""Withdrawal of a batch: two persons, what both saw, and nothing else."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.services import end_grant
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.errors import DomainError
from foundation.jobs.enums import JobState
from foundation.jobs.services import work_inline
from foundation.ledger.models import Entry, last_committed_seq
from intake.enums import BatchState, WithdrawalState
from intake.models import Batch, Repeat, Withdrawal
from intake.selectors.batches import count_batches_after
from intake.services.withdrawals import cancel_withdrawal, refuse_withdrawal, withdraw_batch
from tests.cast import Cast, actor
from tests.intake.factories import send, store, stored
from tests.intake.withdrawals import REASON, approve, ask, fresh, second_officer, withdraw_by_two

pytestmark = pytest.mark.usefixtures("indicators")

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]
CORRECTED = [*ROW[:4], "96"]
OTHER = ["", "150627", "DD01", "2026Q1", "80"]


@pytest.fixture
def second(cast: Cast) -> User:
    return second_officer()


def test_withdrawn_batch_gives_back_what_was_before(cast: Cast, second: User) -> None:
    store(cast.hr_city, ROW)
    batch = store(cast.hr_city, CORRECTED, OTHER).batch

    done = withdraw_by_two(cast.hr_city, second, batch)

    assert [row[4] for row in stored(cast)] == [9550]
    assert (done.state, done.decided_by, fresh(batch).state) == ("done", "user:hr.second", "withdrawn")
    receipt = done.entry
    assert receipt is not None
    assert (receipt.kind, receipt.reason, receipt.withdraws_id) == ("withdrawal", REASON, batch.entry_id)
    assert (receipt.n_changed, receipt.n_removed, receipt.n_same) == (1, 1, 0)


def test_every_step_is_one_event_and_the_last_carries_the_digest(cast: Cast, second: User) -> None:
    done = withdraw_by_two(cast.hr_city, second, store(cast.hr_city, ROW).batch)

    events = AuditEvent.objects.filter(action__in=[
        "withdrawal.asked", "withdrawal.approved", "batch.withdrawn",
    ]).order_by("seq")  # fmt: skip
    assert [(event.action, event.actor_key) for event in events] == [
        ("withdrawal.asked", "user:hr.city"),
        ("withdrawal.approved", "user:hr.second"),
        ("batch.withdrawn", "user:hr.second"),
    ]
    assert done.entry is not None
    assert events.last().rows_sha256 == done.entry.rows_sha256
    assert events.last().after["asked_by"] == "user:hr.city"


def test_request_alone_withdraws_nothing(cast: Cast) -> None:
    withdrawal = ask(cast.hr_city, store(cast.hr_city, ROW).batch)

    assert (withdrawal.state, withdrawal.is_by_two) == (WithdrawalState.WAITING, True)
    assert len(stored(cast)) == 1


def test_who_asked_cannot_approve_or_refuse(cast: Cast) -> None:
    withdrawal = ask(cast.hr_city, store(cast.hr_city, ROW).batch)

    with pytest.raises(DomainError, match="own_request"):
        approve(cast.hr_city, withdrawal)
    with pytest.raises(DomainError, match="own_request"):
        refuse_withdrawal(withdrawal=withdrawal, actor=actor(cast.hr_city), answer="再核对")


def test_database_refuses_one_person_as_both(cast: Cast) -> None:
    withdrawal = ask(cast.hr_city, store(cast.hr_city, ROW).batch)

    with pytest.raises(IntegrityError, match=r"by_two_persons|CHECK"), transaction.atomic():
        Withdrawal.objects.filter(pk=withdrawal.pk).update(
            state="approved", decided_by="user:hr.city", decided_at=withdrawal.asked_at
        )


@pytest.mark.parametrize(
    "change",
    ["state = 'waiting', decided_by = '', decided_at = NULL", "reason = 'x'", "plan_sha256 = 'x'", "state = 'lapsed'"],
)
def test_database_keeps_what_was_decided(cast: Cast, change: str) -> None:
    withdrawal = ask(cast.hr_city, store(cast.hr_city, ROW).batch)
    cancel_withdrawal(withdrawal=withdrawal, actor=actor(cast.hr_city))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE intake_withdrawal SET {change}")


@pytest.mark.parametrize("change", ["state = 'checked'", "state = 'committed'", "entry_id = NULL"])
def test_withdrawn_batch_stays_withdrawn(cast: Cast, second: User, change: str) -> None:
    withdraw_by_two(cast.hr_city, second, store(cast.hr_city, ROW).batch)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE intake_batch SET {change}")


def test_one_person_withdraws_where_the_setting_says_so(cast: Cast, settings: Any) -> None:
    settings.WITHDRAWAL_NEEDS_SECOND_PERSON = False
    withdrawal = ask(cast.hr_city, store(cast.hr_city, ROW).batch)
    assert (withdrawal.state, withdrawal.is_by_two) == (WithdrawalState.APPROVED, False)

    done = withdraw_batch(withdrawal=Withdrawal.objects.get(), actor=actor(cast.hr_city))

    assert (done["state"], stored(cast)) == ("done", [])


def test_same_file_is_stored_again_after_a_withdrawal(cast: Cast, second: User) -> None:
    first = store(cast.hr_city, ROW)
    withdraw_by_two(cast.hr_city, second, first.batch)

    again = store(cast.hr_city, ROW)

    assert (again.report.same_as, again.report.n_new) == (None, 1)
    assert again.batch.state == BatchState.COMMITTED
    assert [row[4] for row in stored(cast)] == [9550]


def test_plan_that_moved_on_before_the_approval_is_refused(cast: Cast, second: User) -> None:
    batch = store(cast.hr_city, ROW, OTHER).batch
    withdrawal = ask(cast.hr_city, batch)
    store(cast.hr_city, CORRECTED)

    with pytest.raises(DomainError, match="plan_moved_on"):
        approve(second, withdrawal)

    assert Withdrawal.objects.get().state == WithdrawalState.WAITING


def test_plan_that_moved_on_after_the_approval_lapses_and_withdraws_nothing(cast: Cast, second: User) -> None:
    batch = store(cast.hr_city, ROW, OTHER).batch
    job = approve(second, ask(cast.hr_city, batch))
    store(cast.hr_city, CORRECTED)
    before = Entry.objects.count()

    ended = work_inline(job)

    assert (ended.state, ended.result["state"]) == (JobState.DONE, "lapsed")
    assert (Entry.objects.count(), fresh(batch).state) == (before, BatchState.COMMITTED)
    assert ask(cast.hr_city, batch).state == WithdrawalState.WAITING


def test_old_preview_cannot_ask(cast: Cast) -> None:
    batch = store(cast.hr_city, ROW).batch

    with pytest.raises(DomainError, match="plan_moved_on"):
        ask(cast.hr_city, batch, plan_sha256="0" * 64)


@pytest.mark.parametrize("reason", ["", " 有空格", "两\n行", "长" * 501])
def test_request_needs_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(DomainError, match="reason_wrong"):
        ask(cast.hr_city, store(cast.hr_city, ROW).batch, reason=reason)


def test_one_request_at_a_time_and_a_new_one_after_a_refusal(cast: Cast, second: User) -> None:
    batch = store(cast.hr_city, ROW).batch
    withdrawal = ask(cast.hr_city, batch)
    with pytest.raises(DomainError, match="open_already"):
        ask(second, batch)

    refused = refuse_withdrawal(withdrawal=withdrawal, actor=actor(second), answer="数据无误")

    assert (refused.state, refused.answer, refused.decided_by) == ("refused", "数据无误", "user:hr.second")
    assert ask(second, batch).state == WithdrawalState.WAITING


def test_only_who_asked_cancels(cast: Cast, second: User) -> None:
    withdrawal = ask(cast.hr_city, store(cast.hr_city, ROW).batch)

    with pytest.raises(DomainError, match="not_yours_to_cancel"):
        cancel_withdrawal(withdrawal=withdrawal, actor=actor(second))
    assert cancel_withdrawal(withdrawal=withdrawal, actor=actor(cast.hr_city)).state == WithdrawalState.CANCELLED
    with pytest.raises(DomainError, match="decided_already"):
        approve(second, withdrawal)


def test_approved_request_is_cancelled_only_when_its_job_came_to_nothing(cast: Cast, second: User) -> None:
    withdrawal = ask(cast.hr_city, store(cast.hr_city, ROW).batch)
    job = approve(second, withdrawal)
    with pytest.raises(DomainError, match="at_work"):
        cancel_withdrawal(withdrawal=withdrawal, actor=actor(cast.hr_city))
    end_grant(grant=second.grants.get(), actor=SYSTEM, ends_on=date(2026, 1, 1))

    assert work_inline(job).state == JobState.FAILED

    assert len(stored(cast)) == 1
    assert cancel_withdrawal(withdrawal=withdrawal, actor=actor(cast.hr_city)).state == WithdrawalState.CANCELLED


def test_batch_that_is_not_stored_is_not_withdrawn(cast: Cast) -> None:
    batch = send(cast.hr_city, ROW).batch

    with pytest.raises(DomainError, match="not_committed"):
        ask(cast.hr_city, batch, plan_sha256="0" * 64)


@pytest.mark.parametrize("who", ["leader", "auditor", "bai_yin", "stranger", "system_admin"])
def test_who_may_not_withdraw_is_refused(cast: Cast, who: str) -> None:
    batch = store(cast.hr_city, ROW).batch

    with pytest.raises(DomainError, match="may_not_withdraw"):
        ask(getattr(cast, who), batch)


def test_clerk_asks_for_the_own_batch_and_approves_none(cast: Cast) -> None:
    batch = store(cast.clerk_statistics, ROW).batch
    withdrawal = ask(cast.clerk_statistics, batch)

    with pytest.raises(DomainError, match="may_not_approve"):
        approve(cast.clerk_water, withdrawal)
    work_inline(approve(cast.hr_city, withdrawal))

    assert stored(cast) == []


def test_rows_out_of_reach_keep_an_officer_from_both(cast: Cast) -> None:
    batch = store(cast.hr_city, ["", "150602101", "DD01", "2026Q1", "1"], OTHER).batch
    with pytest.raises(DomainError, match="rows_out_of_reach") as refused:
        ask(cast.hr_dongsheng, batch)
    assert refused.value.facts["count"] == 1

    withdrawal = ask(cast.hr_city, batch)
    with pytest.raises(DomainError, match="rows_out_of_reach"):
        approve(cast.hr_dongsheng, withdrawal)


def test_persons_are_in_reach_by_level_and_post_of_the_period(cast: Cast) -> None:
    low = store(cast.hr_city, ["000104", "", "OT01", "2026Q1", "88"]).batch
    high = store(cast.hr_city, ["000101", "", "OT01", "2026Q1", "88"]).batch

    assert ask(cast.hr_dongsheng, low).state == WithdrawalState.WAITING
    with pytest.raises(DomainError, match="rows_out_of_reach"):
        ask(cast.hr_dongsheng, high)


def test_rows_that_were_only_repeated_count_for_the_reach(cast: Cast) -> None:
    store(cast.hr_city, OTHER)
    batch = store(cast.hr_city, OTHER, ["", "150602101", "DD01", "2026Q1", "1"]).batch

    with pytest.raises(DomainError, match="rows_out_of_reach"):
        ask(cast.hr_dongsheng, batch)


def test_worked_twice_it_finds_the_receipt(cast: Cast, second: User) -> None:
    batch = store(cast.hr_city, ROW).batch
    withdrawal = ask(cast.hr_city, batch)
    job = approve(second, withdrawal)
    stale = Withdrawal.objects.select_related("batch__entry").get()
    first = work_inline(job).result
    before = Entry.objects.count()

    assert withdraw_batch(withdrawal=stale, actor=actor(second)) == first
    assert Entry.objects.count() == before


def test_store_notes_what_it_only_repeats(cast: Cast) -> None:
    first = store(cast.hr_city, ROW, OTHER).batch
    second = store(cast.hr_city, CORRECTED, OTHER).batch

    (repeat,) = Repeat.objects.all()
    assert (repeat.seq, repeat.said_by, repeat.subject_id) == (second.entry_id, first.entry_id, cast.units["150627"].pk)


def test_withdrawal_of_a_batch_leaves_other_batches_alone(cast: Cast, second: User) -> None:
    store(cast.hr_city, OTHER)
    batch = store(cast.hr_city, ROW).batch

    withdraw_by_two(cast.hr_city, second, batch)

    assert [row[4] for row in stored(cast)] == [8000]
    assert list(Batch.objects.order_by("number").values_list("state", flat=True)) == ["committed", "withdrawn"]


def test_withdrawn_batch_waits_for_the_next_run_if_the_last_one_read_it(cast: Cast, second: User) -> None:
    before = last_committed_seq()
    batch = store(cast.hr_city, ROW).batch
    read = last_committed_seq()
    assert (count_batches_after(seq=before), count_batches_after(seq=read)) == (1, 0)

    withdraw_by_two(cast.hr_city, second, batch)

    assert (count_batches_after(seq=before), count_batches_after(seq=read)) == (0, 1)
    assert count_batches_after(seq=last_committed_seq()) == 0
