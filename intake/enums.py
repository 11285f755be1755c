"""States and kinds of what comes in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PeriodKind(models.TextChoices):
    """期间类别."""

    YEAR = "year", _("年")
    HALF = "half", _("半年")
    QUARTER = "quarter", _("季")
    MONTH = "month", _("月")


class Direction(models.TextChoices):
    """方向."""

    MORE = "+", _("越大越好")
    LESS = "-", _("越小越好")


class Facet(models.TextChoices):
    """What an observation says of its subject."""

    VALUE = "value", _("数值")
    TARGET = "target", _("目标值")


class Flag(models.TextChoices):
    """Whether there is a value."""

    VALUE = "value", _("有值")
    NOT_APPLICABLE = "not_applicable", _("不适用")
    VOID = "void", _("作废")


class Vintage(models.TextChoices):
    """口径; final figures are never replaced by preliminary ones."""

    PRELIMINARY = "preliminary", _("初核")
    FINAL = "final", _("终核")


class BackFile(models.TextChoices):
    """A file that goes back to its sender."""

    MARKED = "marked", _("标注文件")
    BAD_ROWS = "bad_rows", _("问题行")


class BatchState(models.TextChoices):
    """批次状态."""

    RECEIVED = "received", _("已接收")
    CHECKED = "checked", _("已检查")
    COMMITTED = "committed", _("已入库")
    REJECTED = "rejected", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


class WithdrawalState(models.TextChoices):
    """撤回状态: waiting → approved | refused | cancelled; approved → done | lapsed | cancelled."""

    WAITING = "waiting", _("等待另一人批准")
    APPROVED = "approved", _("正在撤回")
    DONE = "done", _("已撤回")
    REFUSED = "refused", _("未批准")
    CANCELLED = "cancelled", _("已取消")
    LAPSED = "lapsed", _("已失效")


OPEN_WITHDRAWALS = (WithdrawalState.WAITING, WithdrawalState.APPROVED)
"""States in which a withdrawal may still take something back; one at most for a batch."""
