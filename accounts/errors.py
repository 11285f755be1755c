"""Refusals about users and grants."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class AccountError(DomainError):
    """A user or grant that cannot be made or changed as asked."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "username_wrong": _(
            "账号“%(username)s”不能使用。请用 2–60 位小写字母、数字、点、连字符或下划线，例如 hr.dongsheng。"
        ),
        "username_taken": _("账号 %(username)s 已被使用，没有创建。请换一个账号。"),
        "name_wrong": _("账号 %(username)s 的姓名不能使用。请填写 1–50 个字，首尾不留空格，不含换行和控制字符。"),
        "subject_taken": _("该干部已有账号 %(username)s，没有另建。一名干部只有一个账号。"),
        "password_weak": _("密码没有修改：%(why)s"),
        "off_already": _("账号 %(username)s 已经停用。"),
        "on_already": _("账号 %(username)s 正在使用中。"),
        "role_not_of_power": _("账号 %(username)s 属于“%(power)s”，不能授予“%(role)s”。三权分立，请另建账号。"),
        "dates_reversed": _("授权的终止日期 %(ends_on)s 早于起始日期 %(starts_on)s。请核对两个日期。"),
        "same_person": _("这项授权是您提出的，须由另一人批准。"),
        "own_grant": _("不能批准给自己的授权。请由另一名安全管理员批准。"),
        "approved_already": _("这项授权已由他人批准。"),
        "ended_already": _("这项授权已于 %(ends_on)s 终止。"),
    }
