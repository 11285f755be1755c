"""What a job is refused for, and the two signals that stop a body that is at work."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class JobError(DomainError):
    """A job cannot begin, go on or be cancelled."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "owner_gone": _("发起人的账号已停用或不存在，任务未执行，数据没有变化。请由在岗人员重新发起。"),
        "not_allowed": _("发起人在任务执行前已不再有此项权限，任务未执行，数据没有变化。请由有权限的人员重新发起。"),
        "died_too_often": _(
            "任务的执行进程连续 %(attempts)s 次中断，已停止重试。请联系系统管理员查看运行日志后重新发起。"
        ),
        "database_away": _("数据库连续 %(attempts)s 次没有应答，已停止重试，未提交的数据没有入库。请稍后重新发起。"),
        "child_failed": _("%(failed)s 个子任务未成功，首个原因：%(reason)s"),
        "crashed": _("程序出错（%(type)s），任务已停止，未提交的数据没有入库。请把任务编号 %(ref)s 告诉系统管理员。"),
        "not_whole": _("自检发现 %(n)s 项不成立，首项是 %(first)s。请在“作业”页的“自检”中查看是哪几处。"),
        "already_ended": _("任务已经结束，不能取消。"),
    }


class LostLease(Exception):  # noqa: N818 - a signal to the holder, not an error of the job
    """Another worker holds the job, or it has ended: stop and write nothing more about it."""


class JobCancelled(Exception):  # noqa: N818 - a signal to the holder, not an error of the job
    """A person asked to cancel the job while its body was at work."""
