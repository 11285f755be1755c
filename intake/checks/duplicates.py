"""Rows of one file that say something about the same key: equal ones count once, others are all refused.

Equal means that nothing is lost when one of them is left out: the same content, and no other
reference to evidence. Two references are two statements; which of them stands behind the number is
for the sender to say (design §7: equal rows are named, conflicting ones are errors on both rows).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.checks.findings import Mask
from intake.checks.inspection import Inspection
from intake.checks.naming import Named
from intake.checks.subjects import Subjects
from intake.checks.values import Cells
from intake.enums import Facet
from intake.long_form import Field

Numbers = NDArray[np.int64]


def check_duplicates(inspection: Inspection, named: Named, subjects: Subjects, cells: Sequence[Cells]) -> list[Mask]:
    """For each facet, the rows to keep: one a key. Says which rows repeat and which contradict each other."""
    return [_one_a_key(inspection, named, subjects, facet) for facet in cells]


def _one_a_key(inspection: Inspection, named: Named, subjects: Subjects, cells: Cells) -> Mask:
    keep: Mask = cells.is_good & named.both & subjects.known
    at = np.flatnonzero(keep)
    if not at.size:
        return keep
    preliminary = named.is_preliminary[at] & (cells.facet is Facet.VALUE)
    content = np.stack([cells.value[at], cells.flag[at].astype(np.int64), preliminary.astype(np.int64)])
    evidence = inspection.sheet["evidence_ref"]
    reference = _numbered(evidence, at)
    # Of equal rows the first with a reference stands first in its group, else the first in the sheet.
    keys = np.stack([named.period[at], subjects.ids[at], named.indicator[at]])
    order = np.lexsort((reference == 0, *keys))
    groups = _Groups(at[order], keys[:, order])
    differs = groups.differs_from_first(content[:, order])
    in_conflict = groups.any_of(differs)
    cited = reference[order]
    other_evidence = (cited > 0) & (cited != cited[groups.first]) & ~in_conflict
    in_doubt = groups.any_of(other_evidence) & (cited > 0)
    repeats = ~groups.starts & ~in_conflict & ~groups.any_of(other_evidence)

    teller = _Teller(inspection, groups)
    teller.tell("duplicate_conflict", cells.field, in_conflict, differs)
    teller.tell("duplicate_evidence", evidence, in_doubt, other_evidence)
    teller.tell("duplicate_equal", cells.field, repeats, np.zeros(len(at), dtype=bool))
    gone = np.zeros(len(keep), dtype=bool)
    gone[groups.at[in_conflict | groups.any_of(other_evidence) | repeats]] = True
    return keep & ~gone


class _Groups:
    """Rows sorted by key; ``first`` gives the first of each row's group."""

    def __init__(self, at: Numbers, keys: Numbers) -> None:
        self.at = at
        self.starts = np.ones(len(at), dtype=bool)
        self.starts[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
        self.group = np.cumsum(self.starts) - 1
        self.first = np.flatnonzero(self.starts)[self.group]

    def differs_from_first(self, content: Numbers) -> Mask:
        """Where a row says something else than the first of its group."""
        differs: Mask = (content != content[:, self.first]).any(axis=0)
        return differs

    def any_of(self, rows: Mask) -> Mask:
        """All rows of groups that hold one of these."""
        found: Mask = np.bincount(self.group, weights=rows)[self.group] > 0
        return found


class _Teller:
    """Notes rows, each with another row of its group: the first; for the first, the first that differs."""

    def __init__(self, inspection: Inspection, groups: _Groups) -> None:
        self._sheet, self._findings, self._groups = inspection.sheet, inspection.findings, groups

    def tell(self, code: str, field: Field, rows: Mask, others: Mask) -> None:
        groups, sheet = self._groups, self._sheet
        other = np.full(len(sheet), -1, dtype=np.int64)
        other[groups.at] = groups.at[groups.first]
        differing = np.flatnonzero(others)[::-1]
        other[groups.at[groups.first[differing]]] = groups.at[differing]
        mask = np.zeros(len(sheet), dtype=bool)
        mask[groups.at[rows]] = True
        is_of_evidence = field is sheet["evidence_ref"]

        def facts(place: int) -> dict[str, Any]:
            there = int(other[place])
            said = {"other_value": str(field.raw[there])[:200]} if is_of_evidence else {}
            return {"other": int(sheet.rows[there]), **said}

        self._findings.note(code, mask, field, facts)


def _numbered(field: Field, at: Numbers) -> Numbers:
    """Equal references as equal numbers; 0 where there is none."""
    known: dict[str, int] = {"": 0}
    texts = field.trimmed.texts[at]
    return np.fromiter((known.setdefault(text, len(known)) for text in texts), dtype=np.int64, count=len(at))
