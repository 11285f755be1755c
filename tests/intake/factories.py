"""Indicators, periods and uploads for the tests of intake, by the services of the office."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from foundation.actor import SYSTEM
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from intake.enums import Direction, PeriodKind
from intake.models import Batch, Observation
from intake.reports import Report
from intake.services.batches import Requested, receive_upload, request_commit
from intake.services.indicators import IndicatorRow, define_indicators
from intake.services.periods import calendar_periods, open_periods
from tests.cast import Cast, actor
from tests.tabular.files import workbook
from units.enums import SubjectKind

HEADING = ("工号", "单位代码", "指标代码", "期间", "数值")
STATISTICS, WATER = "1506-TJJ", "1506-SLJ"


def _indicator(code: str, kind: SubjectKind, **facts: Any) -> IndicatorRow:
    plain: dict[str, Any] = {
        "name_zh": f"指标{code}",
        "name_en": "",
        "measure": "%",
        "places": 2,
        "low": "0",
        "high": "200",
        "direction": Direction.MORE,
        "native_period": PeriodKind.QUARTER,
        "basis": "演示",
    }
    return IndicatorRow(code=code, subject_kind=kind, **{**plain, **facts})


INDICATORS = (
    _indicator("DD01", SubjectKind.UNIT, owner_codes=(STATISTICS,)),
    _indicator("DD02", SubjectKind.UNIT, owner_codes=(WATER,), native_period=PeriodKind.MONTH),
    _indicator("DD12", SubjectKind.UNIT, measure="项", places=0, high="100", direction=Direction.LESS),
    _indicator("GR03", SubjectKind.UNIT, low="-50", high="100", places=3),
    _indicator("OLD1", SubjectKind.UNIT, sunset_on=date(2025, 12, 31)),
    _indicator("OT01", SubjectKind.CADRE, owner_codes=(STATISTICS,)),
    _indicator(
        "JY01",
        SubjectKind.CADRE,
        measure="等次",
        places=0,
        high="100",
        options=(("好", "100"), ("较好", "85"), ("一般", "60")),
    ),
)


def make_indicators() -> None:
    """The indicators of these tests, and the periods of 2025 and 2026."""
    define_indicators(rows=INDICATORS, actor=SYSTEM)
    open_periods(rows=[row for year in (2025, 2026) for row in calendar_periods(year)], actor=SYSTEM)


def csv_bytes(rows: Sequence[Sequence[Any]], heading: Sequence[str] = HEADING) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([heading, *rows])
    return stream.getvalue().encode()


def xlsx_bytes(rows: Sequence[Sequence[Any]], heading: Sequence[str] = HEADING) -> bytes:
    return workbook([heading, *rows])


@dataclass(frozen=True)
class Uploaded:
    """A batch after its check, as the office sees it."""

    batch: Batch
    job: Job
    report: Report

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Code, cell and value of every listed problem, in the order of the sheet."""
        return [(problem.code, problem.ref, problem.value) for problem in self.report.problems]


def upload(user: User, data: bytes, name: str = "data.csv") -> Uploaded:
    """Send a file through the door and let its check be worked."""
    return worked(receive_upload(chunks=[data], name=name, actor=actor(user)))


def send(user: User, *rows: Sequence[Any], heading: Sequence[str] = HEADING) -> Uploaded:
    """`upload` of a CSV with these rows."""
    return upload(user, csv_bytes(rows, heading))


def worked(requested: Requested) -> Uploaded:
    """Work the job of a request here; look at the batch afterwards."""
    job = work_inline(requested.job)
    batch = Batch.objects.get(pk=requested.batch.pk)
    return Uploaded(batch, job, Report.from_json(batch.report or {}))


def commit(user: User, uploaded: Uploaded) -> Uploaded:
    """Confirm what the check showed and let it be stored."""
    return worked(
        request_commit(
            batch=uploaded.batch,
            actor=actor(user),
            plan_sha256=uploaded.batch.plan_sha256,
            accepted_corrections=uploaded.report.n_changed,
        )
    )


def store(user: User, *rows: Sequence[Any], heading: Sequence[str] = HEADING) -> Uploaded:
    """Send and commit."""
    return commit(user, send(user, *rows, heading=heading))


def stored(cast: Cast) -> list[tuple[Any, ...]]:
    """All open observations: who, indicator, facet, value, flag, vintage."""
    names = {unit.pk: unit.code for unit in cast.units.values()}
    names |= {cadre.pk: cadre.employee_no for cadre in cast.cadres.values()}
    rows = Observation.objects.filter(seq_to=None).select_related("indicator", "period")
    found = [
        (names[row.subject_id], row.indicator.code, row.period.code, row.facet, row.value, row.flag, row.vintage)
        for row in rows
    ]
    return sorted(found, key=str)
