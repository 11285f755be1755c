"""The one number grammar: text → int64 scaled by the places of its indicator.

An optional sign, digits, optionally a point and digits. Folded and told: full-width characters,
spaces around, the minus U+2212, correct thousands separators, ``%`` where the indicator is in
percent, zeros beyond the places. Everything else is refused; nothing is ever rounded.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.folding import Fold, Texts, object_array, trim

MOST = 2**53 - 1
MOST_PLACES = 9

PerRow: TypeAlias = NDArray[np.int64]
_CHUNK = 65_536
_PLAIN_WIDTH = 20
_PLAIN_DIGITS = 18
_BEYOND = 10**_PLAIN_DIGITS - 1
_POWERS = 10 ** np.arange(MOST_PLACES + 1, dtype=np.int64)
# Built by distance: editors fold full-width characters that are typed into source.
_FULL_WIDTH = {ord(char) + 0xFEE0: char for char in "0123456789.,+-%"}
_MINUS = "\u2212"
_NUMBER = re.compile(r"([+-]?)([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?(%?)")


class NumberFault(IntEnum):
    """Why a text is not the number that is asked for; the lower-case name is the stable code."""

    NONE = 0
    NOT_A_NUMBER = 1
    TOO_MANY_PLACES = 2
    TOO_LARGE = 3
    NOT_IN_PERCENT = 4

    @property
    def code(self) -> str:
        """The stable code for reports, e.g. ``not_a_number``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class ParsedNumbers:
    """What `parse_values` found; all arrays have the length of the texts."""

    values: NDArray[np.int64]
    """Value × 10^places; 0 where there is a fault."""
    faults: NDArray[np.uint8]
    """`NumberFault` of each text."""
    folds: NDArray[np.uint8]
    """`Fold` bits of each text."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One text read by the grammar: mantissa × 10^-decimals, as few decimals as it needs."""

    mantissa: int = 0
    decimals: int = 0
    written: int = 0
    fault: NumberFault = NumberFault.NONE
    folds: int = 0


def parse_values(
    texts: Texts, *, places: int | NDArray[np.integer], percent: bool | NDArray[np.bool_] = False
) -> ParsedNumbers:
    """Read a column of numbers, exactly.

    Parameters
    ----------
    texts : sequence of str, length n
        The cells as they are written.
    places : int or int array of length n
        Decimals of the indicator, 0–9; one for all rows or one for each.
    percent : bool or bool array of length n
        Whether the indicator is in percent, so that ``95%`` is 95.

    Returns
    -------
    ParsedNumbers
        Scaled values, faults, folds.

    >>> parse_values(["95.5", "1,203", "9_5"], places=2).values.tolist()
    [9550, 120300, 0]
    """
    count = len(texts)
    every_place: PerRow = np.broadcast_to(np.asarray(places, dtype=np.int64), (count,))
    if count and not (every_place.min() >= 0 and every_place.max() <= MOST_PLACES):
        raise ValueError(f"places must lie within 0 and {MOST_PLACES}")
    every_percent = np.broadcast_to(np.asarray(percent, dtype=bool), (count,))
    column = object_array(list(texts))
    values = np.zeros(count, dtype=np.int64)
    faults = np.zeros(count, dtype=np.uint8)
    folds = np.zeros(count, dtype=np.uint8)
    seen: dict[str, _Read] = {}
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        chunk = _parse_chunk(column[part], every_place[part], every_percent[part], seen)
        values[part], faults[part], folds[part] = chunk.values, chunk.faults, chunk.folds
    return ParsedNumbers(values, faults, folds)


def _parse_chunk(
    texts: NDArray[np.object_], places: PerRow, percent: NDArray[np.bool_], seen: dict[str, _Read]
) -> ParsedNumbers:
    """Plain texts as one matrix of characters; the rest by the full grammar, each distinct text once."""
    mantissas, decimals, plain = _read_plain(texts)
    written = decimals.copy()
    faults = np.zeros(len(texts), dtype=np.uint8)
    folds = np.zeros(len(texts), dtype=np.uint8)
    for index in np.flatnonzero(~plain):
        text = texts[index]
        read = seen.get(text)
        if read is None:
            read = seen[text] = _read(text)
        mantissas[index], decimals[index], written[index] = read.mantissa, read.decimals, read.written
        faults[index], folds[index] = read.fault, read.folds
    faults[((folds & Fold.PERCENT) != 0) & ~percent & (faults == 0)] = NumberFault.NOT_IN_PERCENT

    values, scale_faults = _scale(mantissas, decimals, places)
    faults = np.where(faults == 0, scale_faults, faults)
    good = faults == 0
    folds[good & (written > places)] |= np.uint8(Fold.TRAILING_ZEROS)
    return ParsedNumbers(np.where(good, values, 0), faults, folds)


