"""Scoring peer groups, and keeping what comes out: content-addressed, inserted once, never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction

from evaluation.matrices.basis import Basis
from evaluation.matrices.groups import NO_GROUP
from evaluation.matrices.members import Members
from evaluation.matrices.outcomes import COLUMNS, Group, Outcome, groups_at, outcome_of, score_rows
from evaluation.matrices.rows import UnitTotals, unit_total
from evaluation.models import GroupResult, Score
from evaluation.scoring import GroupStats, LeafState, Standing
from evaluation.scoring.engine import is_small_group
from foundation.clock import now
from foundation.faults import fault
from foundation.ledger.inserting import insert_rows


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
    for group in groups_at(basis, cut_seq=cut_seq, is_wanted=frozenset(groups).__contains__, totals=totals):
        yield _score_group(group, basis, totals)


def _score_group(group: Group, basis: Basis, totals: UnitTotals) -> ScoredGroup:
    kept = GroupResult.objects.filter(input_sha256=group.input_sha256).first()
    is_reused = kept is not None
    if kept is None:
        outcome = outcome_of(group, basis)
        fault("run.child")
        kept = _keep(outcome, basis)
    warnings = _warnings(group, GroupStats.from_bytes(bytes(kept.stats)), basis, totals)
    return ScoredGroup(group.key, kept.pk, kept.n_subjects, kept.n_ranked, is_reused, warnings)


@transaction.atomic
def _keep(outcome: Outcome, basis: Basis) -> GroupResult:
    """Insert a result with its scores, both or neither; of two workers with the same input one inserts."""
    input_sha256 = outcome.group.input_sha256
    result = GroupResult(
        input_sha256=input_sha256,
        output_sha256=outcome.output_sha256,
        stats=outcome.about.to_bytes(),
        n_subjects=len(outcome.scored.subjects),
        n_ranked=outcome.n_ranked,
        made_at=now(),
    )
    # The unique input lets the second worker wait for the first and insert nothing.
    GroupResult.objects.bulk_create([result], ignore_conflicts=True)
    kept = GroupResult.objects.get(input_sha256=input_sha256)
    if not Score.objects.filter(result=kept).exists():
        _insert([(kept.pk, *row) for row in score_rows(outcome, basis)])
    fault("run.before_result_commit")
    return kept


def _insert(rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        insert_rows(cursor, Score._meta.db_table, ("result_id", *COLUMNS), rows)


def _warnings(group: Group, about: GroupStats, basis: Basis, totals: UnitTotals) -> list[dict[str, Any]]:
    key, rows = group.key, group.rows
    found: list[dict[str, Any]] = []
    own = [leaf.column for leaf in basis.scheme.leaves if leaf.indicator is not None]
    takes_part = rows.standings == Standing.IN
    empty = int((takes_part & (rows.states[:, own] != LeafState.PRESENT).all(axis=1)).sum()) if own else 0
    small = sum(is_small_group(leaf, about, basis.scheme) for leaf in basis.scheme.leaves)
    if key == NO_GROUP:
        found.append({"code": "no_group", "group": key, "n": len(rows.subjects)})
    if empty:
        found.append({"code": "no_values", "group": key, "n": empty})
    if small and takes_part.any():
        found.append({"code": "small_group", "group": key, "n": small})
    if without := _units_without_total(group.members, basis, totals):
        found.append({"code": "unit_without_total", "group": key, "units": without})
    return found


def _units_without_total(members: Members, basis: Basis, totals: UnitTotals) -> list[int]:
    units = np.unique(members.attribution.units).tolist()
    leaves = [leaf for leaf in basis.scheme.leaves if leaf.index]
    known = {unit: [unit_total(leaf.index, unit, totals) for leaf in leaves] for unit in units}
    return [unit for unit, found in known.items() if any(total is None or total.total is None for total in found)]
