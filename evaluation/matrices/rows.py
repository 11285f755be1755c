"""Facts at a cut as the engine's Rows, with the fingerprint of everything that shapes their result."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from evaluation.matrices.basis import Basis
from evaluation.matrices.events import fill_events
from evaluation.matrices.members import Members
from evaluation.matrices.values import fill_values
from evaluation.scoring import ENGINE_VERSION, LeafState, Rows
from evaluation.scoring.types import Leaf


@dataclass(frozen=True)
class UnitTotal:
    """A unit's total in a unit run (None: it has none), and the scheme whose groups hold the unit."""

    scheme: str
    total: int | None


UnitTotals = Mapping[str, Mapping[int, UnitTotal]]
"""By code of the unit scheme, then by unit: units that the scheme's groups hold."""


def rows_at(members: Members, basis: Basis, *, cut_seq: int, totals: UnitTotals) -> Rows:
    """The matrix of these members at a cut; ``totals`` are those of the unit runs that the scheme reads."""
    rows = Rows.blank(members.subjects, basis.scheme)
    rows.standings[:] = members.standings
    fill_values(rows, basis, cut_seq=cut_seq)
    fill_events(rows, basis, cut_seq=cut_seq)
    for leaf in basis.scheme.leaves:
        if leaf.index:
            _fill_index(rows, leaf, members, totals)
    return rows


def unit_total(codes: Sequence[str], unit: int, totals: UnitTotals) -> UnitTotal | None:
    """The total that a month in a unit takes: of the first named index whose groups hold the unit."""
    return next((found for code in codes if (found := totals.get(code, {}).get(unit)) is not None), None)


def _fill_index(rows: Rows, leaf: Leaf, members: Members, totals: UnitTotals) -> None:
    n, at = len(members.subjects), leaf.column
    sums, held, lacks = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.bool_)
    given = members.attribution
    units = np.unique(given.units)
    known = {unit: unit_total(leaf.index, unit, totals) for unit in units.tolist()}
    points = np.array([(found.total if found else None) or 0 for found in known.values()], np.int64)
    missing = np.array([found is None or found.total is None for found in known.values()], np.bool_)
    place = np.searchsorted(units, given.units)
    np.add.at(held, given.rows, given.held)
    if len(units):
        np.add.at(sums, given.rows, given.held * points[place])
        np.logical_or.at(lacks, given.rows, missing[place])
    present = (held > 0) & ~lacks
    rows.values[:, at] = np.where(present, sums, 0)
    rows.counts[:, at] = np.where(present, held, 1)
    rows.states[:, at] = np.where(present, LeafState.PRESENT, LeafState.NO_UNIT_TOTAL)


def fingerprint(rows: Rows, members: Members, basis: Basis) -> str:
    """SHA-256 over engine, scheme, values, and what stands on the scores: the same input, the same result."""
    digest = hashlib.sha256(b"%s\n%d\n" % (ENGINE_VERSION.encode(), len(basis.fragment)))
    digest.update(basis.fragment)
    arrays = [getattr(rows, each.name) for each in fields(Rows)]
    given = members.attribution
    for array in (*arrays, members.units, members.levels, given.rows, given.units, given.held):
        digest.update(b"%d\n" % array.size)
        digest.update(np.ascontiguousarray(array).astype(">i8").tobytes())
    return digest.hexdigest()
