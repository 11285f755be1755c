"""Refusals of the audit trail."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class AuditError(DomainError):
    """Something about the trail that a person must look at."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "anchor_unreadable": _("锚点文件第 %(line)s 行读不出来，或与上一行接不上。请审计员拿出留存的副本核对。"),
        "anchor_mismatch": _("审计记录与锚点不符：第 %(seq)s 条不见了，或被改过。没有写入新的锚点，请立即核验。"),
        "too_many_events": _(
            "符合条件的记录超过 %(most)s 条，没有导出。请用时间或类别缩小范围；要全部记录请导出整条链。"
        ),
    }
