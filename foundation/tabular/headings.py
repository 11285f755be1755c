"""Matching of the heading row with the columns that are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.tabular.folding import fold_heading
from foundation.tabular.table import Column, FileProblem, Table


@dataclass(frozen=True, slots=True)
class HeadingSpec:
    """A column that may or must be there: its field and the headings it goes by, the first being shown."""

    field: str
    names: tuple[str, ...]
    is_required: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """Which column holds which field, and what does not fit; the problems carry cell addresses."""

    columns: dict[str, Column]
    problems: tuple[FileProblem, ...]


def match_headings(table: Table, specs: Sequence[HeadingSpec]) -> Matching:
    """Find the column of each field by its heading, Chinese or English.

    Compared without spaces, full-width characters folded, case ignored. The first of two columns
    for one field is kept; the other is a problem, as are unknown, blank and missing headings.
    """
    known = {fold_heading(name): spec for spec in specs for name in (spec.field, *spec.names)}
    columns: dict[str, Column] = {}
    problems: list[FileProblem] = []
    for column in table.columns:
        spec = known.get(fold_heading(column.heading))
        if spec is None:
            code = "heading_unknown" if fold_heading(column.heading) else "heading_blank"
            problems.append(_problem(code, table, column))
        elif spec.field in columns:
            other = columns[spec.field]
            facts = {"other": f"{other.letter}{table.header_row}", "other_value": other.heading}
            problems.append(_problem("heading_duplicate", table, column, facts))
        else:
            columns[spec.field] = column
    for spec in specs:
        if spec.is_required and spec.field not in columns:
            facts = {"field": spec.field, "heading": spec.names[0]}
            problems.append(FileProblem("heading_missing", row=table.header_row, facts=facts))
    return Matching(columns, tuple(problems))


def _problem(code: str, table: Table, column: Column, facts: dict[str, str] | None = None) -> FileProblem:
    return FileProblem(code, row=table.header_row, column=column.number, value=column.heading, facts=facts or {})
