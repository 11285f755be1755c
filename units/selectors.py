"""Reads of the unit tree."""

from collections.abc import Iterable

from django.db import connection

SUBTREE = """
    WITH RECURSIVE tree(id) AS (
        SELECT subject_id FROM units_unit WHERE subject_id IN ({marks})
        UNION SELECT u.subject_id FROM units_unit u JOIN tree t ON u.parent_id = t.id
    ) SELECT id FROM tree
"""


def subtree_ids(roots: Iterable[int]) -> frozenset[int]:
    """Ids of these units and of all that stand below them."""
    ids = sorted(set(roots))
    if not ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(SUBTREE.format(marks=", ".join(["%s"] * len(ids))), ids)
        return frozenset(int(row[0]) for row in cursor.fetchall())
