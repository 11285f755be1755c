"""Results: content-addressed, never changed."""

from django.db import models
from django.db.models import Q

from foundation.constraints import guard, keep_rows, keep_unchanged
from foundation.rulebook.models import RuleDocument
from intake.models import Period
from units.models import Subject, Unit


class GroupResult(models.Model):
    """组结果: what the engine made of one peer group; the same inputs give the same row."""

    input_sha256 = models.CharField(max_length=64, unique=True)
    output_sha256 = models.CharField(max_length=64)
    stats = models.BinaryField()
    n_subjects = models.IntegerField()
    n_ranked = models.IntegerField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.output_sha256[:12]


class Score(models.Model):
    """得分: one subject in one group result, with the unit and post level at the period's end.

    ``total`` is in micro-points, ``coverage`` in micro-percent; ``parts`` are big-endian int64
    micro-points in the order of the scheme.
    """

    pk = models.CompositePrimaryKey("result", "subject")
    result = models.ForeignKey(GroupResult, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    subject = models.ForeignKey(Subject, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    unit = models.ForeignKey(Unit, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    level = models.CharField(max_length=20, blank=True)
    total = models.BigIntegerField(null=True)
    rank = models.IntegerField(null=True)
    is_tied = models.BooleanField(default=False)
    band = models.CharField(max_length=20, blank=True)
    coverage = models.BigIntegerField()
    reason = models.CharField(max_length=40, blank=True)
    parts = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(total__isnull=False), name="score_rank_has_total"
            ),
            models.CheckConstraint(condition=Q(rank__isnull=False) | ~Q(reason=""), name="score_unranked_has_reason"),
        ]
        indexes = [
            models.Index(fields=["result", "rank", "subject"], name="score_by_rank"),
            models.Index(fields=["result", "unit", "rank", "subject"], name="score_by_unit"),
            models.Index(fields=["subject", "result"], name="score_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.result_id}/{self.subject_id}"


class Current(models.Model):
    """当前结果: the run that readers see for a scheme in a period; moved, never the results."""

    scheme = models.ForeignKey(RuleDocument, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    run = models.ForeignKey("evaluation.Run", models.PROTECT, related_name="+")
    checked_seq = models.BigIntegerField()
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "period"], name="current_one_a_period")]

    def __str__(self) -> str:
        return f"{self.scheme_id}/{self.period_id} → {self.run_id}"


keep_unchanged(GroupResult)
keep_unchanged(Score)
keep_rows(Current)
guard(
    Current,
    "UPDATE",
    "done",
    when="NOT EXISTS (SELECT 1 FROM evaluation_run r WHERE r.id = NEW.run_id AND r.state = 'done')",
    why="evaluation_current: only a finished run may be shown",
)
guard(
    Current,
    "INSERT",
    "whole",
    when="NOT EXISTS (SELECT 1 FROM evaluation_run r WHERE r.id = NEW.run_id AND r.state = 'done')",
    why="evaluation_current: only a finished run may be shown",
)
