"""Refusals about units."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class UnitError(DomainError):
    """A unit that cannot be registered or changed as asked."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "code_wrong": _("单位代码“%(unit_code)s”不能使用。请填写 1–32 位数字、字母或连字符，例如 150602。"),
        "code_taken": _("单位代码 %(unit_code)s 已被“%(name)s”使用，没有登记。请改用其他代码，或修改原单位。"),
        "code_twice": _("单位代码 %(unit_code)s 在本次登记中出现了不止一次，没有登记。每个单位只写一行。"),
        "code_unknown": _("找不到代码为 %(unit_code)s 的单位。请核对代码，或先登记该单位。"),
        "name_wrong": _("单位 %(unit_code)s 的名称不能使用。请填写 1–100 个字，首尾不留空格，不含换行和控制字符。"),
        "alias_taken": _("别名“%(text)s”已指向“%(name)s”。一个别名只能指向一个单位。"),
        "parent_unknown": _("单位 %(unit_code)s 的上级 %(parent)s 还没有登记。请把上级放在前面一行，或先登记上级。"),
        "dates_reversed": _("单位 %(unit_code)s 的终止日期 %(ends_on)s 早于起始日期 %(starts_on)s。请核对两个日期。"),
        "ended_already": _("单位“%(name)s”已于 %(ends_on)s 终止。"),
        "not_valid_then": _("单位“%(name)s”（%(unit_code)s）在 %(on)s 不存在。请核对日期，或改选沿革后的单位。"),
        "same_unit": _("“%(name)s”不能成为自己的沿革单位。请选择另一个单位。"),
    }
