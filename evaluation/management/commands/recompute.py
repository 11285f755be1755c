"""Compute a scheme in a period now, in this process, as the page and the night do."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from evaluation.errors import EvaluationError
from evaluation.selectors.runs import current_run
from evaluation.selectors.tops import top_rows
from evaluation.services.runs import request_all_runs, request_full_runs, request_run, run_digest
from foundation.actor import SYSTEM, Actor, actor_for_key
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline


class Command(BaseCommand):
    """核算: recompute one scheme in one period, or all that have data."""

    help = "Recompute --scheme CODE --period CODE, or --all; prints the run and the top of its groups."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what is computed and for whom."""
        parser.add_argument("--scheme", default="")
        parser.add_argument("--period", default="")
        parser.add_argument("--all", action="store_true")
        parser.add_argument(
            "--full", action="store_true", help="With --all: look at every group, whatever was touched."
        )
        parser.add_argument("--as", dest="user", default="", metavar="USER")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the job, work its tree here, tell what came out."""
        if not options["all"] and not (options["scheme"] and options["period"]):
            raise CommandError(_("请给出 --scheme 与 --period，或 --all。"), returncode=2)
        if options["full"] and not options["all"]:
            raise CommandError(_("--full 与 --all 一起使用。"), returncode=2)
        actor = self._actor(options["user"])
        began = time.monotonic()
        try:
            job = self._request(options, actor)
        except EvaluationError as error:
            raise CommandError(error.message, returncode=2) from error
        job = work_inline(job)
        if job.state != JobState.DONE:
            raise CommandError((job.error or {}).get("message") or str(JobState(job.state).label), returncode=1)
        self._tell(job, options, time.monotonic() - began)

    def _actor(self, username: str) -> Actor:
        actor = actor_for_key(f"user:{username}") if username else SYSTEM
        if actor is None:
            raise CommandError(_("没有用户 %(user)s，或已停用。") % {"user": username}, returncode=2)
        return actor

    def _request(self, options: dict[str, Any], actor: Actor) -> Job:
        if options["all"]:
            return request_full_runs(actor=actor) if options["full"] else request_all_runs(actor=actor)
        return request_run(scheme_code=options["scheme"], period_code=options["period"], actor=actor)

    def _tell(self, job: Job, options: dict[str, Any], seconds: float) -> None:
        result = job.outcome()
        self.stdout.write(
            _("新核算 %(made)s 个，无变化 %(same)s 个，用时 %(seconds).1f 秒")
            % {"made": len(result["runs"]), "same": len(result["unchanged"]), "seconds": seconds}
        )
        if options["all"]:
            return
        run = current_run(scheme_code=options["scheme"], period_code=options["period"])
        if run is None:
            return
        self.stdout.write(
            _("核算 %(number)s：%(groups)s 组 %(n)s 个，参加排名 %(ranked)s，摘要 %(digest)s")
            % {
                "number": run.number,
                "groups": run.groups.count(),
                "n": run.n_subjects,
                "ranked": run.n_ranked,
                "digest": run_digest(run)[:12],
            }
        )
        for row in top_rows(run, most=5):
            self.stdout.write(f"  {row.group}  {row.rank:>3}  {row.total_text:>8}  {row.name}")
