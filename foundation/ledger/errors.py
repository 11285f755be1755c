"""Refusals of the ledger."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class LedgerError(DomainError):
    """A withdrawal that cannot be done as asked; nothing was written."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "withdrawn_already": _("回执 %(seq)s 已经撤回，不再撤回。没有写入任何数据。"),
        "is_a_withdrawal": _("回执 %(seq)s 本身是一次撤回，不能撤回。需要恢复的数据请重新上传。"),
        "withdrawal_moved_on": _("您确认之后库中数据有了变化，没有撤回。请看新的预览，再决定。"),
    }
