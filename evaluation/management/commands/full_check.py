"""Compare everything that is shown with a run that looks at everything, now and in this process."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from evaluation.services.full_checks import request_full_check
from foundation.actor import SYSTEM
from foundation.jobs.enums import JobState
from foundation.jobs.services import work_inline


class Command(BaseCommand):
    """全量复核."""

    help = "Compute everything shown once more in full and compare; exit status 1: something differs, and is an alarm."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the job, work its tree here, tell what came out."""
        job = work_inline(request_full_check(actor=SYSTEM))
        if job.state != JobState.DONE:
            raise CommandError((job.error or {}).get("message") or str(JobState(job.state).label), returncode=1)
        found = job.outcome()
        self.stdout.write(_("复核一致：%(pairs)s 个方案与期间，%(groups)s 组。") % found)
