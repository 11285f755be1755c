"""Pages by key: nothing twice, nothing missed, in both directions; a cursor is bound and cannot be forged."""

from datetime import date

import pytest
from django.http import Http404, QueryDict

from foundation.web.keyset import Keyset, KeysetPage
from units.models import Subject, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def units() -> list[str]:
    made = []
    for number in range(23):
        subject = Subject.objects.create(kind="unit")
        Unit.objects.create(
            subject=subject,
            code=f"u{number:02}",
            name="同名",
            kind="banner" if number % 3 else "zone",
            starts_on=date(2025, 1, 1),
        )
        made.append(f"u{number:02}")
    return made


def turn(keyset: Keyset, size: int, query: str = "", bound: str = "") -> KeysetPage[Unit]:
    return keyset.page(Unit.objects.all(), QueryDict(query), size=size, bound=bound)


def walk(keyset: Keyset, size: int) -> list[KeysetPage[Unit]]:
    pages = [turn(keyset, size)]
    while pages[-1].next_cursor:
        pages.append(turn(keyset, size, f"after={pages[-1].next_cursor}"))
    return pages


ORDERS = [
    Keyset(("code",)),
    Keyset(("code",), descending=True),
    Keyset(("kind", "code")),
    Keyset(("kind", "code"), descending=True),
]


@pytest.mark.parametrize("keyset", ORDERS)
@pytest.mark.parametrize("size", [1, 7, 23, 50])
def test_a_walk_shows_every_row_once_in_order(units, keyset, size):
    pages = walk(keyset, size)

    whole = list(Unit.objects.order_by(*keyset.names).values_list("code", flat=True))
    assert [unit.code for page in pages for unit in page.rows] == whole
    assert pages[0].previous_cursor == ""


@pytest.mark.parametrize("keyset", ORDERS)
def test_the_way_back_shows_the_same_pages(units, keyset):
    first, second, third = walk(keyset, 8)

    back = turn(keyset, 8, f"before={third.previous_cursor}")
    again = turn(keyset, 8, f"before={back.previous_cursor}")

    assert [u.code for u in back.rows] == [u.code for u in second.rows]
    assert [u.code for u in again.rows] == [u.code for u in first.rows]
    assert again.previous_cursor == ""


def test_a_row_that_comes_in_between_moves_nobody(units):
    keyset = Keyset(("code",))
    first = turn(keyset, 5)
    Unit.objects.create(
        subject=Subject.objects.create(kind="unit"), code="u00a", name="新", kind="zone", starts_on=date(2025, 1, 1)
    )

    assert turn(keyset, 5, f"after={first.next_cursor}").rows[0].code == "u05"


@pytest.mark.parametrize("cursor", ["", "x", "abc:def", "WyIiLCJ1MDQiXQ:forged"])
def test_a_forged_cursor_is_not_there(units, cursor):
    if cursor:
        with pytest.raises(Http404):
            turn(Keyset(("code",)), 5, f"after={cursor}")
    else:
        assert [u.code for u in turn(Keyset(("code",)), 2, "after=").rows] == ["u00", "u01"]


def test_a_cursor_of_another_run_is_not_there(units):
    cursor = turn(Keyset(("code",)), 5, bound="run-1").next_cursor

    with pytest.raises(Http404):
        turn(Keyset(("code",)), 5, f"after={cursor}", bound="run-2")
