"""What evaluation records, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={
        "groupset.created": _("设立同类组方案"),
        "groupmembers.placed": _("编入同类组"),
        "groupmember.ended": _("移出同类组"),
        "occurrences.booked": _("登记加减分事项"),
        "occurrence.voided": _("撤销加减分事项"),
        "exemptions.granted": _("认定免责"),
        "exemption.voided": _("撤销免责"),
        "entry_sheet.taken": _("下载填报模板"),
        "proof.exported": _("下载复算文件"),
        "ranking.exported": _("导出指数榜"),
        "difference.exported": _("导出两次核算的差异"),
        "run.requested": _("发起核算"),
        "run.finished": _("完成核算"),
        "run.check_requested": _("发起全量复核"),
        "run.check_differs": _("全量复核不一致"),
        "run.alarm_settled": _("核算警报解除"),
    },
    objects={
        "evaluation.groupset": _("同类组方案"),
        "evaluation.groupmember": _("同类组成员"),
        "evaluation.occurrence": _("加减分事项"),
        "evaluation.exemption": _("免责"),
        "evaluation.run": _("核算"),
    },
)
