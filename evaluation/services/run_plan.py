"""What a run has to compute, units before persons, as children of its job."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.matrices.basis import Basis, basis_of, manifest_for
from evaluation.matrices.members import members_at
from evaluation.models import Current, Manifest
from evaluation.scoring import ENGINE_VERSION
from evaluation.selectors.schemes import Pair, pair_named, pairs_with_data, scheme_in_force
from foundation.jobs.context import ChildJob

SCORE_GROUPS = "evaluation.score_groups"
BATCH_SUBJECTS = 4_000
"""Subjects of one child job: some two seconds of work."""


@dataclass(frozen=True)
class Plan:
    """The pairs of one request with their manifests, all at one cut; ``fresh`` ones need no look at any fact."""

    cut_seq: int
    manifests: Mapping[str, Manifest]
    pairs: Mapping[str, Pair]
    fresh: Mapping[str, int]

    def basis(self, key: str) -> Basis:
        """The manifest of a pair, read."""
        return basis_of(self.manifests[key])

    def keys(self, *, personal: bool) -> list[str]:
        """Pairs of units or of persons, in order."""
        return sorted(key for key in self.pairs if self.basis(key).is_personal == personal)


def plan_runs(args: Mapping[str, Any], *, cut_seq: int) -> Plan:
    """Work out the pairs of a request: one scheme in one period with the unit schemes it reads, or all with data."""
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
    return Plan(cut_seq, manifests, pairs, _fresh(pairs, manifests, cut_seq))


def _upstreams(pair: Pair, basis: Basis) -> Iterable[Pair]:
    for code in basis.index_codes:
        version = scheme_in_force(code, on=pair.period.starts_on)
        if version is not None and version.body["period"] == pair.period.kind:
            yield Pair(version, pair.period)


def _fresh(pairs: Mapping[str, Pair], manifests: Mapping[str, Manifest], cut_seq: int) -> dict[str, int]:
    """Pairs about which the ledger has said nothing since they were last computed, with their run."""
    periods = {pair.period.pk for pair in pairs.values()}
    rows = Current.objects.filter(period__in=periods, checked_seq=cut_seq, run__engine=ENGINE_VERSION)
    rows = rows.select_related("scheme", "period", "run").prefetch_related("run__upstreams")
    found = {f"{row.scheme.code}:{row.period.code}": row.run for row in rows}
    same = {key: run for key, run in found.items() if key in pairs and run.manifest_id == manifests[key].sha256}
    fresh: dict[str, int] = {}
    for key, run in same.items():
        basis = basis_of(manifests[key])
        upstream = {f"{code}:{basis.period.code}" for code in basis.index_codes} & set(pairs)
        if upstream <= set(same) and {same[each].pk for each in upstream} == {
            u.upstream_id for u in run.upstreams.all()
        }:
            fresh[key] = run.pk
    return fresh


def children_of(
    plan: Plan, keys: Sequence[str], *, upstream: Mapping[str, Any], then: Sequence[str] = ()
) -> list[ChildJob]:
    """One child a batch of groups of each pair; ``then`` are the pairs of the next stage."""
    later = {key: [plan.manifests[key].sha256, plan.fresh.get(key)] for key in then}
    children = []
    for key in keys:
        args = {
            "pair": key,
            "manifest": plan.manifests[key].sha256,
            "cut": plan.cut_seq,
            "upstream": {each: upstream[each] for each in upstream_keys(plan.basis(key)) if each in upstream},
        }
        if key in plan.fresh:
            children.append({**args, "fresh": plan.fresh[key]})
            continue
        sizes = members_at(plan.basis(key), cut_seq=plan.cut_seq).sizes()
        children += [{**args, "groups": groups} for groups in _batches(sizes)]
    return [ChildJob(SCORE_GROUPS, {**args, "then": later} if then else args) for args in children]


def later_plan(then: Mapping[str, Any], *, cut_seq: int) -> Plan:
    """The plan of the next stage, as the children of this one carried it along: definitions are read once."""
    manifests = Manifest.objects.in_bulk([sha256 for sha256, _ in then.values()])
    return Plan(
        cut_seq=cut_seq,
        manifests={key: manifests[sha256] for key, (sha256, _) in then.items()},
        pairs={},
        fresh={key: run for key, (_, run) in then.items() if run is not None},
    )


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
