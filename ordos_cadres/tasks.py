"""The night as a kind of job, when it is due, and the upkeep of every worker."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from foundation.files.leftovers import discard_leftovers
from foundation.jobs.file_broker import discard_pieces
from foundation.jobs.registry import register_chore, register_due, register_kind
from ordos_cadres.nightly import NIGHT, begin, due_nights, go_on

LEFT_OVER_AFTER = timedelta(minutes=5)
"""Half of what the invariant allows: whatever a killed process leaves is gone before it is called broken."""


def tidy_files(now: datetime) -> None:
    """Remove files that a process left behind when it died."""
    discard_leftovers(before=now - LEFT_OVER_AFTER)
    discard_pieces(before=now - LEFT_OVER_AFTER)


register_kind(NIGHT, work=begin, close=go_on, title=_("每夜核算"), closes_over_failures=True)
register_due(due_nights)
register_chore(tidy_files, every=timedelta(minutes=4))
