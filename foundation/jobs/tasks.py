"""The one Celery task, and the one kind of job of this app: 自检."""

from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.faults import fault
from foundation.jobs.context import JobContext
from foundation.jobs.errors import JobError
from foundation.jobs.messages import TASK_NAME
from foundation.jobs.registry import register_kind
from foundation.jobs.services.checkup import CHECKUP, check_up
from foundation.jobs.services.work import work_job


@shared_task(name=TASK_NAME, ignore_result=True)
def work(ref: str) -> None:
    """Work the job with this reference, if nobody else does."""
    # The message is acknowledged already: from here on only the sweep would send another.
    fault("jobs.received")
    work_job(ref)
    fault("jobs.worked")


def work_checkup(context: JobContext) -> dict[str, Any]:
    """Look at every invariant; what is broken fails the job, so that nobody overlooks it."""
    checkup = check_up(now=clock.now(), told=context.progress)
    broken = checkup.broken
    if broken:
        raise JobError("not_whole", n=len(broken), first=broken[0].code, checkup=checkup.to_json())
    return checkup.to_json()


register_kind(CHECKUP, work=work_checkup, title=_("自检"))
