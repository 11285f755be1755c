"""Peer groups as they stood at a cut, on the last day of a period."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from evaluation.models import GroupMember
from foundation.ledger.models import in_force

WHOLE = "全部"
NO_GROUP = ""


@dataclass(frozen=True)
class GroupChange:
    """A unit whose group was changed after the period had begun, and why."""

    unit: int
    group: str
    reason: str


def group_of_units(*, set_code: str, cut_seq: int, on: date) -> dict[int, str]:
    """The peer group of each unit on a day."""
    rows = in_force(GroupMember.objects.filter(group_set__code=set_code, starts_on__lte=on), cut_seq)
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on)).order_by("starts_on", "pk")
    return dict(rows.values_list("unit_id", "group_key"))


def group_changes(*, set_code: str, cut_seq: int, first: date, last: date) -> list[GroupChange]:
    """Members who came into a group inside the period, or whose row carries a reason for a later change."""
    rows = in_force(GroupMember.objects.filter(group_set__code=set_code, starts_on__lte=last), cut_seq)
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first)).filter(Q(starts_on__gt=first) | ~Q(reason=""))
    return [GroupChange(*row) for row in rows.order_by("unit_id").values_list("unit_id", "group_key", "reason")]
