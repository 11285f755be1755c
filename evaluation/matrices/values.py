"""Observations at a cut, scattered into dense columns and rolled up to the leaves of a scheme."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.matrices.basis import Basis, Span
from evaluation.scoring import LeafState, Rows
from evaluation.scoring.rollup import RolledUp, carry_forward, roll_up
from evaluation.scoring.types import Leaf
from intake.enums import Flag
from intake.selectors.observations import FLAGS, ObservationColumns, observation_columns

Ints = NDArray[np.int64]
NATIVES_IN = {("half", "quarter"): 2, ("year", "half"): 2, ("year", "quarter"): 4}
NATIVES_IN |= {("quarter", "month"): 3, ("half", "month"): 6, ("year", "month"): 12}


@dataclass(frozen=True)
class Cube:
    """Native values: one row an (indicator, period) that some leaf reads, one column a subject, all (k, n)."""

    places: dict[tuple[int, int], int]
    values: Ints
    states: NDArray[np.int8]
    targets: Ints
    has_target: NDArray[np.int8]

    def columns(self, indicator: int, natives: list[Span]) -> list[NDArray[Any]]:
        """Values, states, targets and has_target of an indicator in these periods, (n, q) each."""
        at = [self.places[indicator, span.pk] for span in natives]
        return [array[at].T for array in (self.values, self.states, self.targets, self.has_target)]


def fill_values(rows: Rows, basis: Basis, *, cut_seq: int) -> None:
    """Fill the columns of the rows that read an indicator; rows are by subject."""
    cube = _read_cube(rows.subjects, basis, cut_seq)
    periods = basis.scheme_periods()
    for leaf in basis.scheme.leaves:
        if leaf.indicator is None:
            continue
        reach = periods[: leaf.carry_periods + 1]
        rolled, carried = carry_forward([_rolled(cube, leaf, basis, inside, len(rows.subjects)) for inside in reach])
        at = leaf.column
        rows.values[:, at], rows.counts[:, at] = rolled.sums, rolled.counts
        rows.targets[:, at], rows.target_counts[:, at] = rolled.targets, rolled.target_counts
        rows.states[:, at], rows.carried[:, at] = rolled.states, carried


def native_reads(basis: Basis) -> Iterator[tuple[str, Span, Span]]:
    """(indicator, scheme period, native period) of every cell that the scheme's leaves may read."""
    periods = basis.scheme_periods()
    for leaf in basis.scheme.leaves:
        if leaf.indicator is not None:
            for inside in periods[: leaf.carry_periods + 1]:
                for native in basis.natives(leaf.indicator.native_period, inside):
                    yield leaf.indicator.code, inside, native


def _rolled(cube: Cube, leaf: Leaf, basis: Basis, inside: Span, n: int) -> RolledUp:
    indicator = leaf.indicator
    if indicator is None:
        raise ValueError(f"leaf {leaf.key} reads no indicator")
    natives = basis.natives(indicator.native_period, inside)
    columns = cube.columns(basis.indicators[indicator.code], natives) if natives else None
    lacking = NATIVES_IN.get((inside.kind, indicator.native_period), 1) - len(natives) if leaf.rollup == "sum" else 0
    if columns is None or lacking > 0:
        # A sum needs every native period, also one that nobody has opened yet.
        blank = np.zeros((n, 1), np.int64)
        missing = np.full((n, 1), LeafState.MISSING, np.int8)
        return roll_up(blank, missing, blank, blank.astype(np.int8), "sum")
    values, states, targets, has_target = columns
    return roll_up(values, states, targets, has_target, leaf.rollup or "last")


def _read_cube(subjects: Ints, basis: Basis, cut_seq: int) -> Cube:
    wanted = sorted({(basis.indicators[code], native.pk) for code, _, native in native_reads(basis)})
    places = {key: at for at, key in enumerate(wanted)}
    shape = (len(wanted), len(subjects))
    cube = Cube(
        places=places,
        values=np.zeros(shape, np.int64),
        states=np.full(shape, LeafState.MISSING, np.int8),
        targets=np.zeros(shape, np.int64),
        has_target=np.zeros(shape, np.int8),
    )
    if wanted and len(subjects):
        periods = sorted({period for _, period in wanted})
        found = observation_columns(cut_seq=cut_seq, period_ids=periods, subject_ids=subjects)
        codes = np.array([indicator * _MANY + period for indicator, period in wanted], np.int64)
        at = found.indicator * _MANY + found.period
        row = np.minimum(np.searchsorted(codes, at), len(codes) - 1)
        # Others' indicators stand in the same periods.
        is_read = codes[row] == at
        _scatter(cube, row, np.searchsorted(subjects, found.subject), found, is_read)
    return cube


_MANY = 2**31
"""Above every period's id: an (indicator, period) as one integer."""


def _scatter(cube: Cube, row: Ints, column: Ints, found: ObservationColumns, is_read: NDArray[np.bool_]) -> None:
    has_value = is_read & (found.flag == FLAGS.index(Flag.VALUE))
    is_none = is_read & (found.flag == FLAGS.index(Flag.NOT_APPLICABLE)) & ~found.is_target
    given, aimed = has_value & ~found.is_target, has_value & found.is_target
    cube.values[row[given], column[given]] = found.value[given]
    cube.states[row[given], column[given]] = LeafState.PRESENT
    cube.states[row[is_none], column[is_none]] = LeafState.NOT_APPLICABLE
    cube.targets[row[aimed], column[aimed]] = found.value[aimed]
    cube.has_target[row[aimed], column[aimed]] = 1
