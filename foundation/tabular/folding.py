"""Folding of text: what is taken away from a cell before it is compared, and how that is told.

Keys, codes and headings are folded; names of people are only trimmed at their ends. Nothing here
normalises Unicode: Mongolian, the middle dot and characters beyond the BMP stay what they are.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Texts: TypeAlias = Sequence[str] | NDArray[np.object_]


class Fold(IntFlag):
    """What was folded in a cell; several may hold at once."""

    FULL_WIDTH = 1
    SPACES = 2
    INVISIBLE = 4
    THOUSANDS = 8
    PERCENT = 16
    TRAILING_ZEROS = 32
    MINUS = 64

    @property
    def codes(self) -> tuple[str, ...]:
        """Stable names for reports, e.g. ``("full_width", "spaces")``."""
        return tuple(flag.name.lower() for flag in type(self) if flag in self and flag.name)


SPACES = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# Zero-width space, word joiner, BOM and the direction marks that Windows puts into copied text.
# Joiners (200C, 200D) and Mongolian vowel and variation selectors (180B-180E) are part of writing.
INVISIBLE = "\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_EDGES = SPACES + INVISIBLE
# The full-width twins of "!" … "~" stand at a fixed distance.
_FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)}
_HAS_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPACE_RUN = re.compile(f"[{SPACES}]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """Texts after folding; ``folds`` holds the `Fold` bits of each (uint8)."""

    texts: NDArray[np.object_]
    folds: NDArray[np.uint8]


def trim(text: str) -> tuple[str, Fold]:
    """Take spaces (ordinary, no-break, full-width) and invisible marks off both ends."""
    kept = text.strip(_EDGES)
    if len(kept) == len(text):
        return text, Fold(0)
    start = text.index(kept) if kept else len(text)
    gone = text[:start] + text[start + len(kept) :]
    told = Fold(0)
    if any(char in INVISIBLE for char in gone):
        told |= Fold.INVISIBLE
    if any(char in SPACES for char in gone):
        told |= Fold.SPACES
    return kept, told


def fold_code(text: str) -> tuple[str, Fold]:
    """Fold a key or code: trimmed, full-width letters, digits and signs to plain ones.

    >>> fold_code(" A01 ")
    ('A01', <Fold.SPACES: 2>)
    """
    kept, told = trim(text)
    if _HAS_FULL_WIDTH.search(kept):
        return kept.translate(_FULL_WIDTH), told | Fold.FULL_WIDTH
    return kept, told


def fold_heading(text: str) -> str:
    """The form in which headings are compared: folded, no spaces, lower case."""
    return _SPACE_RUN.sub("", fold_code(text)[0]).lower()


def fold_codes(texts: Texts) -> Folded:
    """`fold_code` of a column."""
    return _fold_distinct(texts, fold_code)


def trim_names(texts: Texts) -> Folded:
    """`trim` of a column: all that may ever be done to a person's name."""
    return _fold_distinct(texts, trim)


def same_name(written: str, known: str) -> bool:
    """Whether two names are the same but for spaces at their ends."""
    return trim(written)[0] == trim(known)[0]


def control_character(text: str) -> str | None:
    """The first character that no cell may hold (NUL, control, lone surrogate) as ``U+0000``."""
    found = _CONTROL.search(text)
    return None if found is None else f"U+{ord(found.group()):04X}"


def any_control_character(texts: Iterable[str]) -> bool:
    """Whether one of many texts holds such a character; one search for all of them."""
    return _CONTROL.search("\n".join(texts)) is not None


def object_array(texts: Sequence[str]) -> NDArray[np.object_]:
    """A column of str as a NumPy object array (``np.array`` would make fixed-width text)."""
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column


def _fold_distinct(texts: Texts, fold: Callable[[str], tuple[str, Fold]]) -> Folded:
    """Fold each distinct text once: codes and names repeat, a column of a million has few."""
    seen = {text: fold(text) for text in dict.fromkeys(texts)}
    changed = {text: pair for text, pair in seen.items() if pair[1]}
    folds = np.zeros(len(texts), dtype=np.uint8)
    column = object_array(list(texts))
    if changed:
        for index, text in enumerate(texts):
            if text in changed:
                column[index], folds[index] = changed[text]
    return Folded(column, folds)
