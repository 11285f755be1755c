"""The one bulk store: stage → classify → close → insert, the same SQL on both databases.

Parsing and staging take no lock. ``writing`` takes the ledger head; inside it the stage is
classified again, so that what is written is what was confirmed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.models import AutoField, Field, Model

from foundation.actor import Actor
from foundation.clock import now
from foundation.faults import fault
from foundation.ledger.inserting import insert_rows
from foundation.ledger.models import Entry, Fact, LedgerHead

STAGE = "ledger_stage"
BOOKKEEPING = ("seq_from", "seq_to", "said_by")


class Changed(NamedTuple):
    """One row that would correct another: its place in the stage, both contents, and the entry that said the old."""

    order: int
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    said_by: int


@dataclass(frozen=True)
class Plan:
    """What a stage would do to the ledger as it stands.

    ``sha256`` is over key, old and new content of every row, sorted by key; ``written_sha256``
    leaves out rows that are the same: it can be taken again from the ledger.
    """

    n_new: int
    n_changed: int
    n_same: int
    sha256: str
    written_sha256: str
    changed: tuple[Changed, ...]


@dataclass
class OpenEntry:
    """An entry that is being written: the head is locked, the number is taken."""

    seq: int
    n_new: int = 0
    n_changed: int = 0
    n_same: int = 0
    n_removed: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    saved: Entry | None = None


class Stage:
    """Rows of one kind of fact in a temporary table of this connection."""

    def __init__(self, model: type[Fact]) -> None:
        self.model = model
        self.table = model._meta.db_table
        self.fields = {str(f.column): f for f in model._meta.concrete_fields if _is_staged(f)}
        self.key = columns_named(model, model.KEY)
        self.content = columns_named(model, model.CONTENT)

    @property
    def columns(self) -> list[str]:
        """Columns that come from the stage; the ledger writes the others."""
        return list(self.fields)

    @property
    def _same_key(self) -> str:
        return " AND ".join(f"o.{c} = s.{c}" for c in self.key)

    @property
    def _same_content(self) -> str:
        return " AND ".join(f"o.{c} IS NOT DISTINCT FROM s.{c}" for c in self.content)

    def classify(self) -> Plan:
        """Compare the stage with the open rows: new, changed or same. Reads only."""
        old = ", ".join(f"o.{c}" for c in self.content)
        new = ", ".join(f"s.{c}" for c in self.content)
        keys = ", ".join(f"s.{c}" for c in self.key)
        query = (
            f"SELECT s.ord, o.said_by, {keys}, {old}, {new} FROM {STAGE} s "
            f"LEFT JOIN {self.table} o ON {self._same_key} AND o.seq_to IS NULL ORDER BY {keys}"
        )
        digest, written, n_new, n_same = hashlib.sha256(), hashlib.sha256(), 0, 0
        changed: list[Changed] = []
        first, width = 2 + len(self.key), len(self.content)
        with connection.cursor() as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(10_000):
                for row in rows:
                    before, after = tuple(row[first : first + width]), tuple(row[first + width :])
                    said = row_digest(tuple(row[2:first]), before if row[1] else None, after)
                    digest.update(said)
                    if row[1] is not None and before == after:
                        n_same += 1
                        continue
                    written.update(said)
                    if row[1] is None:
                        n_new += 1
                    else:
                        changed.append(Changed(row[0], before, after, row[1]))
        return Plan(n_new, len(changed), n_same, digest.hexdigest(), written.hexdigest(), tuple(changed))

    def note_same(self, into: type[Model], entry: OpenEntry) -> None:
        """Note in a table of the caller which rows say again what stands: key, ``said_by``, ``seq``. Before `write`."""
        keys, staged = ", ".join(self.key), ", ".join(f"s.{c}" for c in self.key)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {into._meta.db_table} ({keys}, said_by, seq) SELECT {staged}, o.said_by, %s "
                f"FROM {STAGE} s JOIN {self.table} o ON {self._same_key} AND o.seq_to IS NULL AND {self._same_content}",
                [entry.seq],
            )

    def write(self, entry: OpenEntry, plan: Plan) -> None:
        """Close the open rows whose content changes and insert what is new or changed.

        ``plan`` is the classification taken under the same lock.
        """
        columns = ", ".join(self.columns)
        staged = ", ".join(f"s.{c}" for c in self.columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.table} AS o SET seq_to = %s FROM {STAGE} AS s "
                f"WHERE {self._same_key} AND o.seq_to IS NULL AND NOT ({self._same_content})",
                [entry.seq],
            )
            fault("store.after_close")
            cursor.execute(
                f"INSERT INTO {self.table} ({columns}, seq_from, said_by) SELECT {staged}, %s, %s FROM {STAGE} AS s "
                f"WHERE NOT EXISTS (SELECT 1 FROM {self.table} AS o WHERE {self._same_key} AND o.seq_to IS NULL)",
                [entry.seq, entry.seq],
            )
            self._touch(cursor, entry)
        entry.n_new += plan.n_new
        entry.n_changed += plan.n_changed
        entry.n_same += plan.n_same
        entry.digest.update(plan.written_sha256.encode())

    def _touch(self, cursor: Any, entry: OpenEntry) -> None:
        period, subject = self.model.TOUCHES
        said, params = "said_by = %s", [entry.seq, self.model._meta.model_name, entry.seq]
        if not {period, subject} <= {*self.key, "NULL"}:
            # A correction may lead such a fact from one subject to another: who has lost it is touched too.
            said, params = f"({said} OR seq_to = %s)", [*params, entry.seq]
        cursor.execute(
            "INSERT INTO ledger_touch (seq, period_id, subject_id, what) "
            f"SELECT DISTINCT %s, CAST({period} AS bigint), CAST({subject} AS bigint), %s "
            f"FROM {self.table} WHERE {said}",
            params,
        )


@contextmanager
def staged(model: type[Fact], columns: Mapping[str, Sequence[Any]]) -> Iterator[Stage]:
    """Put rows, given by column, into the stage; the stage is gone afterwards.

    ``columns`` maps column names (``period_id``) to sequences of equal length; a column left
    out takes the field's default. Outside a transaction this takes no lock on the database.
    """
    stage = Stage(model)
    _create_stage(stage, columns)
    broken = False
    try:
        yield stage
    except DatabaseError:
        # PostgreSQL answers nothing more in this transaction; the stage goes with it.
        broken = True
        raise
    finally:
        if not broken and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {STAGE}")


def _create_stage(stage: Stage, columns: Mapping[str, Sequence[Any]]) -> None:
    unknown = set(columns) - set(stage.columns)
    if unknown:
        raise ValueError(f"{stage.table} has no columns {sorted(unknown)}")
    n = len(next(iter(columns.values())))
    full = [columns[c] if c in columns else [field.get_default()] * n for c, field in stage.fields.items()]
    temp = "temp." if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {temp}{STAGE}")
        types = ", ".join(f"{c} {field.db_type(connection)}" for c, field in stage.fields.items())
        cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} (ord integer NOT NULL, {types})")
        _fill(cursor, stage, n, full)
        cursor.execute(f"CREATE UNIQUE INDEX {temp}{STAGE}_key ON {STAGE} ({', '.join(stage.key)})")
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {STAGE}")


def _fill(cursor: Any, stage: Stage, n: int, full: list[Sequence[Any]]) -> None:
    own_transaction = connection.vendor == "sqlite" and not connection.in_atomic_block
    if own_transaction:  # deferred: takes no lock on the database, and is not one transaction a row
        cursor.execute("BEGIN DEFERRED")
    insert_rows(cursor, STAGE, ["ord", *stage.columns], zip(range(n), *full, strict=True))
    if own_transaction:
        cursor.execute("COMMIT")


def _is_staged(field: "Field[Any, Any]") -> bool:
    return bool(field.column) and field.column not in BOOKKEEPING and not isinstance(field, AutoField)


def columns_named(model: type[Fact], names: Sequence[str]) -> list[str]:
    """Columns of these fields of a fact."""
    column_of = {f.name: str(f.column) for f in model._meta.concrete_fields}
    return [column_of[name] for name in names]


def row_digest(key: tuple[Any, ...], before: tuple[Any, ...] | None, after: tuple[Any, ...]) -> bytes:
    """What a digest reads of one row: key, content before (None: a new row) and content after."""
    return repr((key, before, after)).encode()


@contextmanager
def writing(*, kind: str, actor: Actor, reason: str = "", withdraws: Entry | None = None) -> Iterator[OpenEntry]:
    """Take the ledger head and a number; on leaving, the entry (receipt) is saved.

    Only inside a transaction, and before any other lock of the use case. ``withdraws`` is for
    `withdrawing.withdraw` alone.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("facts are written inside a use case")
    head = LedgerHead.objects.select_for_update().get(pk=1)
    entry = OpenEntry(seq=head.seq + 1)
    yield entry
    entry.saved = Entry.objects.create(
        seq=entry.seq,
        kind=kind,
        actor_key=actor.key,
        actor_name=actor.name,
        at=now(),
        reason=reason,
        n_new=entry.n_new,
        n_changed=entry.n_changed,
        n_same=entry.n_same,
        n_removed=entry.n_removed,
        rows_sha256=entry.digest.hexdigest(),
        withdraws=withdraws,
    )
    LedgerHead.objects.filter(pk=1).update(seq=entry.seq)
