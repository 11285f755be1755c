"""Refusals of evaluation: a stable code, and the sentence beside it."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class EvaluationError(DomainError):
    """What appraisal refuses, with what would be right."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "unknown_scheme": _("没有方案 %(scheme)s，请核对方案代码。"),
        "unknown_period": _("没有期间 %(period)s，请核对期间代码，例如 2026Q2。"),
        "not_in_force": _("方案 %(scheme)s 在 %(period)s 没有已批准的版本，请先提请批准。"),
        "too_many_to_ask": _("有 %(count)s 个对象，一张模板最多 %(most)s 个。请先选一个单位，分几张下载。"),
        "wrong_period_kind": _("方案 %(scheme)s 按%(wanted)s核算，%(period)s 不是%(wanted)s。"),
        "full_run_differs": _(
            "全量核算与现有结果不一致，共 %(n)s 组；首个是方案 %(scheme)s %(period)s“%(group)s”组，"
            "%(subjects)s 个对象不同，其中 %(subject)s。现有结果没有改动，请核查后再下令全部重新核算。"
        ),
    }


class BookingError(DomainError):
    """A group, an occurrence or an exemption that cannot be booked as asked; nothing was stored."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "set_code_wrong": _(
            "同类组方案代码“%(group_set)s”不能使用。请填写 1–40 位小写字母、数字或连字符，例如 banner-2026。"
        ),
        "set_code_taken": _("同类组方案 %(group_set)s 已经存在，没有新建。"),
        "name_wrong": _("名称不能使用。请填写 1–100 个字，首尾不留空格，不含换行和控制字符。"),
        "group_wrong": _("单位 %(unit_code)s 的同类组名称不能使用。请填写 1–40 个字，首尾不留空格。"),
        "unit_unknown": _("找不到代码为 %(unit_code)s 的单位。请核对代码，或先登记该单位。"),
        "dates_reversed": _("单位 %(unit_code)s：终止日期 %(ends_on)s 早于起始日期 %(starts_on)s。请核对两个日期。"),
        "in_two_groups": _(
            "单位 %(unit_code)s 自 %(starts_on)s 起已在“%(other)s”组，同一天不能属于两个组。请先结束原来的分组。"
        ),
        "reason_needed": _("单位 %(unit_code)s 的分组从已经过去的 %(starts_on)s 起算。请写明调整原因。"),
        "subject_unknown": _("找不到“%(subject)s”。请填写单位代码或工号（前面的零不能省略）。"),
        "period_unknown": _("没有期间 %(period)s。请核对期间代码，例如 2026Q2。"),
        "indicator_unknown": _("没有指标 %(indicator)s。请核对指标代码。"),
        "event_code_wrong": _("事项代码“%(event)s”不能使用。加减分事项写 A01 这样的代码，底线写 G01 这样的代码。"),
        "points_needed": _("事项 %(event)s 没有分数。请填写，例如 1.5 或 -2。"),
        "points_not_for_gate": _("底线 %(event)s 没有分数，只有后果。请清空分数。"),
        "points_wrong": _("事项 %(event)s 的分数“%(points)s”不是六位小数以内的数。请填写，例如 1.5 或 -2。"),
        "points_zero": _("事项 %(event)s 的分数是 0，没有可登记的内容。"),
        "source_wrong": _("事项 %(event)s 没有写明依据。请填写文号或来源，1–300 个字。"),
        "void_already": _("这条事项已经撤销。"),
        "fact_moved_on": _("这条记录已被他人更正，没有保存。请刷新后再改。"),
        "case_number_wrong": _("容错认定的文号不能使用。请填写 1–40 个字，例如 〔2026〕1号。"),
        "one_thing_needed": _("免责 %(case_number)s 应写明一项：指标、事项或底线，三者选一。"),
        "occurrence_unknown": _("免责 %(case_number)s 所指的事项不存在，或不属于该对象和期间。请核对。"),
    }
