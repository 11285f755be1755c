"""The weekly full run: every shown result computed anew from all its facts, and compared with what stands.

It writes no result and moves no pointer. What differs is an alarm: readers go on seeing what they
saw until a person orders a run that narrows nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.errors import EvaluationError
from evaluation.models import Alarm, AlarmKind, Current, Run
from evaluation.selectors.replays import GroupCompared, Replayed, Verdict, recomputed_at, subject_codes
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.clock import now
from foundation.faults import fault
from foundation.jobs.context import ChildJob, Children, JobContext
from foundation.jobs.models import Job
from foundation.jobs.services import request_job

FULL_CHECK = "evaluation.full_check"
CHECK_PAIR = "evaluation.check_pair"


@dataclass(frozen=True)
class Difference:
    """A group of which something else stands: the first subject that differs, and how many do."""

    run: int
    cut: int
    group: str
    kind: str
    subject: int | None
    subject_code: str
    n_subjects: int


@use_case
def request_full_check(*, actor: Actor) -> Job:
    """Ask for the comparison of everything that is shown with a full run."""
    job = request_job(kind=FULL_CHECK, key="full-check", actor=actor)
    record("run.check_requested", job, after={})
    return job


def plan_check(context: JobContext) -> Children:
    """One child a pair, at the cut at which its run was last known to be right."""
    pairs = Current.objects.order_by("scheme__code", "period__code").values_list("run_id", "checked_seq")
    return Children([ChildJob(CHECK_PAIR, {"run": run, "cut": cut}) for run, cut in pairs])


def check_pair(context: JobContext) -> dict[str, Any]:
    """Compute one shown run in full and compare; give what differs."""
    run = Run.objects.select_related("manifest", "scheme", "period").get(pk=context.args["run"])
    found = recomputed_at(run, cut_seq=context.args["cut"])
    told = [asdict(each) for each in _differences(found, context.args["cut"])]
    return {"verdict": found.verdict.value, "groups": len(found.groups), "differences": told}


def close_check(context: JobContext) -> dict[str, Any]:
    """Raise an alarm for what differs and fail with the first of them; else settle what stood open."""
    children = context.children()
    found = [Difference(**each) for child in children for each in child.result["differences"]]
    checked = [child.args["run"] for child in children if child.result["verdict"] == Verdict.SAME]
    job = Job.objects.get(ref=context.ref)
    settle_alarms(job=job, actor=context.actor, runs=checked)
    if found:
        raise_alarms(job=job, actor=context.actor, differences=found)
        fault("check.after_alarm")
        raise EvaluationError("full_run_differs", **_facts(found))
    cannot = sum(child.result["verdict"] == Verdict.CANNOT for child in children)
    return {"pairs": len(children), "groups": sum(child.result["groups"] for child in children), "cannot": cannot}


@use_case
def raise_alarms(*, job: Job, actor: Actor, differences: Sequence[Difference]) -> None:
    """Keep what was found, once a run, cut and group, and write it into the trail."""
    at = now()
    Alarm.objects.bulk_create(
        (
            Alarm(
                run_id=each.run,
                cut_seq=each.cut,
                group_key=each.group,
                kind=each.kind,
                subject_id=each.subject,
                n_subjects=each.n_subjects,
                raised_at=at,
            )
            for each in differences
        ),
        ignore_conflicts=True,
    )
    record("run.check_differs", job, after={"differences": [asdict(each) for each in differences]})


def settle_alarms(*, job: Job, actor: Actor, runs: Sequence[int]) -> None:
    """A full run agrees with what is now shown of these pairs: their alarms are settled."""
    pairs = set(Run.objects.filter(pk__in=runs).values_list("scheme_id", "period_id"))
    rows = Alarm.objects.filter(settled_at__isnull=True).select_related("run")
    open_ones = [each.pk for each in rows if (each.run.scheme_id, each.run.period_id) in pairs]
    if open_ones:
        _settle(job=job, actor=actor, alarms=open_ones)


@use_case
def _settle(*, job: Job, actor: Actor, alarms: Sequence[int]) -> None:
    """Close alarms that no longer hold."""
    Alarm.objects.filter(pk__in=alarms, settled_at__isnull=True).update(settled_at=now(), settled_by=actor.key)
    record("run.alarm_settled", job, after={"alarms": len(alarms)})


def _differences(found: Replayed, cut: int) -> Iterable[Difference]:
    codes = subject_codes(found)
    for group in found.groups:
        if group.is_same:
            continue
        subjects = [each.subject for each in group.subjects]
        first = subjects[0] if subjects else None
        code = codes.get(first, "") if first is not None else ""
        yield Difference(found.run.pk, cut, group.key, _kind(group), first, code, len(subjects))


def _kind(group: GroupCompared) -> str:
    given = next(each for each in group.compared if each.what == "input")
    if not given.stored or not given.computed:
        return AlarmKind.GROUP.value
    return AlarmKind.RESULT.value if given.is_same else AlarmKind.INPUT.value


def _facts(found: Sequence[Difference]) -> dict[str, Any]:
    first = found[0]
    run = Run.objects.select_related("scheme", "period").get(pk=first.run)
    return {
        "n": len(found),
        "scheme": run.scheme.code,
        "period": run.period.code,
        "group": first.group,
        "subject": first.subject_code or "—",
        "subjects": first.n_subjects,
    }
