"""Observations: in columns for the engine, and one by one as the evidence behind a number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from accounts.scope import Scope
from foundation.actor import actor_names
from foundation.files.content import path_of
from foundation.ledger.columns import among, in_force_sql, integer_columns, place_in
from foundation.ledger.models import Entry
from foundation.tabular.errors import TableError
from foundation.tabular.table import column_letter
from foundation.tabular.windows import Window, cell_window
from intake.contents import content_text
from intake.enums import Facet, Flag
from intake.long_form import HEADING_WORDS
from intake.models import Batch, Observation
from intake.selectors.batches import visible_batches

FLAGS = tuple(Flag)
"""Order of the flags in `ObservationColumns.flag`."""

_TABLE = Observation._meta.db_table
_WIDTH = 10


@dataclass(frozen=True, eq=False)
class ObservationColumns:
    """Observations in force at a cut, in parallel arrays and in no order that means anything.

    ``value`` is scaled by the indicator's places and 0 where ``flag`` is not a value (place 0 of
    `FLAGS`); ``said_by``, ``sheet``, ``row``, ``col`` lead to the cell (`source_of`).
    """

    period: NDArray[np.int64]
    subject: NDArray[np.int64]
    indicator: NDArray[np.int64]
    is_target: NDArray[np.bool_]
    flag: NDArray[np.int64]
    value: NDArray[np.int64]
    said_by: NDArray[np.int64]
    sheet: NDArray[np.int64]
    row: NDArray[np.int64]
    col: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.value)


def observation_columns(
    *,
    cut_seq: int,
    period_ids: Collection[int],
    subject_ids: Collection[int] | NDArray[np.int64] | None = None,
) -> ObservationColumns:
    """Read the observations of some periods as they stood at a cut, of all subjects or of some.

    One query whatever the number of rows; on PostgreSQL by COPY. What was taken back (void) is
    left out, 不适用 is there with its flag.
    """
    where, params = [in_force_sql(_TABLE), "flag <> %s"], [cut_seq, cut_seq, Flag.VOID.value]
    conditions = [among("period_id", period_ids)]
    if subject_ids is not None:
        conditions.append(among("subject_id", subject_ids))
    query = (
        f"SELECT period_id, subject_id, indicator_id, {place_in('facet', tuple(Facet))}, "
        f'{place_in("flag", FLAGS)}, COALESCE(value, 0), said_by, sheet, "row", col FROM {_TABLE} '
        f"WHERE {' AND '.join([*where, *(sql for sql, _ in conditions)])}"
    )
    columns = integer_columns(query, [*params, *(value for _, value in conditions)], _WIDTH)
    period, subject, indicator, facet, *rest = columns
    return ObservationColumns(period, subject, indicator, facet == list(Facet).index(Facet.TARGET), *rest)


@dataclass(frozen=True)
class Source:
    """Where a stored value came from: who sent which file when, and the cell with the row around it.

    ``batch_ref`` is "" for a reader who may not see the batch; then the window holds the heading
    and the row of the value, never the rows of others. ``absent`` says why there is no window.
    """

    batch_number: int
    batch_ref: str
    file_name: str
    at: datetime
    who: str
    reason: str
    address: str
    window: Window | None
    absent: str = ""


def source_of(scope: Scope, *, said_by: int, sheet: int, row: int, col: int) -> Source | None:
    """Lead a stored value back to its cell; None when no file said it.

    Whoever calls has asked whether the reader may see the value itself.
    """
    batch = Batch.objects.select_related("file", "entry").filter(entry_id=said_by).first()
    if batch is None or batch.entry is None:
        return None
    is_visible = visible_batches(scope).filter(pk=batch.pk).exists()
    around, window, absent = int(is_visible), None, ""
    try:
        window = cell_window(
            path_of(batch.file.sha256),
            name=batch.file.name,
            sheet=sheet,
            row=row,
            column=col,
            before=around,
            after=around,
            words=HEADING_WORDS,
        )
    except TableError as error:
        absent = error.message
    return Source(
        batch_number=batch.number,
        batch_ref=batch.ref if is_visible else "",
        file_name=batch.file.name,
        at=batch.entry.at,
        who=actor_names([batch.entry.actor_key])[batch.entry.actor_key],
        reason=batch.entry.reason,
        address=f"{column_letter(col)}{row}",
        window=window,
        absent=absent,
    )


@dataclass(frozen=True)
class Said:
    """One thing that was said about a key, and in which entry."""

    seq: int
    at: datetime
    who: str
    reason: str
    text: str
    is_open: bool


def history_of(
    *, period_id: int, subject_id: int, indicator_id: int, facet: Facet, places: int, cut_seq: int | None = None
) -> list[Said]:
    """All that was ever said about one key, oldest first, up to a cut if one is named."""
    rows = Observation.objects.filter(
        period_id=period_id, subject_id=subject_id, indicator_id=indicator_id, facet=facet
    ).order_by("seq_from")
    if cut_seq is not None:
        rows = rows.filter(seq_from__lte=cut_seq)
    found = list(rows)
    entries = Entry.objects.in_bulk([row.seq_from for row in found])
    names = actor_names(entry.actor_key for entry in entries.values())
    return [
        Said(
            seq=row.seq_from,
            at=entries[row.seq_from].at,
            who=names[entries[row.seq_from].actor_key],
            reason=entries[row.seq_from].reason,
            text=content_text((row.value, row.flag, row.vintage), places),
            is_open=row.seq_to is None,
        )
        for row in found
    ]
