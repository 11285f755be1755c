"""Occurrences, gates and exemptions at a cut, as columns of the rows."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from evaluation.matrices.basis import Basis
from evaluation.models import Exemption, Occurrence
from evaluation.scoring import Rows
from foundation.ledger.models import in_force


@dataclass(frozen=True)
class Exempted:
    """What exemptions take off subjects' own lines: (subject, indicator), (subject, gate), refs of occurrences."""

    indicators: frozenset[tuple[int, int]]
    gates: frozenset[tuple[int, str]]
    occurrences: frozenset[str]


def occurrences_at(basis: Basis, *, cut_seq: int) -> QuerySet[Occurrence]:
    """Occurrences of the codes of the scheme in the period; one belongs to the period in which its own ends."""
    codes = [*(code for code, _ in basis.scheme.adjust.items), *(gate.code for gate in basis.scheme.gates)]
    rows = Occurrence.objects.filter(period__in=periods_of_events(basis), code__in=codes, is_void=False)
    return in_force(rows, cut_seq).order_by("subject", "code", "seq_from", "ref")


def exempted_at(basis: Basis, *, cut_seq: int) -> Exempted:
    """Exemptions in the period."""
    rows = list(in_force(Exemption.objects.filter(period__in=periods_of_events(basis), is_void=False), cut_seq))
    return Exempted(
        indicators=frozenset((e.subject_id, e.indicator_id) for e in rows if e.indicator_id is not None),
        gates=frozenset((e.subject_id, e.gate) for e in rows if e.gate),
        occurrences=frozenset(e.occurrence_ref for e in rows if e.occurrence_ref),
    )


def fill_events(rows: Rows, basis: Basis, *, cut_seq: int) -> None:
    """Fill occurrences, gates and exempt leaves; exempt events are as if absent."""
    exempted = exempted_at(basis, cut_seq=cut_seq)
    at = {int(subject): row for row, subject in enumerate(rows.subjects)}
    for leaf in basis.scheme.leaves:
        if leaf.indicator is not None:
            pk = basis.indicators[leaf.indicator.code]
            freed = [at[subject] for subject, indicator in exempted.indicators if indicator == pk and subject in at]
            rows.exempt[freed, leaf.column] = True
    codes = {code: column for column, (code, _) in enumerate(basis.scheme.adjust.items)}
    gates = {gate.code: column for column, gate in enumerate(basis.scheme.gates)}
    sums: defaultdict[tuple[int, int], int] = defaultdict(int)
    for subject, code, points, ref in occurrences_at(basis, cut_seq=cut_seq).values_list(
        "subject_id", "code", "points", "ref"
    ):
        if subject not in at or ref in exempted.occurrences:
            continue
        if code in codes:
            sums[at[subject], codes[code]] += points or 0
        elif (subject, code) not in exempted.gates:
            rows.gates[at[subject], gates[code]] = True
    for (row, column), points in sums.items():
        rows.occurrences[row, column] = np.int64(points)


def periods_of_events(basis: Basis) -> list[int]:
    """Periods whose occurrences and exemptions belong to the scheme's period: those that end inside it."""
    return [span.pk for span in basis.spans if basis.period.first <= span.last <= basis.period.last]
