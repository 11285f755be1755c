"""From a line of the waterfall to the cells that it was made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.matrices.basis import Span
from evaluation.scoring import LeafState
from evaluation.scoring.types import Leaf
from evaluation.selectors.waterfalls import OwnLine
from foundation.web.figures import cell_ref_text, decimal_text
from intake.enums import Flag
from intake.models import Batch
from intake.selectors.observations import FLAGS, ObservationColumns, observation_columns


@dataclass(frozen=True)
class Cell:
    """One observation behind a line, and where it stands: give the last four of it to intake's ``source_of``.

    Batch number 0: no file said it (a push, a test).
    """

    period: str
    is_target: bool
    flag: str
    value_text: str
    batch_number: int
    file_name: str
    address: str
    period_id: int
    subject_id: int
    indicator_id: int
    said_by: int
    sheet: int
    row: int
    col: int


class CellFinder:
    """The observations of all lines of a page: one read a cut, one for the files."""

    def __init__(self, own: Sequence[OwnLine]) -> None:
        self.by_cut = {cut: self._read(cut, own) for cut in {each.shown.run.cut_seq for each in own}}
        said_by = {int(seq) for columns in self.by_cut.values() for seq in np.unique(columns.said_by)}
        batches = Batch.objects.filter(entry__in=said_by).select_related("file")
        self.batches = {batch.entry_id: batch for batch in batches}

    def of(self, each: OwnLine) -> tuple[Cell, ...]:
        """The cells of a line, by period, value before target; none for a line that reads none."""
        pk = each.shown.basis.indicators.get(each.line.indicator)
        if pk is None or each.line.state is LeafState.MISSING:
            return ()
        columns = self.by_cut[each.shown.run.cut_seq]
        spans = {span.pk: span for span in _periods_read(each)}
        own = (columns.subject == each.subject) & (columns.indicator == pk)
        found = np.flatnonzero(own & np.isin(columns.period, list(spans)))
        cells = [self._cell(columns, int(at), each, spans) for at in found]
        cells.sort(key=lambda cell: (spans[cell.period_id].last, cell.is_target))
        return tuple(_newest(cells) if _takes_last(each) else cells)

    def _read(self, cut: int, own: Sequence[OwnLine]) -> ObservationColumns:
        here = [each for each in own if each.shown.run.cut_seq == cut and each.line.indicator]
        periods = {span.pk for each in here for span in _periods_read(each)}
        subjects = {each.subject for each in here}
        return observation_columns(cut_seq=cut, period_ids=sorted(periods), subject_ids=sorted(subjects))

    def _cell(self, columns: ObservationColumns, at: int, each: OwnLine, spans: Mapping[int, Span]) -> Cell:
        said_by, row, col = int(columns.said_by[at]), int(columns.row[at]), int(columns.col[at])
        batch = self.batches.get(said_by)
        flag = Flag(FLAGS[int(columns.flag[at])])
        return Cell(
            period=spans[int(columns.period[at])].code,
            is_target=bool(columns.is_target[at]),
            flag=flag.value,
            value_text=_text(int(columns.value[at]), each) if flag is Flag.VALUE else str(flag.label),
            batch_number=batch.number if batch else 0,
            file_name=batch.file.name if batch else "",
            address=cell_ref_text(row, col) if batch else "",
            period_id=int(columns.period[at]),
            subject_id=int(columns.subject[at]),
            indicator_id=int(columns.indicator[at]),
            said_by=said_by,
            sheet=int(columns.sheet[at]),
            row=row,
            col=col,
        )


def options_of(each: OwnLine) -> tuple[tuple[str, int], ...]:
    """Labels and stored numbers of a line's indicator, as its run read them."""
    leaf = _leaf_of(each)
    return leaf.indicator.options if leaf.indicator else ()


def _text(value: int, each: OwnLine) -> str:
    labels = {stored: label for label, stored in options_of(each)}
    return labels.get(value) or decimal_text(value, each.line.places)


def _leaf_of(each: OwnLine) -> Leaf:
    return next(leaf for leaf in each.shown.scheme.leaves if leaf.key == each.line.key)


def _periods_read(each: OwnLine) -> list[Span]:
    basis, leaf = each.shown.basis, _leaf_of(each)
    if leaf.indicator is None:
        return []
    inside = basis.scheme_periods()[each.line.carried]
    return basis.natives(leaf.indicator.native_period, inside)


def _takes_last(each: OwnLine) -> bool:
    return (_leaf_of(each).rollup or "last") == "last"


def _newest(cells: Sequence[Cell]) -> list[Cell]:
    given = [cell for cell in cells if not cell.is_target]
    with_value = [cell.period for cell in [each for each in given if each.flag == Flag.VALUE] or given]
    return [cell for cell in cells if with_value and cell.period == with_value[-1]]
