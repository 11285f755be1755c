"""Grants."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.invariants import Place, places_of, register_invariant


def _approved_alone(_: datetime) -> Iterator[Place]:
    return places_of(
        ("grant",),
        "SELECT id FROM accounts_grant WHERE approved_by = asked_by OR (approved_by IS NULL) <> (approved_at IS NULL)",
    )


register_invariant(
    "I10",
    "grants_by_two",
    sentence=_("授权由一人申请、另一人批准"),
    place=_("授权 %(grant)s 由申请人批准"),
    look=_approved_alone,
)
