"""The floor: what the same machine takes for the least that any recompute must do.

Observations out of the table, onto a dense matrix, one weighted sum, and scores into the same
table with the same constraints and indexes. Written before what it measures.
"""

import io

import numpy as np
from django.db import connection

from bench.city import FIRST_CADRE, Shape
from foundation.ledger.columns import integer_columns

COLUMNS = "result_id, subject_id, unit_id, level, total, rank, is_tied, band, coverage, reason, parts"


def recompute_floor(shape: Shape, *, result: int) -> int:
    """Read all, add up, write all; give the number of scores."""
    query = "SELECT subject_id, indicator_id, value FROM intake_observation WHERE period_id = %s AND seq_to IS NULL"
    subject, indicator, value = integer_columns(query, [1], 3)
    matrix = np.zeros((shape.subjects, shape.indicators), np.int64)
    matrix[subject - FIRST_CADRE, indicator - 1] = value
    totals = matrix.sum(axis=1) * 10_000 // shape.indicators
    order = np.argsort(-totals, kind="stable")
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    _write(result, totals, ranks, matrix)
    return len(totals)


def _write(result: int, totals: np.ndarray, ranks: np.ndarray, matrix: np.ndarray) -> None:
    parts = matrix.astype(">i8")
    rows = zip(totals.tolist(), ranks.tolist(), strict=True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = (
                f"{result}\t{FIRST_CADRE + at}\t1\tx\t{total}\t{rank}\tf\tgood\t100000000\t\t"
                f"\\\\x{parts[at].tobytes().hex()}\n"
                for at, (total, rank) in enumerate(rows)
            )
            cursor.copy_expert(f"COPY evaluation_score ({COLUMNS}) FROM STDIN", io.StringIO("".join(lines)))
            return
        cursor.executemany(
            f"INSERT INTO evaluation_score ({COLUMNS}) VALUES (%s, %s, 1, 'x', %s, %s, 0, 'good', 100000000, '', %s)",
            [(result, FIRST_CADRE + at, total, rank, parts[at].tobytes()) for at, (total, rank) in enumerate(rows)],
        )
