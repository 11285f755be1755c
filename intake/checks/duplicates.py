"""Rows of one file that say something about the same key: equal ones count once, others are all refused."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from intake.checks.findings import Mask
from intake.checks.inspection import Inspection
from intake.checks.naming import Named
from intake.checks.subjects import Subjects
from intake.checks.values import Cells
from intake.enums import Facet


def check_duplicates(inspection: Inspection, named: Named, subjects: Subjects, cells: Sequence[Cells]) -> list[Mask]:
    """For each facet, the rows to keep: one a key. Says which rows repeat and which contradict each other."""
    return [_one_a_key(inspection, named, subjects, facet) for facet in cells]


def _one_a_key(inspection: Inspection, named: Named, subjects: Subjects, cells: Cells) -> Mask:
    findings, rows_of_sheet = inspection.findings, inspection.sheet.rows
    keep: Mask = cells.is_good & named.both & subjects.known
    at = np.flatnonzero(keep)
    if not at.size:
        return keep
    preliminary = named.is_preliminary[at] & (cells.facet is Facet.VALUE)
    content = np.stack([cells.value[at], cells.flag[at].astype(np.int64), preliminary.astype(np.int64)])
    # A stable sort by key: the first row of a key in the sheet stays the first of its group.
    order = np.lexsort((named.indicator[at], subjects.ids[at], named.period[at]))
    keys = np.stack([named.period[at], subjects.ids[at], named.indicator[at]])[:, order]
    starts = np.ones(len(at), dtype=bool)
    starts[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    group = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)[group]
    content = content[:, order]
    differs = (content != content[:, first]).any(axis=0)
    in_conflict = np.bincount(group, weights=differs)[group] > 0

    other = np.full(len(keep), -1, dtype=np.int64)
    other[at[order]] = rows_of_sheet[at[order][first]]
    # The first row of a conflict points to the first that contradicts it.
    contradicting = np.flatnonzero(differs)[::-1]
    other[at[order][first[contradicting]]] = rows_of_sheet[at[order][contradicting]]

    def facts(place: int) -> dict[str, Any]:
        return {"other": int(other[place])}

    conflicts, repeats = np.zeros(len(keep), dtype=bool), np.zeros(len(keep), dtype=bool)
    conflicts[at[order][in_conflict]] = True
    repeats[at[order][~starts & ~in_conflict]] = True
    findings.note("duplicate_conflict", conflicts, cells.field, facts)
    findings.note("duplicate_equal", repeats, cells.field, facts)
    return keep & ~conflicts & ~repeats
