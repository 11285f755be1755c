"""A reader meets nobody from beyond the own units and levels: ranking, search, result, evidence, sheet."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import User
from evaluation.models import Score
from tests.client import PageClient
from tests.evaluation.factories import Town
from tests.evaluation.recompute import PERIOD
from tests.pages.conftest import FAR, LIKE, NEAR, NEIGHBOUR, RANKING, Readers, result_url

ClientFor = Callable[[User], PageClient]


def text(answer: Any) -> str:
    """The body of a page that was found."""
    assert answer.status_code == 200
    return str(answer.content, "utf-8")


@pytest.fixture
def names(town: Town) -> tuple[str, str]:
    """Names of a head in the near banner and of the one in the far banner, unlike any other on a page."""
    for number, name in ((LIKE, "样近旗长"), (NEIGHBOUR, "样远旗长")):
        cadre = town.cadres[number]
        type(cadre).objects.filter(pk=cadre.pk).update(name=name)
    return "样近旗长", "样远旗长"


def numbers_in_sheet(client: PageClient) -> list[str]:
    """Employee numbers in the exported sheet."""
    answer: Any = client.post(f"{RANKING}export/")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [str(row[1]) for row in book.active.iter_rows(min_row=2, values_only=True)]


def test_officer_of_the_city_meets_both(client_for: ClientFor, readers: Readers, names: tuple[str, str]) -> None:
    client = client_for(readers.officer)

    found = [text(client.get(RANKING, {"q": name})) for name in names]

    assert [page.count("data-row-link") for page in found] == [1, 1]
    assert {LIKE, NEIGHBOUR} <= set(numbers_in_sheet(client))


def test_officer_of_one_banner_meets_nobody_of_another(
    client_for: ClientFor, readers: Readers, town: Town, names: tuple[str, str]
) -> None:
    client, far = client_for(readers.near_officer), town.cadres[NEIGHBOUR]

    whole = walked(client)
    asked = text(client.get(RANKING, {"q": NEIGHBOUR}))

    assert names[0] in whole
    assert far.ref not in whole + asked
    assert names[1] not in whole + asked
    assert "data-row-link" not in asked
    numbers = numbers_in_sheet(client)
    assert LIKE in numbers
    assert NEIGHBOUR not in numbers


def walked(client: PageClient) -> str:
    """All pages of the ranking, one after the other."""
    pages, url = [], RANKING
    while url:
        answer = client.get(url)
        pages.append(text(answer))
        onward = answer.context["table"].pager.next_url
        url = f"{RANKING}{onward}" if onward else ""
    return "".join(pages)


@pytest.mark.parametrize("tail", ["", "?line=DD01"])
def test_who_is_beyond_the_scope_is_as_absent_as_who_is_not_there(
    client_for: ClientFor, readers: Readers, town: Town, tail: str
) -> None:
    client, far = client_for(readers.near_officer), town.cadres[NEIGHBOUR]

    foreign = client.get(result_url(far) + tail)
    absent = client.get(result_url(far).replace(far.ref, "zzzzzzzz") + tail)
    card, no_card = client.get(f"/cadres/{far.ref}/"), client.get("/cadres/zzzzzzzz/")

    assert [answer.status_code for answer in (foreign, absent, card, no_card)] == [404] * 4
    assert foreign.content == absent.content == card.content == no_card.content
    assert client.get(result_url(town.cadres[LIKE]) + tail).status_code == 200


def test_unit_beyond_the_scope_is_as_absent_as_one_that_is_not_there(client_for: ClientFor, readers: Readers) -> None:
    client = client_for(readers.near_officer)

    foreign, absent = (client.get(f"/units/{code}/TGC-BANNER/{PERIOD}/") for code in (FAR, "159999"))

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.content == absent.content


def test_own_file_is_cut_out_of_everything(
    client_for: ClientFor, readers: Readers, town: Town, names: tuple[str, str]
) -> None:
    client, own = client_for(readers.head), town.cadres[LIKE]

    assert client.get(result_url(own)).status_code == 404
    assert own.ref not in walked(client)
    assert "data-row-link" not in text(client.get(RANKING, {"q": names[0]}))
    numbers = numbers_in_sheet(client)
    assert LIKE not in numbers
    assert NEIGHBOUR in numbers


def test_ranks_of_a_part_are_those_of_the_whole_group(client_for: ClientFor, readers: Readers, town: Town) -> None:
    rows = client_for(readers.near_officer).get(RANKING).context["table"].rows

    ranks = dict(Score.objects.filter(rank__isnull=False).values_list("subject__cadre__ref", "rank"))
    shown = {row.url.split("/")[2]: row.rank for row in rows}
    assert shown == {ref: ranks[ref] for ref in shown}
    assert len(shown) == 25
    assert all(town.units[NEAR].name in row.place for row in rows)
