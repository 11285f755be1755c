"""The one Celery task."""

from celery import shared_task

from foundation.jobs.messages import TASK_NAME
from foundation.jobs.services.work import work_job


@shared_task(name=TASK_NAME, ignore_result=True)
def work(ref: str) -> None:
    """Work the job with this reference, if nobody else does."""
    work_job(ref)
