"""Exemptions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from foundation.ledger.models import Fact, fact_constraints, guard_fact
from foundation.refs import new_ref
from intake.models import Indicator, Period
from units.models import Subject


class Exemption(Fact):
    """免责: what an upheld fault-tolerance case takes off one subject's own line, and nobody else's."""

    KEY: ClassVar[tuple[str, ...]] = ("ref",)
    CONTENT: ClassVar[tuple[str, ...]] = (
        "case_number", "subject", "period", "indicator", "occurrence_ref", "gate", "is_void",
    )  # fmt: skip
    TOUCHES: ClassVar[tuple[str, str]] = ("period_id", "subject_id")

    ref = models.CharField(max_length=12, default=new_ref)
    case_number = models.CharField(max_length=40)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    occurrence_ref = models.CharField(max_length=12, blank=True, default="")
    gate = models.CharField(max_length=20, blank=True, default="")
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *fact_constraints("exemption", ("ref",)),
            models.CheckConstraint(
                condition=(Q(indicator__isnull=False) & Q(occurrence_ref="") & Q(gate=""))
                | (Q(indicator__isnull=True) & ~Q(occurrence_ref="") & Q(gate=""))
                | (Q(indicator__isnull=True) & Q(occurrence_ref="") & ~Q(gate="")),
                name="exemption_names_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["period", "subject"], name="exemption_by_subject")]

    def __str__(self) -> str:
        return self.case_number


guard_fact(Exemption)
