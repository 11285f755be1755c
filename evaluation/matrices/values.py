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
from foundation.ledger.columns import among, in_force_sql, integer_columns, place_in
from intake.enums import Facet, Flag

Ints = NDArray[np.int64]
FACETS = tuple(Facet.values)
FLAGS = tuple(Flag.values)
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
        period, subject, indicator, facet, value, flag = _observations(subjects, wanted, cut_seq)
        codes, at = np.array([i * _MANY + p for i, p in wanted], np.int64), indicator * _MANY + period
        row = np.minimum(np.searchsorted(codes, at), len(codes) - 1)
        read = codes[row] == at
        column = np.searchsorted(subjects, subject)
        _scatter(cube, (row[read], column[read]), facet=facet[read], value=value[read], flag=flag[read])
    return cube


_MANY = 2**31
"""Above every period's id: an (indicator, period) as one integer."""


def _observations(subjects: Ints, wanted: list[tuple[int, int]], cut_seq: int) -> Ints:
    which, param = among("o.subject_id", subjects)
    periods = sorted({period for _, period in wanted})
    indicators = sorted({indicator for indicator, _ in wanted})
    marks = [", ".join(["%s"] * len(each)) for each in (periods, indicators)]
    query = (
        f"SELECT o.period_id, o.subject_id, o.indicator_id, {place_in('o.facet', FACETS)}, COALESCE(o.value, 0), "  # noqa: S608
        f"{place_in('o.flag', FLAGS)} FROM intake_observation o WHERE o.period_id IN ({marks[0]}) "
        f"AND o.indicator_id IN ({marks[1]}) AND {which} AND {in_force_sql('o')}"
    )
    return integer_columns(query, [*periods, *indicators, param, cut_seq, cut_seq], 6)


def _scatter(cube: Cube, at: tuple[Ints, Ints], *, facet: Ints, value: Ints, flag: Ints) -> None:
    has_value = flag == FLAGS.index(Flag.VALUE)
    is_value, is_target = facet == FACETS.index(Facet.VALUE), facet == FACETS.index(Facet.TARGET)

    def put(array: NDArray[Any], chosen: NDArray[np.bool_], what: Any) -> None:
        array[at[0][chosen], at[1][chosen]] = what[chosen] if isinstance(what, np.ndarray) else what

    put(cube.values, is_value & has_value, value)
    put(cube.states, is_value & has_value, LeafState.PRESENT)
    put(cube.states, is_value & (flag == FLAGS.index(Flag.NOT_APPLICABLE)), LeafState.NOT_APPLICABLE)
    put(cube.targets, is_target & has_value, value)
    put(cube.has_target, is_target & has_value, 1)
