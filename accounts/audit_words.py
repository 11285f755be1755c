"""What accounts record, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={
        "user.created": _("开设账号"),
        "user.password_set": _("设置密码"),
        "user.switched_off": _("停用账号"),
        "user.switched_on": _("启用账号"),
        "grant.asked": _("申请授权"),
        "grant.approved": _("批准授权"),
        "grant.ended": _("结束授权"),
        "trail.anchored": _("写入锚点"),
        "trail.exported": _("导出审计链"),
        "trail.verification_requested": _("核验审计链"),
        "events.exported": _("导出审计记录"),
    },
    objects={"accounts.user": _("账号"), "accounts.grant": _("授权"), "audit.audithead": _("审计链")},
)
