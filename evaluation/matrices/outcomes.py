"""A peer group read at a cut, and what the engine makes of it, in memory.

The one road of a run and of its replay: they differ in what they do with an outcome, and in
nothing that comes before it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evaluation.matrices.basis import Basis
from evaluation.matrices.groups import NO_GROUP
from evaluation.matrices.members import Members, members_at
from evaluation.matrices.rows import UnitTotal, UnitTotals, fingerprint, rows_at
from evaluation.models import Score
from evaluation.scoring import (
    GroupStats,
    Placed,
    Rows,
    Scored,
    band_keys,
    digest,
    place,
    reason_texts,
    score,
    stats,
)
from evaluation.scoring.types import NO_TOTAL

COLUMNS = ("subject_id", "unit_id", "level", "total", "rank", "is_tied", "band", "coverage", "reason", "parts")
"""What a score says, in the order of ``score_rows``."""

ScoreRow = tuple[Any, ...]


@dataclass(frozen=True)
class Group:
    """A peer group as the facts stand at a cut; ``input_sha256`` names all that shapes its result."""

    key: str
    members: Members
    rows: Rows
    input_sha256: str


@dataclass(frozen=True)
class Outcome:
    """What the engine made of a group."""

    group: Group
    about: GroupStats
    scored: Scored
    placed: Placed

    @cached_property
    def output_sha256(self) -> str:
        """The engine's own fingerprint of the result."""
        return digest(self.scored, self.placed)

    @property
    def n_ranked(self) -> int:
        """How many have a rank."""
        return int((self.placed.ranks > 0).sum())


def groups_at(basis: Basis, *, cut_seq: int, is_wanted: Callable[[str], bool], totals: UnitTotals) -> Iterator[Group]:
    """The wanted peer groups as the facts stand at a cut, in order of their names."""
    members = members_at(basis, cut_seq=cut_seq).where(is_wanted)
    rows = rows_at(members, basis, cut_seq=cut_seq, totals=totals)
    for key in sorted(set(members.groups)):
        at = np.array([row for row, group in enumerate(members.groups) if group == key], np.int64)
        own, theirs = rows.take(at), members.take(at)
        yield Group(key, theirs, own, fingerprint(own, theirs, basis))


def outcome_of(group: Group, basis: Basis) -> Outcome:
    """Call the engine on a group: statistics, then every row alone, then ranks."""
    about = stats(group.rows, basis.scheme)
    scored = score(group.rows, about, basis.scheme)
    return Outcome(group, about, scored, place(scored, basis.scheme))


def score_rows(outcome: Outcome, basis: Basis) -> list[ScoreRow]:
    """What is kept of an outcome, a row a subject, in the order of ``COLUMNS``."""
    scored, members = outcome.scored, outcome.group.members
    ranks = outcome.placed.ranks.tolist()
    shared = {rank for rank, n in Counter(ranks).items() if n > 1}
    parts = scored.parts.astype(">i8")
    columns = zip(
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
    return [
        (
            *(subject, unit, level, None if total == NO_TOTAL else total),
            *(rank or None, rank > 0 and rank in shared, band, coverage, reason),
            parts[at].tobytes(),
        )
        for at, (subject, unit, level, total, rank, band, coverage, reason) in enumerate(columns)
    ]


def scores_digest(rows: Iterable[ScoreRow]) -> str:
    """SHA-256 over rows of scores by subject: all that a page reads of them, the unit and the level included."""
    lines = [json.dumps([*row[:-1], bytes(row[-1]).hex()], ensure_ascii=False) for row in sorted(rows, key=_subject)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _subject(row: ScoreRow) -> int:
    return int(row[0])


def totals_of(results: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, dict[int, UnitTotal]]:
    """Totals of the units in these results, (group, result) by code of the scheme; who has no group is not held."""
    scheme_of = {result: code for code, pairs in results.items() for group, result in pairs if group != NO_GROUP}
    totals: dict[str, dict[int, UnitTotal]] = {code: {} for code in results}
    rows = Score.objects.filter(result__in=scheme_of).values_list("result_id", "subject_id", "total")
    for result, unit, total in rows:
        totals[scheme_of[result]][unit] = UnitTotal(scheme_of[result], total)
    return totals
