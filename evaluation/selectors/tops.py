"""The top of a run for the terminal, without any scope."""

from dataclasses import dataclass

from cadres.models import Cadre
from evaluation.models import Run, RunGroup, Score
from foundation.web.figures import points_text
from units.models import Unit


@dataclass(frozen=True)
class TopRow:
    """One line of the top of a run, for the terminal."""

    group: str
    rank: int
    total_text: str
    name: str


def top_rows(run: Run, *, most: int) -> list[TopRow]:
    """The best totals of a run over all its groups, without any scope: for commands only."""
    groups = dict(RunGroup.objects.filter(run=run).values_list("result_id", "group_key"))
    rows = list(Score.objects.filter(result__in=groups, total__isnull=False).order_by("-total", "subject")[:most])
    subjects = [row.subject_id for row in rows]
    names = dict(Cadre.objects.filter(pk__in=subjects).values_list("pk", "name"))
    names |= dict(Unit.objects.filter(pk__in=subjects).values_list("pk", "name"))
    return [
        TopRow(groups[row.result_id], row.rank or 0, points_text(row.total or 0), names.get(row.subject_id, ""))
        for row in rows
    ]
