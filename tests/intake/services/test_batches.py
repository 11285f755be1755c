"""An upload from the file to the receipt."""

from datetime import date

import pytest

from accounts.services import end_grant
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.clock import today
from foundation.errors import DomainError
from foundation.files.models import StoredFile
from foundation.jobs.enums import JobState
from foundation.ledger.models import Entry, Touch
from intake.checks import entry_rights_of
from intake.enums import BatchState
from intake.models import Batch, Observation
from intake.services.batches import (
    MovedOnError,
    commit_batch,
    receive_upload,
    request_check,
    request_commit,
    store_batch,
)
from intake.services.examining import examined
from tests.cast import Cast, actor
from tests.intake.factories import commit, csv_bytes, send, store, stored, upload, worked, xlsx_bytes

pytestmark = pytest.mark.usefixtures("indicators")

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]
BANNER_ROW = ["", "150602101", "DD01", "2026Q1", "95.5"]


def last_seq() -> int:
    return Entry.objects.latest("seq").seq


def test_good_file_is_stored_with_a_receipt(cast: Cast) -> None:
    checked = send(cast.hr_city, ROW, ["000101", "", "OT01", "2026Q1", "88"])

    assert (checked.batch.state, checked.problems) == (BatchState.CHECKED, [])
    assert (checked.report.n_new, checked.report.n_changed, checked.report.n_same) == (2, 0, 0)
    assert stored(cast) == []

    committed = commit(cast.hr_city, checked)

    entry = Entry.objects.latest("seq")
    assert (committed.batch.state, committed.batch.entry_id) == (BatchState.COMMITTED, entry.seq)
    assert (entry.n_new, entry.actor_key, entry.kind) == (2, "user:hr.city", "upload")
    assert stored(cast) == [
        ("000101", "OT01", "2026Q1", "value", 8800, "value", "final"),
        ("150602", "DD01", "2026Q1", "value", 9550, "value", "final"),
    ]
    assert Touch.objects.filter(seq=entry.seq).count() == 2


def test_every_step_is_one_audit_event_and_the_store_carries_the_digest(cast: Cast) -> None:
    store(cast.hr_city, ROW)

    events = AuditEvent.objects.filter(action__startswith="batch.").order_by("seq")
    assert [event.action for event in events] == [
        "batch.received",
        "batch.checked",
        "batch.confirmed",
        "batch.committed",
    ]
    assert events.last().rows_sha256 == Entry.objects.latest("seq").rows_sha256


def test_workbook_keeps_the_address_of_each_value(cast: Cast) -> None:
    data = xlsx_bytes([["", "150602", "DD01", "2026Q1", 95.5]])

    commit(cast.hr_city, upload(cast.hr_city, data, "data.xlsx"))

    row = Observation.objects.get()
    assert (row.sheet, row.row, row.col, row.value) == (1, 2, 5, 9550)


def test_one_bad_row_keeps_all_rows_out(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW, ["", "150627", "DD01", "2026Q1", "9_5"])

    assert sent.batch.state == BatchState.REJECTED
    assert sent.problems == [("not_a_number", "E3", "9_5")]
    assert stored(cast) == []
    with pytest.raises(DomainError, match="not_checked"):
        request_commit(batch=sent.batch, actor=actor(cast.hr_city), plan_sha256=sent.batch.plan_sha256)


def test_correction_shows_old_and_new_and_keeps_the_old_row(cast: Cast) -> None:
    store(cast.hr_city, ROW)

    sent = send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "96"], ["", "150627", "DD01", "2026Q1", "1"])

    assert (sent.report.n_new, sent.report.n_changed, sent.report.n_same) == (1, 1, 0)
    assert [(one.ref, one.before, one.after) for one in sent.report.changes] == [("E2", "95.50", "96.00")]
    commit(cast.hr_city, sent)
    assert [row[4] for row in stored(cast)] == [9600, 100]
    assert list(Observation.objects.order_by("value").values_list("value", flat=True)) == [100, 9550, 9600]


def test_same_value_again_is_counted_and_changes_nothing(cast: Cast) -> None:
    store(cast.hr_city, ROW)

    again = store(cast.hr_city, ROW, ["", "150627", "DD01", "2026Q1", "1"])

    entry = again.batch.entry
    assert entry is not None
    assert (entry.n_new, entry.n_changed, entry.n_same) == (1, 0, 1)
    assert Observation.objects.count() == 2


def test_same_file_again_gives_the_same_receipt_and_no_second_entry(cast: Cast) -> None:
    first = store(cast.hr_city, ROW)
    receipt = last_seq()

    second = send(cast.hr_city, ROW)
    assert second.report.same_as == first.batch.ref

    again = commit(cast.hr_city, second)

    assert again.job.result == {
        "batch": second.batch.ref,
        "state": "checked",
        "receipt": receipt,
        "is_earlier": True,
        "changed_since": False,
    }
    assert (last_seq(), Observation.objects.count()) == (receipt, 1)


def test_same_file_stores_again_what_was_corrected_meanwhile(cast: Cast) -> None:
    store(cast.hr_city, ROW)
    store(cast.hr_city, ["", "150602", "DD01", "2026Q1", "96"])

    third = store(cast.hr_city, ROW)

    assert (third.report.same_as, third.batch.state) == (None, BatchState.COMMITTED)
    assert [row[4] for row in stored(cast)] == [9550]


