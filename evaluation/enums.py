"""States and words of appraisal; imports nothing of the app, so that everyone may import it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """核算状态."""

    RUNNING = "running", _("核算中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


class EntryForm(models.TextChoices):
    """The two forms of a sheet to be filled."""

    WIDE = "wide", _("宽表")
    LONG = "long", _("长表")
