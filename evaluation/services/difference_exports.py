"""A group's difference between two runs leaves the house as a sheet, and a record that it left."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.scope import Scope
from evaluation.selectors.group_differences import (
    MOVED_TEXTS,
    DifferenceQuery,
    GroupDifference,
    NamedRow,
    Standing,
    group_difference,
)
from evaluation.selectors.runs_compared import TwoRuns
from evaluation.services.exports import Sheet
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.tabular.writing import SheetColumn, Written


@use_case
def export_difference(*, scope: Scope, runs: TwoRuns, query: DifferenceQuery, actor: Actor) -> Sheet:
    """Give the whole filtered difference of a group as a sheet, and write down who took it."""
    found = group_difference(scope, runs, replace(query, after=None, most=None))
    after = {"other": runs.older.run.ref, "group": query.group, "kind": query.kind, "text": query.text}
    record("difference.exported", runs.newer.run, after=after)
    is_personal = runs.newer.basis.is_personal
    columns = [
        SheetColumn(_("工号") if is_personal else _("单位代码")),
        SheetColumn(_("姓名") if is_personal else _("单位"), 18),
        SheetColumn(_("单位与职务"), 32),
        SheetColumn(_("原可比组"), 14),
        SheetColumn(_("原名次"), 8),
        SheetColumn(_("原得分"), 12, 6),
        SheetColumn(_("可比组"), 14),
        SheetColumn(_("名次"), 8),
        SheetColumn(_("得分"), 12, 6),
        SheetColumn(_("变动"), 12, 6),
        SheetColumn(_("说明"), 20),
    ]
    name = f"{runs.newer.scheme.code} {runs.older.run.number}-{runs.newer.run.number} {query.group}".strip()
    return Sheet(name, columns, _rows(found) if found else iter(()))


def _rows(found: GroupDifference) -> Iterator[Sequence[Written]]:
    for named in found.rows:
        yield _row(named)


def _row(named: NamedRow) -> Sequence[Written]:
    row, who = named.row, named.who
    words = str(MOVED_TEXTS.get(row.moved, ""))
    return [who.number, who.name, who.place, *_half(row.older), *_half(row.newer), _micro(row.change), words]


def _half(half: Standing | None) -> Sequence[Written]:
    return ["", None, None] if half is None else [half.group, half.rank, _micro(half.total)]


def _micro(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-6)
