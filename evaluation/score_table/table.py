"""The file as columns of trimmed text, each with its heading and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.score_table.problems import CellProblem, WideFileError, file_line, refuse
from foundation.tabular.errors import Severity
from foundation.tabular.folding import trim
from foundation.tabular.numbers import MOST_PLACES, NumberFault, parse_values
from foundation.tabular.reading import read_table

NOT_APPLICABLE = "不适用"
FULL_POINT = chr(ord(".") + 0xFEE0)


@dataclass(frozen=True, slots=True)
class TextTable:
    """Columns by heading, all as long as ``rows`` (the row of the file of each)."""

    columns: dict[str, list[str]]
    rows: list[int]

    def __len__(self) -> int:
        return len(self.rows)


def read_text_table(path: Path) -> TextTable:
    """Read a CSV or Excel file with one heading row.

    Raises
    ------
    TableError
        The file as a whole cannot be read.
    WideFileError
        Rows that do not fit the heading, headings that stand twice or are blank.
    """
    table = read_table(path, name=path.name)
    errors = [file_line(problem) for problem in table.problems if problem.severity is Severity.ERROR]
    if errors:
        raise WideFileError(errors)
    columns: dict[str, list[str]] = {}
    problems = []
    for column in table.columns:
        heading = trim(column.heading)[0]
        if heading in columns:
            problems.append(CellProblem("column_twice", heading=heading))
        columns[heading] = [trim(text)[0] for text in column.texts]
    refuse(problems)
    return TextTable(columns, table.rows.tolist())


def places_of(*columns: Sequence[str]) -> int:
    """Decimals of a column as it is written, at most nine."""
    texts = [text.replace(FULL_POINT, ".") for column in columns for text in column]
    return min(max((len(text.partition(".")[2]) for text in texts), default=0), MOST_PLACES)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers: stored values, and which cells hold one; the others are blank or 不适用."""

    values: NDArray[np.int64]
    given: NDArray[np.bool_]
    not_applicable: NDArray[np.bool_]


def read_numbers(
    table: TextTable, heading: str, problems: list[CellProblem], *, places: int, in_percent: bool = False
) -> Numbers:
    """The numbers of a column by the one number grammar; faulty cells are told and count as blank."""
    texts = table.columns[heading]
    not_applicable = np.array([text == NOT_APPLICABLE for text in texts], np.bool_)
    given = np.array([text != "" for text in texts], np.bool_) & ~not_applicable
    numerals = [text if is_given else "0" for text, is_given in zip(texts, given, strict=True)]
    parsed = parse_values(numerals, places=places, percent=in_percent)
    for at in np.flatnonzero(parsed.faults).tolist():
        code = NumberFault(int(parsed.faults[at])).code
        problems.append(CellProblem(code, table.rows[at], heading, texts[at], {"places": places}))
    return Numbers(parsed.values, given & (parsed.faults == 0), not_applicable)


def stored_text(value: int, places: int) -> str:
    """A stored number as decimal text.

    >>> stored_text(-1250, 2), stored_text(7, 0)
    ('-12.50', '7')
    """
    whole, rest = divmod(abs(value), 10**places)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest:0{places}}" if places else f"{sign}{whole}"
