"""Two batches side by side: same, different, only in one; within the reader's batches only."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import User
from foundation.audit.models import AuditEvent
from intake.models import Batch
from intake.selectors.comparisons import Standing, comparison_of, stored_batches
from tests.cast import Cast, scope
from tests.client import PageClient
from tests.intake.factories import make_indicators, send, store
from tests.intake.withdrawals import second_officer, withdraw_by_two
from tests.pages.test_lists import asked

ClientFor = Callable[[User], PageClient]

A = ["", "150602", "DD01", "2026Q1", "95.5"]
B = ["", "150627", "DD01", "2026Q1", "80"]
C = ["000101", "", "OT01", "2026Q1", "70"]
D = ["", "150602101", "DD01", "2026Q1", "60"]


@pytest.fixture
def pair(cast: Cast) -> tuple[Batch, Batch]:
    """The second says one the same, one otherwise, lacks one and has one more."""
    make_indicators()
    return store(cast.hr_city, A, B, C).batch, store(cast.hr_city, A, [*B[:4], "81.5"], D).batch


def test_every_key_of_both_stands_once_and_repetitions_count(cast: Cast, pair: tuple[Batch, Batch]) -> None:
    found = comparison_of(*pair)

    assert {row.subject: (row.standing, row.first, row.second, row.difference) for row in found.rows} == {
        "150602 东胜区": (Standing.SAME, "95.50", "95.50", ""),
        "150627 伊金霍洛旗": (Standing.DIFFERENT, "80.00", "81.50", "+1.50"),
        "000101 白音": (Standing.ONLY_FIRST, "70.00", "", ""),
        "150602101 罕台镇": (Standing.ONLY_SECOND, "", "60.00", ""),
    }
    assert set(found.counts.values()) == {1}


def test_what_was_said_stays_said_after_a_withdrawal(cast: Cast, pair: tuple[Batch, Batch]) -> None:
    before = comparison_of(*pair)
    withdraw_by_two(cast.hr_city, second_officer(), pair[1])

    assert comparison_of(*pair) == before


def test_pages_follow_one_another_by_key(pair: tuple[Batch, Batch]) -> None:
    seen, after = [], None
    for _page in range(4):
        found = comparison_of(*pair, after=after, most=1)
        seen += [row.subject for row in found.rows]
        after = found.next_after

    assert (len(set(seen)), after) == (4, None)


def test_page_filters_and_exports_what_is_filtered(
    client_for: ClientFor, cast: Cast, pair: tuple[Batch, Batch]
) -> None:
    client = client_for(cast.hr_city)
    ask = {"a": str(pair[0].number), "b": str(pair[1].number)}

    whole = client.get("/batches/compare/", ask).content.decode()
    different = client.get("/batches/compare/", {**ask, "show": "different"}).content.decode()
    answer: Any = client.post("/batches/compare/export/", {**ask, "show": "different"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))

    assert ("95.50" in whole, "95.50" in different, "+1.50" in different) == (True, False, True)
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert [row[:2] + row[5:6] for row in rows] == [("150627 伊金霍洛旗", "DD01 2026Q1 数值", "不同")]
    assert AuditEvent.objects.latest("seq").action == "batches.comparison_exported"


def test_batches_of_another_are_not_compared(client_for: ClientFor, cast: Cast, pair: tuple[Batch, Batch]) -> None:
    own = store(cast.clerk_water, ["", "150602", "DD02", "2026-01", "1"]).batch
    ask = {"a": str(own.number), "b": str(pair[0].number)}
    client = client_for(cast.clerk_water)

    assert stored_batches(scope(cast.clerk_water), numbers=(own.number, pair[0].number)) is None
    assert client.get("/batches/compare/", ask).status_code == 404
    assert client.post("/batches/compare/export/", ask).status_code == 404
    assert client.get("/batches/compare/", {**ask, "b": ask["a"]}).status_code == 200


@pytest.mark.parametrize("odd", ["x", "-1", "999999999999", "١"])
def test_odd_numbers_are_not_there(client_for: ClientFor, cast: Cast, pair: tuple[Batch, Batch], odd: str) -> None:
    assert client_for(cast.hr_city).get("/batches/compare/", {"a": odd, "b": "1"}).status_code == 404


def test_batch_that_is_not_stored_is_not_compared(client_for: ClientFor, cast: Cast, pair: tuple[Batch, Batch]) -> None:
    waiting = send(cast.hr_city, D).batch

    answer = client_for(cast.hr_city).get("/batches/compare/", {"a": "1", "b": str(waiting.number)})

    assert answer.status_code == 404


def test_comparison_takes_as_many_queries_for_thirty_rows(client_for: ClientFor, cast: Cast) -> None:
    make_indicators()
    client = client_for(cast.hr_city)
    store(cast.hr_city, A)
    few = asked(client, "/batches/compare/?a=1&b=1")
    periods = ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q2", "2026Q3", "2026Q4")
    units = ("150602", "150627", "150602001", "150602101")
    store(cast.hr_city, *[["", unit, "DD01", period, "50"] for unit in units for period in periods])

    assert asked(client, "/batches/compare/?a=2&b=2") == few
