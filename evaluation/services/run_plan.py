"""What a run has to compute, units before persons, as children of its job; what cannot have changed stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluation.matrices.basis import Basis, basis_of, manifest_for
from evaluation.matrices.concerned import Cuts, changed_units, concerned_groups
from evaluation.matrices.members import members_at
from evaluation.matrices.outcomes import totals_of
from evaluation.models import Current, Manifest, Run, RunGroup, RunUpstream
from evaluation.scoring import ENGINE_VERSION
from evaluation.selectors.schemes import Pair, pair_named, pairs_with_data, scheme_in_force
from foundation.jobs.context import ChildJob
from foundation.ledger.touches import Touched, touched_between

SCORE_GROUPS = "evaluation.score_groups"
BATCH_SUBJECTS = 4_000
"""Subjects of one child job: some two seconds of work."""

Results = Sequence[tuple[str, int]]
"""(group, result) of a run."""


@dataclass(frozen=True)
class Base:
    """What stands of a pair: the run that readers see, known to be right at ``checked_seq``."""

    run: int
    checked_seq: int


@dataclass(frozen=True)
class Plan:
    """The pairs of one request with their manifests, all at one cut; only a pair with a base may be narrowed."""

    cut_seq: int
    manifests: Mapping[str, Manifest]
    bases: Mapping[str, Base]

    def basis(self, key: str) -> Basis:
        """The manifest of a pair, read."""
        return basis_of(self.manifests[key])

    def keys(self, *, personal: bool) -> list[str]:
        """Pairs of units or of persons, in order."""
        return sorted(key for key in self.manifests if self.basis(key).is_personal == personal)

    def to_args(self, keys: Sequence[str]) -> dict[str, list[Any]]:
        """These pairs as a job carries them to its next stage."""
        bases = {key: self.bases.get(key) for key in keys}
        return {
            key: [self.manifests[key].sha256, [base.run, base.checked_seq] if base else None]
            for key, base in bases.items()
        }


@dataclass(frozen=True)
class Stage:
    """What one stage scores, and the pairs (manifest, run) in which no group can have changed."""

    children: list[dict[str, Any]] = field(default_factory=list)
    quiet: dict[str, tuple[str, int]] = field(default_factory=dict)


def plan_runs(args: Mapping[str, Any], *, cut_seq: int) -> Plan:
    """Work out the pairs of a request: one scheme in one period with the unit schemes it reads, or all with data.

    With ``full`` in the request nothing is narrowed: every group is read and scored.
    """
    if args.get("all"):
        asked = pairs_with_data()
    else:
        asked = [pair_named(scheme_code=str(args["scheme"]), period_code=str(args["period"]))]
    pairs = {pair.key: pair for pair in asked}
    manifests = {key: manifest_for(pair.version, pair.period) for key, pair in pairs.items()}
    for pair in asked:
        for upstream in _upstreams(pair, basis_of(manifests[pair.key])):
            if upstream.key not in pairs:
                pairs[upstream.key] = upstream
                manifests[upstream.key] = manifest_for(upstream.version, upstream.period)
    return Plan(cut_seq, manifests, {} if args.get("full") else _bases(pairs, manifests, cut_seq))


def _upstreams(pair: Pair, basis: Basis) -> Iterable[Pair]:
    for code in basis.index_codes:
        version = scheme_in_force(code, on=pair.period.starts_on)
        if version is not None and version.body["period"] == pair.period.kind:
            yield Pair(version, pair.period)


def _bases(pairs: Mapping[str, Pair], manifests: Mapping[str, Manifest], cut_seq: int) -> dict[str, Base]:
    """What stands of the pairs whose rules and definitions are still those of the shown run."""
    periods = {pair.period.pk for pair in pairs.values()}
    rows = Current.objects.filter(period__in=periods, checked_seq__lte=cut_seq, run__engine=ENGINE_VERSION)
    found = {f"{row.scheme.code}:{row.period.code}": row for row in rows.select_related("scheme", "period", "run")}
    return {
        key: Base(row.run_id, row.checked_seq)
        for key, row in found.items()
        if key in pairs and row.run.manifest_id == manifests[key].sha256 and _names_its_groups(row.run)
    }


def _names_its_groups(run: Run) -> bool:
    """Whether each warning can be taken over with its group; those of older versions do not name it."""
    return all("group" in each for each in run.warnings)


def stage_of(plan: Plan, keys: Sequence[str], *, upstream: Mapping[str, Results]) -> Stage:
    """Batches of the groups of these pairs that must be scored, and the pairs that stand as they are."""
    stage = Stage()
    # Most pairs were checked at the same entry: what was touched since is read once for all of them.
    seqs = {plan.bases[key].checked_seq for key in keys if key in plan.bases}
    touched = {seq: touched_between(seq, plan.cut_seq) for seq in seqs}
    for key in keys:
        base, basis = plan.bases.get(key), plan.basis(key)
        own = {each: upstream[each] for each in upstream_keys(basis) if each in upstream}
        since = touched[base.checked_seq] if base else None
        concerned = _concerned(basis, base, since, own, plan.cut_seq) if base and since is not None else None
        if base is not None and concerned is not None and not concerned:
            stage.quiet[key] = (plan.manifests[key].sha256, base.run)
            continue
        args = {"pair": key, "manifest": plan.manifests[key].sha256, "cut": plan.cut_seq, "upstream": own}
        if base is None or concerned is None:
            sizes = members_at(basis, cut_seq=plan.cut_seq).sizes()
        else:
            args["base"] = base.run
            sizes = _sizes_before(base.run, concerned)
        stage.children.extend({**args, "groups": groups} for groups in _batches(sizes))
    return stage


def _concerned(
    basis: Basis, base: Base, touched: Sequence[Touched], upstream: Mapping[str, Results], cut_seq: int
) -> frozenset[str] | None:
    now = {key.partition(":")[0]: sorted((group, result) for group, result in of) for key, of in upstream.items()}
    before = _upstream_results(base.run)
    units = changed_units(basis, totals_of(before), totals_of(now)) if before != now else set()
    return concerned_groups(basis, touched, Cuts(base.checked_seq, cut_seq), changed_units=units)


def _upstream_results(run: int) -> dict[str, list[tuple[str, int]]]:
    """(group, result) of each unit run that a run read, by code of its scheme."""
    code_of = dict(RunUpstream.objects.filter(run=run).values_list("upstream_id", "upstream__scheme__code"))
    found: dict[str, list[tuple[str, int]]] = {code: [] for code in code_of.values()}
    for upstream, results in kept_results(code_of).items():
        found[code_of[upstream]] = sorted(results)
    return found


def _sizes_before(run: int, groups: Iterable[str]) -> dict[str, int]:
    """How large these groups were: enough to deal them to batches."""
    rows = RunGroup.objects.filter(run=run, group_key__in=groups).values_list("group_key", "result__n_subjects")
    return dict.fromkeys(sorted(groups), 0) | dict(rows)


def kept_results(runs: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """(group, result) of each of these runs."""
    found: dict[int, list[tuple[str, int]]] = {run: [] for run in runs}
    for run, key, result in RunGroup.objects.filter(run__in=found).values_list("run_id", "group_key", "result_id"):
        found[run].append((key, result))
    return found


def later_plan(then: Mapping[str, Any], *, cut_seq: int) -> Plan:
    """The plan of the next stage, as this one carried it along: definitions are read once."""
    manifests = Manifest.objects.in_bulk([sha256 for sha256, _ in then.values()])
    return Plan(
        cut_seq=cut_seq,
        manifests={key: manifests[sha256] for key, (sha256, _) in then.items()},
        bases={key: Base(*base) for key, (_, base) in then.items() if base is not None},
    )


def jobs_of(stage: Stage, *, quiet: Mapping[str, tuple[str, int]], then: Mapping[str, Any]) -> list[ChildJob]:
    """The children of a stage; the first carries what stands as it is, and the pairs of the next stage."""
    first, *rest = stage.children
    carried = {**first, "quiet": {**quiet, **stage.quiet}, "then": then}
    return [ChildJob(SCORE_GROUPS, args) for args in (carried, *rest)]


def upstream_keys(basis: Basis) -> list[str]:
    """Pairs whose unit totals a pair reads, in the order in which its scheme names them."""
    return [f"{code}:{basis.period.code}" for code in basis.index_codes]


def _batches(sizes: Mapping[str, int]) -> list[list[str]]:
    batches: list[list[str]] = [[]]
    filled = 0
    for group, size in sizes.items():
        if batches[-1] and filled + size > BATCH_SUBJECTS:
            batches.append([])
            filled = 0
        batches[-1].append(group)
        filled += size
    return batches
