"""Compute stored runs again from their manifest and cut, and compare every bit; nothing is written."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from evaluation.models import Run
from evaluation.presenters.replays import difference_lines, replay_facts, verdict_line
from evaluation.selectors.replays import Manner, Replayed, Replayer, Verdict
from evaluation.selectors.runs import recent_runs, run_named

STATUS = {Verdict.SAME: 0, Verdict.DIFFERS: 1, Verdict.CANNOT: 2}


class Command(BaseCommand):
    """复算: replay a run by its reference or number, or the newest ones."""

    help = (
        "Recompute RUN (reference or number) from its manifest and cut, compare digests; writes nothing. "
        "Exit status 0: the same; 1: differs; 2: cannot be recomputed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which runs, and in which manner."""
        parser.add_argument("run", nargs="?", default="", help="reference or number of a run")
        parser.add_argument("--all-recent", type=int, default=0, metavar="N", help="the N newest runs")
        parser.add_argument("--shuffle", type=int, metavar="SEED", help="feed rows and columns in another order")
        parser.add_argument("--shards", type=int, default=1, metavar="N", help="read and score the groups in N parts")
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="threads that do the parts")
        parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay one run after another, tell what differs, end with the worst verdict's status."""
        runs = _runs(options["run"], options["all_recent"])
        parts = max(options["shards"], options["workers"], 1)
        replayer = Replayer(Manner(options["shuffle"], parts, max(options["workers"], 1)))
        found = [self._told(replayer.replay(run), as_json=options["json"]) for run in runs]
        if options["json"]:
            facts = [replay_facts(each) for each in found]
            self.stdout.write(json.dumps(facts if options["all_recent"] else facts[0], ensure_ascii=False, indent=1))
        worst = max(STATUS[each.verdict] for each in found)
        if worst:
            sys.exit(1 if Verdict.DIFFERS in {each.verdict for each in found} else worst)

    def _told(self, replayed: Replayed, *, as_json: bool) -> Replayed:
        if not as_json:
            self._write([*difference_lines(replayed), verdict_line(replayed)])
        return replayed

    def _write(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _runs(named: str, newest: int) -> Sequence[Run]:
    if bool(named) == bool(newest) or newest < 0:
        raise CommandError(_("请给出一次核算的编号或代号，或 --all-recent N。"), returncode=2)
    if newest:
        runs = recent_runs(most=newest)
        if not runs:
            raise CommandError(_("还没有任何核算。"), returncode=2)
        return runs
    run = run_named(named)
    if run is None:
        raise CommandError(_("没有核算 %(run)s，请核对编号或代号。") % {"run": named}, returncode=2)
    return [run]
