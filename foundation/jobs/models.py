"""The one table of this app."""

from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from foundation.constraints import choices_check
from foundation.jobs.enums import ENDED_STATES, OPEN_STATES, JobState
from foundation.refs import new_ref

REF_LENGTH = 12


class Job(models.Model):
    """任务: one piece of long work, with who asked for it, who holds it and how it ended.

    ``worker`` names one claim, not one process: whoever writes about a job says
    ``WHERE worker = mine``, so a holder that lost its lease can write nothing. A job in
    ``running`` without a worker waits for its children.
    """

    ref = models.CharField(max_length=REF_LENGTH, unique=True, default=new_ref, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    once = models.CharField(max_length=100, unique=True, null=True, blank=True)
    owner_key = models.CharField(max_length=160)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    stage = models.PositiveSmallIntegerField(default=0)
    stage_of_parent = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    wake_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    again_by = models.CharField(max_length=160, blank=True, default="")

    progress_done = models.PositiveBigIntegerField(default=0)
    progress_all = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True, default="")
    result = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    error = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_check("state", JobState, "job_state_is_known"),
            models.UniqueConstraint(fields=["key"], condition=Q(state__in=OPEN_STATES), name="job_key_is_open_once"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED_STATES, ended_at__isnull=False)
                | Q(state__in=OPEN_STATES, ended_at__isnull=True),
                name="job_ended_has_ended_at",
            ),
            models.CheckConstraint(
                condition=Q(worker="", lease_until__isnull=True) | (~Q(worker="") & Q(lease_until__isnull=False)),
                name="job_worker_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(worker="") | Q(state__in=[JobState.RUNNING, JobState.CLOSING]),
                name="job_only_open_has_worker",
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.FAILED, error__isnull=False)
                | (~Q(state=JobState.FAILED) & Q(error__isnull=True)),
                name="job_failed_has_error",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "wake_at"], name="job_by_wake_at"),
            models.Index(fields=["parent", "state"], name="job_by_parent"),
            models.Index(fields=["owner_key", "-id"], name="job_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} ({self.state})"

    @property
    def again(self) -> bool:
        """Whether it was asked for once more while it was at work, and will be queued anew at its end."""
        return self.again_by != ""

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.state in OPEN_STATES

    @property
    def waits_for_children(self) -> bool:
        """Whether its body is over and its children are at work."""
        return self.state == JobState.RUNNING and self.worker == ""

    def is_held(self, now: datetime) -> bool:
        """Whether a worker holds it that may be alive."""
        return self.lease_until is not None and self.lease_until >= now

    def outcome(self) -> dict[str, Any]:
        """Give the result of a job that is done; empty when its kind gives none."""
        return self.result or {}
