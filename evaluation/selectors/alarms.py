"""Alarms that stand open: what the weekly full run found otherwise than readers see it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.scope import Scope
from cadres.models import Cadre
from evaluation.models import Alarm, Score
from evaluation.selectors.scheme_names import scheme_name
from evaluation.selectors.shown import show, visible_scores
from foundation.permissions import Permission
from units.models import Unit


@dataclass(frozen=True)
class OpenAlarm:
    """One alarm; ``subject_name`` is empty where the reader may not see the subject."""

    scheme_name: str
    period_code: str
    group: str
    kind: str
    kind_label: str
    run_ref: str
    run_number: int
    n_subjects: int
    subject_name: str
    raised_at: datetime


def open_alarms() -> QuerySet[Alarm]:
    """Alarms that nobody has settled, newest first."""
    rows = Alarm.objects.filter(settled_at__isnull=True)
    return rows.select_related("run__scheme_version", "run__period", "run__manifest").order_by("-pk")


def count_alarms(scope: Scope) -> int:
    """How many stand open, for who starts runs or looks after the jobs; 0 for everybody else."""
    may = scope.may(Permission.START_RUN) or scope.may(Permission.VIEW_JOBS)
    return open_alarms().count() if may else 0


def alarm_rows(scope: Scope, *, most: int = 5) -> list[OpenAlarm]:
    """The newest open alarms for who may look at runs; subjects are named within the reader's scope only."""
    if not scope.may(Permission.VIEW_RUNS):
        return []
    return [_row(scope, alarm) for alarm in open_alarms()[:most]]


def _row(scope: Scope, alarm: Alarm) -> OpenAlarm:
    return OpenAlarm(
        scheme_name=scheme_name(alarm.run.scheme_version.body),
        period_code=alarm.run.period.code,
        group=alarm.group_key,
        kind=alarm.kind,
        kind_label=alarm.get_kind_display(),
        run_ref=alarm.run.ref,
        run_number=alarm.run.number,
        n_subjects=alarm.n_subjects,
        subject_name=_name(scope, alarm),
        raised_at=alarm.raised_at,
    )


def _name(scope: Scope, alarm: Alarm) -> str:
    seen: QuerySet[Score] = visible_scores(scope, show(alarm.run)).filter(subject=alarm.subject_id)
    if alarm.subject_id is None or not seen.exists():
        return ""
    cadre = Cadre.objects.filter(pk=alarm.subject_id).values_list("name", flat=True).first()
    return cadre or Unit.objects.values_list("name", flat=True).get(pk=alarm.subject_id)
