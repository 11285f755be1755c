"""What batches said that stood already."""

from django.db import models

from foundation.constraints import keep_unchanged
from intake.models.indicators import Indicator
from intake.models.periods import Period
from units.models import Subject


class Repeat(models.Model):
    """重复上报: a batch sent a value that stood already, so that the ledger has no row of its own for it.

    Not a fact: no score reads it. It says which keys a withdrawal takes away although another batch
    sent them too, and what a batch said as a whole. ``seq`` is the entry that repeated, ``said_by``
    the entry whose word it repeated.
    """

    pk = models.CompositePrimaryKey("seq", "period", "subject", "indicator", "facet")
    seq = models.BigIntegerField()
    period = models.ForeignKey(Period, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    subject = models.ForeignKey(Subject, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    indicator = models.ForeignKey(Indicator, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    facet = models.CharField(max_length=6)
    said_by = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["said_by"], name="repeat_by_first_entry")]

    def __str__(self) -> str:
        return f"{self.seq} repeats {self.said_by}"


keep_unchanged(Repeat)
