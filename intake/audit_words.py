"""What intake records, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={
        "batch.received": _("收到上传文件"),
        "batch.check_requested": _("重新检查批次"),
        "batch.rows_left_out": _("指明不是数据的行"),
        "batch.rows_taken_back": _("恢复读取全部行"),
        "batch.checked": _("检查批次"),
        "batch.rejected": _("批次未通过检查"),
        "batch.confirmed": _("提交入库"),
        "batch.committed": _("批次入库"),
        "batches.comparison_exported": _("导出批次比较"),
        "batch.withdrawn": _("撤回批次"),
        "withdrawal.asked": _("申请撤回批次"),
        "withdrawal.approved": _("批准撤回"),
        "withdrawal.refused": _("不批准撤回"),
        "withdrawal.cancelled": _("取消撤回申请"),
        "withdrawal.lapsed": _("撤回申请失效"),
        "batch.file_requested": _("请求标注文件"),
        "batch.file_given": _("取走标注文件或问题行"),
        "indicators.defined": _("设定指标"),
        "indicator.owners_assigned": _("指定指标填报单位"),
        "periods.opened": _("设立期间"),
    },
    objects={
        "intake.batch": _("上传批次"),
        "intake.withdrawal": _("撤回申请"),
        "intake.indicator": _("指标"),
        "intake.period": _("期间"),
        "ledger.entry": _("入库回执"),
    },
)
