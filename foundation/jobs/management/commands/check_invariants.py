"""Look whether everything holds that must hold, in the database and among the kept files."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from foundation import clock
from foundation.invariants import invariant_named
from foundation.jobs.services.checkup import Checkup, Finding, Verdict, check_up


class Command(BaseCommand):
    """自检: reads only, takes no lock; usable while the office works."""

    help = "自检：数据库与留存文件中必须成立的各项。只读，不加锁。退出码：0 全部成立，1 有不成立的，2 参数有误。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, and for whom."""
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--only", default="", help="只查这些：编号或名称，用逗号分开，如 I1,I8")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, tell, and end with 1 where something is broken."""
        only = [word.strip() for word in options["only"].split(",") if word.strip()]
        try:
            checkup = check_up(now=clock.now(), only=only)
        except KeyError as unknown:
            raise CommandError(_("没有这一项：%(names)s") % {"names": unknown.args[0]}, returncode=2) from unknown
        if options["json"]:
            self.stdout.write(json.dumps(checkup.to_json(), ensure_ascii=False, default=str))
        else:
            self._tell(checkup)
        if checkup.broken:
            raise CommandError(_("%(n)s 项不成立") % {"n": len(checkup.broken)}, returncode=1)

    def _tell(self, checkup: Checkup) -> None:
        for finding in checkup.findings:
            invariant = invariant_named(finding.name)
            assert invariant is not None
            self.stdout.write(f"{finding.code:<4} {_mark(finding):<6} {invariant.sentence}  ({finding.name})")
            if invariant.not_yet:
                self.stdout.write(f"       {invariant.not_yet}")
            for facts in finding.places:
                self.stdout.write(f"       {invariant.told(facts)}")
            if finding.broken > len(finding.places):
                self.stdout.write("       " + _("共 %(n)s 处") % {"n": finding.broken})


def _mark(finding: Finding) -> str:
    return {
        Verdict.HOLDS: _("成立"),
        Verdict.BROKEN: _("不成立"),
        Verdict.UNREADABLE: _("查不了"),
        Verdict.NOT_YET: _("尚无"),
    }[finding.verdict]
