"""复算: a stored run computed again from its manifest and cut, and compared with what stands, bit for bit.

Nothing is written, and nothing is read but the manifest, facts at the cut and stored results: what
units, indicators or periods are today does not come in.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import Any

from django.db import connection

from cadres.models import Cadre
from evaluation.enums import RunState
from evaluation.matrices.basis import Basis, basis_of
from evaluation.matrices.mixing import mixed_basis, mixed_outcome
from evaluation.matrices.outcomes import (
    COLUMNS,
    Outcome,
    ScoreRow,
    groups_at,
    outcome_of,
    score_rows,
    scores_digest,
    totals_of,
)
from evaluation.matrices.rows import UnitTotals
from evaluation.models import Manifest, Run, RunGroup, RunUpstream, Score
from evaluation.scoring import ENGINE_VERSION
from units.models import Unit


class Verdict(StrEnum):
    """What a replay found."""

    SAME = "same"
    DIFFERS = "differs"
    CANNOT = "cannot"


class Why(StrEnum):
    """Why a run cannot be replayed here."""

    OTHER_ENGINE = "other_engine"
    NOT_FINISHED = "not_finished"


@dataclass(frozen=True)
class Compared:
    """One thing that is stored and was computed: a digest or a number, as text; empty where there is none."""

    what: str
    stored: str
    computed: str

    @property
    def is_same(self) -> bool:
        """Whether both are equal."""
        return self.stored == self.computed


@dataclass(frozen=True)
class SubjectCompared:
    """A subject whose score differs: column → (stored, computed); a column is there only where they differ."""

    subject: int
    columns: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class GroupCompared:
    """One peer group: input, output, stats and scores compared; ``subjects`` are those that differ."""

    key: str
    n_subjects: int
    compared: tuple[Compared, ...]
    subjects: tuple[SubjectCompared, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether every bit is the same."""
        return all(each.is_same for each in self.compared)


@dataclass(frozen=True)
class Replayed:
    """What came of replaying a run; ``upstreams`` are the unit runs that it read, replayed themselves."""

    run: Run
    why: Why | None = None
    compared: tuple[Compared, ...] = ()
    groups: tuple[GroupCompared, ...] = ()
    upstreams: tuple["Replayed", ...] = ()

    @property
    def verdict(self) -> Verdict:
        """SAME only when the run and every unit run behind it are."""
        below = {each.verdict for each in self.upstreams}
        is_same = all(each.is_same for each in self.compared) and all(group.is_same for group in self.groups)
        if not is_same or Verdict.DIFFERS in below:
            return Verdict.DIFFERS
        return Verdict.CANNOT if self.why or Verdict.CANNOT in below else Verdict.SAME

    @property
    def n_subjects(self) -> int:
        """Subjects compared, those of unit runs not counted."""
        return sum(group.n_subjects for group in self.groups)


@dataclass(frozen=True)
class Manner:
    """In which manner to compute: none of it may change a bit.

    ``shuffle`` seeds another order of rows and columns; the groups are dealt to ``shards`` reads of
    their own, done by ``workers`` threads.
    """

    shuffle: int | None = None
    shards: int = 1
    workers: int = 1


@dataclass
class Replayer:
    """Replays runs; a unit run that several person runs read is replayed once."""

    manner: Manner = field(default_factory=Manner)
    done: dict[int, Replayed] = field(default_factory=dict)

    def replay(self, run: Run) -> Replayed:
        """Replay one run, the unit runs behind it first."""
        if run.pk not in self.done:
            self.done[run.pk] = self._replayed(run)
        return self.done[run.pk]

    def _replayed(self, run: Run) -> Replayed:
        below = tuple(self.replay(row.upstream) for row in _upstream_rows(run))
        return replace(_compared_at(run, run.cut_seq, self.manner), upstreams=below)


def recomputed_at(run: Run, *, cut_seq: int) -> Replayed:
    """Compute a shown run in full at a later cut, at which it is said to be right still, and compare.

    The unit runs behind it are not replayed: they are shown themselves.
    """
    return _compared_at(run, cut_seq, Manner())


def _compared_at(run: Run, cut_seq: int, manner: Manner) -> Replayed:
    why = _why_not(run)
    if why is not None:
        return Replayed(run, why)
    stored = {row.group_key: row for row in RunGroup.objects.filter(run=run).select_related("result")}
    basis = basis_of(run.manifest)
    asked = _Asked(run.manifest, cut_seq, _totals(basis, [row.upstream for row in _upstream_rows(run)]), manner)
    computed = {outcome.group.key: outcome for outcome in asked.outcomes(sorted(stored))}
    groups = tuple(_group(key, stored.get(key), computed.get(key), basis) for key in sorted({*stored, *computed}))
    return Replayed(run, None, _of_run(run, computed.values()), groups)


def replay_run(run: Run, *, shuffle: int | None = None, shards: int = 1, workers: int = 1) -> Replayed:
    """Compute a stored run again and compare it with what stands; nothing is written.

    For commands and for ``check_invariants``: ``replay_run(run).verdict`` is SAME, DIFFERS or
    CANNOT (``why``: an engine of another version made it, or it is not finished); ``groups`` holds
    every peer group with input, output, stats and scores, stored and computed. ``shuffle``,
    ``shards`` and ``workers`` change the manner of computing and must not change a bit. To replay
    several runs, keep one ``Replayer``.
    """
    return Replayer(Manner(shuffle, shards, workers)).replay(run)


