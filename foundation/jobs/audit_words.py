"""What jobs record, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={"job.cancelled": _("取消作业"), "checkup.requested": _("请求全面检查")}, objects={"jobs.job": _("作业")}
)
