"""Pages of withdrawals: the preview tells what would happen, who may decides, a foreign one is not there."""

from collections.abc import Callable

import pytest

from accounts.models import User
from foundation.jobs.services import work_inline
from intake.enums import BatchState, WithdrawalState
from intake.models import Batch, Withdrawal
from intake.selectors.withdrawals import closing_preview, closing_rows, kept_preview, kept_rows, withdrawal_page
from tests.cast import Cast, scope
from tests.client import PageClient
from tests.intake.factories import make_indicators, store
from tests.intake.withdrawals import approve, ask, fresh, plan_of, second_officer, withdraw_by_two
from tests.pages.test_lists import asked

pytestmark = pytest.mark.usefixtures("indicators")

ClientFor = Callable[[User], PageClient]

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]
OTHER = ["", "150627", "DD01", "2026Q1", "80"]
THIRD = ["000101", "", "OT01", "2026Q1", "70"]


def corrected(row: list[str], value: str) -> list[str]:
    return [*row[:4], value]


@pytest.fixture
def indicators(cast: Cast) -> None:
    make_indicators()


@pytest.fixture
def batch(cast: Cast) -> Batch:
    """A batch that corrected one value and brought two, of which one was corrected later and one sent again."""
    store(cast.clerk_statistics, ROW)
    batch = store(cast.hr_city, corrected(ROW, "96"), OTHER, THIRD).batch
    store(cast.hr_city, corrected(THIRD, "71"), OTHER)
    return fresh(batch)


def test_preview_says_what_goes_what_comes_back_and_what_stays(cast: Cast, batch: Batch) -> None:
    reader = scope(cast.hr_city)

    going = closing_preview(reader, batch, list(closing_rows(batch).order_by("subject_id")))
    staying = kept_preview(reader, batch, list(kept_rows(batch)))

    shown = {row.subject: (row.cell, row.what, row.now, row.after, row.repeated_in) for row in going}
    assert shown == {
        "150602 东胜区": ("E2", "DD01 2026Q1 数值", "96.00", "95.50", ""),
        "150627 伊金霍洛旗": ("E3", "DD01 2026Q1 数值", "80.00", "没有数据", "批次 3"),
    }
    said = {row.subject: row.said.who for row in going if row.said}
    assert said == {"150602 东胜区": "示清明"}
    assert [(row.subject, row.now, row.after) for row in staying] == [("000101 白音", "70.00", "71.00")]
    assert staying[0].said is not None
    assert staying[0].said.batch == "批次 3"


def test_preview_warns_of_values_that_another_batch_sent_too(cast: Cast, batch: Batch) -> None:
    page = withdrawal_page(scope(cast.hr_city), ref=batch.ref)

    assert page is not None
    assert (page.plan.n_reopened, page.plan.n_removed, page.plan.n_kept) == (1, 1, 1)
    assert [(each.batch, each.count) for each in page.repeated] == [("批次 3", 1)]


def test_a_batch_that_was_withdrawn_warns_no_more(cast: Cast, batch: Batch) -> None:
    later = Batch.objects.get(number=3)
    withdraw_by_two(cast.hr_city, second_officer(), later)

    page = withdrawal_page(scope(cast.hr_city), ref=batch.ref)

    assert page is not None
    assert page.repeated == ()


def test_preview_asks_and_keeps_the_words_of_a_refused_request(client_for: ClientFor, cast: Cast, batch: Batch) -> None:
    client, url = client_for(cast.hr_city), f"/batches/{batch.ref}/withdraw/"
    assert "申请撤回：恢复旧值 1 条，收回 1 条，不变 1 条" in client.get(url).content.decode()

    stale = client.post(url, {"reason": "口径有误", "plan_sha256": "0" * 64})
    empty = client.post(url, {"reason": "", "plan_sha256": plan_of(batch)})
    assert (stale.status_code, empty.status_code) == (422, 422)
    assert "库中数据有了变化" in stale.content.decode()
    assert 'value="口径有误"' in stale.content.decode()
    assert "请填写撤回原因。" in empty.content.decode()
    assert Withdrawal.objects.count() == 0

    assert client.post(url, {"reason": "口径有误", "plan_sha256": plan_of(batch)}).status_code == 302
    assert Withdrawal.objects.get().asked_by == "user:hr.city"


def test_another_officer_finds_it_at_home_and_approves_it(client_for: ClientFor, cast: Cast, batch: Batch) -> None:
    client, withdrawal = client_for(second_officer()), ask(cast.hr_city, batch)

    assert "例霜降 申请撤回批次 2，等您决定" in client.get("/").content.decode()
    assert batch.ref in client.get("/withdrawals/").content.decode()
    page = client.get(f"/batches/{batch.ref}/withdraw/").content.decode()
    assert "批准撤回：恢复旧值 1 条，收回 1 条，不变 1 条" in page
    answer = client.post(f"/withdrawals/{withdrawal.ref}/approve/", {"plan_sha256": plan_of(batch)})

    assert (answer.status_code, Withdrawal.objects.get().state) == (302, WithdrawalState.APPROVED)
    assert batch.ref not in client.get("/withdrawals/").content.decode()


