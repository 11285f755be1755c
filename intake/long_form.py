"""The long form 长表: one row a value; its columns, their headings, and the sheet arranged by them.

A wide sheet (`wide_form`) is turned into the same `LongSheet`, and a push will be, so that there is
one set of checks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.folding import Fold, Folded, fold_codes, object_array, trim_names
from foundation.tabular.headings import HeadingSpec, heading_words, match_headings
from foundation.tabular.table import CellKind, Column, FileProblem, Table, column_letter

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
    # Stands in the file of bad rows, so that people find them again in theirs; nothing reads it.
    HeadingSpec("source_row", ("原行号", "source row")),
)

HEADING_WORDS = heading_words(HEADINGS)
"""By which the heading row is known."""

ONE_SUBJECT = ("employee_no", "unit_code", "工号”或“单位代码")
_ONE_OF = (ONE_SUBJECT, ("value", "target", "数值”或“目标值"))
_UNREADABLE = (CellKind.ERROR, CellKind.FORMULA_WITHOUT_VALUE)


@dataclass(frozen=True, eq=False)
class Field:
    """One column of the long form; arrays have the length of the sheet. ``number`` is 0 when absent.

    In a wide sheet the rows of a field stand in several columns: then ``numbers`` holds the column
    of each row's own cell, and ``headings`` what stands above these columns.
    """

    number: int
    heading: str
    raw: NDArray[np.object_]
    """The texts as they were written."""
    kinds: NDArray[np.uint8]
    numbers: NDArray[np.int64] | None = None
    headings: Mapping[int, str] = field(default_factory=dict)

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
        return self.number > 0

    def numbers_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The columns of the cells of these rows; 0 where there is none."""
        return np.full(len(places), self.number, dtype=np.int64) if self.numbers is None else self.numbers[places]

    def letter_at(self, place: int) -> str:
        """The letter of the column of a row's own cell, "" where there is none."""
        return column_letter(self.number if self.numbers is None else int(self.numbers[place]))

    def heading_at(self, place: int) -> str:
        """What stands above a row's own cell."""
        return self.heading if self.numbers is None else self.headings.get(int(self.numbers[place]), "")


@dataclass(frozen=True, eq=False)
class LongSheet:
    """The sheet by field; a field without a column is all empty.

    In a wide sheet a row of the file is as many rows here as it holds figures, one beside another.
    """

    table: Table
    rows: NDArray[np.int64]
    """The row of the file in which each row stands, ascending."""
    fields: dict[str, Field]
    problems: tuple[FileProblem, ...]
    """What is wrong with the headings."""
    is_checkable: bool
    """Whether the columns without which no row means anything are there."""

    is_wide: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, field: str) -> Field:
        return self.fields[field]


def arrange(table: Table) -> LongSheet:
    """Find the columns of the long form in a table and say what is wrong with its headings."""
    matching = match_headings(table, HEADINGS)
    problems = [*matching.problems, *missing_of(table, matching.columns, _ONE_OF)]
    every = np.arange(len(table))
    fields = {spec.field: field_of(matching.columns.get(spec.field), every) for spec in HEADINGS}
    missing = any(problem.code == "heading_missing" for problem in problems)
    return LongSheet(table, table.rows, fields, tuple(problems), not missing)


def missing_of(
    table: Table, columns: Mapping[str, Column], one_of: Iterable[tuple[str, str, str]]
) -> Iterable[FileProblem]:
    """Say which pairs of columns are wanting, of which one must be there."""
    for one, other, shown in one_of:
        if one not in columns and other not in columns:
            facts = {"field": one, "heading": shown}
            yield FileProblem("heading_missing", row=table.header_row, facts=facts)


def field_of(column: Column | None, rows: NDArray[np.int64]) -> Field:
    """A column at some rows of the table, one after another; all empty where there is no column."""
    if column is None:
        return Field(0, "", object_array([""] * len(rows)), np.zeros(len(rows), dtype=np.uint8))
    return Field(column.number, column.heading, column.texts[rows], column.kinds[rows])


FOLD_CODES: dict[Fold, str] = {fold: f"folded_{fold.codes[0]}" for fold in Fold}
"""The problem code that tells each fold."""
