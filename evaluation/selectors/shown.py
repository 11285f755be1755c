"""The run behind a page, read once a request: its manifest, its groups and the unit runs it stands on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from accounts.scope import Scope
from evaluation.matrices.basis import Basis, basis_of
from evaluation.matrices.groups import NO_GROUP
from evaluation.matrices.rows import UnitTotal
from evaluation.models import Current, Run, RunGroup, RunUpstream, Score
from evaluation.scoring import Scheme
from foundation.permissions import Permission

SCHEME = "scheme"


@dataclass(frozen=True)
class ShownRun:
    """A finished run with what a page reads of it; ``results`` maps a group to its result."""

    run: Run
    basis: Basis
    results: Mapping[str, int]

    @property
    def scheme(self) -> Scheme:
        """The scheme document, parsed."""
        return self.basis.scheme

    @cached_property
    def upstreams(self) -> dict[str, "ShownRun"]:
        """The unit runs that this one read, by code of their scheme."""
        if not self.basis.index_codes:
            return {}
        rows = RunUpstream.objects.filter(run=self.run).select_related("upstream__manifest", "upstream__scheme")
        runs = [row.upstream for row in rows]
        groups = _groups_of(runs)
        found = {run.scheme.code: ShownRun(run, basis_of(run.manifest), groups[run.pk]) for run in runs}
        return {code: found[code] for code in self.basis.index_codes if code in found}

    def unit_scores(self, units: Collection[int]) -> dict[str, dict[int, Score]]:
        """Scores of these units in the upstream runs, by code; units without a group are not held by an index."""
        scheme_of = {
            result: code
            for code, shown in self.upstreams.items()
            for group, result in shown.results.items()
            if group != NO_GROUP
        }
        found: dict[str, dict[int, Score]] = {code: {} for code in self.upstreams}
        for score in Score.objects.filter(result__in=scheme_of, subject__in=list(units)) if scheme_of else ():
            found[scheme_of[score.result_id]][score.subject_id] = score
        return found


def totals_in(scores: Mapping[str, Mapping[int, Score]]) -> dict[str, dict[int, UnitTotal]]:
    """Unit scores as the totals that an index leaf reads."""
    return {code: {unit: UnitTotal(code, score.total) for unit, score in held.items()} for code, held in scores.items()}


def shown_run(*, scheme_code: str, period_code: str) -> ShownRun | None:
    """The run that readers see for a scheme in a period; None when there is none yet."""
    rows = Current.objects.filter(scheme__kind=SCHEME, scheme__code=scheme_code, period__code=period_code)
    current = rows.select_related("run__manifest", "run__scheme", "run__period", "run__scheme_version").first()
    return show(current.run) if current else None


def show(run: Run) -> ShownRun:
    """A run with its manifest and groups."""
    return ShownRun(run, basis_of(run.manifest), _groups_of([run])[run.pk])


def visible_scores(scope: Scope, shown: ShownRun) -> QuerySet[Score]:
    """Scores of a run within the reader's units and levels, without subjects that are cut out.

    Unit and level are those that stand on the score: a person who has moved since is seen by
    whoever managed the post that was judged.
    """
    scores = Score.objects.filter(result__in=list(shown.results.values()))
    if not scope.may(Permission.VIEW_RESULTS):
        return scores.none()
    if scope.units is not None:
        scores = scores.filter(unit__in=scope.units)
    if shown.basis.is_personal:
        scores = scores.filter(level__in=scope.levels).exclude(subject__in=scope.cut_out)
    return scores


def _groups_of(runs: Collection[Run]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {run.pk: {} for run in runs}
    rows = RunGroup.objects.filter(run__in=[run.pk for run in runs]).order_by("group_key")
    for run, key, result in rows.values_list("run_id", "group_key", "result_id"):
        found[run][key] = result
    return found
