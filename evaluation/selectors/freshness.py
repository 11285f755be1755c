"""How far the shown results reach, and when they are computed next."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.scope import Scope
from evaluation.selectors.runs import least_checked_seq
from foundation.clock import now
from foundation.ledger.models import Entry
from foundation.permissions import Permission
from intake.selectors.batches import count_batches_after


@dataclass(frozen=True)
class Freshness:
    """数据截至: up to which entry and instant the shown results know the ledger; batches that wait for the next run."""

    seq: int
    data_as_of: datetime | None
    next_run: str
    waiting: int


def freshness(scope: Scope, *, at: datetime | None = None) -> Freshness | None:
    """What the line under the head says; None for who sees no results."""
    if not (scope.may(Permission.VIEW_RESULTS) or scope.may(Permission.VIEW_OWN_RESULT)):
        return None
    seq = least_checked_seq()
    data_as_of = Entry.objects.filter(seq__lte=seq).order_by("-seq").values_list("at", flat=True).first()
    return Freshness(seq, data_as_of, next_run_text(at or now()), count_batches_after(seq=seq))


def next_run_text(at: datetime) -> str:
    """The next night in words: before its hour it is today's, afterwards tonight's."""
    local = timezone.localtime(at)
    hour = f"{settings.NIGHT_HOUR:02}:00"
    return (
        _("今天 %(hour)s") % {"hour": hour} if local.hour < settings.NIGHT_HOUR else _("今晚 %(hour)s") % {"hour": hour}
    )
