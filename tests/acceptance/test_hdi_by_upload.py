"""The published Human Development Index through the front door: 191 countries as units, 764 observations in one file.

Everything that an officer does, an officer does here: the document is proposed and approved by two persons, the file
goes through the upload page, the run is started by its button, and values and ranks are read off the ranking page.
"""

import csv
import io
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from evaluation.services.schemes import approve_scheme, propose_scheme
from foundation.actor import SYSTEM
from foundation.jobs.enums import OPEN_STATES
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from intake.models import Batch, Observation
from intake.services.indicators import define_indicators
from intake.services.periods import calendar_periods, open_periods
from ordos_cadres.sample.catalogue import indicator_rows
from ordos_cadres.sample.places import FOLDER
from tests.cast import CITY_LEVELS, actor, make_user
from tests.client import PageClient
from tests.evaluation.scoring.test_hdi import COLUMNS, PUBLISHED
from tests.tabular.files import workbook
from units.enums import UnitKind
from units.services import UnitRow, register_units

HEADING = ("单位代码", "指标代码", "期间", "数值")
RANKING = "/rankings/HDI-2021/2021/"
FOUNDED = date(1990, 1, 1)
ROW = re.compile(r"<tr data-ordos-row-open.*?</tr>", re.S)
SCORE = re.compile(r'<td class="num score-cell">(.*?)</td>', re.S)
RANK = re.compile(r'<td class="num rank-cell"[^>]*>\s*(\d+)\s*<')
NAME = re.compile(r"data-row-link[^>]*>(.*?)</a>", re.S)

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[str, ...]]:
    """The 764 observations as they stand in the published table."""
    return [(row["iso3"], code, "2021", row[column]) for row in PUBLISHED for code, column in COLUMNS.items()]


def as_csv() -> SimpleUploadedFile:
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADING, *rows()])
    return SimpleUploadedFile("hdi.csv", stream.getvalue().encode())


def as_xlsx() -> SimpleUploadedFile:
    return SimpleUploadedFile("hdi.xlsx", workbook([HEADING, *rows()]))


@pytest.fixture
def officer() -> PageClient:
    """An officer of the statistics office at the desk, in a world of 191 countries and one scheme."""
    hr = make_user("hr", "例霜降", Role.HR_OFFICER, levels=CITY_LEVELS)
    leader = make_user("leader", "样小暑", Role.LEADERSHIP)
    units = [UnitRow(row["iso3"], row["country"], UnitKind.REGION, FOUNDED) for row in PUBLISHED]
    register_units(rows=units, actor=actor(hr))
    open_periods(rows=calendar_periods(2021), actor=actor(hr))
    wanted = [row for row in indicator_rows() if row.code in COLUMNS]
    register_units(
        rows=[UnitRow(code, code, UnitKind.CITY_DEPARTMENT, FOUNDED) for code in wanted[0].owner_codes], actor=SYSTEM
    )
    define_indicators(rows=wanted, actor=actor(hr))
    text = (FOLDER / "schemes" / "hdi-2021.yaml").read_text("utf-8")
    version = propose_scheme(text=text, actor=actor(hr), in_force_from=date(2021, 1, 1))
    approve_scheme(version=version, actor=actor(leader))
    client = PageClient()
    client.force_login(hr)
    return client


def work_all() -> None:
    """The worker, until nothing is open."""
    while (job := Job.objects.filter(state__in=OPEN_STATES, parent=None).order_by("pk").first()) is not None:
        assert work_inline(job).state == "done"


def upload(client: PageClient, file: SimpleUploadedFile) -> Batch:
    """Upload, let it be checked, press the button that the page shows."""
    answer = client.post("/batches/upload/", {"file": file, "reason": ""})
    assert answer.status_code == 302
    work_all()
    url = answer.headers["Location"]
    commit = client.get(url).context["commit"]
    assert not commit.disabled_reason
    assert client.post(commit.url, dict(commit.fields)).status_code == 302
    work_all()
    return Batch.objects.get()


def read_ranking(client: PageClient) -> dict[str, tuple[int, str]]:
    """Rank and value of every country as the pages show them, page after page."""
    found: dict[str, tuple[int, str]] = {}
    url = RANKING
    while url:
        page = client.get(url)
        for row in ROW.findall(page.content.decode()):
            found[_text(NAME, row)] = (int(_text(RANK, row)), _text(SCORE, row))
        following = page.context["table"].pager.next_url
        url = f"{RANKING}{following}" if following else ""
    return found


def _text(pattern: re.Pattern[str], row: str) -> str:
    found = pattern.search(row)
    assert found is not None, row
    return unescape(re.sub(r"<[^>]*>", "", found[1])).strip()


@pytest.mark.parametrize("file", [as_csv, as_xlsx], ids=["csv", "xlsx"])
def test_191_values_and_191_ranks_are_read_off_the_ranking_page(officer: PageClient, file: Any) -> None:
    batch = upload(officer, file())

    assert (batch.state, batch.entry.n_new, Observation.objects.count()) == ("committed", 764, 764)
    assert officer.post("/runs/start/", {"scheme": "HDI-2021", "period": "2021"}).status_code == 302
    work_all()
    expected = {row["country"]: (int(row["published_rank"]), row["published_hdi"].ljust(5, "0")) for row in PUBLISHED}
    assert read_ranking(officer) == expected
    assert len(expected) == 191
