"""Scoring peer groups, and keeping what comes out: content-addressed, inserted once, never changed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction

from evaluation.matrices.basis import Basis
from evaluation.matrices.groups import NO_GROUP
from evaluation.matrices.members import Members, members_at
from evaluation.matrices.rows import UnitTotal, UnitTotals, fingerprint, rows_at, unit_total
from evaluation.models import GroupResult, Score
from evaluation.scoring import (
    LeafState,
    Placed,
    Rows,
    Scored,
    Standing,
    band_keys,
    digest,
    place,
    reason_texts,
    score,
    stats,
)
from evaluation.scoring.engine import is_small_group
from evaluation.scoring.types import NO_TOTAL, GroupStats
from foundation.clock import now
from foundation.faults import fault
from foundation.ledger.inserting import insert_rows

COLUMNS = (
    *("result_id", "subject_id", "unit_id", "level", "total", "rank"),
    *("is_tied", "band", "coverage", "reason", "parts"),
)


@dataclass(frozen=True)
class ScoredGroup:
    """One group as a child job tells it: which result, how many, and what a reader should know."""

    key: str
    result: int
    n_subjects: int
    n_ranked: int
    is_reused: bool
    warnings: list[dict[str, Any]] = field(default_factory=list)


def score_groups(basis: Basis, *, cut_seq: int, groups: Sequence[str], totals: UnitTotals) -> Iterable[ScoredGroup]:
    """Score these peer groups as the facts stand at a cut, one result a group; known inputs are not scored again."""
    members = members_at(basis, cut_seq=cut_seq).where(lambda group: group in groups)
    rows = rows_at(members, basis, cut_seq=cut_seq, totals=totals)
    for key in sorted(set(members.groups)):
        at = np.array([row for row, group in enumerate(members.groups) if group == key], np.int64)
        yield _score_group(key, rows.take(at), members.take(at), basis, totals)


def totals_of(results: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, dict[int, UnitTotal]]:
    """Totals of the units in these results, (group, result) by code of the scheme; who has no group is not held."""
    scheme_of = {result: code for code, pairs in results.items() for group, result in pairs if group != NO_GROUP}
    totals: dict[str, dict[int, UnitTotal]] = {code: {} for code in results}
    rows = Score.objects.filter(result__in=scheme_of).values_list("result_id", "subject_id", "total")
    for result, unit, total in rows:
        totals[scheme_of[result]][unit] = UnitTotal(scheme_of[result], total)
    return totals


def _score_group(key: str, rows: Rows, members: Members, basis: Basis, totals: UnitTotals) -> ScoredGroup:
    input_sha256 = fingerprint(rows, members, basis)
    kept = GroupResult.objects.filter(input_sha256=input_sha256).first()
    is_reused = kept is not None
    if kept is None:
        about = stats(rows, basis.scheme)
        scored = score(rows, about, basis.scheme)
        placed = place(scored, basis.scheme)
        fault("run.child")
        kept = _keep(input_sha256, about, (scored, placed), members, basis)
    about = GroupStats.from_bytes(bytes(kept.stats))
    found = _Found(rows, members, about)
    warnings = _warnings(key, found, basis, totals)
    return ScoredGroup(key, kept.pk, kept.n_subjects, kept.n_ranked, is_reused, warnings)


@transaction.atomic
def _keep(
    input_sha256: str, about: GroupStats, outcome: tuple[Scored, Placed], members: Members, basis: Basis
) -> GroupResult:
    """Insert a result with its scores, both or neither; of two workers with the same input one inserts."""
    scored, placed = outcome
    result = GroupResult(
        input_sha256=input_sha256,
        output_sha256=digest(scored, placed),
        stats=about.to_bytes(),
        n_subjects=len(scored.subjects),
        n_ranked=int((placed.ranks > 0).sum()),
        made_at=now(),
    )
    # The unique input lets the second worker wait for the first and insert nothing.
    GroupResult.objects.bulk_create([result], ignore_conflicts=True)
    kept = GroupResult.objects.get(input_sha256=input_sha256)
    if not Score.objects.filter(result=kept).exists():
        _insert(_score_rows(kept.pk, scored, placed, members, basis))
    return kept


def _score_rows(result: int, scored: Scored, placed: Placed, members: Members, basis: Basis) -> list[tuple[Any, ...]]:
    ranks = placed.ranks.tolist()
    shared = {rank for rank, n in Counter(ranks).items() if n > 1}
    parts = scored.parts.astype(">i8")
    return [
        (
            *(result, subject, unit, level),
            None if total == NO_TOTAL else total,
            rank or None,
            rank > 0 and rank in shared,
            *(band, coverage, reason),
            parts[at].tobytes(),
        )
        for at, (subject, unit, level, total, rank, band, coverage, reason) in enumerate(
            zip(
                scored.subjects.tolist(),
                members.units.tolist(),
                members.level_names(),
                scored.totals.tolist(),
                ranks,
                band_keys(scored, basis.scheme),
                scored.coverage.tolist(),
                reason_texts(scored, basis.scheme),
                strict=True,
            )
        )
    ]


def _insert(rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        insert_rows(cursor, Score._meta.db_table, COLUMNS, rows)


@dataclass(frozen=True)
class _Found:
    rows: Rows
    members: Members
    about: GroupStats


def _warnings(key: str, group: _Found, basis: Basis, totals: UnitTotals) -> list[dict[str, Any]]:
    rows = group.rows
    found: list[dict[str, Any]] = []
    own = [leaf.column for leaf in basis.scheme.leaves if leaf.indicator is not None]
    takes_part = rows.standings == Standing.IN
    empty = int((takes_part & (rows.states[:, own] != LeafState.PRESENT).all(axis=1)).sum()) if own else 0
    small = sum(is_small_group(leaf, group.about, basis.scheme) for leaf in basis.scheme.leaves)
    if key == NO_GROUP:
        found.append({"code": "no_group", "n": len(rows.subjects)})
    if empty:
        found.append({"code": "no_values", "n": empty})
    if small and takes_part.any():
        found.append({"code": "small_group", "group": key, "n": small})
    if without := _units_without_total(group.members, basis, totals):
        found.append({"code": "unit_without_total", "units": without})
    return found


def _units_without_total(members: Members, basis: Basis, totals: UnitTotals) -> list[int]:
    units = np.unique(members.attribution.units).tolist()
    leaves = [leaf for leaf in basis.scheme.leaves if leaf.index]
    known = {unit: [unit_total(leaf.index, unit, totals) for leaf in leaves] for unit in units}
    return [unit for unit, found in known.items() if any(total is None or total.total is None for total in found)]
