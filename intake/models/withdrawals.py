"""Withdrawals of batches."""

from django.db import models
from django.db.models import F, Q

from foundation.constraints import choices_check, guard, keep_columns, keep_rows
from foundation.ledger.models import Entry
from foundation.refs import new_ref
from intake.enums import OPEN_WITHDRAWALS, WithdrawalState
from intake.models.batches import Batch


class Withdrawal(models.Model):
    """撤回: somebody asks that what a batch said be taken back; another person decides.

    ``plan_sha256`` names exactly what both saw: which rows close and which open again. ``decided_by``
    is who approved, refused or cancelled it. ``is_by_two`` is the setting as it stood when it was asked.
    """

    ref = models.CharField(max_length=12, unique=True, default=new_ref)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="withdrawals")
    state = models.CharField(max_length=10, choices=WithdrawalState, default=WithdrawalState.WAITING)
    is_by_two = models.BooleanField()
    reason = models.CharField(max_length=500)
    plan_sha256 = models.CharField(max_length=64)
    n_reopened = models.IntegerField()
    n_removed = models.IntegerField()
    n_kept = models.IntegerField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="withdrawal")

    class Meta:
        constraints = [
            choices_check("state", WithdrawalState, "withdrawal_state_is_known"),
            models.UniqueConstraint(
                fields=["batch"], condition=Q(state__in=OPEN_WITHDRAWALS), name="withdrawal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=WithdrawalState.WAITING, decided_by="", decided_at__isnull=True)
                | (~Q(state=WithdrawalState.WAITING) & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="withdrawal_decided_fits_state",
            ),
            models.CheckConstraint(
                condition=Q(is_by_two=False)
                | Q(state__in=[WithdrawalState.WAITING, WithdrawalState.CANCELLED])
                | ~Q(decided_by=F("asked_by")),
                name="withdrawal_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state=WithdrawalState.DONE, entry__isnull=False)
                | (~Q(state=WithdrawalState.DONE) & Q(entry__isnull=True)),
                name="withdrawal_entry_fits_state",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_a_reason"),
        ]
        indexes = [models.Index(fields=["state", "-asked_at"], name="withdrawal_by_state")]

    def __str__(self) -> str:
        return f"撤回{self.batch}"


keep_rows(Withdrawal)
keep_columns(
    Withdrawal,
    ["ref", "batch_id", "is_by_two", "reason", "plan_sha256", "n_reopened", "n_removed", "n_kept", "asked_by",
     "asked_at"],
    "asked",
    why="what was asked stays",
)  # fmt: skip
guard(
    Withdrawal,
    "UPDATE",
    "state",
    when="OLD.state <> NEW.state AND NOT (OLD.state = 'waiting' AND NEW.state IN ('approved', 'refused', 'cancelled')) "
    "AND NOT (OLD.state = 'approved' AND NEW.state IN ('done', 'lapsed', 'cancelled'))",
    why="intake_withdrawal: a decision is for good",
)
