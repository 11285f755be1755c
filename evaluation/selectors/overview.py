"""The newest period at a glance: how many are ranked and how complete their data are, scheme by scheme."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Avg, Count, QuerySet

from accounts.scope import Scope
from evaluation.models import RunGroup, Score
from evaluation.selectors.runs import CurrentRun, current_runs


@dataclass(frozen=True)
class SchemeStanding:
    """One scheme in the period: its subjects that the reader may see; ``coverage`` is their mean in micro-percent."""

    run: CurrentRun
    n: int
    n_ranked: int
    n_groups: int
    coverage: int | None


@dataclass(frozen=True)
class Overview:
    """The newest period that has a result, as far as the reader sees it."""

    period_code: str
    schemes: tuple[SchemeStanding, ...]

    @property
    def personal(self) -> tuple[SchemeStanding, ...]:
        """The schemes that judge persons."""
        return tuple(each for each in self.schemes if each.run.is_personal)

    @property
    def coverage(self) -> int | None:
        """Mean completeness over all persons, in micro-percent."""
        counted = [each for each in self.personal if each.coverage is not None]
        n = sum(each.n for each in counted)
        return sum((each.coverage or 0) * each.n for each in counted) // n if n else None


def overview(scope: Scope) -> Overview | None:
    """The newest period in four queries; None for who sees no results or where there are none."""
    runs = current_runs(scope)
    newest = [run for run in runs if run.period_code == runs[0].period_code]
    if not newest:
        return None
    refs = {run.run_ref: run for run in newest}
    groups = RunGroup.objects.filter(run__ref__in=refs).values_list("result_id", "run__ref")
    scheme_of = {result: refs[ref] for result, ref in groups}
    personal = [result for result, run in scheme_of.items() if run.is_personal]
    units = [result for result, run in scheme_of.items() if not run.is_personal]
    seen = Score.objects.all() if scope.units is None else Score.objects.filter(unit__in=scope.units)
    of_persons = seen.filter(result__in=personal, level__in=scope.levels).exclude(subject__in=scope.cut_out)
    rows = [*_counted(of_persons), *_counted(seen.filter(result__in=units))]
    standings = [_standing(run, [row for row in rows if scheme_of[row[0]] is run]) for run in newest]
    return Overview(newest[0].period_code, tuple(each for each in standings if each.n))


def _counted(scores: QuerySet[Score]) -> Iterable[tuple[int, int, int, float]]:
    counted = scores.values("result_id").annotate(n=Count("subject"), ranked=Count("rank"), mean=Avg("coverage"))
    return counted.order_by().values_list("result_id", "n", "ranked", "mean")


def _standing(run: CurrentRun, rows: list[tuple[int, int, int, float]]) -> SchemeStanding:
    n = sum(count for _result, count, _ranked, _mean in rows)
    return SchemeStanding(
        run=run,
        n=n,
        n_ranked=sum(ranked for _result, _count, ranked, _mean in rows),
        n_groups=len(rows),
        coverage=int(sum(count * mean for _result, count, _ranked, mean in rows) / n) if n else None,
    )
