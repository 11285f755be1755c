"""Writes of periods, and the calendar that most of them follow."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import found_done, record, use_case
from intake.enums import PeriodKind
from intake.errors import DefinitionError
from intake.models import Period

_CODES: dict[PeriodKind, re.Pattern[str]] = {
    PeriodKind.YEAR: re.compile(r"[12][0-9]{3}", re.ASCII),
    PeriodKind.HALF: re.compile(r"[12][0-9]{3}H[12]", re.ASCII),
    PeriodKind.QUARTER: re.compile(r"[12][0-9]{3}Q[1-4]", re.ASCII),
    PeriodKind.MONTH: re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])", re.ASCII),
}


@dataclass(frozen=True)
class PeriodRow:
    """One period; its days are its own, because real counts may close on 30 November."""

    code: str
    kind: PeriodKind
    starts_on: date
    ends_on: date


def calendar_periods(year: int) -> tuple[PeriodRow, ...]:
    """The year, halves, quarters and months of a calendar year, longest first.

    >>> [row.code for row in calendar_periods(2026)][:4]
    ['2026', '2026H1', '2026H2', '2026Q1']
    """
    rows = [_span(f"{year}", PeriodKind.YEAR, year, 1, 12)]
    rows += [_span(f"{year}H{half}", PeriodKind.HALF, year, half * 6 - 5, half * 6) for half in (1, 2)]
    rows += [_span(f"{year}Q{q}", PeriodKind.QUARTER, year, q * 3 - 2, q * 3) for q in (1, 2, 3, 4)]
    rows += [_span(f"{year}-{month:02}", PeriodKind.MONTH, year, month, month) for month in range(1, 13)]
    return tuple(rows)


def _span(code: str, kind: PeriodKind, year: int, first: int, last: int) -> PeriodRow:
    return PeriodRow(code, kind, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


@use_case
def open_periods(*, rows: Sequence[PeriodRow], actor: Actor) -> list[Period]:
    """Define periods in bulk: all of them, or none with the first reason why not."""
    if not rows:
        found_done()
        return []
    known = list(Period.objects.all())
    taken = {period.code for period in known}
    spans = [(period.kind, period.code, period.starts_on, period.ends_on) for period in known]
    for row in rows:
        if not _CODES[row.kind].fullmatch(row.code):
            raise DefinitionError("period_code_wrong", period=row.code, kind=row.kind.label)
        if row.code in taken:
            raise DefinitionError("period_taken", period=row.code)
        if row.ends_on < row.starts_on:
            raise DefinitionError("period_reversed", period=row.code)
        for kind, other, starts_on, ends_on in spans:
            if kind == row.kind and row.starts_on <= ends_on and starts_on <= row.ends_on:
                raise DefinitionError("period_overlaps", period=row.code, other=other)
        taken.add(row.code)
        spans.append((row.kind, row.code, row.starts_on, row.ends_on))
    made = Period.objects.bulk_create(
        [Period(code=row.code, kind=row.kind, starts_on=row.starts_on, ends_on=row.ends_on) for row in rows]
    )
    codes = [period.code for period in made]
    record("periods.opened", made[0], after={"codes": codes}, rows_sha256=rows_digest(rows))
    return made
