"""Refusals of intake: what a person asked for and cannot have."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class IntakeError(DomainError):
    """Something about a batch that cannot be done as asked; nothing was stored."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "may_not_upload": _("您没有上传考核数据的权限，没有接收文件。请向安全管理员申请授权。"),
        "reason_wrong": _("原因说明最多 500 个字，写在一行里，首尾不留空格。没有接收文件。"),
        "not_checked": _("%(batch)s 的状态是“%(state)s”，只有检查通过的批次可以提交。"),
        "plan_is_another": _("%(batch)s 在您打开页面之后重新检查过，请先看新的检查结果，再提交。没有写入任何数据。"),
        "nothing_to_mark": _("%(batch)s 没有可以标出的单元格：%(state)s。请按页面上的说明处理后重新上传。"),
        "no_bad_rows": _("%(batch)s 没有单独出错的行，请下载标注文件。"),
        "corrections_not_accepted": _(
            "%(batch)s 会更正 %(count)s 条已有数据，您确认的是 %(accepted)s 条。"
            "请核对旧值和新值，勾选确认后再提交。没有写入任何数据。"
        ),
        "rows_are_others": _("%(batch)s 的检查结果已经变化，请刷新页面，看过新的结果再选。没有改动任何内容。"),
        "rows_are_settled": _("%(batch)s 的状态是“%(state)s”，不能再改哪些行是数据。需要更正请重新上传文件。"),
        "nothing_to_check": _("%(batch)s 的状态是“%(state)s”，不再检查。请重新上传文件。"),
    }


class WithdrawalError(DomainError):
    """A withdrawal that cannot be asked for or decided as wanted; nothing was withdrawn."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "may_not_withdraw": _("您没有撤回批次的权限。请由上传人或组织人事干部申请。"),
        "may_not_approve": _("您没有批准撤回的权限。请由另一位组织人事干部批准。"),
        "rows_out_of_reach": _(
            "%(batch)s 有 %(count)s 条数据不在您的管理范围，不能由您撤回或批准。请由管理范围涵盖全部数据的人办理。"
        ),
        "not_committed": _("%(batch)s 的状态是“%(state)s”，只有已入库的批次可以撤回。"),
        "open_already": _("%(batch)s 已有一份撤回申请在办，没有再次申请。"),
        "reason_wrong": _("请填写撤回原因：最多 500 个字，写在一行里，首尾不留空格。没有撤回。"),
        "answer_wrong": _("请填写不批准的原因：最多 500 个字，写在一行里，首尾不留空格。"),
        "plan_moved_on": _("您打开页面之后，库中数据有了变化，撤回的后果已经不同。请看新的预览，再决定。没有撤回。"),
        "decided_already": _("这份撤回申请的状态是“%(state)s”，不能再决定。请刷新页面。"),
        "own_request": _("撤回须由另一个人批准，不能批准自己的申请。"),
        "not_yours_to_cancel": _("撤回申请只能由申请人取消。"),
        "at_work": _("撤回正在进行，不能取消。"),
    }


class DefinitionError(DomainError):
    """An indicator or a period that cannot be defined as asked; nothing was stored."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "code_wrong": _("指标代码“%(indicator)s”不能使用。请填写 1–30 位大写字母或数字，以字母开头，例如 DD01。"),
        "code_taken": _("指标 %(indicator)s 已经存在，没有新建。请改用其他代码，或修改原指标。"),
        "code_twice": _("指标 %(indicator)s 在本次登记中出现了不止一次，没有新建。每个指标只写一行。"),
        "text_wrong": _("指标 %(indicator)s 的%(field)s不能使用。请填写，并去掉首尾空格、换行和控制字符。"),
        "places_wrong": _("指标 %(indicator)s 的小数位数是 %(places)s。请填写 0–9。"),
        "bound_wrong": _("指标 %(indicator)s 的“%(text)s”不是有 %(places)s 位小数以内的数。请填写，例如 95.5。"),
        "bounds_reversed": _("指标 %(indicator)s 的下限 %(low)s 不小于上限 %(high)s。请核对两个数。"),
        "option_outside": _("指标 %(indicator)s 的选项“%(label)s”的数不在上下限之内。请核对选项。"),
        "option_twice": _("指标 %(indicator)s 的选项“%(label)s”重复。名称和数都只能出现一次。"),
        "owner_unknown": _("指标 %(indicator)s 的责任单位 %(unit_code)s 还没有登记。请先登记该单位。"),
        "period_code_wrong": _(
            "期间代码“%(period)s”与类别“%(kind)s”不符。年写 2026，半年写 2026H1，季写 2026Q2，月写 2026-06。"
        ),
        "period_taken": _("期间 %(period)s 已经存在，没有新建。"),
        "period_reversed": _("期间 %(period)s 的终止日期早于起始日期。请核对两个日期。"),
        "period_overlaps": _("期间 %(period)s 与同类期间 %(other)s 的日期重叠。请核对起止日期。"),
    }
