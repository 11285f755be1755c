"""Who may look at which batch, and what its page says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.selectors.batch_pages import batch_page
from intake.selectors.batches import (
    batch_rows,
    count_batches_after,
    latest_batches,
    visible_batches,
    waiting_batches,
)
from intake.services.batches import receive_upload, request_commit
from tests.cast import Cast, actor, scope
from tests.intake.factories import commit, csv_bytes, send, store

pytestmark = pytest.mark.usefixtures("indicators")

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]


def refs(cast: Cast, who: str) -> list[int]:
    return sorted(visible_batches(scope(getattr(cast, who))).values_list("number", flat=True))


def test_city_office_sees_all_batches_and_others_their_own(cast: Cast) -> None:
    send(cast.hr_city, ROW)
    send(cast.hr_dongsheng, ROW)
    send(cast.clerk_water, ROW)

    seen = {who: refs(cast, who) for who in ("hr_city", "hr_dongsheng", "clerk_water", "leader", "bai_yin", "auditor")}

    assert seen == {
        "hr_city": [1, 2, 3],
        "hr_dongsheng": [2],
        "clerk_water": [3],
        "leader": [],
        "bai_yin": [],
        "auditor": [],
    }


def test_page_of_a_foreign_batch_is_not_there(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW)

    assert batch_page(scope(cast.clerk_water), ref=sent.batch.ref) is None


def test_page_before_the_check_shows_the_job_and_offers_nothing(cast: Cast) -> None:
    requested = receive_upload(chunks=[csv_bytes([ROW])], name="data.csv", actor=actor(cast.hr_city))

    page = batch_page(scope(cast.hr_city), ref=requested.batch.ref)

    assert page is not None
    assert page.job is not None
    assert page.job.ref == requested.job.ref
    assert (page.problems, page.receipt, page.may_commit) == (None, None, False)


def test_page_of_a_rejected_batch_says_what_to_do_first(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW, ["", "150627", "DD01", "2026Q1", "约9"], ["999", "", "OT01", "2026Q1", "1"])

    page = batch_page(scope(cast.hr_city), ref=sent.batch.ref)

    assert page is not None
    assert page.problems is not None
    assert page.problems.heading == "先改 2 处错误，再重新上传"
    assert (page.problems.n_ok, page.problems.n_error, page.problems.n_warning) == (1, 2, 0)
    assert [(kind.label, kind.where, kind.open) for kind in page.problems.kinds] == [
        ("工号不存在或不在您的管理范围", "A 列", True),
        ("不是数字", "E 列", False),
    ]
    (cell,) = page.problems.kinds[1].cells
    assert (cell.ref, cell.name, cell.value, cell.message) == ("E3", "150627", "约9", "“约9”不是数字。")
    assert [step.state for step in page.steps] == ["done", "failed", "todo"]
    assert (page.may_commit, page.receipt) == (False, None)


def test_page_of_a_checked_batch_offers_the_commit_and_shows_the_corrections(cast: Cast) -> None:
    store(cast.hr_city, ROW)
    sent = send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "96"])

    page = batch_page(scope(cast.hr_city), ref=sent.batch.ref)

    assert page is not None
    assert page.problems is not None
    assert (page.may_commit, page.commit_refusal, page.plan_sha256) == (True, "", sent.batch.plan_sha256)
    assert page.problems.compare == "与库中数据相比：相同 0 条，新增 0 条，改动 1 条"
    assert page.corrections is not None
    (row,) = page.corrections.rows
    assert (row.ref, row.subject, row.what) == ("E2", "150602", "DD01 2026Q1 数值")
    assert (row.before, row.after, row.difference, row.jump) == ("95.50", "96.00", "+0.50", None)


def test_page_does_not_offer_the_commit_while_one_is_at_work(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW)
    request_commit(batch=sent.batch, actor=actor(cast.hr_city), plan_sha256=sent.batch.plan_sha256)

    page = batch_page(scope(cast.hr_city), ref=sent.batch.ref)

    assert page is not None
    assert page.job is not None
    assert page.may_commit is False


def test_page_of_the_same_file_shows_the_earlier_receipt(cast: Cast) -> None:
    first = store(cast.hr_city, ROW)
    second = send(cast.hr_city, ROW)

    page = batch_page(scope(cast.hr_city), ref=second.batch.ref)

    assert page is not None
    assert page.receipt is not None
    assert (page.receipt.number, page.receipt.is_earlier) == (f"回执 {first.batch.entry_id}", True)
    assert (page.may_commit, page.state.label) == (False, "内容已在库")


def test_rows_of_the_list_say_the_result(cast: Cast) -> None:
    committed = store(cast.hr_city, ROW)
    send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "x"])
    send(cast.hr_city, ["", "150602", "DD01", "2026Q2", " 1"])

    rows = latest_batches(scope(cast.hr_city), limit=10)

    assert [(row.number, row.state.label, row.n_rows, row.result, row.who) for row in rows] == [
        (3, "已检查", 1, "等待提交，1 处提醒", "例霜降"),
        (2, "未通过", 1, "1 处错误", "例霜降"),
        (1, "已入库", 1, f"回执 {committed.batch.entry_id}：新增 1，改动 0，相同 0", "例霜降"),
    ]


def test_what_waits_is_what_its_sender_can_still_do(cast: Cast) -> None:
    send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "x"])
    assert [one.title for one in waiting_batches(scope(cast.hr_city))] == ["批次 1 有 1 处错误，改好后重新上传"]

    checked = send(cast.hr_city, ROW)
    assert [one.title for one in waiting_batches(scope(cast.hr_city))] == ["批次 2 已检查，等您提交"]

    commit(cast.hr_city, checked)
    send(cast.hr_city, ROW)
    assert waiting_batches(scope(cast.hr_city)) == []
    assert waiting_batches(scope(cast.leader)) == []


def test_batches_after_a_cut_are_counted(cast: Cast) -> None:
    first = store(cast.hr_city, ROW)
    store(cast.hr_city, ["", "150627", "DD01", "2026Q1", "1"])
    send(cast.hr_city, ["", "150627", "DD01", "2026Q2", "1"])

    assert count_batches_after(seq=first.batch.entry_id or 0) == 1


@pytest.mark.parametrize("many", [1, 30])
def test_list_takes_the_same_number_of_queries(cast: Cast, many: int) -> None:
    for _ in range(many):
        receive_upload(chunks=[csv_bytes([ROW])], name="data.csv", actor=actor(cast.hr_city))
    seen = scope(cast.hr_city)

    with CaptureQueriesContext(connection) as queries:
        rows = batch_rows(visible_batches(seen).order_by("-number"))

    assert (len(rows), len(queries)) == (many, 2)
