"""States of a job."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """From ``queued`` to one of three ends; a parent waits for its children in ``running``."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    CLOSING = "closing", _("收尾中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未成功")
    CANCELLED = "cancelled", _("已取消")


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.CLOSING)
ENDED_STATES = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
