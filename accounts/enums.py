"""Powers and roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Power(models.TextChoices):
    """三权分立: a user belongs to one power for good."""

    SYSTEM = "system", _("系统管理")
    SECURITY = "security", _("安全管理")
    AUDIT = "audit", _("审计")
    BUSINESS = "business", _("业务")


class Role(models.TextChoices):
    """角色."""

    SYSTEM_ADMINISTRATOR = "system_administrator", _("系统管理员")
    SECURITY_ADMINISTRATOR = "security_administrator", _("安全管理员")
    AUDITOR = "auditor", _("审计员")
    HR_OFFICER = "hr_officer", _("组织人事干部")
    UNIT_CLERK = "unit_clerk", _("单位经办人")
    WINDOW_CLERK = "window_clerk", _("窗口经办人")
    CASE_DECIDER = "case_decider", _("案件审定人")
    LEADERSHIP = "leadership", _("领导")
    CADRE = "cadre", _("干部本人")


POWER_OF_ROLE: dict[Role, Power] = {
    Role.SYSTEM_ADMINISTRATOR: Power.SYSTEM,
    Role.SECURITY_ADMINISTRATOR: Power.SECURITY,
    Role.AUDITOR: Power.AUDIT,
    Role.HR_OFFICER: Power.BUSINESS,
    Role.UNIT_CLERK: Power.BUSINESS,
    Role.WINDOW_CLERK: Power.BUSINESS,
    Role.CASE_DECIDER: Power.BUSINESS,
    Role.LEADERSHIP: Power.BUSINESS,
    Role.CADRE: Power.BUSINESS,
}
