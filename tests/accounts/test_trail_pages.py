"""The auditor's pages: the trail in words, one event, a reading of the whole, what leaves the house."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from accounts.services import switch_off_user
from accounts.services.trail import ANCHOR_JOB, MOST_IN_A_SHEET, anchor_trail
from accounts.tasks import due_anchors
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.audit.verifying import verify_trail
from foundation.jobs.models import Job
from foundation.jobs.services import request_job, work_inline
from tests.cast import Cast, actor
from tests.client import PageClient
from units.services import rename_unit

ClientFor = Callable[[User], PageClient]
AT = datetime(2026, 7, 10, 3, tzinfo=UTC)


@pytest.fixture
def auditor(cast: Cast, client_for: ClientFor, tmp_path: Any, settings: Any) -> PageClient:
    """The auditor at the desk, with an anchor file of the test's own."""
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    return client_for(cast.auditor)


def rename(cast: Cast) -> AuditEvent:
    """Something with a before and an after."""
    rename_unit(unit=cast.units["1506-SLJ"], actor=actor(cast.hr_city), name="市水务局")
    return AuditEvent.objects.get(action="unit.renamed")


def test_the_list_tells_who_did_what_in_words(auditor: PageClient, cast: Cast) -> None:
    event = rename(cast)

    page = auditor.get("/audit/?q=unit.renamed").content.decode()

    assert "单位更名" in page
    assert cast.hr_city.name in page
    assert "组织人事干部" in page
    assert f'href="/audit/{event.seq}/"' in page
    assert "登记单位" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=hr.city", {"unit.renamed", "user.created"}),
        ("?kind=units.unit&ref=1506-SLJ", {"unit.renamed"}),
        ("?q=1506-SLJ&days=1", {"unit.renamed"}),
        ("?kind=accounts.grant&q=1506-SLJ", set()),
        ("?kind=no.such&days=x&q=1506-SLJ", {"unit.renamed"}),
    ],
)
def test_the_list_is_narrowed_by_person_object_and_time(
    auditor: PageClient, cast: Cast, query: str, found: set[str]
) -> None:
    rename(cast)

    rows = auditor.get(f"/audit/{query}").context["rows"]

    assert {row.code for row in rows} == found


def test_nothing_found_says_so_and_leads_back(auditor: PageClient) -> None:
    page = auditor.get("/audit/?q=nobody").content.decode()

    assert "没有符合条件的记录" in page
    assert 'href="/audit/"' in page


def test_one_event_shows_before_and_after(auditor: PageClient, cast: Cast) -> None:
    event = rename(cast)

    page = auditor.get(f"/audit/{event.seq}/")

    assert [(c.field, c.before, c.after, c.is_changed) for c in page.context["page"].changes] == [
        ("name", "市水利局", "市水务局", True)
    ]
    content = page.content.decode()
    assert event.hash in content
    assert "?kind=units.unit&amp;ref=1506-SLJ" in content
    assert auditor.get(f"/audit/{event.seq + 1}/").status_code == 404


