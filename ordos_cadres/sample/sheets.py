"""The sample's figures as the Excel files that offices would send, in the order in which they would come."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from foundation.tabular.writing import SheetColumn, Written, write_xlsx
from intake.services.indicators import IndicatorRow
from ordos_cadres.sample.draws import draws, pick
from ordos_cadres.sample.figures import FINAL, PRELIMINARY, Figure, corrected
from ordos_cadres.sample.places import department_codes

COLUMNS = (
    SheetColumn("工号", 10),
    SheetColumn("姓名", 26),
    SheetColumn("单位代码", 16),
    SheetColumn("指标代码", 10),
    SheetColumn("期间", 10),
    SheetColumn("数值", 12),
    SheetColumn("目标值", 12),
    SheetColumn("口径", 8),
    SheetColumn("佐证编号", 18),
    SheetColumn("备注", 16),
)
SHEET = "考核数据"
EVIDENCE = "〔示例〕{}号"
REMARK = "演示数据"

HR, STATISTICS, HOTLINE = "hr.city", "clerk.statistics", "clerk.hotline"
OFFICE_OF = {STATISTICS: "市统计局", HOTLINE: "市行政审批政务服务与数据管理局"}
SENT_BY = {
    STATISTICS: frozenset({"DD03", "DD04", "DD13", "JY05"}),
    HOTLINE: frozenset({"DD09A", "DD09B", "DD09C", "DD10", "CX05"}),
}
TITLES = {STATISTICS: "统计数据", HOTLINE: "政务服务与热线数据"}

ROUNDS: dict[str, tuple[str, ...]] = {
    "2024年度": ("2024",),
    "2025年上半年": ("2025H1",),
    "2025年三季度": ("2025Q3", "2025-07", "2025-08", "2025-09"),
    "2025年四季度": ("2025Q4", "2025-10", "2025-11", "2025-12", "2025H2", "2025"),
    "2026年一季度": ("2026Q1", "2026-01", "2026-02", "2026-03"),
    "2026年二季度": ("2026Q2", "2026-04", "2026-05", "2026-06", "2026H1"),
}
"""The rounds in which figures come in, and their periods."""
QUARTERS = ("2025Q3", "2025Q4", "2026Q1", "2026Q2")
PERIODS = frozenset(code for codes in ROUNDS.values() for code in codes)

PRELIMINARY_FIRST = frozenset({("DD03", "2025Q4"), ("DD04", "2025-12")})
"""Growth rates that come twice: preliminary, then final."""


@dataclass(frozen=True)
class SampleFile:
    """One file: its name, who sends it, why, and what stands in it."""

    name: str
    by: str
    reason: str
    figures: tuple[Figure, ...]

    def write(self, folder: Path) -> Path:
        """Write it as a workbook; the same figures give the same rows."""
        path = folder / f"{self.name}.xlsx"
        with path.open("wb") as stream:
            write_xlsx(COLUMNS, map(cells, self.figures), stream, sheet=SHEET)
        return path


def cells(figure: Figure) -> Sequence[Written]:
    """One figure as a row of the long form."""
    number, unit = (figure.subject, "") if figure.is_cadre else ("", figure.subject)
    return (
        number,
        figure.name,
        unit,
        figure.indicator,
        figure.period,
        figure.value,
        figure.target,
        figure.vintage,
        figure.evidence,
        REMARK,
    )


def sample_files(
    unit_figures: Iterable[Figure], person_figures: Iterable[Figure], indicators: Sequence[IndicatorRow]
) -> Iterator[SampleFile]:
    """All files in the order of their upload; corrections come after what they correct."""
    owners = {row.code: row.owner_codes for row in indicators}
    of_units = [_with_sender(figure, owners) for figure in unit_figures]
    of_people = list(person_figures)
    for title, periods in ROUNDS.items():
        here = [(sender, figure) for sender, figure in of_units if figure.period in periods]
        for sender in (HR, STATISTICS, HOTLINE):
            figures = tuple(figure for by, figure in here if by == sender)
            if figures:
                yield SampleFile(f"{title}{TITLES.get(sender, '单位数据')}", sender, f"{title}上报", figures)
        persons = tuple(figure for figure in of_people if figure.period in periods)
        if persons:
            yield SampleFile(f"{title}干部数据", HR, f"{title}上报", persons)
        yield from _corrections(title, [figure for _sender, figure in here], persons)


def _with_sender(figure: Figure, owners: dict[str, tuple[str, ...]]) -> tuple[str, Figure]:
    """Who sends a figure: nobody enters the own unit; what only the own unit knows, HR enters with evidence."""
    if (figure.indicator, figure.period) in PRELIMINARY_FIRST:
        figure = replace(figure, vintage=PRELIMINARY)
    for sender, codes in SENT_BY.items():
        if figure.indicator in codes and figure.subject != department_codes()[OFFICE_OF[sender]]:
            return sender, figure
    if figure.subject in owners[figure.indicator]:
        figure = replace(figure, evidence=EVIDENCE.format(f"{figure.period}-{figure.indicator}"))
    return HR, figure


def _corrections(title: str, of_units: Sequence[Figure], of_people: Sequence[Figure]) -> Iterator[SampleFile]:
    if title == "2025年四季度":
        first = [figure for figure in of_units if (figure.indicator, figure.period) in PRELIMINARY_FIRST]
        final = [_final(figure, place) for place, figure in enumerate(first)]
        yield SampleFile(f"{title}增速终核", STATISTICS, "季度核算终核", tuple(final))
    if title == "2026年一季度":
        tasks = [figure for figure in of_people if figure.indicator == "OT01" and isinstance(figure.value, Decimal)]
        towns = [figure for figure in of_units if figure.indicator == "DD01" and len(figure.subject) == 9]
        source = draws("corrections")
        wrong = [*pick(source, tasks, 6), *pick(source, [f for f in towns if "-" not in f.subject], 2)]
        yield SampleFile(f"{title}更正", HR, "台账复核更正", tuple(corrected(figure, "-1.50") for figure in wrong))


def _final(figure: Figure, place: int) -> Figure:
    """Some growth rates change when they become final, the others only become final."""
    if isinstance(figure.value, Decimal) and place % 2 == 0:
        return corrected(figure, "0.20" if place % 4 == 0 else "-0.30")
    return replace(figure, vintage=FINAL)
