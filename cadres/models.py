"""Cadres and the facts of their service."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cadres.enums import Front, Gender, PostClass, PostingKind, PostLevel, SanctionKind, SpellKind
from foundation.constraints import choices_check, guard, keep_columns, keep_rows
from foundation.ledger.models import Fact, fact_constraints, guard_fact
from foundation.refs import new_ref
from units.models import Subject, Unit


class Cadre(models.Model):
    """干部: a person who is judged. Found by employee number, never by name."""

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True)
    ref = models.CharField(max_length=12, unique=True, default=new_ref)
    employee_no = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=50)
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=50, blank=True)
    gender = models.CharField(max_length=10, choices=Gender, blank=True)
    born_on = models.DateField(null=True, blank=True, help_text="First day of the month of birth.")
    ethnicity = models.CharField(max_length=20, blank=True)
    education = models.CharField(max_length=20, blank=True)
    job_grade = models.CharField(max_length=20, blank=True)
    is_party_member = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gender="") | Q(gender__in=list(Gender.values)), name="cadre_gender_is_known"
            ),
            models.CheckConstraint(condition=~Q(employee_no=""), name="cadre_has_a_number"),
            models.CheckConstraint(condition=~Q(name=""), name="cadre_has_a_name"),
        ]
        indexes = [models.Index(fields=["pinyin", "subject"], name="cadre_by_pinyin")]

    def __str__(self) -> str:
        return self.name


class DatedFact(Fact):
    """A fact about a cadre that holds from one day to another, both inside."""

    KEY: ClassVar[tuple[str, ...]] = ("ref",)
    TOUCHES: ClassVar[tuple[str, str]] = ("NULL", "cadre_id")

    ref = models.CharField(max_length=12, default=new_ref, help_text="Stays the same over all corrections.")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+", db_index=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


def _dated(name: str) -> list[models.BaseConstraint]:
    return [
        *fact_constraints(name, ("ref",)),
        models.CheckConstraint(
            condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name=f"{name}_ends_after_start"
        ),
    ]


class Posting(DatedFact):
    """任职: who holds which post in which unit, from when to when (both days in post)."""

    CONTENT: ClassVar[tuple[str, ...]] = (
        "cadre", "unit", "title", "post_class", "post_level", "kind", "front", "starts_on", "ends_on",
    )  # fmt: skip

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=100)
    post_class = models.CharField(max_length=10, choices=PostClass)
    post_level = models.CharField(max_length=20, choices=PostLevel)
    kind = models.CharField(max_length=20, choices=PostingKind)
    front = models.CharField(max_length=20, choices=Front, blank=True)

    class Meta:
        constraints = [
            *_dated("posting"),
            choices_check("post_class", PostClass, "posting_class_is_known"),
            choices_check("post_level", PostLevel, "posting_level_is_known"),
            choices_check("kind", PostingKind, "posting_kind_is_known"),
            models.CheckConstraint(
                condition=(Q(kind="front_line") & Q(front__in=list(Front.values)))
                | (~Q(kind="front_line") & Q(front="")),
                name="posting_front_fits_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["cadre", "starts_on"], name="posting_by_cadre"),
            models.Index(fields=["unit", "starts_on"], name="posting_by_unit"),
        ]

    def __str__(self) -> str:
        return self.title


class StatusSpell(DatedFact):
    """状态: probation, leave, illness, an open case …, from day to day."""

    CONTENT: ClassVar[tuple[str, ...]] = ("cadre", "kind", "starts_on", "ends_on")

    kind = models.CharField(max_length=20, choices=SpellKind)

    class Meta:
        constraints = [*_dated("spell"), choices_check("kind", SpellKind, "spell_kind_is_known")]
        indexes = [models.Index(fields=["cadre", "starts_on"], name="spell_by_cadre")]

    def __str__(self) -> str:
        return self.kind


class Sanction(DatedFact):
    """处分: decided on ``starts_on``, in force until ``ends_on``."""

    CONTENT: ClassVar[tuple[str, ...]] = ("cadre", "kind", "starts_on", "ends_on")

    kind = models.CharField(max_length=20, choices=SanctionKind)

    class Meta:
        constraints = [*_dated("sanction"), choices_check("kind", SanctionKind, "sanction_kind_is_known")]
        indexes = [models.Index(fields=["cadre", "starts_on"], name="sanction_by_cadre")]

    def __str__(self) -> str:
        return self.kind


keep_rows(Cadre)
keep_columns(Cadre, ["ref"], "ref", why="a reference is for good")
for _fact in (Posting, StatusSpell, Sanction):
    guard_fact(_fact)

guard(
    Posting,
    "INSERT",
    "overlap",
    when=(
        "NEW.kind = 'main' AND NEW.seq_to IS NULL AND EXISTS (SELECT 1 FROM cadres_posting p "
        "WHERE p.cadre_id = NEW.cadre_id AND p.kind = 'main' AND p.seq_to IS NULL AND p.ref <> NEW.ref "
        "AND (p.ends_on IS NULL OR p.ends_on >= NEW.starts_on) "
        "AND (NEW.ends_on IS NULL OR NEW.ends_on >= p.starts_on))"
    ),
    why="cadres_posting: two main postings of a cadre overlap",
)
