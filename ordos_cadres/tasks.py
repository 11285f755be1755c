"""The night as a kind of job, and when it is due."""

from django.utils.translation import gettext_lazy as _

from foundation.jobs.registry import register_due, register_kind
from ordos_cadres.nightly import NIGHT, begin, due_nights, go_on

register_kind(NIGHT, work=begin, close=go_on, title=_("每夜核算"))
register_due(due_nights)
