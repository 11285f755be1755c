"""Head, entries, touches, and the base class of facts."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from foundation.constraints import keep_rows, write_once


class LedgerHead(models.Model):
    """账头: the one row that gives the commit sequence; its lock orders all writings of facts."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledgerhead_is_one_row")]

    def __str__(self) -> str:
        return f"ledger head {self.seq}"


class Entry(models.Model):
    """入库回执: one committed writing of facts; its number is a place in the commit order.

    A withdrawal counts keys that go back to an earlier value as changed, keys that have no value
    any more as removed, and keys that a later entry had corrected, so that they stay, as same.
    """

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    actor_key = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    n_new = models.IntegerField()
    n_changed = models.IntegerField()
    n_same = models.IntegerField()
    n_removed = models.IntegerField(default=0)
    rows_sha256 = models.CharField(max_length=64)
    withdraws = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    withdrawn_by = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seq__gt=0), name="entry_seq_is_positive"),
            models.CheckConstraint(
                condition=Q(n_new__gte=0) & Q(n_changed__gte=0) & Q(n_same__gte=0), name="entry_counts_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(n_removed=0) | (Q(n_removed__gt=0) & Q(withdraws__isnull=False)),
                name="entry_removes_by_withdrawal",
            ),
            # A withdrawal is not withdrawn: what it took back is said again by a new writing.
            models.CheckConstraint(
                condition=Q(withdraws__isnull=True) | Q(withdrawn_by__isnull=True), name="entry_withdrawal_stands"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.seq}"


class Touch(models.Model):
    """触及: what an entry touched, so that the next run knows what to look at again."""

    seq = models.BigIntegerField()
    period_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["seq"], name="touch_by_seq")]

    def __str__(self) -> str:
        return f"{self.seq} {self.what}"


class TouchHorizon(models.Model):
    """触及起点: up to this entry touches were cleared away, since everything shown had been checked against them.

    Whoever last looked before it can no longer know what changed, and looks at everything.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="touchhorizon_is_one_row")]

    def __str__(self) -> str:
        return f"touches after {self.seq}"


class Fact(models.Model):
    """事实: what a score may read. A row is in force for cuts in ``[seq_from, seq_to)``.

    ``KEY`` names the columns of which one row at most is open, ``CONTENT`` those whose change
    makes a correction; the rest says where the row came from. ``said_by`` is the entry that
    first said it: equal to ``seq_from`` unless a withdrawal opened the row again.
    """

    KEY: ClassVar[tuple[str, ...]]
    CONTENT: ClassVar[tuple[str, ...]]
    TOUCHES: ClassVar[tuple[str, str]] = ("NULL", "NULL")
    """SQL expressions over the fact's columns for the period and the subject that a row touches."""

    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)
    said_by = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} said by {self.said_by}"


def fact_constraints(name: str, key: tuple[str, ...]) -> list[models.BaseConstraint]:
    """Constraints of a fact's interval and of its one open row; ``name`` is the model's, in short."""
    return [
        models.CheckConstraint(
            condition=Q(seq_to__isnull=True) | Q(seq_to__gt=F("seq_from")), name=f"{name}_interval_is_forward"
        ),
        models.CheckConstraint(condition=Q(said_by__lte=F("seq_from")), name=f"{name}_said_before_open"),
        models.UniqueConstraint(fields=key, condition=Q(seq_to__isnull=True), name=f"{name}_one_open_row"),
    ]


def guard_fact(model: type[Fact]) -> None:
    """Let only ``seq_to`` of a fact be written, once; nothing is deleted."""
    write_once(model, "seq_to")


def in_force(rows: models.QuerySet[Any], cut_seq: int) -> models.QuerySet[Any]:
    """Rows of a fact that are in force at a cut: a number, never a time."""
    return rows.filter(seq_from__lte=cut_seq).filter(Q(seq_to__isnull=True) | Q(seq_to__gt=cut_seq))


def last_committed_seq() -> int:
    """The cut that a run takes: the last committed entry, read without a lock."""
    return LedgerHead.objects.values_list("seq", flat=True).get(pk=1)


write_once(Entry, "withdrawn_by_id")
keep_rows(LedgerHead)
keep_rows(TouchHorizon)
