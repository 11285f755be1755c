"""Reads of cadres: who is visible, and posts and spells as columns at a cut."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from accounts.scope import Scope
from cadres.enums import PostClass, PostingKind, PostLevel, SpellKind
from cadres.models import Cadre, Posting
from foundation.ledger.columns import among, day_number, in_force_sql, integer_columns, place_in

LEVELS = tuple(PostLevel.values)
CLASSES = tuple(PostClass.values)
KINDS = tuple(PostingKind.values)
SPELLS = tuple(SpellKind.values)

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PostingColumns:
    """Postings as columns, by cadre and first day; words are places in ``LEVELS``, ``CLASSES``, ``KINDS``.

    Days are ordinals, both inside; a post that is still held ends on ``OPEN_END``.
    """

    cadres: Ints
    units: Ints
    starts: Ints
    ends: Ints
    levels: Ints
    classes: Ints
    kinds: Ints


@dataclass(frozen=True)
class SpellColumns:
    """Status spells as columns; ``kinds`` are places in ``SPELLS``."""

    cadres: Ints
    kinds: Ints
    starts: Ints
    ends: Ints


def postings_at(
    *, cut_seq: int, kinds: Collection[str], first: date, last: date, cadres: Collection[int] | None = None
) -> PostingColumns:
    """Postings of these kinds that touch the days from ``first`` to ``last``, as they stood at a cut."""
    clauses = [in_force_sql("p"), "p.starts_on <= %s", "(p.ends_on IS NULL OR p.ends_on >= %s)"]
    params: list[object] = [cut_seq, cut_seq, last, first]
    clauses.append(f"p.kind IN ({', '.join(['%s'] * len(kinds))})")
    params += list(kinds)
    if cadres is not None:
        clause, param = among("p.cadre_id", cadres)
        clauses.append(clause)
        params.append(param)
    columns = [
        *("p.cadre_id", "p.unit_id", day_number("p.starts_on"), day_number("p.ends_on")),
        *(place_in("p.post_level", LEVELS), place_in("p.post_class", CLASSES), place_in("p.kind", KINDS)),
    ]
    # Of two that began on one day the later said stands second: an id would change when a withdrawal opens it again.
    order = "1, 3, p.said_by, 2, 4, 5, 6, p.id"
    query = f"SELECT {', '.join(columns)} FROM cadres_posting p WHERE {' AND '.join(clauses)} ORDER BY {order}"
    return PostingColumns(*integer_columns(query, params, len(columns)))


def spells_at(*, cut_seq: int, first: date, last: date, cadres: Collection[int] | None = None) -> SpellColumns:
    """Status spells that touch the days from ``first`` to ``last``, as they stood at a cut."""
    clauses = [in_force_sql("s"), "s.starts_on <= %s", "(s.ends_on IS NULL OR s.ends_on >= %s)"]
    params: list[object] = [cut_seq, cut_seq, last, first]
    if cadres is not None:
        clause, param = among("s.cadre_id", cadres)
        clauses.append(clause)
        params.append(param)
    columns = ["s.cadre_id", place_in("s.kind", SPELLS), day_number("s.starts_on"), day_number("s.ends_on")]
    query = f"SELECT {', '.join(columns)} FROM cadres_statusspell s WHERE {' AND '.join(clauses)} ORDER BY 1, 3, s.id"
    return SpellColumns(*integer_columns(query, params, len(columns)))


def visible_cadres(scope: Scope, *, on: date) -> QuerySet[Cadre]:
    """Cadres whose present main post lies in the reader's units and levels, without those cut out."""
    cadres = Cadre.objects.exclude(pk__in=scope.cut_out)
    held = Posting.objects.filter(cadre=OuterRef("pk"), seq_to__isnull=True, kind=PostingKind.MAIN, starts_on__lte=on)
    held = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), post_level__in=scope.levels)
    if scope.units is not None:
        held = held.filter(unit__in=scope.units)
    return cadres.filter(Exists(held))


def own_cadre(scope: Scope) -> Cadre | None:
    """The cadre behind a reader who is one, whatever the scope."""
    return Cadre.objects.filter(pk=scope.self_subject).first() if scope.self_subject else None
