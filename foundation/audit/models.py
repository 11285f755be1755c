"""The audit chain and the log of reads."""

from django.db import models

from foundation.constraints import keep_unchanged


class AuditHead(models.Model):
    """链头: the one row whose lock puts all events into one order."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audithead_is_one_row")]

    def __str__(self) -> str:
        return f"audit head {self.seq}"


class AuditEvent(models.Model):
    """审计事件: what one use case did, chained to the event before it.

    The actor stands here as plain values, so that an event outlives the account.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    actor_key = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    actor_role = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["object_kind", "object_ref", "seq"], name="event_by_object"),
            models.Index(fields=["actor_key", "seq"], name="event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class ReadLog(models.Model):
    """查阅记录: who looked at whose personal file; outside the chain, sealed into it by the hour."""

    at = models.DateTimeField()
    actor_key = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    page = models.CharField(max_length=60)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject_id", "id"], name="read_by_subject")]

    def __str__(self) -> str:
        return f"{self.actor_key} → {self.page}"


class ReadSeal(models.Model):
    """查阅封存: digest of the reads up to one row, with the event that chains it."""

    until_id = models.BigIntegerField(unique=True)
    sha256 = models.CharField(max_length=64)
    audit_seq = models.BigIntegerField()

    def __str__(self) -> str:
        return f"seal up to {self.until_id}"


for _model in (AuditEvent, ReadLog, ReadSeal):
    keep_unchanged(_model)
