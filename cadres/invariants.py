"""Postings."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.invariants import Place, places_of, register_invariant


def _two_main_posts(_: datetime) -> Iterator[Place]:
    return places_of(
        ("one", "other"),
        "SELECT a.ref, b.ref FROM cadres_posting a JOIN cadres_posting b ON b.cadre_id = a.cadre_id AND b.ref > a.ref "
        "WHERE a.kind = 'main' AND b.kind = 'main' AND a.seq_to IS NULL AND b.seq_to IS NULL "
        "AND (a.ends_on IS NULL OR a.ends_on >= b.starts_on) AND (b.ends_on IS NULL OR b.ends_on >= a.starts_on)",
    )


register_invariant(
    "I1",
    "main_postings",
    sentence=_("同一人的主要任职在时间上不重叠"),
    place=_("任职 %(one)s 与任职 %(other)s 重叠"),
    look=_two_main_posts,
)
