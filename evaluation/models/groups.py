"""Peer groups."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from foundation.constraints import keep_columns, keep_rows
from foundation.ledger.models import Fact, fact_constraints, guard_fact
from units.models import Unit


class GroupSet(models.Model):
    """同类组方案: a named table of which units are compared with each other."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.code


class GroupMember(Fact):
    """组成员: a unit belongs to a peer group from one day to another; fixed before the period.

    A change after the period has begun carries a reason, which the run page shows.
    """

    KEY: ClassVar[tuple[str, ...]] = ("group_set", "unit", "starts_on")
    CONTENT: ClassVar[tuple[str, ...]] = ("group_key", "ends_on")
    TOUCHES: ClassVar[tuple[str, str]] = ("NULL", "unit_id")

    group_set = models.ForeignKey(GroupSet, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    group_key = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            *fact_constraints("groupmember", ("group_set", "unit", "starts_on")),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="groupmember_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_key}: {self.unit_id}"


keep_rows(GroupSet)
keep_columns(GroupSet, ["code"], "code", why="the code is fixed: schemes name it")
guard_fact(GroupMember)
