"""Periods."""

from django.db import models
from django.db.models import F, Q

from foundation.constraints import choices_check, keep_columns, keep_rows
from intake.enums import PeriodKind


class Period(models.Model):
    """期间: a year, half, quarter or month with days of its own (real counts close on 30 November)."""

    code = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=10, choices=PeriodKind)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            choices_check("kind", PeriodKind, "period_kind_is_known"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_start"),
        ]
        indexes = [models.Index(fields=["kind", "ends_on"], name="period_by_kind")]

    def __str__(self) -> str:
        return self.code


keep_rows(Period)
keep_columns(Period, ["code", "kind"], "code", why="code and kind of a period are fixed")
