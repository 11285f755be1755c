"""Who said a value between two cuts, or took it back: the batch, the row, or the withdrawal of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from evaluation.selectors.cells import Cell
from evaluation.selectors.runs_compared import TwoRuns
from evaluation.selectors.waterfalls import OwnLine
from foundation.ledger.models import Entry
from intake.enums import Facet
from intake.models import Batch, Observation


class Deed(StrEnum):
    """What an entry did to a value."""

    SAID = "said"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Source:
    """The entry behind a change. ``batch_number`` 0: no file; of a withdrawal it names the batch taken back."""

    deed: Deed
    seq: int
    at: datetime
    batch_number: int
    row: int


Place = tuple[int, int, int, bool]


class EntriesBetween:
    """Observations of some lines that opened or closed between the cuts of two runs of one period.

    Unit lines are read at the cuts of their own unit runs; the widest span of all is taken, which
    holds each of them: a value that did not change is not asked for.
    """

    def __init__(self, own: Sequence[OwnLine], runs: TwoRuns) -> None:
        cuts = {each.shown.run.cut_seq for each in own} | {runs.older.run.cut_seq, runs.newer.run.cut_seq}
        self.first, self.last = min(cuts), max(cuts)
        self.rows = self._read(own)
        seqs = {row.seq_from for row in self.rows.values()} | {row.seq_to or 0 for row in self.rows.values()}
        self.entries = Entry.objects.in_bulk(seqs)
        said = seqs | {entry.withdraws_id or 0 for entry in self.entries.values()}
        self.batches = dict(Batch.objects.filter(entry__in=said).values_list("entry_id", "number"))

    def _read(self, own: Sequence[OwnLine]) -> dict[Place, Observation]:
        """The last row of each key that opened or closed in the span."""
        subjects = {each.subject for each in own if each.line.indicator}
        indicators = {
            each.shown.basis.indicators[each.line.indicator]
            for each in own
            if each.line.indicator in each.shown.basis.indicators
        }
        periods = {span.pk for each in own for span in each.shown.basis.spans}
        opened = Q(seq_from__gt=self.first, seq_from__lte=self.last)
        closed = Q(seq_to__gt=self.first, seq_to__lte=self.last)
        rows = Observation.objects.filter(period__in=periods, subject__in=subjects, indicator__in=indicators)
        return {
            (row.period_id, row.subject_id, row.indicator_id, row.facet == Facet.TARGET): row
            for row in rows.filter(opened | closed).order_by("seq_from")
        }

    def source_of(self, cell: Cell) -> Source | None:
        """Who said the present value of a cell's key, or left it without one."""
        row = self.rows.get((cell.period_id, cell.subject_id, cell.indicator_id, cell.is_target))
        if row is None:
            return None
        closed = row.seq_to is not None and row.seq_to <= self.last
        entry = self.entries.get((row.seq_to if closed else row.seq_from) or 0)
        if entry is None:
            return None
        if entry.withdraws_id is not None:
            return Source(Deed.WITHDRAWN, entry.seq, entry.at, self.batches.get(entry.withdraws_id, 0), 0)
        return Source(Deed.SAID, entry.seq, entry.at, self.batches.get(entry.seq, 0), row.row)
