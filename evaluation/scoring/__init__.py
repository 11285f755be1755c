"""The pure engine: from the matrix of a peer group to totals, ranks and explanations.

Pure: no I/O, no clock, no state; the same inputs give the same bits, whatever the order
of rows and columns. It imports NumPy and the standard library only. ``parse`` makes a
Scheme of a document; ``stats`` → ``score`` → ``place`` make a result; ``explain`` calls
``score`` on one row with stored statistics. There is no second formula anywhere.
"""

from evaluation.scoring.digest import digest
from evaluation.scoring.engine import band_keys, place, reason_texts, score, stats
from evaluation.scoring.explain import explain
from evaluation.scoring.peers import GroupStats, LeafStats
from evaluation.scoring.scheme import SchemeError, kept_form, parse
from evaluation.scoring.types import (
    IndicatorDef,
    LeafState,
    Line,
    LineKind,
    Placed,
    Reason,
    Rows,
    Scheme,
    Scored,
    ScoringError,
    Standing,
    Substitute,
)

ENGINE_VERSION = "2"

__all__ = [
    "ENGINE_VERSION",
    "GroupStats",
    "IndicatorDef",
    "LeafState",
    "LeafStats",
    "Line",
    "LineKind",
    "Placed",
    "Reason",
    "Rows",
    "Scheme",
    "SchemeError",
    "Scored",
    "ScoringError",
    "Standing",
    "Substitute",
    "band_keys",
    "digest",
    "explain",
    "kept_form",
    "parse",
    "place",
    "reason_texts",
    "score",
    "stats",
]
