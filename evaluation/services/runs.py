"""Runs: asked for by a person or the night, closed in one transaction, seen by readers only whole."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from evaluation.enums import RunState
from evaluation.matrices.basis import Basis, basis_of
from evaluation.matrices.groups import group_changes
from evaluation.models import Current, GroupResult, Manifest, Run, RunGroup, RunUpstream
from evaluation.models.runs import GROUP_CHANGE
from evaluation.scoring import ENGINE_VERSION
from evaluation.selectors.schemes import pair_named
from evaluation.services.run_plan import upstream_keys
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.clock import now
from foundation.faults import fault
from foundation.jobs.models import Job
from foundation.jobs.services import request_job
from foundation.ledger.touches import clear_touches
from foundation.numbering import save_numbered
from foundation.rulebook.models import RuleDocument, RuleVersion

RUN = "evaluation.run"


@dataclass(frozen=True)
class PairOutcome:
    """What came of one pair: the results of its groups, scored now or taken over."""

    key: str
    manifest: Manifest
    results: Sequence[tuple[str, int]]
    warnings: Sequence[Mapping[str, Any]]

    @property
    def basis(self) -> Basis:
        """The manifest, read."""
        return basis_of(self.manifest)


@dataclass(frozen=True)
class Closed:
    """What a closing step did: runs that are new, by pair, pairs in which nothing had changed, and pairs left alone.

    A pair is overtaken when readers already see a later cut of it, or of a unit scheme that it read.
    """

    made: Mapping[str, Run]
    unchanged: Sequence[str]
    overtaken: Sequence[str]


@use_case
def request_run(*, scheme_code: str, period_code: str, actor: Actor) -> Job:
    """Ask for one scheme in one period; asked for while it computes, it is computed once more afterwards."""
    pair = pair_named(scheme_code=scheme_code, period_code=period_code)
    args = {"scheme": pair.code, "period": pair.period.code}
    job = request_job(kind=RUN, key=f"recompute:{pair.key}", actor=actor, args=args)
    record("run.requested", job, after=args)
    return job


@use_case
def request_all_runs(*, actor: Actor) -> Job:
    """Ask for every approved scheme in every period that has data."""
    job = request_job(kind=RUN, key="recompute:all", actor=actor, args={"all": True})
    record("run.requested", job, after={"all": True})
    return job


@use_case
def request_full_runs(*, actor: Actor) -> Job:
    """Ask for the same without narrowing: every group is read and scored, whatever was touched."""
    args = {"all": True, "full": True}
    job = request_job(kind=RUN, key="recompute:full", actor=actor, args=args)
    record("run.requested", job, after=args)
    return job


@use_case
def close_runs(*, job: Job, actor: Actor, cut_seq: int, outcomes: Sequence[PairOutcome]) -> Closed:
    """Make the runs whose results changed and move the pointers of all pairs, in one transaction.

    A pair of which a later cut is already shown stays as it is. What every pointer has been
    checked against is cleared from the touches. Lock order: rule documents, pointers in the order
    of their keys, horizon of the touches, audit head.
    """
    versions = _versions(outcomes)
    documents = RuleDocument.objects.filter(pk__in={each.document_id for each in versions.values()})
    list(documents.select_for_update().order_by("pk"))
    shown = _locked_pointers(versions)
    asked = {
        (version.document_id, outcome.basis.period.pk) for outcome in outcomes for version in [versions[outcome.key]]
    }
    standing = _standing(current for key, current in shown.items() if key in asked)
    made: dict[str, Run] = {}
    runs: dict[str, int] = {}
    stale: set[str] = set()
    unchanged, overtaken, moved = [], [], []
    for outcome in sorted(outcomes, key=lambda each: (each.basis.is_personal, each.key)):
        version, period = versions[outcome.key], outcome.basis.period.pk
        current = shown.get((version.document_id, period))
        read = upstream_keys(outcome.basis)
        if not stale.isdisjoint(read) or (current is not None and current.checked_seq > cut_seq):
            overtaken.append(outcome.key)
            if current is None or standing[current.run_id].results != set(outcome.results):
                stale.add(outcome.key)
            else:
                runs[outcome.key] = current.run_id
            continue
        upstream = {runs[key] for key in read if key in runs}
        if current is not None and standing[current.run_id].fits(outcome, upstream):
            unchanged.append(outcome.key)
            runs[outcome.key] = current.run_id
            moved.append(current.pk)
            continue
        run = made[outcome.key] = _make_run(outcome, version, upstream, job=job, actor=actor, cut_seq=cut_seq)
        runs[outcome.key] = run.pk
        _point(current, run, cut_seq=cut_seq)
    Current.objects.filter(pk__in=moved).update(checked_seq=cut_seq, checked_at=now())
    clear_touches(Current.objects.aggregate(least=Min("checked_seq"))["least"] or 0)
    _record(job, made, unchanged, cut_seq)
    fault("run.before_close_commit")
    return Closed(made, unchanged, overtaken)


def _versions(outcomes: Sequence[PairOutcome]) -> dict[str, RuleVersion]:
    wanted = {each.key: (each.basis.scheme.code, each.basis.version) for each in outcomes}
    codes = {code for code, _ in wanted.values()}
    rows = RuleVersion.objects.filter(document__kind="scheme", document__code__in=codes).select_related("document")
    known = {(row.document.code, row.number): row for row in rows}
    return {key: known[named] for key, named in wanted.items()}


def _locked_pointers(versions: Mapping[str, RuleVersion]) -> dict[tuple[int, int], Current]:
    schemes = {version.document_id for version in versions.values()}
    # Without a join: a row that was waited for keeps its old run in the joined half, and drops out.
    rows = list(Current.objects.select_for_update(of=("self",)).filter(scheme__in=schemes).order_by("pk"))
    return {(row.scheme_id, row.period_id): row for row in rows}


@dataclass(frozen=True)
class _Standing:
    """A shown run as a closing step compares it."""

    run: Run
    results: set[tuple[str, int]]
    upstreams: set[int]

    def fits(self, outcome: PairOutcome, upstream: set[int]) -> bool:
        """Whether an outcome says nothing new."""
        return (
            (self.run.manifest_id, self.run.engine) == (outcome.manifest.sha256, ENGINE_VERSION)
            and self.results == set(outcome.results)
            and self.upstreams == upstream
        )


def _standing(pointers: Iterable[Current]) -> dict[int, _Standing]:
    runs = Run.objects.in_bulk([each.run_id for each in pointers])
    found = {pk: _Standing(run, set(), set()) for pk, run in runs.items()}
    for run, group, result in RunGroup.objects.filter(run__in=runs).values_list("run_id", "group_key", "result_id"):
        found[run].results.add((group, result))
    for run, upstream in RunUpstream.objects.filter(run__in=runs).values_list("run_id", "upstream_id"):
        found[run].upstreams.add(upstream)
    return found


def _make_run(
    outcome: PairOutcome, version: RuleVersion, upstream: set[int], *, job: Job, actor: Actor, cut_seq: int
) -> Run:
    basis = outcome.basis
    sizes = dict(
        GroupResult.objects.filter(pk__in=[result for _, result in outcome.results]).values_list("pk", "n_subjects")
    )
    ranked = dict(GroupResult.objects.filter(pk__in=sizes).values_list("pk", "n_ranked"))
    run = Run(
        scheme=version.document,
        scheme_version=version,
        period_id=basis.period.pk,
        cut_seq=cut_seq,
        engine=ENGINE_VERSION,
        manifest=outcome.manifest,
        state=RunState.DONE,
        job=job,
        by_key=actor.key,
        started_at=_started(job),
        ended_at=now(),
        n_subjects=sum(sizes[result] for _, result in outcome.results),
        n_ranked=sum(ranked[result] for _, result in outcome.results),
        warnings=[*outcome.warnings, *_group_changes(basis, cut_seq)],
    )
    save_numbered(run)
    RunGroup.objects.bulk_create(RunGroup(run=run, group_key=key, result_id=pk) for key, pk in sorted(outcome.results))
    RunUpstream.objects.bulk_create(RunUpstream(run=run, upstream_id=pk) for pk in sorted(upstream))
    return run


def _started(job: Job) -> datetime:
    return job.started_at or job.created_at


def _group_changes(basis: Basis, cut_seq: int) -> list[dict[str, Any]]:
    period, set_code = basis.period, basis.scheme.groups.set_code
    changes = group_changes(set_code=set_code, cut_seq=cut_seq, first=period.starts_on, last=period.ends_on)
    return [{"code": GROUP_CHANGE, "unit": c.unit, "group": c.group, "reason": c.reason} for c in changes]


def _point(current: Current | None, run: Run, *, cut_seq: int) -> None:
    if current is None:
        Current.objects.create(
            scheme_id=run.scheme_id, period_id=run.period_id, run=run, checked_seq=cut_seq, checked_at=now()
        )
        return
    Current.objects.filter(pk=current.pk).update(run=run, checked_seq=cut_seq, checked_at=now())


def _record(job: Job, made: Mapping[str, Run], unchanged: Sequence[str], cut_seq: int) -> None:
    digests = {key: run_digest(run) for key, run in made.items()}
    record(
        "run.finished",
        job,
        after={
            "cut": cut_seq,
            "runs": {key: {"run": run.ref, "number": run.number, "sha256": digests[key]} for key, run in made.items()},
            "unchanged": list(unchanged),
        },
        rows_sha256=hashlib.sha256("".join(digests.values()).encode()).hexdigest() if made else "",
    )


def run_digest(run: Run) -> str:
    """One fingerprint of a run's results: SHA-256 over its groups and theirs, in order of the groups."""
    rows = run.groups.order_by("group_key").values_list("group_key", "result__output_sha256")
    return hashlib.sha256("".join(f"{key}\t{sha256}\n" for key, sha256 in sorted(rows)).encode()).hexdigest()
