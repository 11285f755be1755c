"""The system administrator sees whether the house stands, and may have it looked at now."""

from typing import Any

import pytest
from django.db import connection

from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.jobs.models import Job
from foundation.jobs.services import request_checkup, work_inline
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PAGE = "/jobs/checkup/"


def look() -> Job:
    return work_inline(request_checkup(actor=SYSTEM))


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content, "utf-8")


def test_before_the_first_the_page_says_so(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.system_admin)

    assert "还没有做过自检" in text(client.get("/jobs/"))
    assert "还没有做过自检" in text(client.get(PAGE))


def test_whole_house_is_shown_on_the_list_and_line_by_line(cast: Cast, client_for: Any) -> None:
    look()
    client = client_for(cast.system_admin)

    assert "项全部成立" in text(client.get("/jobs/"))
    page = text(client.get(PAGE))
    assert "审计事件连续编号" in page
    assert "本系统还没有案件功能" in page
    assert "tag-bad" not in page


def test_broken_house_is_shown_with_the_places(cast: Cast, client_for: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_touch (seq, what) VALUES (900000, 'x')")
    look()
    client = client_for(cast.system_admin)

    assert "项中有 1 项不成立" in text(client.get("/jobs/"))
    page = text(client.get(PAGE))
    assert "触及记录：回执 900000，事实 x" in page
    assert page.count("tag-bad") == 1
    assert page.index("tag-bad") < page.index("tag-good")


def test_administrator_asks_for_it_now_and_it_is_audited(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.system_admin)

    answer = client.post(f"{PAGE}start/")
    again = client.post(f"{PAGE}start/")

    assert (answer.status_code, answer["Location"], again.status_code) == (302, PAGE, 302)
    job = Job.objects.get(kind="jobs.checkup")
    assert (job.owner_key, job.state) == ("user:system.admin", "queued")
    event = AuditEvent.objects.filter(action="checkup.requested").first()
    assert (event.actor_key, event.object_ref) == ("user:system.admin", job.ref)
    assert "start/" not in text(client.get(PAGE))


@pytest.mark.parametrize("who", ["hr_city", "leader", "auditor", "security_admin", "stranger"])
def test_nobody_else_sees_it_or_starts_it(cast: Cast, client_for: Any, who: str) -> None:
    client = client_for(getattr(cast, who))

    assert (client.get(PAGE).status_code, client.post(f"{PAGE}start/").status_code) == (403, 403)


def test_page_names_nobody(cast: Cast, client_for: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_ledgerhead SET seq = 999")
    look()

    page = text(client_for(cast.system_admin).get(PAGE))

    assert "账头为 999" in page
    assert not [cadre.name for cadre in cast.cadres.values() if cadre.name in page]
