"""The very cell beside the score: the rows of the kept file around it, the arithmetic, who said it and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from evaluation.presenters.arithmetic import arithmetic_text
from evaluation.selectors.cells import Cell
from evaluation.selectors.explained_lines import ExplainedLine
from foundation.tabular.windows import Window, WindowRow
from foundation.web.figures import period_text, points_text
from intake.selectors.observations import Said, Source

MOST_COLUMNS = 4
"""So many columns of a sheet stand beside the table without moving the cell out of sight."""


@dataclass(frozen=True)
class SheetColumn:
    """A column of the shown piece of sheet."""

    letter: str
    current: bool


@dataclass(frozen=True)
class SheetCell:
    """A cell as it was written."""

    text: str
    current: bool


@dataclass(frozen=True)
class SheetRow:
    """A row of the shown piece of sheet."""

    number: int
    kind: str
    cells: tuple[SheetCell, ...]


@dataclass(frozen=True)
class Sum:
    """A line of arithmetic."""

    text: str
    result: str


@dataclass(frozen=True)
class Moment:
    """One thing that happened to the value."""

    at: datetime
    verb: str
    who: str


@dataclass(frozen=True)
class Evidence:
    """What evaluation/_evidence.html reads."""

    anchor: str
    code: str
    name: str
    title: str
    close_url: str
    file_name: str
    batch_label: str
    batch_url: str
    sheet_name: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]
    sums: tuple[Sum, ...]
    remark: str
    history: tuple[Moment, ...]
    file_url: str
    absent: str


def evidence(
    line: ExplainedLine,
    cell: Cell,
    source: Source | None,
    history: Sequence[Said],
    *,
    contribution: str,
    close_url: str,
) -> Evidence:
    """The panel of one line; ``source`` None means that no file said the value.

    ``contribution`` is what the table shows of it, as text.
    """
    window = source.window if source else None
    return Evidence(
        anchor=line.anchor,
        code=line.code,
        name=line.name,
        title=_("依据：%(period)s %(address)s")
        % {"period": period_text(cell.period), "address": source.address if source else ""},
        close_url=close_url,
        file_name=source.file_name if source else "",
        batch_label=_("批次 %(number)s") % {"number": source.batch_number} if source else "",
        batch_url=reverse("intake:batch-detail", args=[source.batch_ref]) if source and source.batch_ref else "",
        sheet_name=window.sheet if window else "",
        columns=_columns(window),
        rows=_rows(window),
        sums=tuple(_sums(line, contribution)),
        remark=_others(line, cell),
        history=tuple(_moments(history)),
        file_url=reverse("intake:batch-file", args=[source.batch_ref]) if source and source.batch_ref else "",
        absent=_absent(source),
    )


def _absent(source: Source | None) -> str:
    if source is None:
        return _("这个数据不是从文件上传的，没有可以打开的单元格。")
    return source.absent


def _shown_columns(window: Window) -> list[int]:
    """Which columns of the window are shown: who it is about, and those that lead to the cell."""
    here = _column(window)
    told = [window.header, *window.rows]
    filled = [at for at in range(len(window.letters)) if at == here or any(row.cells[at].strip() for row in told[1:])]
    before, after = [at for at in filled if at < here], [at for at in filled if at > here]
    chosen = [*before[:1], *before[1:][-2:], here]
    return sorted([*chosen, *after][:MOST_COLUMNS])


def _column(window: Window) -> int:
    letter = window.address.rstrip("0123456789")
    return window.letters.index(letter) if letter in window.letters else -1


def _columns(window: Window | None) -> tuple[SheetColumn, ...]:
    if window is None:
        return ()
    here = _column(window)
    return tuple(SheetColumn(window.letters[at], at == here) for at in _shown_columns(window) if at >= 0)


def _rows(window: Window | None) -> tuple[SheetRow, ...]:
    if window is None:
        return ()
    here, columns = _column(window), [at for at in _shown_columns(window) if at >= 0]
    below = [row for row in window.rows if row.number != window.header.number]
    return (
        _row(window.header, "head", columns, -1),
        *(
            _row(row, "current", columns, here) if row.number == window.row else _row(row, "", columns, -1)
            for row in below
        ),
    )


def _row(row: WindowRow, kind: str, columns: Sequence[int], current: int) -> SheetRow:
    return SheetRow(row.number, kind, tuple(SheetCell(row.cells[at], at == current) for at in columns))


def _sums(line: ExplainedLine, contribution: str) -> list[Sum]:
    """The arithmetic in two lines: from what was written to points, from points to what they bring."""
    if line.points is None or not contribution:
        return []
    points = points_text(line.points)
    weighed = _("%(points)s × 权重 %(weight)s%%") % {"points": points, "weight": points_text(line.weight, 2)}
    return [Sum(arithmetic_text(line), points), Sum(weighed, _("%(points)s 分") % {"points": contribution})]


def _others(line: ExplainedLine, shown: Cell) -> str:
    """The other cells that the line was made of: targets, months of a quarter."""
    others = [cell for cell in line.cells if cell != shown]
    told = [
        _("%(period)s%(what)s %(value)s（批次 %(batch)s，%(address)s）")
        % {
            "period": period_text(cell.period),
            "what": _("目标") if cell.is_target else "",
            "value": cell.value_text,
            "batch": cell.batch_number,
            "address": cell.address,
        }
        for cell in others
        if cell.batch_number
    ]
    carried = _("本期没有新数据，沿用此前的数据。") if line.carried else ""
    return carried + (_("还用到：%(cells)s") % {"cells": "；".join(told)} if told else "")


def _moments(history: Sequence[Said]) -> list[Moment]:
    moments = []
    for at, said in enumerate(history):
        verb = _("更正为 %(text)s") if at else _("报 %(text)s")
        reason = _("，原因：%(reason)s") % {"reason": said.reason} if said.reason else ""
        moments.append(Moment(said.at, verb % {"text": said.text}, f"{said.who}{reason}"))
    return moments
