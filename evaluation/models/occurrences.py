"""Occurrences."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from foundation.files.models import StoredFile
from foundation.ledger.models import Fact, fact_constraints, guard_fact
from foundation.refs import new_ref
from intake.models import Period
from units.models import Subject


class Occurrence(Fact):
    """事项: a bonus, a deduction (A…) or a gate (G…) booked on one subject in one period.

    ``points`` are micro-points; a gate has none.
    """

    KEY: ClassVar[tuple[str, ...]] = ("ref",)
    CONTENT: ClassVar[tuple[str, ...]] = ("subject", "period", "code", "points", "evidence", "source_text", "is_void")
    TOUCHES: ClassVar[tuple[str, str]] = ("period_id", "subject_id")

    ref = models.CharField(max_length=12, default=new_ref)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=20)
    points = models.BigIntegerField(null=True, blank=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    source_text = models.CharField(max_length=300)
    source_case = models.CharField(max_length=40, blank=True, default="")
    is_void = models.BooleanField(default=False, help_text="Taken back; the row stays for the auditor.")

    class Meta:
        constraints = [
            *fact_constraints("occurrence", ("ref",)),
            models.CheckConstraint(condition=~Q(source_text=""), name="occurrence_has_a_source"),
        ]
        indexes = [models.Index(fields=["period", "subject"], name="occurrence_by_subject")]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_id}"


guard_fact(Occurrence)
