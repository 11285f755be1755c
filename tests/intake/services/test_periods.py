from datetime import date
from itertools import pairwise

import pytest

from foundation.actor import SYSTEM
from intake.enums import PeriodKind
from intake.errors import DefinitionError
from intake.models import Period
from intake.services.periods import PeriodRow, calendar_periods, open_periods


def test_calendar_year_has_nineteen_periods_without_a_gap():
    rows = calendar_periods(2024)

    months = [row for row in rows if row.kind == PeriodKind.MONTH]
    assert len(rows) == 19
    assert [row.ends_on for row in months][1] == date(2024, 2, 29)
    assert all((b.starts_on - a.ends_on).days == 1 for a, b in pairwise(months))


@pytest.mark.django_db
def test_quarter_may_have_days_of_its_own():
    row = PeriodRow("2026Q4", PeriodKind.QUARTER, date(2026, 10, 1), date(2026, 11, 30))

    open_periods(rows=[*calendar_periods(2025), row], actor=SYSTEM)

    assert Period.objects.get(code="2026Q4").ends_on == date(2026, 11, 30)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "code"),
    [
        (PeriodRow("2026Q5", PeriodKind.QUARTER, date(2026, 1, 1), date(2026, 3, 31)), "period_code_wrong"),
        (PeriodRow("2026-13", PeriodKind.MONTH, date(2026, 1, 1), date(2026, 1, 31)), "period_code_wrong"),
        (PeriodRow("2026Q1", PeriodKind.MONTH, date(2026, 1, 1), date(2026, 1, 31)), "period_code_wrong"),
        (PeriodRow("2025Q1", PeriodKind.QUARTER, date(2026, 1, 1), date(2026, 3, 31)), "period_taken"),
        (PeriodRow("2026Q1", PeriodKind.QUARTER, date(2026, 3, 31), date(2026, 1, 1)), "period_reversed"),
        (PeriodRow("2026Q1", PeriodKind.QUARTER, date(2025, 12, 1), date(2026, 3, 31)), "period_overlaps"),
    ],
)
def test_period_that_cannot_be_keeps_all_out(row, code):
    open_periods(rows=calendar_periods(2025), actor=SYSTEM)
    good = calendar_periods(2027)[0]

    with pytest.raises(DefinitionError) as refused:
        open_periods(rows=[good, row], actor=SYSTEM)
    assert (refused.value.code, Period.objects.count()) == (code, 19)
