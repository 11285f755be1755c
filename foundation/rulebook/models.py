"""Documents and their versions."""

from django.db import models
from django.db.models import F, Q

from foundation.constraints import keep_columns, keep_rows


class RuleDocument(models.Model):
    """规则文件: what a rule is called, over all its versions; a scheme is one kind."""

    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="ruledocument_one_code_a_kind")]

    def __str__(self) -> str:
        return self.code


class RuleVersion(models.Model):
    """规则版本: one body, never changed; in force once a second person has approved it."""

    document = models.ForeignKey(RuleDocument, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    source = models.TextField(help_text="The text that was handed in, comments included.")
    in_force_from = models.DateField(help_text="First day of the first period that it rules.")
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, null=True)  # noqa: DJ001 - nobody yet is not an empty name
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="ruleversion_one_number"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="ruleversion_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="ruleversion_approved_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"


keep_rows(RuleDocument)
keep_rows(RuleVersion)
keep_columns(
    RuleVersion,
    ["document_id", "number", "body", "sha256", "source", "in_force_from", "proposed_by", "proposed_at"],
    "body",
    why="a proposed body never changes",
)
keep_columns(
    RuleVersion,
    ["approved_by", "approved_at"],
    "approval",
    unless="OLD.approved_by IS NULL",
    why="an approval is given once",
)