def _read_plain(texts: NDArray[np.object_]) -> tuple[PerRow, PerRow, NDArray[np.bool_]]:
    """Mantissa and decimals of texts like ``-12.50``, and which texts are so plain.

    The texts become a matrix of code points and are read column by column, so that a million
    rows cost some twenty passes over an array and no Python call each.
    """
    count = len(texts)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=count)
    short = (lengths > 0) & (lengths <= _PLAIN_WIDTH)
    width = int(lengths[short].max(initial=1))
    matrix = np.where(short, texts, "").astype(f"U{width}").view(np.uint32).reshape(count, width)
    mantissas = np.zeros(count, dtype=np.int64)
    digits = np.zeros(count, dtype=np.int64)
    decimals = np.zeros(count, dtype=np.int64)
    plain = short.copy()
    negative = matrix[:, 0] == ord("-")
    pointed = np.zeros(count, dtype=bool)
    for position in range(width):
        code = matrix[:, position]
        inside = lengths > position
        digit = inside & (code >= ord("0")) & (code <= ord("9")) & (digits < _PLAIN_DIGITS)
        point = inside & (code == ord(".")) & ~pointed & (digits > 0)
        sign = negative if position == 0 else np.False_
        plain &= digit | point | sign | ~inside
        mantissas = np.where(digit, mantissas * 10 + (code.astype(np.int64) - ord("0")), mantissas)
        digits += digit
        decimals += digit & pointed
        pointed |= point
    plain &= (digits > 0) & (~pointed | (decimals > 0))
    np.negative(mantissas, out=mantissas, where=negative)
    return np.where(plain, mantissas, 0), np.where(plain, decimals, 0), plain


def _scale(mantissas: PerRow, decimals: PerRow, places: PerRow) -> tuple[PerRow, NDArray[np.uint8]]:
    """Mantissa × 10^(places − decimals), exactly, or the fault why that cannot be."""
    mantissas, decimals = mantissas.copy(), decimals.copy()
    while True:
        spare = np.flatnonzero((decimals > places) & (mantissas % 10 == 0))
        if not spare.size:
            break
        mantissas[spare] //= 10
        decimals[spare] -= 1
    faults = np.zeros(len(mantissas), dtype=np.uint8)
    factor = _POWERS[np.clip(places - decimals, 0, MOST_PLACES)]
    faults[np.abs(mantissas) > MOST // factor] = NumberFault.TOO_LARGE
    faults[decimals > places] = NumberFault.TOO_MANY_PLACES
    return np.where(faults == 0, mantissas, 0) * factor, faults


def _read(text: str) -> _Read:
    """One text by the full grammar."""
    kept, folds = trim(text)
    plain = kept.translate(_FULL_WIDTH)
    if plain != kept:
        folds |= Fold.FULL_WIDTH
    if plain.startswith(_MINUS):
        plain = "-" + plain[1:]
        folds |= Fold.MINUS
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return _Read(fault=NumberFault.NOT_A_NUMBER)
    sign, whole, fraction, percent = found.group(1), found.group(2), found.group(3) or "", found.group(4)
    if "," in whole:
        folds |= Fold.THOUSANDS
    if percent:
        folds |= Fold.PERCENT
    needed = fraction.rstrip("0")
    digits = (whole.replace(",", "") + needed).lstrip("0") or "0"
    if len(needed) > MOST_PLACES:
        return _Read(fault=NumberFault.TOO_MANY_PLACES, folds=folds)
    # Beyond int64 any number that is too large at all places stands for it; it must not end in a zero.
    mantissa = int(digits) if len(digits) <= _PLAIN_DIGITS else _BEYOND
    mantissa = -mantissa if sign == "-" else mantissa
    return _Read(mantissa=mantissa, decimals=len(needed), written=len(fraction), folds=folds)
