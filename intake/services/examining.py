"""Look a kept file over: parse, check, stage, compare with the ledger. Takes no lock, writes nothing."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from foundation.files.content import path_of
from foundation.ledger.store import Plan, Stage, staged
from foundation.tabular.reading import read_table
from foundation.tabular.table import TableLimits
from intake.checks import Checked, EntryRights, check_sheet
from intake.checks.findings import KEPT_CELLS
from intake.contents import content_text
from intake.enums import BatchState, Flag, Vintage
from intake.long_form import HEADING_WORDS
from intake.models import Batch, Observation
from intake.reports import Report, Standing, report_of

Progress = Callable[[int, int, str], None]
"""Told (done, of all, what is being done); may raise to stop the work."""

PARTS = 100
_READ, _CHECKED, _COMPARED = 40, 70, 90


@dataclass(frozen=True, eq=False)
class Examined:
    """A batch looked over: what was found, and the stage that holds its facts while this is open."""

    batch: Batch
    checked: Checked
    stage: Stage
    plan: Plan

    @property
    def plan_sha256(self) -> str:
        """What the officer confirms: the changes, and the rows that are left out."""
        return confirmed_sha256(self.plan, self.batch.left_out)

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps the batch out."""
        return self.checked.findings.has_errors

    @property
    def same_as(self) -> Batch | None:
        """The standing batch that stored this very file, if storing it again would change nothing."""
        if self.has_errors or self.plan.n_new or self.plan.n_changed:
            return None
        return standing_batch_of(self.batch)

    def report(self, *, changed_since: bool = False) -> Report:
        """Say it all, for the officer."""
        same_as = self.same_as
        standing = Standing(same_as=None if same_as is None else same_as.ref, changed_since=changed_since)
        return report_of(self.checked, self.plan, standing)


@contextmanager
def examined(batch: Batch, rights: EntryRights, *, progress: Progress, most: int = KEPT_CELLS) -> Iterator[Examined]:
    """Parse the kept file, run all checks, stage what is good and compare it with the ledger.

    ``most`` cells of each kind of problem are kept.
    Raises TableError when the file as a whole cannot be read.
    """

    def reading(done: int, of_all: int) -> None:
        progress(_READ * done // of_all if of_all else 0, PARTS, _("读取文件"))

    limits = upload_limits()
    table = read_table(
        path_of(batch.file.sha256),
        name=batch.file.name,
        limits=replace(limits, problems_kept=max(most, limits.problems_kept)),
        progress=reading,
        words=HEADING_WORDS,
        without=batch.left_out,
    )
    progress(_READ, PARTS, _("检查每一行"))
    checked = check_sheet(table, rights, most=most)
    progress(_CHECKED, PARTS, _("与库中数据比对"))
    with staged(Observation, checked.columns) as stage:
        plan = stage.classify()
        _note_reversed_vintages(checked, plan)
        progress(_COMPARED, PARTS, _("与库中数据比对"))
        yield Examined(batch, checked, stage, plan)


def confirmed_sha256(plan: Plan, left_out: Sequence[int]) -> str:
    """The digest of a plan, and of the rows of the file that do not stand in it."""
    if not left_out:
        return plan.sha256
    return hashlib.sha256(f"{plan.sha256} without {sorted(left_out)}".encode()).hexdigest()


def upload_limits() -> TableLimits:
    """How much the door takes, by the settings."""
    return TableLimits(
        csv_bytes=settings.UPLOAD_CSV_MAX_BYTES,
        csv_rows=settings.UPLOAD_CSV_MAX_ROWS,
        xlsx_bytes=settings.UPLOAD_XLSX_MAX_BYTES,
        xlsx_rows=settings.UPLOAD_XLSX_MAX_ROWS,
        xlsx_unpacked_bytes=settings.UPLOAD_XLSX_MAX_UNPACKED_BYTES,
    )


def standing_batch_of(batch: Batch) -> Batch | None:
    """Another batch with the same content whose receipt stands."""
    same = Batch.objects.filter(file__sha256=batch.file.sha256, state=BatchState.COMMITTED)
    standing = same.filter(entry__withdrawn_by=None).exclude(pk=batch.pk)
    return standing.select_related("entry", "file").order_by("-number").first()


def _note_reversed_vintages(checked: Checked, plan: Plan) -> None:
    """A final figure is never replaced by a preliminary one; one that was taken back may be."""
    reversed_rows = np.zeros(len(checked.sheet), dtype=bool)
    before_of: dict[int, str] = {}
    indicators = checked.lookups.indicators if checked.lookups else None
    for order, before, after, _said_by in plan.changed:
        if before[2] == Vintage.FINAL and after[2] == Vintage.PRELIMINARY and before[1] != Flag.VOID:
            place = int(checked.places[order])
            reversed_rows[place] = True
            assert indicators is not None
            code = str(checked.sheet["indicator_code"].codes.texts[place])
            before_of[place] = content_text(before, indicators.rows[indicators.place[code]].places)
    field = checked.sheet["vintage"]
    checked.findings.note("vintage_reversed", reversed_rows, field, lambda place: {"before": before_of[place]})
