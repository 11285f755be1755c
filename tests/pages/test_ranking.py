"""Paging, search and export of a ranking."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import User
from evaluation.models import Current, RunGroup, Score
from foundation.audit.models import AuditEvent
from tests.client import PageClient
from tests.evaluation.factories import Town
from tests.evaluation.recompute import recompute
from tests.pages.conftest import HEADS, LIKE, NEIGHBOUR, RANKING, Readers

ClientFor = Callable[[User], PageClient]


def pages(client: PageClient, query: str = "") -> list[Any]:
    """Answers of the ranking from the first page to the last."""
    answers, url = [], f"{RANKING}{query}"
    while url:
        answers.append(client.get(url))
        onward = answers[-1].context["table"].pager.next_url
        url = f"{RANKING}{onward}" if onward else ""
    return answers


def ranked() -> list[tuple[int | None, str]]:
    """Rank and reference of everybody who is ranked, in order."""
    results = RunGroup.objects.filter(run__in=Current.objects.filter(scheme__code=HEADS).values("run_id"))
    rows = Score.objects.filter(result__in=results.values("result_id"), rank__isnull=False).order_by("rank", "subject")
    return list(rows.values_list("rank", "subject__cadre__ref"))


def test_pages_show_everybody_once_in_the_order_of_ranks(client_for: ClientFor, readers: Readers) -> None:
    answers = pages(client_for(readers.leader))

    shown = [(row.rank, row.url.split("/")[2]) for answer in answers for row in answer.context["table"].rows]
    assert shown == ranked()
    assert len(answers) == 2


def test_cursor_of_an_earlier_run_and_a_forged_one_are_not_there(
    client_for: ClientFor, readers: Readers, town: Town
) -> None:
    client = client_for(readers.leader)
    onward = client.get(RANKING).context["table"].pager.next_url
    assert client.get(f"{RANKING}{onward}").status_code == 200

    town.observe(LIKE, "OT01", "2026Q2", "64")
    recompute(HEADS)

    assert client.get(f"{RANKING}{onward}").status_code == 404
    assert client.get(RANKING, {"after": "forged:cursor:x"}).status_code == 404
    assert client.get(RANKING).status_code == 200


def test_htmx_gets_the_fragment_that_the_page_includes(client_for: ClientFor, readers: Readers) -> None:
    client = client_for(readers.leader)

    page = client.get(RANKING).content.decode()
    fragment = client.get(RANKING, headers={"HX-Request": "true"}).content.decode()

    assert fragment.strip().startswith("<section")
    assert fragment.strip() in page


def test_words_that_nobody_bears_are_said_to_be_found_nowhere(client_for: ClientFor, readers: Readers) -> None:
    answer = client_for(readers.leader).get(RANKING, {"q": "<b>无此人"})

    assert "没有找到“&lt;b&gt;无此人”" in answer.content.decode()


@pytest.mark.parametrize("query", [{"group": "不存在的组"}, {"q": "a\x00b"}, {"q": "%_'\"\\"}, {"q": "长" * 5000}])
def test_odd_questions_are_answered_with_a_page(client_for: ClientFor, readers: Readers, query: dict[str, str]) -> None:
    assert client_for(readers.leader).get(RANKING, query).status_code == 200


@pytest.mark.parametrize("path", ["/rankings/NO-SCHEME/2026Q2/", f"/rankings/{HEADS}/2031Q1/"])
def test_ranking_without_a_run_is_not_there(client_for: ClientFor, readers: Readers, path: str) -> None:
    client = client_for(readers.leader)

    assert client.get(path).status_code == 404
    assert client.post(f"{path}export/").status_code == 404


def sheet(client: PageClient, **query: str) -> list[tuple[Any, ...]]:
    """Rows of the exported sheet, its heading first."""
    answer: Any = client.post(f"{RANKING}export/", query)
    assert re.fullmatch(
        r"attachment; filename(=\"TGC[^\"]+\.xlsx\"|\*=utf-8''TGC[^\"]+\.xlsx)", answer.headers["Content-Disposition"]
    )
    return list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))


def test_export_holds_all_that_is_filtered_and_is_recorded(client_for: ClientFor, readers: Readers) -> None:
    client, before = client_for(readers.leader), AuditEvent.objects.count()

    _heading, *rows = sheet(client)

    assert [row[0] for row in rows if row[0] is not None] == [rank for rank, _ref in ranked()]
    event = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == before + 1
    assert (event.action, event.actor_key) == ("ranking.exported", readers.leader.actor_key)
    assert [row[1] for row in sheet(client, q=NEIGHBOUR)[1:]] == [NEIGHBOUR]


def test_name_that_begins_like_a_formula_stays_a_text(client_for: ClientFor, readers: Readers, town: Town) -> None:
    cadre = town.cadres[NEIGHBOUR]
    type(cadre).objects.filter(pk=cadre.pk).update(name="=HYPERLINK(1)")
    answer: Any = client_for(readers.leader).post(f"{RANKING}export/", {"q": NEIGHBOUR})

    cell = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active["C2"]

    assert cell.data_type == "s"
    assert str(cell.value).endswith("=HYPERLINK(1)")
