"""The pages that compare two runs: who may open them, what they show, what leaves as a sheet."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from evaluation.models import Run
from foundation.audit.models import AuditEvent
from tests.cast import make_user
from tests.evaluation.factories import Town
from tests.evaluation.recompute import PERIOD, recompute
from tests.pages.conftest import FAR, HEADS, LIKE, NEIGHBOUR, RANKING, Readers, result_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(town: Town) -> str:
    """The address of what changed between two runs: one head's own task and one value of the far banner."""
    town.observe(LIKE, "OT01", PERIOD, "50", "100")
    town.observe(FAR, "DD01", PERIOD, "50", "100")
    recompute(HEADS)
    newer, older = Run.objects.filter(scheme__code=HEADS).order_by("-number")[:2]
    return f"/runs/{newer.ref}/difference/{older.ref}/"


def queries(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_an_officer_reads_who_moved_and_the_line_that_moved_it(town: Town, readers: Readers, moved: str, client_for):
    client = client_for(readers.officer)

    listed = client.get(f"{moved}?group=能源旗")
    row = listed.context["rows"][0]
    told = client.get(row.url).content.decode()

    assert (row.name, row.rank_before, row.places is not None) == ("样01", "2", True)
    assert "OT01" in told
    assert "96.40 → 50.00" in told
    assert (
        client.get(moved, headers={"HX-Request": "true"}).content.decode().strip() in client.get(moved).content.decode()
    )


def test_an_official_reads_the_own_difference_and_nobody_elses(town: Town, moved: str, client_for):
    official = make_user("self", "本人", Role.CADRE, subject=town.cadres[LIKE].subject)
    client = client_for(official)

    own = client.get(f"{moved}cadres/{town.cadres[LIKE].ref}/")

    assert own.status_code == 200
    assert "OT01" in own.content.decode()
    assert client.get(result_url(town.cadres[LIKE])).context["compare_url"].startswith("/runs/")
    assert client.get(f"{moved}cadres/{town.cadres[NEIGHBOUR].ref}/").status_code == 404
    assert client.get(moved).status_code == 403


def test_an_officer_of_one_banner_sees_nobody_of_another(town: Town, readers: Readers, moved: str, client_for):
    client = client_for(readers.near_officer)

    urls = {row.url for page in _pages(client, moved) for row in page}

    assert f"{moved}cadres/{town.cadres[NEIGHBOUR].ref}/" not in urls
    assert f"{moved}cadres/{town.cadres[LIKE].ref}/" in urls
    assert client.get(f"{moved}cadres/{town.cadres[NEIGHBOUR].ref}/").status_code == 404
    assert client.get(f"{moved}units/{FAR}/").status_code == 404


def test_the_own_file_is_cut_out_of_the_list_of_an_officer(town: Town, readers: Readers, moved: str, client_for):
    urls = {row.url for page in _pages(client_for(readers.head), moved) for row in page}

    assert f"{moved}cadres/{town.cadres[LIKE].ref}/" not in urls
    assert len(urls) > 30


def test_runs_that_are_not_there_or_of_two_schemes_are_not_found(town: Town, readers: Readers, moved: str, client_for):
    client = client_for(readers.officer)
    heads = Run.objects.filter(scheme__code=HEADS).latest("number").ref
    banners = Run.objects.filter(scheme__code="TGC-BANNER").latest("number").ref

    assert client.get(f"/runs/{heads}/difference/{banners}/").status_code == 404
    assert client.get(f"/runs/{heads}/difference/zz-nobody/").status_code == 404
    assert client.get(f"{moved}?after=forged").status_code == 404


def test_a_list_of_differences_asks_as_often_for_one_row_as_for_thirty(town, readers, moved, client_for):
    client = client_for(readers.officer)

    one, many = (queries(client, f"{moved}?group=能源旗{more}") for more in ("&q=0900001", "&q=0"))

    assert one == many


def test_the_whole_filtered_group_leaves_as_a_sheet_and_is_recorded(town, readers, moved, client_for):
    client = client_for(readers.officer)

    answer = client.post(f"{moved}export/", {"group": "能源旗", "kind": "moved"})

    assert answer.status_code == 200
    assert b"".join(answer).startswith(b"PK")
    assert AuditEvent.objects.latest("pk").action == "difference.exported"
    assert client_for(make_user("clerk", "丙", Role.UNIT_CLERK)).post(f"{moved}export/").status_code == 403


def test_run_page_ranking_and_result_lead_to_the_comparison(town: Town, readers: Readers, moved: str, client_for):
    client = client_for(readers.officer)
    run = Run.objects.filter(scheme__code=HEADS).latest("number")

    assert client.get(f"/runs/{run.ref}/").context["compare_url"] == moved
    assert client.get(result_url(town.cadres[LIKE])).context["compare_url"].startswith(moved)
    recompute(HEADS, "2026Q1")
    assert client.get(RANKING).status_code == 200


def _pages(client, url: str):
    """Rows of every page of every group."""
    first = client.get(url)
    for option in first.context["page"].chips[0].options:
        here = option.url
        while here:
            answer = client.get(here)
            yield answer.context["rows"]
            following = answer.context["pager"].next_url
            here = f"{url}{following}" if following else ""
