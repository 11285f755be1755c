"""One fingerprint of a result: the same bits on every database, machine and order of rows."""

from __future__ import annotations

import hashlib

import numpy as np

from evaluation.scoring.types import Placed, Scored


def digest(scored: Scored, placed: Placed) -> str:
    """SHA-256 in hexadecimal over (subject, total, rank, band, coverage, reason, parts …).

    Big-endian int64, one row a subject, sorted by subject.
    """
    facts = (scored.subjects, scored.totals, placed.ranks, scored.bands, scored.coverage, scored.reasons)
    table = np.column_stack([*(column.astype(np.int64) for column in facts), scored.parts])
    return hashlib.sha256(table[np.argsort(scored.subjects, kind="stable")].astype(">i8").tobytes()).hexdigest()