def subject_codes(replayed: Replayed) -> dict[int, str]:
    """How people call the subjects that differ: a unit's code, a cadre's employee number."""
    wanted = {each.subject for group in replayed.groups for each in group.subjects}
    if not wanted:
        return {}
    units = dict(Unit.objects.filter(pk__in=wanted).values_list("pk", "code"))
    return units | dict(Cadre.objects.filter(pk__in=wanted).values_list("pk", "employee_no"))


@dataclass(frozen=True)
class _Asked:
    """What is computed, and in which manner."""

    manifest: Manifest
    cut_seq: int
    totals: UnitTotals
    manner: Manner

    def outcomes(self, keys: Sequence[str]) -> Iterator[Outcome]:
        """The outcomes of all groups at the cut; ``keys`` are those that are stored."""
        n, known = self.manner.shards, frozenset(keys)
        shards = [_Wanted(frozenset(keys[at::n]), known, is_first=at == 0) for at in range(n)]
        if self.manner.workers == 1:
            for wanted in shards:
                yield from self._shard(wanted)
            return
        with ThreadPoolExecutor(self.manner.workers) as workers:
            for found in [workers.submit(self._in_thread, wanted) for wanted in shards]:
                yield from found.result()

    def _in_thread(self, wanted: "_Wanted") -> list[Outcome]:
        try:
            return list(self._shard(wanted))
        finally:
            connection.close()

    def _shard(self, wanted: "_Wanted") -> Iterator[Outcome]:
        basis = basis_of(self.manifest)
        found = groups_at(basis, cut_seq=self.cut_seq, is_wanted=wanted, totals=self.totals)
        if self.manner.shuffle is None:
            yield from (outcome_of(group, basis) for group in found)
            return
        source = Random(self.manner.shuffle)  # noqa: S311 - an order, not a secret
        mixed = mixed_basis(self.manifest, source)
        again = groups_at(mixed, cut_seq=self.cut_seq, is_wanted=wanted, totals=self.totals)
        for group, asked in zip(found, again, strict=True):
            yield mixed_outcome(group, asked, basis, mixed, source)


@dataclass(frozen=True)
class _Wanted:
    """Whether a group belongs to a shard; groups that are not stored at all fall to the first."""

    shard: frozenset[str]
    known: frozenset[str]
    is_first: bool

    def __call__(self, key: str) -> bool:
        return key in self.shard or (self.is_first and key not in self.known)


def _why_not(run: Run) -> Why | None:
    if run.state != RunState.DONE:
        return Why.NOT_FINISHED
    return None if run.engine == ENGINE_VERSION else Why.OTHER_ENGINE


def _upstream_rows(run: Run) -> Iterable[RunUpstream]:
    rows = RunUpstream.objects.filter(run=run).select_related("upstream__manifest", "upstream__scheme")
    return rows.order_by("upstream__number")


def _totals(basis: Basis, upstreams: Sequence[Run]) -> UnitTotals:
    """Unit totals as the run read them: of the stored results of its unit runs."""
    code_of = {run.pk: basis_of(run.manifest).scheme.code for run in upstreams}
    results: dict[str, list[tuple[str, int]]] = {code: [] for code in code_of.values()}
    for run, key, result in RunGroup.objects.filter(run__in=code_of).values_list("run_id", "group_key", "result_id"):
        results[code_of[run]].append((key, result))
    return totals_of(results)


def _of_run(run: Run, computed: Iterable[Outcome]) -> tuple[Compared, ...]:
    outcomes = list(computed)
    manifest = hashlib.sha256(run.manifest.body.encode()).hexdigest()
    return (
        Compared("manifest", run.manifest_id, manifest),
        Compared("n_subjects", str(run.n_subjects), str(sum(len(each.scored.subjects) for each in outcomes))),
        Compared("n_ranked", str(run.n_ranked), str(sum(each.n_ranked for each in outcomes))),
    )


def _group(key: str, kept: RunGroup | None, outcome: Outcome | None, basis: Basis) -> GroupCompared:
    stored = _stored_rows(kept.result_id) if kept else []
    computed = score_rows(outcome, basis) if outcome else []
    pairs = (
        ("input", kept.result.input_sha256 if kept else "", outcome.group.input_sha256 if outcome else ""),
        ("output", kept.result.output_sha256 if kept else "", outcome.output_sha256 if outcome else ""),
        (
            "stats",
            _sha256(bytes(kept.result.stats)) if kept else "",
            _sha256(outcome.about.to_bytes()) if outcome else "",
        ),
        ("scores", scores_digest(stored) if kept else "", scores_digest(computed) if outcome else ""),
    )
    compared = tuple(Compared(*each) for each in pairs)
    subjects = () if compared[-1].is_same else tuple(_subjects(stored, computed))
    return GroupCompared(key, len(computed), compared, subjects)


def _stored_rows(result: int) -> list[ScoreRow]:
    rows = Score.objects.filter(result=result).order_by("subject").values_list(*COLUMNS)
    return [(*row[:-1], bytes(row[-1])) for row in rows]


def _subjects(stored: Sequence[ScoreRow], computed: Sequence[ScoreRow]) -> Iterator[SubjectCompared]:
    had, has = ({row[0]: row for row in rows} for rows in (stored, computed))
    for subject in sorted({*had, *has}):
        one, other = (_readable(rows.get(subject)) for rows in (had, has))
        columns = {name: (one.get(name), other.get(name)) for name in COLUMNS if one.get(name) != other.get(name)}
        if columns:
            yield SubjectCompared(subject, columns)


def _readable(row: ScoreRow | None) -> dict[str, Any]:
    return {} if row is None else {**dict(zip(COLUMNS, row, strict=True)), "parts": _sha256(bytes(row[-1]))}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
