"""A handful of the corpus over HTTP: what the page of the door and the page of the batch say."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from intake.models import Batch, Observation
from tests.cast import Cast
from tests.client import PageClient
from tests.intake.corpus.test_corpus import CASES

pytestmark = pytest.mark.usefixtures("indicators")

ClientFor = Callable[[User], PageClient]
BY_NAME = {case.name: case for case in CASES}


def post(client: PageClient, name: str) -> str:
    """Send a file of the corpus by the form; the page that answers, after its check."""
    case = BY_NAME[name]
    answer = client.post("/batches/upload/", {"file": SimpleUploadedFile(case.file_name, case.make())})
    if answer.status_code != 302:
        assert answer.status_code == 422
        return str(answer.content.decode())
    work_inline(Job.objects.latest("pk"))
    return str(client.get(answer["Location"]).content.decode())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("name: old Excel by name", "是旧版 Excel 格式（.xls）"),
        ("name: encrypted workbook", "设有打开密码"),
        ("name: csv renamed", "改后缀名不会改变格式"),
        ("name: empty csv file", "没有找到数据"),
    ],
)
def test_the_door_says_what_to_do_and_keeps_nothing(client_for: ClientFor, cast: Cast, name: str, said: str) -> None:
    assert said in post(client_for(cast.hr_city), name)
    assert Batch.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("package: document type in the sheet", "不完整或已损坏"),
        ("hidden: two visible sheets with data", "有 2 个可见工作表含有数据（数据、二）"),
        ("merged: merged data", "E2:E3 是合并单元格"),
        ("formulas: formula without value", "是公式 =A1+1，但文件中没有计算结果"),
        ("below: total", "这些行不是数据"),
        ("csv ragged: too long", "本行有 6 格，表头只有 5 格"),
    ],
)
def test_the_page_of_the_batch_says_what_is_wrong(client_for: ClientFor, cast: Cast, name: str, said: str) -> None:
    page = post(client_for(cast.hr_city), name)

    assert said in page
    assert Observation.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("above: title and who reports", "表头取自第 3 行"),
        ("hidden: rows hidden by default", "有 1 行处于隐藏状态（2）"),
        ("formats: percent built in 9", "按所见的 95.5% 读取"),
        ("csv separators: semicolons", "文件以分号分隔"),
    ],
)
def test_the_page_of_the_batch_tells_what_was_read_how(client_for: ClientFor, cast: Cast, name: str, said: str) -> None:
    page = post(client_for(cast.hr_city), name)

    assert said in page
    assert "提交入库" in page
