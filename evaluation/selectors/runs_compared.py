"""Two runs of one scheme beside each other, and which run a reader would compare with."""

from dataclasses import dataclass

from accounts.scope import Scope
from evaluation.enums import RunState
from evaluation.models import Current, Run
from evaluation.scoring import ENGINE_VERSION
from evaluation.selectors.shown import ShownRun, show
from foundation.permissions import Permission


@dataclass(frozen=True)
class TwoRuns:
    """Two finished runs of one scheme, the earlier first: by period, then by number."""

    older: ShownRun
    newer: ShownRun

    @property
    def is_same_period(self) -> bool:
        """Whether both are of one period: then only what was written between the two cuts can have moved anything."""
        return self.older.run.period_id == self.newer.run.period_id

    @property
    def is_explicable(self) -> bool:
        """Whether this program's engine made both, so that their lines can be recomputed."""
        runs = [self.older, self.newer]
        runs += [upstream for shown in runs for upstream in shown.upstreams.values()]
        return all(each.run.engine == ENGINE_VERSION for each in runs)


def two_runs(ref: str, other: str) -> TwoRuns | None:
    """The runs of these references; None where they are not two finished runs of one scheme."""
    rows = Run.objects.filter(ref__in=[ref, other], state=RunState.DONE)
    found = list(rows.select_related("manifest", "scheme", "period", "scheme_version"))
    if len(found) != 2 or found[0].scheme_id != found[1].scheme_id:
        return None
    older, newer = sorted(found, key=lambda run: (run.period.ends_on, run.number))
    return TwoRuns(show(older), show(newer))


def run_before(run: Run) -> Run | None:
    """The run of the same scheme and period before this one; None for the first."""
    rows = Run.objects.filter(scheme=run.scheme_id, period=run.period_id, number__lt=run.number, state=RunState.DONE)
    return rows.order_by("-number").first()


def run_to_compare(run: Run) -> Run | None:
    """The run before this one, else the one that readers see of the period before."""
    return run_before(run) or current_run_before(run)


def current_run_before(run: Run) -> Run | None:
    """The run that readers see of the scheme's period before this run's."""
    rows = Current.objects.filter(
        scheme=run.scheme_id, period__kind=run.period.kind, period__ends_on__lt=run.period.starts_on
    )
    current = rows.select_related("run").order_by("-period__ends_on").first()
    return current.run if current else None


@dataclass(frozen=True)
class RunChoice:
    """A run that the newer one may be compared with."""

    ref: str
    number: int
    period_code: str


def runs_to_compare(scope: Scope, run: Run, *, most: int = 12) -> list[RunChoice]:
    """Earlier runs of the pair, then those that readers see of earlier periods; none for who may see neither."""
    if not (scope.may(Permission.VIEW_RESULTS) or scope.may(Permission.VIEW_OWN_RESULT)):
        return []
    same = Run.objects.filter(scheme=run.scheme_id, period=run.period_id, number__lt=run.number, state=RunState.DONE)
    shown = Current.objects.filter(scheme=run.scheme_id, period__ends_on__lt=run.period.starts_on)
    earlier = Run.objects.filter(pk__in=shown.values("run_id")).order_by("-period__ends_on")
    rows = [*same.select_related("period").order_by("-number")[:most], *earlier.select_related("period")[:most]]
    return [RunChoice(row.ref, row.number, row.period.code) for row in rows]
