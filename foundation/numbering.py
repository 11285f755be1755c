"""Short numbers for people (批次 23): the next free one, whoever else takes one at the same moment."""

from django.db import IntegrityError, transaction
from django.db.models import Max, Model

_ROUNDS = 20


def save_numbered(row: Model) -> None:
    """Insert a row under the next ``number`` of its table; who was a moment later takes the one after."""
    rows = type(row)._default_manager
    for _ in range(_ROUNDS):
        row.number = (rows.aggregate(most=Max("number"))["most"] or 0) + 1  # type: ignore[attr-defined]  # every such table has one
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise RuntimeError(f"{_ROUNDS} numbers of {row._meta.db_table} in a row were taken by others")
