"""Lists: as many queries for 30 rows as for one, filters that keep to the reader's own, empty states."""

from collections.abc import Callable
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Power, Role
from accounts.models import User
from evaluation.models import Run
from evaluation.services.runs import request_run
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from intake.models import Batch
from tests.cast import Cast, actor, make_user
from tests.client import PageClient
from tests.evaluation.factories import Town, add_cadre
from tests.evaluation.recompute import recompute
from tests.intake.factories import make_indicators, send
from tests.pages.conftest import HEADS, LIKE, NEAR, RANKING, Readers

ClientFor = Callable[[User], PageClient]
PEER = "0800005"
"""One of the thirty heads who were added, ranked."""


def asked(client: PageClient, url: str, **headers: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, headers=headers or None)
    assert answer.status_code == 200
    return len(queries)


def make_admin() -> User:
    """A system administrator: sees every job and no result."""
    return make_user("admin", "管理员", Role.SYSTEM_ADMINISTRATOR, power=Power.SYSTEM)


def upload(cast: Cast, n: int) -> None:
    """So many different files, each checked and found wanting."""
    for at in range(n):
        send(cast.hr_city, ["", "150602", "DD01", "2026Q1", f"{at}.5"])


def test_batches_and_home_take_as_many_queries_for_thirty_batches(client_for: ClientFor, cast: Cast) -> None:
    make_indicators()
    client = client_for(cast.hr_city)
    upload(cast, 1)
    one = [asked(client, "/batches/"), asked(client, "/batches/", **{"HX-Request": "true"}), asked(client, "/")]

    upload(cast, 29)

    many = [asked(client, "/batches/"), asked(client, "/batches/", **{"HX-Request": "true"}), asked(client, "/")]
    assert Batch.objects.count() == 30
    assert many == one


def test_jobs_take_as_many_queries_for_thirty(client_for: ClientFor, cast: Cast) -> None:
    make_indicators()
    client = client_for(cast.system_admin)
    upload(cast, 1)
    one = asked(client, "/jobs/")

    upload(cast, 29)

    assert Job.objects.filter(parent=None).count() == 30
    assert asked(client, "/jobs/") == one


def rerun(town: Town, officer: User, value: int) -> None:
    """A run of the banners that finds another figure, asked for by an officer."""
    town.observe(NEAR, "DD02", "2026-03", f"{value}", target="100")
    job = work_inline(request_run(scheme_code="TGC-BANNER", period_code="2026Q1", actor=actor(officer)))
    assert job.state == JobState.DONE


def test_runs_take_as_many_queries_for_thirty(client_for: ClientFor, readers: Readers, town: Town) -> None:
    client, url = client_for(readers.officer), "/runs/?period=2026Q1"
    rerun(town, readers.officer, 50)
    assert len(client.get(url).context["rows"]) == 1
    one = asked(client, url)

    for at in range(29):
        rerun(town, readers.officer, 51 + at)

    assert Run.objects.filter(period__code="2026Q1").count() == 30
    assert len(client.get(url).context["rows"]) == 25
    assert asked(client, url) == one
    assert client.get("/runs/?period=2031Q1").context["rows"] == []


def test_ranking_takes_as_many_queries_for_a_page_of_rows_as_for_one(client_for: ClientFor, readers: Readers) -> None:
    client = client_for(readers.officer)

    one, many = (client.get(RANKING, {"q": text}).context["table"].rows for text in (PEER, "0"))

    assert (len(one), len(many)) == (1, 25)
    assert asked(client, f"{RANKING}?q={PEER}") == asked(client, f"{RANKING}?q=0")


def unranked(town: Town, *numbers: int) -> None:
    """More heads, without any figures and so without a rank."""
    for number in numbers:
        add_cadre(town, f"06{number:05}", NEAR, starts_on=date(2024, 3, 1), level="县处级正职", post_class="head")
    recompute(HEADS)


def test_ranking_home_and_result_take_as_many_queries_for_thirty_without_a_rank(
    client_for: ClientFor, readers: Readers, town: Town
) -> None:
    client, urls = client_for(readers.officer), [RANKING, "/", f"/cadres/{town.cadres[LIKE].ref}/{HEADS}/2026Q2/"]
    # From the second run on: it has another cut than the unit runs, and cells are read once a cut.
    unranked(town, 1)
    before, few = len(client.get(RANKING).context["unranked"]), [asked(client, url) for url in urls]

    unranked(town, *range(2, 31))

    assert len(client.get(RANKING).context["unranked"]) == before + 29
    assert [asked(client, url) for url in urls] == few


def test_filters_narrow_and_odd_ones_are_left_out(client_for: ClientFor, cast: Cast) -> None:
    make_indicators()
    upload(cast, 3)
    send(cast.clerk_water, ["", "150602", "DD02", "2026-01", "7"])
    client = client_for(cast.hr_city)

    def shown(query: str) -> list[int]:
        return [row.number for row in client.get(f"/batches/{query}").context["rows"]]

    assert shown("") == [4, 3, 2, 1]
    assert shown("?q=2") == [2]
    assert shown("?state=committed") == []
    assert shown("?state=no-such-state") == [4, 3, 2, 1]
    assert [row.number for row in client_for(cast.clerk_water).get("/batches/").context["rows"]] == [4]


def test_lists_of_a_city_without_data_say_what_to_do(client_for: ClientFor, cast: Cast) -> None:
    officer = client_for(cast.hr_city)
    system = client_for(make_admin())

    for client, url, words in (
        (officer, "/batches/", "还没有上传过数据"),
        (officer, "/runs/", "还没有核算过"),
        (officer, "/rankings/", "还没有核算结果"),
        (system, "/jobs/", "还没有作业"),
    ):
        assert words in client.get(url).content.decode()


def test_only_who_asked_for_a_job_is_led_to_its_result(client_for: ClientFor, readers: Readers) -> None:
    officer, admin = client_for(readers.officer), client_for(make_admin())
    url = officer.post("/runs/start/", {"scheme": HEADS, "period": "2026Q1"}).headers["Location"]
    work_inline(Job.objects.get(ref=url.split("/")[2]))

    assert officer.get(url).context["job"].result_url == "/runs/"
    assert admin.get(url).context["job"].result_url == ""
    assert client_for(readers.leader).get(url).status_code == 404
