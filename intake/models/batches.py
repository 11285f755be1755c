"""Batches."""

from django.db import models
from django.db.models import Q

from foundation.constraints import choices_check, keep_columns, keep_rows
from foundation.files.models import StoredFile
from foundation.ledger.models import Entry
from foundation.refs import new_ref
from intake.enums import BatchState


class Batch(models.Model):
    """上传批次: an upload from the file to the receipt.

    ``report`` is what the check found; ``plan_sha256`` names the exact changes that the officer
    saw and confirms. ``left_out`` are the rows of the file that the officer said are no data.
    """

    ref = models.CharField(max_length=12, unique=True, default=new_ref)
    number = models.PositiveIntegerField(unique=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="batches")
    mapping = models.JSONField(null=True)
    report = models.JSONField(null=True)
    left_out = models.JSONField(default=list)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.RECEIVED)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="batch")
    reason = models.CharField(max_length=500, blank=True)
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    committed_by = models.CharField(max_length=80, blank=True)
    committed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            choices_check("state", BatchState, "batch_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=[BatchState.COMMITTED, BatchState.WITHDRAWN], entry__isnull=False)
                | (~Q(state__in=[BatchState.COMMITTED, BatchState.WITHDRAWN]) & Q(entry__isnull=True)),
                name="batch_entry_fits_state",
            ),
            models.CheckConstraint(
                condition=(Q(committed_at__isnull=True) & Q(committed_by=""))
                | (Q(committed_at__isnull=False) & ~Q(committed_by="")),
                name="batch_committed_by_and_at",
            ),
        ]
        indexes = [models.Index(fields=["uploaded_by", "-number"], name="batch_by_uploader")]

    def __str__(self) -> str:
        return f"批次 {self.number}"


keep_rows(Batch)
keep_columns(Batch, ["ref", "number", "file_id", "uploaded_by", "uploaded_at"], "origin", why="origin is for good")
keep_columns(
    Batch,
    ["entry_id", "committed_by", "committed_at", "left_out"],
    "receipt",
    unless="OLD.entry_id IS NULL",
    why="a receipt stays",
)
keep_columns(
    Batch,
    ["state"],
    "state",
    unless="(OLD.state IN ('received', 'checked') AND NEW.state <> 'withdrawn') "
    "OR (OLD.state = 'committed' AND NEW.state = 'withdrawn') "
    "OR (OLD.state = 'rejected' AND NEW.state = 'received' AND NEW.left_out IS DISTINCT FROM OLD.left_out)",
    why="a batch is stored once, and withdrawn once",
)
