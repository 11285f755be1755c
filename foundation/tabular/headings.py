"""The heading row: which row it is, what stands above it, and which column holds which field."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from foundation.tabular.folding import SPACES, fold_heading
from foundation.tabular.table import Column, FileProblem, Problems, SheetRow, Table

HEADING_WITHIN = 20
"""The heading is looked for in so many rows from the top of the sheet."""
_WORDS_OF_A_HEADING = 2
_CELLS_OF_DATA = 3


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


def heading_words(specs: Iterable[HeadingSpec]) -> frozenset[str]:
    """The folded words by which a heading row is known; for `reading.read_table`."""
    return frozenset(fold_heading(name) for spec in specs for name in (spec.field, *spec.names))


def find_heading(rows: Sequence[SheetRow], words: Collection[str]) -> int | None:
    """The place of the heading among the first rows with content: the first of those with most known words.

    A heading has two known words at least; None where no row has.
    """
    counts = [_known(row.cells, words) for row in rows if row.number <= HEADING_WITHIN]
    most = max(counts, default=0)
    return counts.index(most) if most >= _WORDS_OF_A_HEADING else None


def note_above(above: Sequence[SheetRow], heading: SheetRow, words: Collection[str], problems: Problems) -> None:
    """Tell what stands above the heading; a row of data there is an error, for it would be lost."""
    titles = []
    for row in above:
        if _is_like_data(row, heading, words):
            facts = {"heading_row": heading.number}
            problems.add(FileProblem("data_above_heading", row=row.number, value=row.text, facts=facts))
        else:
            titles.append(row)
    if titles:
        numbers = "、".join(str(row.number) for row in titles)
        told = {"rows": numbers, "text": "；".join(f"“{row.text}”" for row in titles)[:200]}
        problems.add(FileProblem("title_above", row=heading.number, value=titles[0].text, facts=told))


def _known(cells: Iterable[str], words: Collection[str]) -> int:
    return len({folded for cell in cells if len(cell) < 100 and (folded := fold_heading(cell)) in words})


def _is_like_data(row: SheetRow, heading: SheetRow, words: Collection[str]) -> bool:
    """Whether cells that are no headings themselves stand in several known columns, one with a digit."""
    pairs = zip(row.cells, heading.cells, strict=False)
    filled = [cell for cell, name in pairs if cell.strip(SPACES) and fold_heading(name) in words]
    others = [cell for cell in filled if fold_heading(cell) not in words]
    return len(others) >= _CELLS_OF_DATA and any(char.isdigit() for cell in others for char in cell)


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
