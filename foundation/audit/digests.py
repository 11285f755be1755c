"""Digests of the rows that a bulk use case handled: one event stands for them all."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def rows_digest(rows: Iterable["DataclassInstance"]) -> str:
    """Give the SHA-256 over rows in their order, each as one line of sorted JSON."""
    digest = hashlib.sha256()
    for row in rows:
        line = json.dumps(asdict(row), ensure_ascii=True, sort_keys=True, default=str)
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
