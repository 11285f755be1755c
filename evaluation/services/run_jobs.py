"""The bodies of the jobs of a run: plan, score, close. Everything may be called twice."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from accounts.selectors import actor_may
from evaluation.matrices.basis import basis_of
from evaluation.matrices.outcomes import totals_of
from evaluation.models import Manifest, Run
from evaluation.services.results import score_groups
from evaluation.services.run_plan import Plan, Stage, jobs_of, kept_results, later_plan, plan_runs, stage_of
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


def plan(context: JobContext) -> dict[str, Any] | Children:
    """Take the cut and send out the unit schemes first; persons follow when their units are closed.

    Where nothing can have changed there is nobody to send, and the pointers are moved at once.
    """
    made = plan_runs(context.args, cut_seq=last_committed_seq())
    units, persons = made.keys(personal=False), made.keys(personal=True)
    stage = stage_of(made, units, upstream={})
    if stage.children:
        return Children(jobs_of(stage, quiet={}, then=made.to_args(persons)), note=_note(units))
    return _persons(context, made, persons, quiet=stage.quiet, outcomes=[])


def score_batch(context: JobContext) -> dict[str, Any]:
    """Score one batch of peer groups; give their results."""
    args = context.args
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
    carried = next(child.args for child in children if child.stage == context.stage)
    outcomes = _scored(children)
    if carried["then"]:
        later = later_plan(carried["then"], cut_seq=carried["cut"])
        return _persons(context, later, sorted(carried["then"]), quiet=carried["quiet"], outcomes=outcomes)
    return _closed(context, carried["cut"], [*_quiet(carried["quiet"]), *outcomes])


def _persons(
    context: JobContext,
    made: Plan,
    keys: Sequence[str],
    *,
    quiet: Mapping[str, tuple[str, int]],
    outcomes: Sequence[PairOutcome],
) -> dict[str, Any] | Children:
    known = [*_quiet(quiet), *outcomes]
    stage: Stage = stage_of(made, keys, upstream={each.key: list(each.results) for each in known})
    if stage.children:
        return Children(jobs_of(stage, quiet=quiet, then={}), note=_note(keys))
    return _closed(context, made.cut_seq, [*known, *_quiet(stage.quiet)])


def _closed(context: JobContext, cut_seq: int, outcomes: Sequence[PairOutcome]) -> dict[str, Any]:
    if not outcomes:
        return {"runs": {}, "unchanged": [], "overtaken": []}
    fault("run.before_close")
    job = Job.objects.get(ref=context.ref)
    closed = close_runs(job=job, actor=context.actor, cut_seq=cut_seq, outcomes=outcomes)
    return {
        "runs": {key: run.ref for key, run in closed.made.items()},
        "unchanged": list(closed.unchanged),
        "overtaken": list(closed.overtaken),
        "groups": sum(len(outcome.results) for outcome in outcomes),
    }


def _quiet(pairs: Mapping[str, tuple[str, int]]) -> list[PairOutcome]:
    """The outcomes of pairs that stand as they are: those of their run."""
    manifests = Manifest.objects.in_bulk([sha256 for sha256, _run in pairs.values()])
    runs = Run.objects.in_bulk([run for _sha256, run in pairs.values()])
    results = kept_results(runs)
    return [
        PairOutcome(key, manifests[sha256], results[run], runs[run].own_warnings)
        for key, (sha256, run) in pairs.items()
    ]


def _scored(children: Sequence[ChildOutcome]) -> list[PairOutcome]:
    by_pair: dict[str, list[ChildOutcome]] = {}
    for child in children:
        by_pair.setdefault(child.args["pair"], []).append(child)
    manifests = Manifest.objects.in_bulk({child.args["manifest"] for child in children})
    runs = Run.objects.in_bulk({child.args["base"] for child in children if "base" in child.args})
    results = kept_results(runs)
    return [_outcome(key, batch, manifests, runs, results) for key, batch in by_pair.items()]


def _outcome(
    key: str,
    batch: Sequence[ChildOutcome],
    manifests: Mapping[str, Manifest],
    runs: Mapping[int, Run],
    results: Mapping[int, Sequence[tuple[str, int]]],
) -> PairOutcome:
    """What the children scored, and of the run they narrowed every group that was none of theirs."""
    args, asked = batch[0].args, {group for child in batch for group in child.args["groups"]}
    groups = [group for child in batch for group in child.result["groups"]]
    kept, warnings = [], []
    if "base" in args:
        kept = [(group, result) for group, result in results[args["base"]] if group not in asked]
        warnings = [each for each in runs[args["base"]].own_warnings if each["group"] not in asked]
    return PairOutcome(
        key,
        manifests[args["manifest"]],
        [*kept, *((group["key"], group["result"]) for group in groups)],
        [*warnings, *(warning for group in groups for warning in group["warnings"])],
    )


def _note(keys: Sequence[str]) -> str:
    return _("%(n)s 个方案与期间") % {"n": len(keys)}
