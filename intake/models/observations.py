"""Observations."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from foundation.constraints import choices_check
from foundation.ledger.models import Fact, fact_constraints, guard_fact
from intake.enums import Facet, Flag, Vintage
from intake.models.indicators import MAX_VALUE, Indicator
from intake.models.periods import Period
from units.models import Subject


class Observation(Fact):
    """考核数据: one value (or target) of one subject in one period, and the cell it came from.

    The subject stands second in the key: a person's page reads few pages of the index. Four
    foreign keys would make a store 14 times slower; parents are never deleted, existence is
    checked when storing, and ``check_invariants`` looks every night.
    """

    KEY: ClassVar[tuple[str, ...]] = ("period", "subject", "indicator", "facet")
    CONTENT: ClassVar[tuple[str, ...]] = ("value", "flag", "vintage")
    TOUCHES: ClassVar[tuple[str, str]] = ("period_id", "subject_id")

    pk = models.CompositePrimaryKey("period", "subject", "indicator", "facet", "seq_from")
    period = models.ForeignKey(Period, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    subject = models.ForeignKey(Subject, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    indicator = models.ForeignKey(Indicator, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    facet = models.CharField(max_length=6, choices=Facet)
    value = models.BigIntegerField(null=True, help_text="In units of 10^-places of the indicator.")
    flag = models.CharField(max_length=14, choices=Flag, default=Flag.VALUE)
    vintage = models.CharField(max_length=11, choices=Vintage, default=Vintage.FINAL)
    sheet = models.SmallIntegerField(default=0)
    row = models.IntegerField(default=0)
    col = models.SmallIntegerField(default=0)
    evidence_ref = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            *fact_constraints("obs", ("period", "subject", "indicator", "facet")),
            choices_check("facet", Facet, "obs_facet_is_known"),
            choices_check("flag", Flag, "obs_flag_is_known"),
            choices_check("vintage", Vintage, "obs_vintage_is_known"),
            models.CheckConstraint(
                condition=Q(flag=Flag.VALUE, value__isnull=False) | (~Q(flag=Flag.VALUE) & Q(value__isnull=True)),
                name="obs_value_fits_flag",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=-MAX_VALUE, value__lte=MAX_VALUE),
                name="obs_value_fits",
            ),
            models.CheckConstraint(
                condition=Q(facet=Facet.VALUE) | ~Q(flag=Flag.NOT_APPLICABLE), name="obs_target_is_a_number"
            ),
        ]
        indexes = [models.Index(fields=["said_by"], name="obs_by_entry")]

    def __str__(self) -> str:
        return f"{self.period_id}/{self.subject_id}/{self.indicator_id}/{self.facet}"


guard_fact(Observation)