def test_what_somebody_wrote_into_a_name_is_shown_as_text(auditor: PageClient, cast: Cast) -> None:
    rename_unit(unit=cast.units["1506-SLJ"], actor=actor(cast.hr_city), name="<script>alert(1)</script>")
    event = AuditEvent.objects.get(action="unit.renamed")

    content = auditor.get(f"/audit/{event.seq}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "<script>alert" not in content


def test_the_list_takes_as_many_queries_for_fifty_events_as_for_one(auditor: PageClient, cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get("/audit/?q=user.switched_off").status_code == 200
        return len(queries)

    switch_off_user(user=cast.stranger, actor=SYSTEM)
    one = asked()
    event = AuditEvent.objects.get(action="user.switched_off")
    AuditEvent.objects.bulk_create(
        AuditEvent(**{f.name: getattr(event, f.name) for f in AuditEvent._meta.fields} | {"seq": event.seq + n})
        for n in range(1, 50)
    )

    assert asked() == one


def test_a_reading_of_the_whole_trail_is_asked_for_and_its_finding_shown(auditor: PageClient, cast: Cast) -> None:
    assert "还没有核验过" in auditor.get("/audit/verification/").content.decode()

    answer = auditor.post("/audit/verification/start/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/audit/verification/")
    assert "正在核验" in auditor.get("/audit/verification/").content.decode()
    n = AuditEvent.objects.count()
    work_inline(Job.objects.get(kind="accounts.verify_trail"))
    page = auditor.get("/audit/verification/").content.decode()
    assert f"{n} 条逐条核对无误" in page
    assert "没有锚点" in page


def test_the_reading_is_not_done_for_who_may_not_read_the_trail(cast: Cast) -> None:
    job = request_job(kind="accounts.verify_trail", key="k", actor=actor(cast.hr_city))

    assert work_inline(job).error["code"] == "not_allowed"


def test_a_finding_is_shown_with_the_number_of_the_event(auditor: PageClient) -> None:
    job = request_job(kind="accounts.verify_trail", key="k", actor=SYSTEM)
    Job.objects.filter(pk=job.pk).update(
        state="done", ended_at=AT, result={"n": 40, "n_anchored": 0, "code": "edited", "seq": 41}
    )

    page = auditor.get("/audit/verification/").content.decode()

    assert "第 41 条的内容与它的指纹不符" in page
    assert "不完整" in page


def test_the_hourly_anchor_is_recorded_first_and_reaches_to_itself(auditor: PageClient) -> None:
    anchor = anchor_trail(actor=SYSTEM, at=AT)

    newest = AuditEvent.objects.latest("seq")
    assert (newest.action, anchor.last, anchor.hash) == ("trail.anchored", newest.seq, newest.hash)
    assert verify_trail().n_anchored == newest.seq
    page = auditor.get("/audit/verification/").content.decode()
    assert anchor.hash in page
    assert "锚点停了" in page, "it was written long before now"


def test_one_anchor_is_due_an_hour() -> None:
    first, again, later = (list(due_anchors(at)) for at in (AT, AT + timedelta(minutes=59), AT + timedelta(hours=1)))

    assert [job.kind for job in (*first, *later)] == [ANCHOR_JOB, ANCHOR_JOB]
    assert first == again
    assert first[0].once != later[0].once


def test_a_torn_anchor_file_is_told_on_the_page(auditor: PageClient, settings: Any) -> None:
    settings.AUDIT_ANCHOR_FILE.write_text("nonsense\n")

    page = auditor.get("/audit/verification/")

    assert page.status_code == 200
    assert "读不出来" in page.content.decode()


def test_the_whole_trail_leaves_as_lines_and_that_is_recorded(auditor: PageClient, cast: Cast) -> None:
    n = AuditEvent.objects.count()

    answer = auditor.post("/audit/export/")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    head = json.loads(lines[0])
    assert (head["format"], head["last"], len(lines)) == ("ordos-audit/1", n, n + 1)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    newest = AuditEvent.objects.latest("seq")
    assert (newest.action, newest.actor_key, newest.after) == (
        "trail.exported",
        cast.auditor.actor_key,
        {"last": n, "hash": head["hash"]},
    )


def test_what_was_found_leaves_as_a_sheet_and_that_is_recorded(auditor: PageClient, cast: Cast) -> None:
    event = rename(cast)

    answer = auditor.post("/audit/sheet/", {"kind": "units.unit", "ref": "1506-SLJ", "days": "0", "q": ""})

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:4] == ["序号", "时间", "操作", "代码"]
    assert [row[:1] + row[2:6] for row in rows[1:]] == [
        [event.seq, "单位更名", "unit.renamed", cast.hr_city.name, cast.hr_city.actor_key]
    ]
    newest = AuditEvent.objects.latest("seq")
    assert (newest.action, newest.after) == (
        "events.exported",
        {"object_kind": "units.unit", "object_ref": "1506-SLJ"},
    )


def test_more_than_a_workbook_holds_is_refused_with_what_to_do(
    auditor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_IN_A_SHEET == 50_000
    monkeypatch.setattr("accounts.services.trail.MOST_IN_A_SHEET", 3)
    before = AuditEvent.objects.count()

    answer = auditor.post("/audit/sheet/", {"q": ""}, follow=True)

    assert "符合条件的记录超过 3 条，没有导出" in answer.content.decode()
    assert AuditEvent.objects.count() == before
