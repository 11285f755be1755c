"""Rule documents."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.invariants import Place, places_of, register_invariant


def _approved_alone(_: datetime) -> Iterator[Place]:
    return places_of(
        ("code", "number"),
        "SELECT d.code, v.number FROM rulebook_ruleversion v JOIN rulebook_ruledocument d ON d.id = v.document_id "
        "WHERE v.approved_by = v.proposed_by OR (v.approved_by IS NULL) <> (v.approved_at IS NULL)",
    )


register_invariant(
    "I10",
    "rules_by_two",
    sentence=_("方案由一人提出、另一人批准"),
    place=_("方案 %(code)s 第 %(number)s 版由提出人批准"),
    look=_approved_alone,
)
