"""The audit chain is whole, and the guards of the database stand."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from foundation.audit.verifying import verify_trail
from foundation.constraints import missing_guards
from foundation.invariants import Place, register_invariant


def _broken_chain(_: datetime) -> Iterator[Place]:
    """Twice where something seems wrong: an anchor may be written while the trail is read."""
    if verify_trail().is_whole:
        return
    verdict = verify_trail()
    if not verdict.is_whole:
        yield {"seq": verdict.seq}


def _missing_guards(_: datetime) -> Iterator[Place]:
    return ({"guard": name} for name in missing_guards(connection))


register_invariant(
    "I8",
    "audit_chain",
    sentence=_("审计事件连续编号，逐条相连，与锚点一致，没有改动、缺失或插入"),
    place=_("自第 %(seq)s 条审计事件起不再相符"),
    look=_broken_chain,
    at_one_moment=False,
)
register_invariant(
    "I8",
    "guards",
    sentence=_("数据库中的每一道防改保护都在"),
    place=_("缺少保护 %(guard)s，请运行 manage.py migrate"),
    look=_missing_guards,
)
