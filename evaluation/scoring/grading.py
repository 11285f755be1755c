"""Bands of the index (not the annual grade, which people decide)."""

from __future__ import annotations

import numpy as np

from evaluation.scoring.exact import shown
from evaluation.scoring.types import NO_BAND, Int8s, Int64s, Scheme


def bands_of(totals: Int64s, scheme: Scheme) -> Int8s:
    """Position of the first band whose floor each total reaches, by exact or shown digits; totals are 0 or more."""
    values = shown(totals, scheme.output.show) if scheme.output.band_on_shown else totals
    out = np.full(len(totals), NO_BAND, np.int8)
    for at in range(len(scheme.bands) - 1, -1, -1):
        out[values >= scheme.bands[at].floor_micro] = at
    return out
