"""Alarms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluation.models.runs import Run
from foundation.constraints import choices_check, keep_columns, keep_rows
from units.models import Subject


class AlarmKind(models.TextChoices):
    """What the full run found otherwise than it stands."""

    INPUT = "input", _("按触及核算漏掉了改动")
    RESULT = "result", _("输入相同而结果不同")
    GROUP = "group", _("可比组多出或缺少")


class Alarm(models.Model):
    """核算警报: what stands for a group is not what a run that looks at everything gives at the same cut.

    Readers go on seeing ``run``; nothing is overwritten but by a person's order.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="alarms")
    cut_seq = models.BigIntegerField()
    group_key = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=AlarmKind)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    n_subjects = models.IntegerField()
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            choices_check("kind", AlarmKind, "alarm_kind_is_known"),
            models.UniqueConstraint(fields=["run", "cut_seq", "group_key"], name="alarm_once_a_cut"),
            models.CheckConstraint(
                condition=(Q(settled_at__isnull=True) & Q(settled_by=""))
                | (Q(settled_at__isnull=False) & ~Q(settled_by="")),
                name="alarm_settled_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.group_key}"


keep_rows(Alarm)
keep_columns(
    Alarm,
    ["run_id", "cut_seq", "group_key", "kind", "subject_id", "n_subjects", "raised_at"],
    "found",
    why="what was found stays",
)
keep_columns(
    Alarm, ["settled_at", "settled_by"], "end", unless="OLD.settled_at IS NULL", why="an alarm is settled once"
)
