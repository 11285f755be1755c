"""Characters that no cell may hold, found in whole columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.folding import any_control_character, control_character
from foundation.tabular.table import Column, FileProblem, Problems

_REPLACEMENT = "\ufffd"


def note_bad_characters(
    columns: Sequence[Column], header_row: int, rows: NDArray[np.int64], problems: Problems
) -> None:
    """Note cells with control characters, lone surrogates or the mark of lost text."""
    for column in columns:
        _note(column.heading, header_row, column.number, problems)
        if any_control_character(column.texts) or any(_REPLACEMENT in text for text in column.texts):
            for text, row in zip(column.texts, rows.tolist(), strict=True):
                _note(text, row, column.number, problems)


def _note(text: str, row: int, column: int, problems: Problems) -> None:
    character = control_character(text)
    shown = ascii(text[:60])[1:-1]
    if character is not None:
        problems.add(
            FileProblem("control_character", row=row, column=column, value=shown, facts={"character": character})
        )
    elif _REPLACEMENT in text:
        problems.add(FileProblem("replacement_character", row=row, column=column, value=text[:60]))
