"""What intake records, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={
        "batch.received": _("收到上传文件"),
        "batch.check_requested": _("重新检查批次"),
        "batch.checked": _("检查批次"),
        "batch.rejected": _("批次未通过检查"),
        "batch.confirmed": _("提交入库"),
        "batch.committed": _("批次入库"),
        "indicators.defined": _("设定指标"),
        "indicator.owners_assigned": _("指定指标填报单位"),
        "periods.opened": _("设立期间"),
    },
    objects={
        "intake.batch": _("上传批次"),
        "intake.indicator": _("指标"),
        "intake.period": _("期间"),
        "ledger.entry": _("入库回执"),
    },
)
