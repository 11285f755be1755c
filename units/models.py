"""Subjects and units."""

from django.db import models
from django.db.models import F, Q

from foundation.constraints import choices_check, keep_columns, keep_rows
from units.enums import SubjectKind, SuccessionKind, UnitKind


class Subject(models.Model):
    """考核对象: the integer of whoever is judged; a unit or a cadre has it as primary key."""

    kind = models.CharField(max_length=10, choices=SubjectKind)

    class Meta:
        constraints = [choices_check("kind", SubjectKind, "subject_kind_is_known")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Unit(models.Model):
    """单位: a banner, department, township, village … with its place in the tree."""

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=UnitKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_check("kind", UnitKind, "unit_kind_is_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="unit_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("subject")), name="unit_is_not_its_own_parent"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="unit_has_a_code"),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="unit_by_kind")]

    def __str__(self) -> str:
        return self.name


class UnitAlias(models.Model):
    """单位别名: another name under which files may speak of a unit."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="aliases")
    text = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.text


class UnitSuccession(models.Model):
    """单位沿革: renamed, merged, split; trends follow it."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="origins")
    took_effect_on = models.DateField()
    how = models.CharField(max_length=10, choices=SuccessionKind)

    class Meta:
        constraints = [
            choices_check("how", SuccessionKind, "unitsuccession_how_is_known"),
            models.UniqueConstraint(fields=["predecessor", "successor"], name="unitsuccession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="unitsuccession_two_units"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


keep_rows(Subject)
keep_rows(Unit)
keep_columns(Subject, ["kind"], "kind", why="a subject never changes its kind")
keep_columns(Unit, ["kind"], "kind", why="the kind of a unit is fixed")
