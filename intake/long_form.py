"""The long form 长表: one row a value; its columns, their headings, and the sheet arranged by them.

Wide sheets and pushes will be turned into the same `LongSheet`, so that there is one set of checks.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.folding import Fold, Folded, fold_codes, object_array, trim_names
from foundation.tabular.headings import HeadingSpec, match_headings
from foundation.tabular.table import CellKind, FileProblem, Table

HEADINGS: tuple[HeadingSpec, ...] = (
    HeadingSpec("employee_no", ("工号", "人员编号", "职工号", "employee no")),
    HeadingSpec("name", ("姓名", "名称", "单位名称")),
    HeadingSpec("unit_code", ("单位代码", "单位编码", "unit code")),
    HeadingSpec("indicator_code", ("指标代码", "指标编码", "indicator", "indicator code"), is_required=True),
    HeadingSpec("period", ("期间", "考核期间", "所属期间"), is_required=True),
    HeadingSpec("value", ("数值", "实际值", "完成值")),
    HeadingSpec("target", ("目标值", "目标", "target value")),
    HeadingSpec("vintage", ("口径",)),
    HeadingSpec("evidence_ref", ("佐证编号", "佐证", "evidence", "evidence ref")),
    HeadingSpec("remark", ("备注", "说明", "remarks", "note")),
)

_ONE_OF = (("employee_no", "unit_code", "工号”或“单位代码"), ("value", "target", "数值”或“目标值"))
_UNREADABLE = (CellKind.ERROR, CellKind.FORMULA_WITHOUT_VALUE)


@dataclass(frozen=True, eq=False)
class Field:
    """One column of the long form; arrays have the length of the sheet. ``letter`` is "" when absent."""

    letter: str
    number: int
    heading: str
    raw: NDArray[np.object_]
    """The texts as they were written."""
    kinds: NDArray[np.uint8]

    @cached_property
    def codes(self) -> Folded:
        """Folded as codes: trimmed, full-width to plain."""
        return fold_codes(self.raw)

    @cached_property
    def trimmed(self) -> Folded:
        """Only trimmed, as names and labels are."""
        return trim_names(self.raw)

    @cached_property
    def is_filled(self) -> NDArray[np.bool_]:
        """Where something is written."""
        return np.fromiter(map(bool, self.trimmed.texts), dtype=bool, count=len(self.raw))

    @cached_property
    def is_unreadable(self) -> NDArray[np.bool_]:
        """Error cells and formulas without value: told by the reader of the file already."""
        return np.isin(self.kinds, _UNREADABLE)

    @property
    def is_there(self) -> bool:
        """Whether the sheet has the column."""
        return self.letter != ""


@dataclass(frozen=True, eq=False)
class LongSheet:
    """The sheet by field; a field without a column is all empty."""

    table: Table
    fields: dict[str, Field]
    problems: tuple[FileProblem, ...]
    """What is wrong with the headings."""
    is_checkable: bool
    """Whether the columns without which no row means anything are there."""

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, field: str) -> Field:
        return self.fields[field]


def arrange(table: Table) -> LongSheet:
    """Find the columns of the long form in a table and say what is wrong with its headings."""
    matching = match_headings(table, HEADINGS)
    problems = list(matching.problems)
    for one, other, shown in _ONE_OF:
        if one not in matching.columns and other not in matching.columns:
            facts = {"field": one, "heading": shown}
            problems.append(FileProblem("heading_missing", row=table.header_row, facts=facts))
    empty = Field("", 0, "", object_array([""] * len(table)), np.zeros(len(table), dtype=np.uint8))
    fields = {spec.field: empty for spec in HEADINGS}
    for field, column in matching.columns.items():
        fields[field] = Field(column.letter, column.number, column.heading, column.texts, column.kinds)
    missing = any(problem.code == "heading_missing" for problem in problems)
    return LongSheet(table, fields, tuple(problems), not missing)


FOLD_CODES: dict[Fold, str] = {fold: f"folded_{fold.codes[0]}" for fold in Fold}
"""The problem code that tells each fold."""
