"""Problems as they are found, by masks over rows: all are counted, of each kind the first are kept."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.folding import Fold, control_character
from foundation.tabular.table import FileProblem, column_letter
from intake.long_form import FOLD_CODES, Field, LongSheet
from intake.problems import KINDS, Problem, Severity

KEPT_CELLS = 50
"""How many cells of one kind a report holds."""

Mask = NDArray[np.bool_]
Facts = Callable[[int], dict[str, Any]]

_SHOWN = 200
"""How much of a cell a report holds."""

# Rows of the file that stand in no table; the reader tells them one by one.
_LEFT_OUT = ("too_many_fields", "too_few_fields", "note_row")


class Findings:
    """Collects problems of one sheet. An object is made only for cells that a report will show."""

    def __init__(self, sheet: LongSheet, *, most: int = KEPT_CELLS) -> None:
        self.sheet = sheet
        self.most = most
        """How many cells of one kind are kept; a report lists few, a file that is given back marks all."""
        self.has_error: Mask = np.zeros(len(sheet), dtype=bool)
        self.has_warning: Mask = np.zeros(len(sheet), dtype=bool)
        self.counts: Counter[str] = Counter()
        self.columns: dict[str, set[str]] = {}
        self.rows_untold = 0
        """Errors of the file that its reader counted and did not list: their rows are not known."""
        self._kept: dict[str, list[Problem]] = {}
        self._subjects = [sheet[name].raw for name in ("name", "employee_no", "unit_code")]

    def note(self, code: str, rows: Mask, field: Field, facts: Facts | None = None) -> None:
        """Note a problem in one column at every row of the mask; ``facts`` is asked per shown cell."""
        places = np.flatnonzero(rows)
        if not places.size:
            return
        self._mark(code, rows)
        places, numbers = self._cells(places, field)
        self.counts[code] += int(places.size)
        self.columns.setdefault(code, set()).update(map(column_letter, np.unique(numbers).tolist()))
        for place in places[: self.most].tolist():
            problem = Problem(
                code,
                row=int(self.sheet.rows[place]),
                column=field.letter_at(place),
                heading=shown_text(field.heading_at(place)),
                value=shown_text(str(field.raw[place])),
                subject=self.subject(place),
                facts=facts(place) if facts else {},
            )
            self._kept.setdefault(code, []).append(problem)

    def note_folds(self, folds: NDArray[np.uint8], field: Field, rows: Mask | None = None) -> None:
        """Tell what was folded in a column, at all rows or at those of the mask."""
        if not folds.any():
            return
        for fold in Fold:
            told = (folds & fold) != 0
            self.note(FOLD_CODES[fold], told if rows is None else told & rows, field)

    def note_file(self, problems: tuple[FileProblem, ...], counts: dict[str, int] | None = None) -> None:
        """Take over what the reader of the file found; ``counts`` where not all of it is held."""
        counts = Counter(problem.code for problem in problems) if counts is None else counts
        headings = {column.number: column.heading for column in self.sheet.table.columns}
        for found in problems:
            letter = column_letter(found.column) if found.column else ""
            places = self._places_of(found)
            (self.has_error if _is_error(found.code) else self.has_warning)[places] = True
            self.columns.setdefault(found.code, set()).add(letter)
            kept = self._kept.setdefault(found.code, [])
            if len(kept) < self.most:
                subject = self.subject(int(places[0])) if places.size else ""
                heading = shown_text(headings.get(found.column, ""))
                value = shown_text(found.value)
                kept.append(Problem(found.code, found.row, letter, heading, value, subject, found.facts))
        self.counts.update(counts)
        held = Counter(problem.code for problem in problems)
        self.rows_untold += sum(count - held[code] for code, count in counts.items() if _is_error(code))

    def note_headings(self) -> None:
        """Take over what is wrong with the heading row."""
        self.note_file(self.sheet.problems)

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps the batch out."""
        return any(_is_error(code) for code in self.counts)

    @property
    def error_rows(self) -> int:
        """Rows with an error, those that stand in no table included."""
        marked = self._count_rows(self.has_error)
        return marked + min(self.rows_untold, self._count_rows() - marked) + self.rows_left_out

    @property
    def warning_rows(self) -> int:
        """Rows with a warning and no error."""
        return self._count_rows(self.has_warning | self.has_error) - self._count_rows(self.has_error)

    @property
    def all_rows(self) -> int:
        """Rows of the file that say something; in the wide form those with a figure."""
        return self._count_rows() + self.rows_left_out

    @property
    def rows_left_out(self) -> int:
        """Rows of the file that could not be taken into the table."""
        return sum(self.counts[code] for code in _LEFT_OUT)

    def kept(self, code: str) -> list[Problem]:
        """The first cells of a kind, in the order of the sheet."""
        cells = sorted(self._kept[code], key=lambda cell: (cell.row, len(cell.column), cell.column))
        return cells[: self.most]

    def _cells(self, places: NDArray[np.int64], field: Field) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """One place a cell, and its column: in a wide sheet many rows here share the cell of the subject."""
        numbers = field.numbers_at(places)
        if not self.sheet.is_wide:
            return places, numbers
        cells = np.stack([self.sheet.rows[places], numbers])
        _, first = np.unique(cells, axis=1, return_index=True)
        first.sort()
        return places[first], numbers[first]

    def _places_of(self, found: FileProblem) -> NDArray[np.int64]:
        """Where a cell of the file came to stand here: once in a long sheet, perhaps often in a wide one."""
        first, last = np.searchsorted(self.sheet.rows, [found.row, found.row + 1])
        places = np.arange(first, last)
        if not self.sheet.is_wide or not found.column:
            return places
        own = [self.sheet[name].numbers_at(places) == found.column for name in ("value", "target")]
        at = own[0] | own[1]
        return places[at] if at.any() else places

    def _count_rows(self, among: Mask | None = None) -> int:
        rows = self.sheet.rows if among is None else self.sheet.rows[among]
        return int(np.unique(rows).size) if self.sheet.is_wide else len(rows)

    def _mark(self, code: str, rows: Mask) -> None:
        marked = self.has_error if _is_error(code) else self.has_warning
        np.logical_or(marked, rows, out=marked)

    def subject(self, place: int) -> str:
        """What a row says of whom it is about, as written."""
        return next((shown_text(text) for texts in self._subjects if (text := str(texts[place]).strip())), "")


def shown_text(text: str) -> str:
    """Text of a file as a report holds it: cut, and what no database stores written as escapes."""
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return cut if control_character(cut) is None else ascii(cut)[1:-1]


def _is_error(code: str) -> bool:
    return KINDS[code].severity is Severity.ERROR
