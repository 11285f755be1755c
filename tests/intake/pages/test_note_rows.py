"""The one click on the page of a batch: these rows are no data."""

from collections.abc import Callable

import pytest

from accounts.models import User
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from intake.job_kinds import CHECK_JOB, job_key
from intake.models import Batch
from tests.cast import Cast
from tests.client import PageClient
from tests.intake.factories import send

pytestmark = pytest.mark.usefixtures("indicators")

ClientFor = Callable[[User], PageClient]
ROW = ["", "150602", "DD01", "2026Q1", "95.5"]
NOTE = ["注：以上由统计局提供", "", "", "", ""]


def work_check(batch: Batch) -> None:
    work_inline(Job.objects.filter(key=job_key(CHECK_JOB, batch.ref)).latest("pk"))


def test_page_shows_the_rows_and_the_click_leaves_them_out(client_for: ClientFor, cast: Cast) -> None:
    batch, client = send(cast.hr_city, ROW, NOTE).batch, client_for(cast.hr_city)
    page = client.get(f"/batches/{batch.ref}/").content.decode()
    assert "数据之下有 1 行不像数据" in page
    assert "这些行不是数据" in page

    answer = client.post(f"/batches/{batch.ref}/leave-out/", {"rows": "3"})
    work_check(batch)

    assert answer.status_code == 302
    page = client.get(f"/batches/{batch.ref}/").content.decode()
    assert "按您的决定，1 行没有作为数据读取" in page
    assert "注：以上由统计局提供" in page
    assert "提交入库" in page


def test_click_is_taken_back(client_for: ClientFor, cast: Cast) -> None:
    batch, client = send(cast.hr_city, ROW, NOTE).batch, client_for(cast.hr_city)
    client.post(f"/batches/{batch.ref}/leave-out/", {"rows": "3"})
    work_check(batch)

    client.post(f"/batches/{batch.ref}/take-back/")
    work_check(batch)

    assert "数据之下有 1 行不像数据" in client.get(f"/batches/{batch.ref}/").content.decode()


@pytest.mark.parametrize("rows", ["", "3;4", "2", "x"])
def test_other_rows_are_refused_in_words_and_nothing_changes(client_for: ClientFor, cast: Cast, rows: str) -> None:
    batch, client = send(cast.hr_city, ROW, NOTE).batch, client_for(cast.hr_city)

    answer = client.post(f"/batches/{batch.ref}/leave-out/", {"rows": rows}, follow=True)

    assert "没有改动任何内容" in answer.content.decode() or "请从本页的按钮提交" in answer.content.decode()
    assert Batch.objects.get(pk=batch.pk).left_out == []


def test_heading_row_stands_on_the_page(client_for: ClientFor, cast: Cast) -> None:
    heading = ("鄂尔多斯市考核数据", "", "", "", "")
    batch = send(cast.hr_city, ["工号", "单位代码", "指标代码", "期间", "数值"], ROW, heading=heading).batch

    page = client_for(cast.hr_city).get(f"/batches/{batch.ref}/").content.decode()

    assert "第 2 行是表头" in page
