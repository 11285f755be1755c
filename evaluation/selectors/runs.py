"""Runs as readers see them: the list, one run with its inputs and groups, what is current."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _

from accounts.scope import Scope
from evaluation.enums import RunState
from evaluation.matrices.basis import basis_of
from evaluation.matrices.groups import NO_GROUP
from evaluation.models import Current, GroupResult, Run, RunGroup, RunUpstream, Score
from evaluation.selectors.people import unit_names
from evaluation.selectors.scheme_names import scheme_name
from evaluation.selectors.shown import SCHEME, ShownRun, show
from foundation.actor import actor_names
from foundation.ledger.models import Entry
from foundation.permissions import Permission

MOST_DIGITS = 9
"""Digits of a run's number at most; references have twelve letters and digits."""


@dataclass(frozen=True)
class CurrentRun:
    """What readers see of a scheme in a period: choices of a page, and which run stands behind each."""

    scheme_code: str
    scheme_name: str
    is_personal: bool
    period_code: str
    run_ref: str
    run_number: int
    checked_seq: int
    checked_at: datetime


@dataclass(frozen=True)
class RunRow:
    """One run in a list; ``is_current`` says that readers see it now."""

    ref: str
    number: int
    scheme_code: str
    scheme_name: str
    period_code: str
    state: str
    state_label: str
    started_at: datetime
    duration: timedelta | None
    n_subjects: int
    n_ranked: int
    n_groups: int
    n_fresh: int
    who: str
    is_current: bool


@dataclass(frozen=True)
class RunGroupRow:
    """One peer group of a run; ``is_fresh``: scored by this run, and not taken over from an earlier one."""

    key: str
    label: str
    n: int
    n_ranked: int
    median: int | None
    least: int | None
    most: int | None
    is_fresh: bool


@dataclass(frozen=True)
class UpstreamRow:
    """A unit run that a person run read."""

    ref: str
    number: int
    scheme_code: str
    scheme_name: str


@dataclass(frozen=True)
class RunPage:
    """One run: its inputs, its groups, what to know, how long it took."""

    shown: ShownRun
    row: RunRow
    version: int
    cut_seq: int
    data_as_of: datetime | None
    engine: str
    manifest_sha256: str
    groups: tuple[RunGroupRow, ...]
    upstreams: tuple[UpstreamRow, ...]
    warnings: tuple[str, ...]
    job_ref: str


def current_run(*, scheme_code: str, period_code: str) -> Run | None:
    """The run that readers see for a scheme in a period."""
    rows = Current.objects.filter(scheme__kind=SCHEME, scheme__code=scheme_code, period__code=period_code)
    current = rows.select_related("run__scheme_version", "run__period", "run__scheme", "run__manifest").first()
    return current.run if current else None


def run_named(named: str) -> Run | None:
    """A run by its number or its reference, with all that a replay asks of it; for commands, which have no reader."""
    is_number = named.isascii() and named.isdigit() and len(named) <= MOST_DIGITS
    found = _with_inputs().filter(**{"number": int(named)} if is_number else {"ref": named})
    return found.first()


def recent_runs(*, most: int) -> list[Run]:
    """The newest finished runs, newest first."""
    return list(_with_inputs().filter(state=RunState.DONE).order_by("-number")[:most])


def _with_inputs() -> QuerySet[Run]:
    return Run.objects.select_related("manifest", "scheme", "period", "scheme_version")


def current_runs(scope: Scope) -> list[CurrentRun]:
    """Every scheme and period that has a result, newest period first; empty for who sees no results."""
    if not scope.may(Permission.VIEW_RESULTS):
        return []
    rows = Current.objects.select_related("scheme", "period", "run__scheme_version").order_by(
        "-period__ends_on", "scheme__code"
    )
    return [
        CurrentRun(
            scheme_code=row.scheme.code,
            scheme_name=scheme_name(row.run.scheme_version.body),
            is_personal=row.run.scheme_version.body["subject"] == "cadre",
            period_code=row.period.code,
            run_ref=row.run.ref,
            run_number=row.run.number,
            checked_seq=row.checked_seq,
            checked_at=row.checked_at,
        )
        for row in rows
    ]


def visible_runs(scope: Scope) -> QuerySet[Run]:
    """Runs that a reader may look at: all of them, with the right to; a run page names no person."""
    runs = Run.objects.select_related("scheme", "scheme_version", "period", "job")
    return runs if scope.may(Permission.VIEW_RUNS) else runs.none()


def run_rows(runs: Iterable[Run]) -> list[RunRow]:
    """Rows of a list, in the order of the runs, in three queries for all of them."""
    runs = list(runs)
    names = actor_names(run.by_key for run in runs)
    current = set(Current.objects.filter(run__in=runs).values_list("run_id", flat=True))
    groups: dict[int, list[datetime]] = {run.pk: [] for run in runs}
    for run, made_at in RunGroup.objects.filter(run__in=runs).values_list("run_id", "result__made_at"):
        groups[run].append(made_at)
    return [_row(run, names, current, groups[run.pk]) for run in runs]


