"""Bottom lines: a gate voids the index, or hides or caps the band; it never lifts one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.scoring.types import HIDDEN_BAND, Bools, Gate, Int8s, Int64s


def first_void(on: Bools, gates: Sequence[Gate]) -> Int64s:
    """Position of the first gate in document order that voids each index, -1 where none does, (n,)."""
    voids = on & np.array([gate.effect == "void" for gate in gates], np.bool_)
    return np.where(voids.any(axis=1), voids.argmax(axis=1), -1) if len(gates) else np.full(len(on), -1)


def gated(bands: Int8s, on: Bools, gates: Sequence[Gate]) -> Int8s:
    """Bands after caps and hides; a later position is a lower band, hiding wins over capping."""
    out = bands.astype(np.int8)
    for at, gate in enumerate(gates):
        if gate.effect == "cap_band":
            out = np.where(on[:, at], np.maximum(out, np.int8(gate.band)), out)
    for at, gate in enumerate(gates):
        if gate.effect == "hide_band":
            out = np.where(on[:, at], np.int8(HIDDEN_BAND), out)
    return out
