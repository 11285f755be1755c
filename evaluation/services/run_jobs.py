"""The bodies of the jobs of a run: plan, score, close. Everything may be called twice."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from accounts.selectors import actor_may
from evaluation.matrices.basis import basis_of
from evaluation.matrices.outcomes import totals_of
from evaluation.models import Manifest, RunGroup
from evaluation.services.results import score_groups
from evaluation.services.run_plan import children_of, later_plan, plan_runs
from evaluation.services.runs import PairOutcome, close_runs
from foundation.actor import Actor
from foundation.faults import fault
from foundation.jobs.context import ChildOutcome, Children, JobContext
from foundation.jobs.models import Job
from foundation.ledger.models import last_committed_seq
from foundation.permissions import Permission


def may_start_runs(actor: Actor) -> bool:
    """Whether the owner of a run's job may still have it."""
    return actor_may(actor, Permission.START_RUN)


def plan(context: JobContext) -> Children:
    """Take the cut and send out the unit schemes first; persons follow when their units are closed."""
    made = plan_runs(context.args, cut_seq=last_committed_seq())
    units, persons = made.keys(personal=False), made.keys(personal=True)
    if units:
        return Children(children_of(made, units, upstream={}, then=persons), note=_note(units))
    return Children(children_of(made, persons, upstream={}), note=_note(persons))


def score_batch(context: JobContext) -> dict[str, Any]:
    """Score one batch of peer groups; give their results."""
    args = context.args
    if "fresh" in args:
        return {}
    basis = basis_of(Manifest.objects.get(pk=args["manifest"]))
    totals = totals_of({key.partition(":")[0]: results for key, results in args["upstream"].items()})
    groups: list[dict[str, Any]] = []
    for scored in score_groups(basis, cut_seq=args["cut"], groups=args["groups"], totals=totals):
        groups.append(asdict(scored))
        context.progress(len(groups), len(args["groups"]), scored.key)
    return {"groups": groups}


def close(context: JobContext) -> dict[str, Any] | Children:
    """Send out the persons after the units; after the last stage make the runs and move the pointers."""
    children = context.children()
    outcomes = _outcomes(children)
    then: dict[str, Any] = next(
        (child.args["then"] for child in children if child.stage == context.stage and "then" in child.args), {}
    )
    if then:
        upstream = {outcome.key: list(outcome.results) for outcome in outcomes}
        later = later_plan(then, cut_seq=children[0].args["cut"])
        return Children(children_of(later, sorted(then), upstream=upstream), note=_note(sorted(then)))
    if not children:
        return {"runs": {}, "unchanged": [], "overtaken": []}
    fault("run.before_close")
    job = Job.objects.get(ref=context.ref)
    closed = close_runs(
        job=job,
        actor=context.actor,
        cut_seq=children[0].args["cut"],
        outcomes=outcomes,
        ends_touches=bool(context.args.get("night")),
    )
    return {
        "runs": {key: run.ref for key, run in closed.made.items()},
        "unchanged": list(closed.unchanged),
        "overtaken": list(closed.overtaken),
        "groups": sum(len(outcome.results) for outcome in outcomes),
    }


def _outcomes(children: Sequence[ChildOutcome]) -> list[PairOutcome]:
    by_pair: dict[str, list[ChildOutcome]] = {}
    for child in children:
        by_pair.setdefault(child.args["pair"], []).append(child)
    manifests = Manifest.objects.in_bulk({child.args["manifest"] for child in children})
    kept = _kept_results({child.args["fresh"] for child in children if "fresh" in child.args})
    return [_outcome(key, batch, manifests, kept) for key, batch in by_pair.items()]


def _outcome(
    key: str,
    batch: Sequence[ChildOutcome],
    manifests: Mapping[str, Manifest],
    kept: Mapping[int, list[tuple[str, int]]],
) -> PairOutcome:
    args = batch[0].args
    if "fresh" in args:
        return PairOutcome(key, manifests[args["manifest"]], kept[args["fresh"]], [], fresh=args["fresh"])
    groups = [group for child in batch for group in child.result["groups"]]
    return PairOutcome(
        key,
        manifests[args["manifest"]],
        [(group["key"], group["result"]) for group in groups],
        [warning for group in groups for warning in group["warnings"]],
    )


def _kept_results(runs: set[int]) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = {run: [] for run in runs}
    for run, key, result in RunGroup.objects.filter(run__in=runs).values_list("run_id", "group_key", "result_id"):
        found[run].append((key, result))
    return found


def _note(keys: Sequence[str]) -> str:
    return _("%(n)s 个方案与期间") % {"n": len(keys)}
