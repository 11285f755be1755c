"""Take back what one entry said, and let what was said before stand again.

Effective value of a key = what the highest entry that is not withdrawn said. So the open rows said
by the entry close, and for each key the newest row said by an earlier entry that stands is opened
again: a new row with its old content, ``said_by`` and address. Keys that a later entry corrected
stay as they are. A withdrawal is an entry of its own and is never withdrawn.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

from foundation.actor import Actor
from foundation.faults import fault
from foundation.ledger.errors import LedgerError
from foundation.ledger.models import Entry, Fact
from foundation.ledger.store import OpenEntry, Stage, writing

WITHDRAWAL_KIND = "withdrawal"
_CHUNK = 10_000

Key = tuple[Any, ...]


@dataclass(frozen=True)
class WithdrawalPlan:
    """What a withdrawal would do to the ledger as it stands.

    ``n_reopened`` keys go back to an earlier value, ``n_removed`` have none to go back to,
    ``n_kept`` stay because they were corrected later. ``sha256`` is over every row that closes
    and the row that opens again in its place, sorted by key: rows never change, so their
    places in the ledger name their contents.
    """

    n_reopened: int
    n_removed: int
    n_kept: int
    sha256: str

    @property
    def n_closed(self) -> int:
        """How many rows close."""
        return self.n_reopened + self.n_removed


@dataclass(frozen=True)
class _Shape:
    """The columns of one kind of fact, quoted for SQL."""

    model: type[Fact]
    table: str
    key: tuple[str, ...]
    carried: tuple[str, ...]

    def aliased(self, alias: str) -> str:
        return ", ".join(f"{alias}.{column}" for column in self.key)

    def same_key(self, left: str, right: str) -> str:
        return " AND ".join(f"{left}.{column} = {right}.{column}" for column in self.key)

    def earlier(self, state: str, span: str = "") -> str:
        """SQL: key, closing row and the row to open again (null: none) of the rows that close.

        Its first parameter is the entry; ``state`` says which of its rows close, ``span`` which keys.
        """
        return (
            f"SELECT * FROM (SELECT {self.aliased('c')}, c.seq_from AS closed_from, o.seq_from AS opened_from, "
            f"ROW_NUMBER() OVER (PARTITION BY {self.aliased('c')} ORDER BY o.said_by DESC, o.seq_from DESC) AS place "
            f"FROM {self.table} c LEFT JOIN {self.table} o ON {self.same_key('o', 'c')} AND o.said_by < c.said_by "
            "AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.seq = o.said_by AND e.withdrawn_by_id IS NOT NULL) "
            f"WHERE c.said_by = %s AND {state}{span}) AS ranked WHERE place = 1"
        )


def fact_models() -> list[type[Fact]]:
    """Every kind of fact of the product, in one order for ever."""
    models = [model for model in apps.get_models() if issubclass(model, Fact)]
    return sorted(models, key=lambda model: model._meta.label_lower)


def plan_withdrawal(entry: Entry) -> WithdrawalPlan:
    """Say what withdrawing an entry would do. Reads only."""
    digest = hashlib.sha256()
    n_reopened = n_removed = n_kept = 0
    for model in fact_models():
        shape = _shape(model)
        said, n_closing = _said(shape, entry), 0
        if said:
            digest.update(model._meta.label_lower.encode())
        for *key, closed, opened in _rows(shape, entry) if said else ():
            digest.update(repr((key, closed, opened)).encode())
            n_closing += 1
            n_removed += opened is None
        n_reopened += n_closing
        n_kept += said - n_closing
    digest.update(repr(n_kept).encode())
    return WithdrawalPlan(n_reopened - n_removed, n_removed, n_kept, digest.hexdigest())


def reopening(model: type[Fact], entry: Entry, *, first: Key, last: Key) -> dict[Key, int | None]:
    """By key, between two keys: the ``seq_from`` of the row that a withdrawal would open again, or None."""
    shape = _shape(model)
    marks = ", ".join(["%s"] * len(shape.key))
    span = f" AND ({shape.aliased('c')}) >= ({marks}) AND ({shape.aliased('c')}) <= ({marks})"
    query = shape.earlier("c.seq_to IS NULL", span)
    with connection.cursor() as cursor:
        cursor.execute(query, [entry.seq, *first, *last])
        return {tuple(row[: len(shape.key)]): row[len(shape.key) + 1] for row in cursor.fetchall()}


def withdraw(*, entry: Entry, actor: Actor, reason: str, plan_sha256: str) -> Entry:
    """Withdraw an entry, inside a use case; give the receipt of the withdrawal.

    ``plan_sha256`` is that of the plan that was confirmed: taken again under the lock of the
    ledger, another one refuses. Raises LedgerError ``withdrawn_already``, ``is_a_withdrawal``,
    ``withdrawal_moved_on``.
    """
    with writing(kind=WITHDRAWAL_KIND, actor=actor, reason=reason, withdraws=entry) as opened:
        entry = Entry.objects.get(pk=entry.pk)
        if entry.withdraws_id is not None:
            raise LedgerError("is_a_withdrawal", seq=entry.seq)
        if entry.withdrawn_by_id is not None:
            raise LedgerError("withdrawn_already", seq=entry.seq)
        plan = plan_withdrawal(entry)
        if plan.sha256 != plan_sha256:
            raise LedgerError("withdrawal_moved_on")
        for model in fact_models():
            _write(_shape(model), entry, opened)
        opened.n_changed, opened.n_removed, opened.n_same = plan.n_reopened, plan.n_removed, plan.n_kept
        opened.digest.update(plan.sha256.encode())
    assert opened.saved is not None
    Entry.objects.filter(pk=entry.pk).update(withdrawn_by=opened.saved)
    return opened.saved


def _write(shape: _Shape, entry: Entry, opened: OpenEntry) -> None:
    carried = ", ".join(shape.carried)
    from_older = ", ".join(f"o.{column}" for column in shape.carried)
    period, subject = shape.model.TOUCHES
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {shape.table} SET seq_to = %s WHERE said_by = %s AND seq_to IS NULL", [opened.seq, entry.seq]
        )
        if not cursor.rowcount:
            return
        fault("withdraw.after_close")
        cursor.execute(
            f"INSERT INTO {shape.table} ({carried}, seq_from, said_by) SELECT {from_older}, %s, o.said_by "
            f"FROM ({shape.earlier('c.seq_to = %s')}) AS w "
            f"JOIN {shape.table} o ON {shape.same_key('o', 'w')} AND o.seq_from = w.opened_from",
            [opened.seq, entry.seq, opened.seq],
        )
        # What closed is touched as well as what opened: a posting may come back in another unit or month.
        cursor.execute(
            "INSERT INTO ledger_touch (seq, period_id, subject_id, what) "
            f"SELECT DISTINCT %s, CAST({period} AS bigint), CAST({subject} AS bigint), %s "
            f"FROM (SELECT o.* FROM {shape.table} c JOIN {shape.table} o ON {shape.same_key('o', 'c')} "
            "AND (o.seq_from = %s OR o.seq_to = %s) WHERE c.said_by = %s AND c.seq_to = %s) AS touched",
            [opened.seq, shape.model._meta.model_name, opened.seq, opened.seq, entry.seq, opened.seq],
        )


def _shape(model: type[Fact]) -> _Shape:
    stage, quote = Stage(model), connection.ops.quote_name
    return _Shape(model, stage.table, tuple(map(quote, stage.key)), tuple(map(quote, stage.columns)))


def _said(shape: _Shape, entry: Entry) -> int:
    """How many keys an entry said: its own rows, not those that a withdrawal opened again."""
    return int(shape.model._default_manager.filter(said_by=entry.seq, seq_from=entry.seq).count())


def _rows(shape: _Shape, entry: Entry) -> Iterator[Sequence[Any]]:
    columns = f"{', '.join(shape.key)}, closed_from, opened_from"
    query = f"SELECT {columns} FROM ({shape.earlier('c.seq_to IS NULL')}) AS w ORDER BY {', '.join(shape.key)}"
    with connection.cursor() as cursor:
        cursor.execute(query, [entry.seq])
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
