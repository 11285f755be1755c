"""What belongs to somebody else is as absent as what is not there; what one asks oddly is answered all the same."""

from collections.abc import Callable

import pytest

from accounts.models import User
from evaluation.models import Run
from intake.enums import BatchState
from intake.models import Batch
from tests.cast import Cast
from tests.client import PageClient
from tests.evaluation.factories import Town
from tests.evaluation.recompute import PERIOD, recompute
from tests.intake.factories import csv_bytes, make_indicators, send, store
from tests.pages.conftest import HEADS, LIKE, RANKING, Readers, result_url

ClientFor = Callable[[User], PageClient]
ROW = ["", "150602", "DD01", "2026Q1", "95.5"]


@pytest.mark.parametrize("tail", ["", "file/"])
def test_batch_of_another_is_as_absent_as_one_that_is_not_there(client_for: ClientFor, cast: Cast, tail: str) -> None:
    make_indicators()
    batch = send(cast.hr_city, ROW).batch
    foreign, own = client_for(cast.clerk_water), client_for(cast.hr_city)

    absent = foreign.get(f"/batches/zzzzzzzz/{tail}")
    refused = foreign.get(f"/batches/{batch.ref}/{tail}")

    assert (refused.status_code, refused.content) == (404, absent.content)
    assert own.get(f"/batches/{batch.ref}/{tail}").status_code == 200


@pytest.mark.parametrize("action", ["commit", "check", "leave-out", "take-back"])
def test_batch_of_another_cannot_be_acted_on(client_for: ClientFor, cast: Cast, action: str) -> None:
    make_indicators()
    batch = send(cast.hr_city, ROW).batch
    assert batch.state == BatchState.CHECKED

    answer = client_for(cast.clerk_water).post(
        f"/batches/{batch.ref}/{action}/", {"plan_sha256": batch.plan_sha256, "rows": "2"}
    )

    assert answer.status_code == 404
    assert Batch.objects.get(pk=batch.pk).state == BatchState.CHECKED


def test_job_of_another_is_as_absent_as_one_that_is_not_there(client_for: ClientFor, cast: Cast) -> None:
    make_indicators()
    job = send(cast.hr_city, ROW).job
    foreign = client_for(cast.clerk_water)

    assert foreign.get(f"/jobs/{job.ref}/").content == foreign.get("/jobs/zzzzzzzz/").content
    assert foreign.get(f"/jobs/{job.ref}/").status_code == 404
    assert client_for(cast.hr_city).get(f"/jobs/{job.ref}/").status_code == 200
    assert client_for(cast.system_admin).get(f"/jobs/{job.ref}/").status_code == 200


def test_kept_file_is_given_as_it_came_and_only_as_an_attachment(client_for: ClientFor, cast: Cast) -> None:
    make_indicators()
    batch = send(cast.hr_city, ROW).batch

    answer = client_for(cast.hr_city).get(f"/batches/{batch.ref}/file/")

    assert b"".join(answer.streaming_content) == csv_bytes([ROW])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="data.csv"'


def test_commit_of_another_plan_than_the_shown_one_is_refused_in_words(client_for: ClientFor, cast: Cast) -> None:
    make_indicators()
    batch, client = send(cast.hr_city, ROW).batch, client_for(cast.hr_city)

    stale = client.post(f"/batches/{batch.ref}/commit/", {"plan_sha256": "0" * 64})
    by_hand = client.post(f"/batches/{batch.ref}/commit/", {"plan_sha256": "x"})

    assert (stale.status_code, by_hand.status_code) == (409, 422)
    assert "请从本页的按钮提交。" in by_hand.content.decode()
    assert Batch.objects.get(pk=batch.pk).state == BatchState.CHECKED


def test_every_real_page_opens_for_its_reader(client_for: ClientFor, readers: Readers, town: Town) -> None:
    uploaded = store(readers.officer, [LIKE, "", "OT01", PERIOD, "77"])
    recompute(HEADS)
    client, run = client_for(readers.officer), Run.objects.latest("number")
    cadre = town.cadres[LIKE]

    statuses = {
        url: client.get(url).status_code
        for url in (
            "/",
            "/batches/",
            "/batches/upload/",
            f"/batches/{uploaded.batch.ref}/",
            f"/jobs/{uploaded.job.ref}/",
            "/runs/",
            f"/runs/{run.ref}/",
            RANKING,
            result_url(cadre),
            f"/units/150622/TGC-BANNER/{PERIOD}/",
        )
    }

    assert statuses == dict.fromkeys(statuses, 200)
    assert client.get(f"/cadres/{cadre.ref}/").headers["Location"] == result_url(cadre)
    assert client.get("/rankings/").headers["Location"] == RANKING


def test_line_leads_to_the_cell_that_was_uploaded_and_not_beyond(
    client_for: ClientFor, readers: Readers, town: Town
) -> None:
    store(readers.officer, [LIKE, "", "OT01", PERIOD, "77"])
    recompute(HEADS)
    url = f"{result_url(town.cadres[LIKE])}?line=OT01"

    page = client_for(readers.officer).get(url)
    fragment = client_for(readers.officer).get(url, headers={"HX-Request": "true"})
    odd = client_for(readers.officer).get(f"{result_url(town.cadres[LIKE])}?line=<script>")

    shown = page.context["evidence"]
    (current,) = [cell.text for row in shown.rows for cell in row.cells if cell.current]
    assert (current, shown.file_name) == ("77", "data.csv")
    assert fragment.content.decode().strip() in page.content.decode()
    assert (odd.status_code, odd.context["evidence"]) == (200, None)


ODD = ("\x00", "a\x00b", "'", "%", "长" * 3000, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"))


@pytest.mark.parametrize("odd", ODD, ids=["nul", "nul inside", "quote", "percent", "long", "bytes"])
def test_odd_words_in_an_address_or_a_form_are_never_a_fault(
    client_for: ClientFor, readers: Readers, town: Town, odd: str
) -> None:
    client, cadre = client_for(readers.officer), town.cadres[LIKE]
    asked = [
        client.get("/batches/", {"q": odd, "state": odd, "after": odd, "before": odd}),
        client.get("/batches/", {"q": odd, "state": odd}),
        client.get("/runs/", {"period": odd}),
        client.get("/jobs/", {"after": odd}),
        client.get(RANKING, {"q": odd, "group": odd}),
        client.get(result_url(cadre), {"line": odd}),
        client.get(f"/units/{odd}/TGC-BANNER/{PERIOD}/"),
        client.post(f"{RANKING}export/", {"q": odd, "group": odd}),
        client.post("/runs/start/", {"scheme": odd, "period": odd}),
        client.post("/batches/upload/", {"reason": odd}),
        client.post("/batches/zzzz/commit/", {"plan_sha256": odd}),
        PageClient().post("/login/", {"username": odd, "password": odd, "next": odd}),
    ]

    assert [answer.status_code for answer in asked if answer.status_code >= 500] == []
    assert {answer.status_code for answer in asked} <= {200, 302, 403, 404, 422}
