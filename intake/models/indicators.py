"""Indicators, their options and owners."""

from django.db import models
from django.db.models import F, Q

from foundation.constraints import choices_check, keep_columns, keep_rows
from intake.enums import Direction, PeriodKind
from units.enums import SubjectKind
from units.models import Unit

MAX_VALUE = 2**53 - 1


class Indicator(models.Model):
    """指标: what is measured, of whom, in which measure and with how many decimals.

    ``low`` and ``high`` are in units of 10^-places, like every stored value. What gives stored
    values their meaning (code, subject_kind, places, direction) is fixed once one is stored.
    """

    code = models.CharField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=150, blank=True)
    subject_kind = models.CharField(max_length=10, choices=SubjectKind)
    measure = models.CharField(max_length=20)
    places = models.PositiveSmallIntegerField()
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    direction = models.CharField(max_length=1, choices=Direction)
    native_period = models.CharField(max_length=10, choices=PeriodKind)
    basis = models.CharField(max_length=500)
    note = models.CharField(max_length=300, blank=True)
    sunset_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_check("subject_kind", SubjectKind, "indicator_subject_is_known"),
            choices_check("direction", Direction, "indicator_direction_is_known"),
            choices_check("native_period", PeriodKind, "indicator_period_is_known"),
            models.CheckConstraint(condition=Q(places__lte=9), name="indicator_places_up_to_9"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="indicator_low_below_high"),
            models.CheckConstraint(
                condition=Q(low__gte=-MAX_VALUE) & Q(high__lte=MAX_VALUE), name="indicator_bounds_fit"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class IndicatorOption(models.Model):
    """选项: a label that files carry, and the number that is stored for it."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="options")
    label = models.CharField(max_length=30)
    stored = models.BigIntegerField(help_text="In units of 10^-places.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "label"], name="indicatoroption_one_label"),
            models.UniqueConstraint(fields=["indicator", "stored"], name="indicatoroption_one_number"),
        ]

    def __str__(self) -> str:
        return self.label


class IndicatorOwner(models.Model):
    """数据责任单位: a unit whose clerks enter an indicator."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="owners")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="owned_indicators")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "unit"], name="indicatorowner_once")]

    def __str__(self) -> str:
        return f"{self.indicator_id} ← {self.unit_id}"


keep_rows(Indicator)
keep_columns(
    Indicator,
    ["code", "subject_kind", "places", "direction"],
    "meaning",
    unless="NOT EXISTS (SELECT 1 FROM intake_observation o WHERE o.indicator_id = OLD.id)",
    why="code, subject_kind, places and direction are fixed once used",
)
