"""Native periods to the scheme's period, and values carried forward from earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.scoring.types import Bools, Int8s, Int64s, LeafState


@dataclass(frozen=True, slots=True)
class RolledUp:
    """One value a subject, (n,) each: ``sums / counts`` in native units; target count 0 = no target."""

    sums: Int64s
    counts: Int64s
    targets: Int64s
    target_counts: Int64s
    states: Int8s


def roll_up(values: Int64s, states: Int8s, targets: Int64s, has_target: Int8s, how: str) -> RolledUp:
    """Roll native periods up to one scheme period.

    ``last`` takes the newest value inside, ``mean`` what is there, ``sum`` needs every
    native period. A native period that is not applicable is left out; when all that
    were reported are, the result is not applicable. The target goes the way of the
    value: of the same native periods, and none when one of them has none.

    Parameters
    ----------
    values, states, targets, has_target : (n, q)
        Native periods oldest first; ``states`` are PRESENT, MISSING or NOT_APPLICABLE,
        ``has_target`` is 1 where ``targets`` counts.
    how : str
        last, mean or sum.

    Source: schemes/README.md convention 3.
    """
    present, reported = states == LeafState.PRESENT, states != LeafState.MISSING
    used = _newest(present) if how == "last" else present
    found = reported.all(axis=1) if how == "sum" else reported.any(axis=1)
    number = used.sum(axis=1)
    with_target = (used & (has_target != 0)).sum(axis=1)
    divisor = number if how == "mean" else np.minimum(number, 1)
    state = np.where(found, np.where(number > 0, LeafState.PRESENT, LeafState.NOT_APPLICABLE), LeafState.MISSING)
    return RolledUp(
        sums=np.where(used, values, 0).sum(axis=1),
        counts=np.maximum(divisor, 1),
        targets=np.where(used, targets, 0).sum(axis=1),
        target_counts=np.where(with_target == number, divisor, 0),
        states=state.astype(np.int8),
    )


def _newest(present: Bools) -> Bools:
    later = np.cumsum(present[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(present & (later == 1), np.bool_)


def carry_forward(newest_first: Sequence[RolledUp]) -> tuple[RolledUp, Int8s]:
    """The newest scheme period in which something was reported, and how many periods back it lies, (n,).

    ``newest_first`` holds the scheme's own period, then up to n periods before it.
    """
    chosen = np.zeros(len(newest_first[0].sums), np.int8)
    for back in range(len(newest_first) - 1, -1, -1):
        chosen = np.where(newest_first[back].states != LeafState.MISSING, np.int8(back), chosen)
    rows = np.arange(len(chosen))

    def taken(column: str) -> Int64s:
        return np.asarray(np.stack([getattr(period, column) for period in newest_first])[chosen, rows])

    rolled = RolledUp(
        sums=taken("sums"),
        counts=taken("counts"),
        targets=taken("targets"),
        target_counts=taken("target_counts"),
        states=taken("states").astype(np.int8),
    )
    return rolled, chosen.astype(np.int8)
