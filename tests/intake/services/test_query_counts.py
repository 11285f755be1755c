"""A check and a store take as many queries for 300 rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.intake.factories import commit, send

pytestmark = pytest.mark.usefixtures("indicators")

CODES = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
UNITS = ("1506", "150602", "150627", "150602001", "150602101", "1506-TJJ", "1506-ZZB")
ROWS = [["", unit, "DD02", code, str(n)] for unit in UNITS for n, code in enumerate(CODES)]
PEOPLE = ["000101", "000102", "000103", "000104"]
PERSON_ROWS = [
    [number, "", code, f"{year}Q{quarter}", value]
    for number in PEOPLE
    for code, value in (("OT01", "5"), ("JY01", "好"))
    for year in (2025, 2026)
    for quarter in (1, 2, 3, 4)
]


def queries_of(cast: Cast, rows: list[list[str]]) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as checked:
        sent = send(cast.hr_city, *rows)
    assert sent.problems == []
    with CaptureQueriesContext(connection) as stored:
        commit(cast.hr_city, sent)
    return len(checked), len(stored)


def test_queries_do_not_grow_with_rows(cast: Cast) -> None:
    one = queries_of(cast, [ROWS[0], PERSON_ROWS[0]])

    many = queries_of(cast, ROWS[1:] + PERSON_ROWS[1:])

    assert many == one
