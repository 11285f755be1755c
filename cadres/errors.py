"""Refusals about cadres and the facts of their service."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class CadreError(DomainError):
    """A cadre, posting, spell or sanction that cannot be recorded as asked."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "employee_no_wrong": _(
            "工号“%(employee_no)s”不能使用。请填写 1–20 位数字、字母或连字符，前面的零要保留，例如 015007。"
        ),
        "employee_no_taken": _("工号 %(employee_no)s 已属于“%(name)s”，没有登记。请核对工号。"),
        "employee_no_twice": _("工号 %(employee_no)s 在本次登记中出现了不止一次，没有登记。每人只写一行。"),
        "employee_no_unknown": _(
            "找不到工号为 %(employee_no)s 的干部。请核对工号（前面的零不能省略），或先登记该干部。"
        ),
        "name_empty": _("工号 %(employee_no)s 没有姓名。请填写姓名。"),
        "name_edge_space": _("工号 %(employee_no)s 的姓名首尾有空格。请去掉空格；姓名中间的间隔号和空格会原样保留。"),
        "name_too_long": _("工号 %(employee_no)s 的姓名有 %(length)s 个字，最多 50 个字。请核对。"),
        "name_control_character": _(
            "工号 %(employee_no)s 的姓名含有换行或控制字符。请重新录入姓名；蒙古文、间隔号和生僻字都可以使用。"
        ),
        "birth_month_wrong": _("工号 %(employee_no)s 的出生年月请填写当月 1 日，例如 1980-05-01。"),
        "title_wrong": _(
            "工号 %(employee_no)s 的职务名称不能使用。请填写 1–100 个字，首尾不留空格，不含换行和控制字符。"
        ),
        "unit_unknown": _("工号 %(employee_no)s：找不到代码为 %(unit_code)s 的单位。请核对单位代码。"),
        "unit_not_there_then": _(
            "工号 %(employee_no)s：单位“%(unit)s”的存续期间不含 %(starts_on)s 至 %(ends_on)s。请核对任职日期。"
        ),
        "dates_reversed": _("工号 %(employee_no)s：终止日期 %(ends_on)s 早于起始日期 %(starts_on)s。请核对两个日期。"),
        "front_without_front_line": _("工号 %(employee_no)s：只有一线派出才填写一线类别。请改任职方式，或清空类别。"),
        "front_missing": _("工号 %(employee_no)s：一线派出请填写去向：乡村振兴、项目建设、招商引资或改革发展。"),
        "main_postings_overlap": _(
            "工号 %(employee_no)s：“%(title)s”（%(starts_on)s 起）与已有任职“%(other)s”（%(other_starts_on)s 至 "
            "%(other_ends_on)s）重叠，没有登记。请先结束原任职，或登记为兼任、挂职。"
        ),
        "no_main_posting": _("工号 %(employee_no)s 在 %(on)s 没有主职，不能办理调任。请先登记任职。"),
        "posting_ended": _("任职“%(title)s”已于 %(ends_on)s 结束。如日期有误，请更正该任职。"),
        "fact_moved_on": _("这条记录已被他人更正，没有保存。请刷新后再改。"),
        "before_the_start": _("“%(title)s”自 %(starts_on)s 起任职，不能在 %(ends_on)s 结束。请核对日期。"),
    }
