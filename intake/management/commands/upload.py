"""The door of intake from the command line: the same checks, the same store, the same report."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from accounts.scope import actor_of
from accounts.selectors import user_for_key
from foundation.actor import Actor
from foundation.clock import today
from foundation.errors import DomainError
from foundation.jobs.enums import JobState
from foundation.jobs.services import work_inline
from foundation.ledger.models import Entry
from intake.enums import BatchState
from intake.models import Batch
from intake.problems import Problem
from intake.reports import Report
from intake.selectors.batches import standing_receipt
from intake.services.batches import Requested, receive_upload, request_commit

REJECTED, REFUSED = 1, 2
_BLOCK = 1 << 20


class Command(BaseCommand):
    """Exit status 0: checked or stored; 1: rejected, or sent back; 2: not even received."""

    help = "Upload FILE as USER, check it, and with --commit store it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="username", required=True, help="the user on whose behalf")
        parser.add_argument("--commit", action="store_true", help="store it if nothing is wrong")
        parser.add_argument(
            "--accept-corrections",
            type=int,
            default=0,
            metavar="N",
            help="how many stored values the file corrects; with another number nothing is stored",
        )
        parser.add_argument("--reason", default="", help="why, for the receipt")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = self._actor(options["username"])
        try:
            requested = receive_upload(
                chunks=_blocks(options["file"]), name=options["file"].name, actor=actor, reason=options["reason"]
            )
        except DomainError as error:
            self._refuse(error.message)
        except OSError as error:
            self._refuse(f"{options['file']}: {error.strerror}")
        self._work(requested)
        batch = _fresh(requested.batch)
        if options["commit"] and batch.state == BatchState.CHECKED:
            self._commit(batch, actor, options["accept_corrections"])
            batch = _fresh(batch)
        report, receipt = Report.from_json(batch.report or {}), standing_receipt(batch)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(batch, report, receipt), ensure_ascii=False, indent=2))
        else:
            self._tell(batch, report, receipt)
        if report.has_errors or (options["commit"] and receipt is None):
            sys.exit(REJECTED)

    def _actor(self, username: str) -> Actor:
        user = user_for_key(f"user:{username.lower()}")
        if user is None:
            self._refuse(f"没有账号 {username}，或账号已停用。")
        return actor_of(user, on=today())

    def _work(self, requested: Requested) -> None:
        job = work_inline(requested.job)
        if job.state != JobState.DONE:
            self._refuse(str((job.error or {}).get("message", job.state)))

    def _commit(self, batch: Batch, actor: Actor, accepted: int) -> None:
        try:
            requested = request_commit(
                batch=batch, actor=actor, plan_sha256=batch.plan_sha256, accepted_corrections=accepted
            )
        except DomainError as error:
            self.stderr.write(error.message)
            return
        self._work(requested)

    def _refuse(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(REFUSED)

    def _tell(self, batch: Batch, report: Report, receipt: Entry | None) -> None:
        self.stdout.write(f"{batch}  {batch.file.name}  {BatchState(batch.state).label}")
        self.stdout.write(
            f"行数 {report.rows}  没有问题 {report.good_rows}  错误 {report.error_rows}  提醒 {report.warning_rows}"
        )
        self.stdout.write(f"新增 {report.n_new}  改动 {report.n_changed}  相同 {report.n_same}")
        for kind in report.kinds:
            self.stdout.write(f"[{kind.severity}] {kind.code} {kind.title}: {kind.count}  {kind.remedy}")
            for cell in kind.cells:
                self.stdout.write(f"  {cell.ref}\t{cell.value}\t{cell.message}")
            if kind.cut:
                self.stdout.write(f"  另有 {kind.cut} 处没有列出")
        for change in report.changes:
            mark = "  变动较大" if change.is_jump else ""
            where = f"{change.ref}\t{change.subject}\t{change.indicator} {change.period}"
            self.stdout.write(f"  更正 {where}\t{change.before} → {change.after}{mark}")
        if report.n_changed > len(report.changes):
            self.stdout.write(f"  另有 {report.n_changed - len(report.changes)} 条更正没有列出")
        if report.n_changed and receipt is None:
            self.stdout.write(f"核对以上更正后，入库时加 --accept-corrections {report.n_changed}")
        if receipt is not None:
            self.stdout.write(f"回执 {receipt.seq}  {receipt.rows_sha256}")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _fresh(batch: Batch) -> Batch:
    return Batch.objects.select_related("file", "entry").get(pk=batch.pk)


def _as_json(batch: Batch, report: Report, receipt: Entry | None) -> dict[str, Any]:
    counts = ("rows", "good_rows", "error_rows", "warning_rows", "n_new", "n_changed", "n_same")
    return {
        "batch": batch.ref,
        "number": batch.number,
        "file": batch.file.name,
        "sha256": batch.file.sha256,
        "state": batch.state,
        "counts": {name.removeprefix("n_"): getattr(report, name) for name in counts},
        "kinds": [
            {"code": kind.code, "severity": kind.severity, "title": kind.title, "count": kind.count, "cut": kind.cut}
            for kind in report.kinds
        ],
        "problems": [_problem(problem) for problem in report.problems],
        "changes": [change.__dict__ for change in report.changes],
        "receipt": None
        if receipt is None
        else {
            "seq": receipt.seq,
            "new": receipt.n_new,
            "changed": receipt.n_changed,
            "same": receipt.n_same,
            "rows_sha256": receipt.rows_sha256,
            "is_earlier": batch.entry_id is None,
        },
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.kind.severity,
        "row": problem.row,
        "column": problem.column,
        "heading": problem.heading,
        "value": problem.value,
        "message": problem.message,
        "remedy": str(problem.kind.remedy),
        "suggestion": problem.suggestion,
    }