def test_who_asked_is_offered_the_way_back_and_not_the_approval(
    client_for: ClientFor, cast: Cast, batch: Batch
) -> None:
    client, withdrawal = client_for(cast.hr_city), ask(cast.hr_city, batch)

    page = client.get(f"/batches/{batch.ref}/withdraw/").content.decode()
    assert ("批准撤回：" in page, "取消申请" in page, "等您决定" in client.get("/").content.decode()) == (
        False,
        True,
        False,
    )
    client.post(f"/withdrawals/{withdrawal.ref}/approve/", {"plan_sha256": plan_of(batch)})
    assert Withdrawal.objects.get().state == WithdrawalState.WAITING
    client.post(f"/withdrawals/{withdrawal.ref}/cancel/")
    assert Withdrawal.objects.get().state == WithdrawalState.CANCELLED


def test_preview_that_moved_on_offers_no_approval(client_for: ClientFor, cast: Cast, batch: Batch) -> None:
    client, _withdrawal = client_for(second_officer()), ask(cast.hr_city, batch)
    store(cast.hr_city, corrected(OTHER, "81"))

    page = client.get(f"/batches/{batch.ref}/withdraw/").content.decode()

    assert "后果与申请时不同" in page
    assert "disabled" in page


def test_refusal_needs_words_and_leaves_the_data(client_for: ClientFor, cast: Cast, batch: Batch) -> None:
    client, withdrawal = client_for(second_officer()), ask(cast.hr_city, batch)
    url = f"/withdrawals/{withdrawal.ref}/refuse/"

    client.post(url, {"answer": ""})
    assert Withdrawal.objects.get().state == WithdrawalState.WAITING
    client.post(url, {"answer": "数据无误"})

    assert (Withdrawal.objects.get().state, fresh(batch).state) == (WithdrawalState.REFUSED, BatchState.COMMITTED)
    assert "数据无误" in client.get(f"/batches/{batch.ref}/").content.decode()


def test_receipt_stands_on_the_page_of_the_withdrawn_batch(client_for: ClientFor, cast: Cast, batch: Batch) -> None:
    done = withdraw_by_two(cast.hr_city, second_officer(), batch)
    assert done.entry is not None

    page = client_for(cast.hr_city).get(f"/batches/{batch.ref}/").content.decode()

    assert f"回执 {done.entry.seq}" in page
    assert done.entry.rows_sha256 in page
    assert "撤回本批次" not in page
    assert client_for(cast.hr_city).get(f"/batches/{batch.ref}/withdraw/").status_code == 404


@pytest.mark.parametrize("action", ["approve", "refuse", "cancel"])
def test_request_of_another_scope_is_not_there(client_for: ClientFor, cast: Cast, batch: Batch, action: str) -> None:
    withdrawal = ask(cast.hr_city, batch)

    answer = client_for(cast.hr_dongsheng).post(
        f"/withdrawals/{withdrawal.ref}/{action}/", {"plan_sha256": plan_of(batch), "answer": "不"}
    )

    assert (answer.status_code, Withdrawal.objects.get().state) == (404, WithdrawalState.WAITING)


def test_preview_of_another_scope_is_not_there(client_for: ClientFor, cast: Cast, batch: Batch) -> None:
    client = client_for(cast.clerk_water)
    url = f"/batches/{batch.ref}/withdraw/"

    assert client.get(url).status_code == 404
    assert client.post(url, {"reason": "x", "plan_sha256": plan_of(batch)}).status_code == 404
    assert client.get("/withdrawals/?show=all").content.decode().count("data-row-link") == 0


def test_preview_takes_as_many_queries_for_thirty_rows(client_for: ClientFor, cast: Cast) -> None:
    client = client_for(cast.hr_city)
    one = store(cast.hr_city, OTHER).batch
    few = asked(client, f"/batches/{one.ref}/withdraw/")
    rows = [
        ["", unit, "DD12" if unit == "1506-SLJ" else "DD01", period, "50"]
        for unit in ("150602", "150627", "150602001", "150602101")
        for period in ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q2", "2026Q3", "2026Q4")
    ]
    many = store(cast.hr_city, *rows).batch

    assert asked(client, f"/batches/{many.ref}/withdraw/") == few


def test_list_takes_as_many_queries_for_many_requests(client_for: ClientFor, cast: Cast) -> None:
    second = second_officer()
    client = client_for(second)
    ask(cast.hr_city, store(cast.hr_city, ROW).batch)
    one = [asked(client, "/withdrawals/"), asked(client, "/")]
    for at in range(6):
        ask(cast.hr_city, store(cast.hr_city, corrected(OTHER, str(at + 1))).batch)

    assert [asked(client, "/withdrawals/"), asked(client, "/")] == one
    work_inline(approve(second, Withdrawal.objects.earliest("pk")))
    assert client.get("/withdrawals/").content.decode().count("data-row-link") == 6