def run_page(scope: Scope, *, ref: str) -> RunPage | None:
    """The page of one run; None where the reader may not see it."""
    run = visible_runs(scope).select_related("manifest").filter(ref=ref).first()
    if run is None:
        return None
    shown = show(run)
    upstreams = RunUpstream.objects.filter(run=run).select_related("upstream__scheme_version__document")
    return RunPage(
        shown=shown,
        row=run_rows([run])[0],
        version=run.scheme_version.number,
        cut_seq=run.cut_seq,
        data_as_of=Entry.objects.filter(seq__lte=run.cut_seq).aggregate(at=Max("at"))["at"],
        engine=run.engine,
        manifest_sha256=run.manifest_id,
        groups=tuple(_group_rows(shown)),
        upstreams=tuple(_upstream(row.upstream) for row in upstreams.order_by("upstream__number")),
        warnings=tuple(_warning_texts(run)),
        job_ref=run.job.ref if run.job else "",
    )


def _row(run: Run, names: Mapping[str, str], current: set[int], made_at: list[datetime]) -> RunRow:
    return RunRow(
        ref=run.ref,
        number=run.number,
        scheme_code=run.scheme.code,
        scheme_name=scheme_name(run.scheme_version.body),
        period_code=run.period.code,
        state=run.state,
        state_label=run.get_state_display(),
        started_at=run.started_at,
        duration=run.ended_at - run.started_at if run.ended_at else None,
        n_subjects=run.n_subjects,
        n_ranked=run.n_ranked,
        n_groups=len(made_at),
        n_fresh=sum(each >= run.started_at for each in made_at),
        who=names.get(run.by_key, run.by_key),
        is_current=run.pk in current,
    )


def _group_rows(shown: ShownRun) -> Iterable[RunGroupRow]:
    results = GroupResult.objects.in_bulk(list(shown.results.values()))
    totals: dict[int, list[int]] = {pk: [] for pk in results}
    scores = Score.objects.filter(result__in=results, total__isnull=False).order_by("result", "total")
    for result, total in scores.values_list("result_id", "total"):
        totals[result].append(total or 0)
    for key, pk in shown.results.items():
        ordered = totals[pk]
        yield RunGroupRow(
            key=key,
            label=key or _("未分组"),
            n=results[pk].n_subjects,
            n_ranked=results[pk].n_ranked,
            median=median_of(ordered),
            least=ordered[0] if ordered else None,
            most=ordered[-1] if ordered else None,
            is_fresh=results[pk].made_at >= shown.run.started_at,
        )


def median_of(ordered: list[int]) -> int | None:
    """The middle of ordered totals, half up between two; None of none.

    >>> median_of([1, 2, 4, 9])
    3
    """
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return (sum(middle) * 2 + len(middle)) // (2 * len(middle)) if middle else None


def _upstream(run: Run) -> UpstreamRow:
    return UpstreamRow(run.ref, run.number, run.scheme_version.document.code, scheme_name(run.scheme_version.body))


def _warning_texts(run: Run) -> Iterable[str]:
    found = run.warnings
    n = {code: sum(each.get("n", 0) for each in found if each["code"] == code) for code in ("no_group", "no_values")}
    if n["no_group"]:
        yield _("%(n)s 个对象所在单位没有编入同类组，没有参加排名。") % {"n": n["no_group"]}
    if n["no_values"]:
        yield _("%(n)s 个对象没有任何本级数据。") % {"n": n["no_values"]}
    small = [each["group"] for each in found if each["code"] == "small_group"]
    if small:
        yield _("%(n)s 个组的部分指标有数的对象太少，改按方案规定的小组算法：%(groups)s。") % {
            "n": len(small),
            "groups": "、".join(small),
        }
    named = {pk for each in found for pk in each.get("units", [each["unit"]] if "unit" in each else [])}
    units = unit_names(basis_of(run.manifest), named)
    without = sorted({pk for each in found if each["code"] == "unit_without_total" for pk in each["units"]})
    if without:
        names = "、".join(units[pk].name for pk in without[:5] if pk in units)
        yield _("%(n)s 个单位没有得分，任职者因此没有得分：%(names)s。") % {"n": len(without), "names": names}
    for each in found:
        if each["code"] == "group_change":
            facts = {"unit": units[each["unit"]].name, "group": each["group"] or NO_GROUP, "reason": each["reason"]}
            yield _("%(unit)s 在期内调入“%(group)s”组，原因：%(reason)s") % facts


def least_checked_seq() -> int:
    """The cut that every shown result knows."""
    return Current.objects.aggregate(least=Min("checked_seq"))["least"] or 0