def test_same_file_stores_again_after_its_receipt_was_withdrawn(cast: Cast) -> None:
    first = store(cast.hr_city, ROW)
    later = store(cast.hr_city, ["", "150627", "DD01", "2026Q1", "1"])
    Entry.objects.filter(pk=first.batch.entry_id).update(withdrawn_by=later.batch.entry_id)

    assert send(cast.hr_city, ROW).report.same_as is None


def test_plan_that_changed_after_the_check_goes_back_to_checked(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW)
    store(cast.hr_city, ["", "150602", "DD01", "2026Q1", "90"])
    before = last_seq()

    back = commit(cast.hr_city, sent)

    assert (back.batch.state, back.report.changed_since) == (BatchState.CHECKED, True)
    assert [(one.before, one.after) for one in back.report.changes] == [("90.00", "95.50")]
    assert back.batch.plan_sha256 != sent.batch.plan_sha256
    assert (last_seq(), [row[4] for row in stored(cast)]) == (before, [9000])

    job = commit(cast.hr_city, back).job

    assert [row[4] for row in stored(cast)] == [9550]
    assert (job.result["state"], job.result["changed_since"]) == ("committed", False), (
        "stored: nothing is open any more"
    )


def test_old_page_cannot_confirm_a_new_plan(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW)

    with pytest.raises(DomainError, match="plan_is_another"):
        request_commit(batch=sent.batch, actor=actor(cast.hr_city), plan_sha256="0" * 64)


def test_reach_withdrawn_between_check_and_store_rejects_the_batch(cast: Cast) -> None:
    sent = send(cast.hr_dongsheng, BANNER_ROW)
    requested = request_commit(batch=sent.batch, actor=actor(cast.hr_dongsheng), plan_sha256=sent.batch.plan_sha256)
    type(cast.units["150602"]).objects.filter(code="150602101").update(parent=cast.units["150627"])

    back = worked(requested)

    assert back.batch.state == BatchState.REJECTED
    assert back.problems == [("unit_unknown", "B2", "150602101")]
    assert stored(cast) == []


def test_right_withdrawn_between_check_and_store_stores_nothing(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW)
    requested = request_commit(batch=sent.batch, actor=actor(cast.hr_city), plan_sha256=sent.batch.plan_sha256)
    end_grant(grant=cast.hr_city.grants.get(), actor=SYSTEM, ends_on=date(2026, 1, 1))

    job = worked(requested).job

    assert (job.state, job.error["code"]) == (JobState.FAILED, "not_allowed")
    assert (Batch.objects.get().state, stored(cast)) == (BatchState.CHECKED, [])


def test_job_worked_twice_finds_the_receipt(cast: Cast) -> None:
    committed = store(cast.hr_city, ROW)
    receipt = last_seq()

    outcome = commit_batch(
        batch=committed.batch,
        actor=actor(cast.hr_city),
        plan_sha256=committed.batch.plan_sha256,
        progress=lambda done, of_all, note: None,
    )

    assert (outcome.receipt.seq if outcome.receipt else None, outcome.is_earlier) == (receipt, False)
    assert last_seq() == receipt


def test_check_is_asked_for_again_only_while_nothing_is_known(cast: Cast) -> None:
    requested = receive_upload(chunks=[csv_bytes([ROW])], name="data.csv", actor=actor(cast.hr_city))
    again = request_check(batch=requested.batch, actor=actor(cast.hr_city))

    assert again.job.pk == requested.job.pk

    worked(requested)
    with pytest.raises(DomainError, match="nothing_to_check"):
        request_check(batch=requested.batch, actor=actor(cast.hr_city))


def test_numbers_follow_one_another(cast: Cast) -> None:
    assert [send(cast.hr_city, ROW).batch.number for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("who", ["leader", "auditor", "bai_yin", "stranger", "system_admin"])
def test_who_may_not_upload_leaves_no_trace(cast: Cast, who: str) -> None:
    with pytest.raises(DomainError, match="may_not_upload"):
        receive_upload(chunks=[csv_bytes([ROW])], name="data.csv", actor=actor(getattr(cast, who)))

    assert (Batch.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_rights_are_read_again_under_the_lock(cast: Cast) -> None:
    sent = send(cast.hr_dongsheng, BANNER_ROW)
    someone, before = actor(cast.hr_dongsheng), last_seq()
    rights = entry_rights_of(someone, on=today())

    with examined(sent.batch, rights, progress=lambda done, of_all, note: None) as seen:
        cast.units["150602"].children.update(parent=cast.units["150627"])
        with pytest.raises(MovedOnError):
            store_batch(
                batch=sent.batch, actor=someone, stage=seen.stage, plan_sha256=sent.batch.plan_sha256, rights=rights
            )

    assert (last_seq(), stored(cast)) == (before, [])


def test_batch_is_stored_once_even_when_nothing_in_it_is_new(cast: Cast) -> None:
    rows = [ROW, ["", "150627", "DD01", "2026Q1", "1"]]
    store(cast.hr_city, *rows)
    sent, someone = send(cast.hr_city, *reversed(rows)), actor(cast.hr_city)
    rights = entry_rights_of(someone, on=today())

    with examined(sent.batch, rights, progress=lambda done, of_all, note: None) as seen:
        terms = {"actor": someone, "stage": seen.stage, "plan_sha256": seen.plan.sha256, "rights": rights}
        store_batch(batch=sent.batch, **terms)
        receipt = last_seq()
        with pytest.raises(MovedOnError):
            store_batch(batch=sent.batch, **terms)

    assert last_seq() == receipt
