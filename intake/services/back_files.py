"""Files that go back to the sender of a batch: the file with its problems marked, its bad rows alone.

They come from the same check as the report, run once more over the kept file with the sender's
rights; nothing about a problem is decided here.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path, PurePath
from typing import IO, Final

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.selectors import user_for_key
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.clock import now, today
from foundation.faults import fault
from foundation.files.content import Content, keep_content, path_of, store
from foundation.files.models import StoredFile
from foundation.jobs.models import Job
from foundation.jobs.services import request_job
from foundation.tabular.csv_file import open_records
from foundation.tabular.marking import Listing, Mark, UnopenableError, mark_workbook, write_marked
from foundation.tabular.table import CellKind, FileKind, Table, column_number
from foundation.tabular.writing import Written
from intake.checks import entry_rights, entry_rights_of
from intake.checks.findings import Findings
from intake.checks.rights import EntryRights
from intake.enums import BackFile
from intake.errors import IntakeError
from intake.job_kinds import MARK_JOB, job_key
from intake.long_form import HEADING_WORDS, LongSheet
from intake.models import Batch
from intake.problems import Problem, Severity
from intake.reports import Report
from intake.selectors.batches import batch_label
from intake.services.examining import PARTS, Examined, Progress, examined

MARKS_MOST: Final = 100_000
"""How many problems a file marks; what is beyond is counted on its list."""
CELLS_MOST: Final = 600_000
"""How many cells a workbook may have to be opened with its formats; a larger one goes back as values."""
SOURCE_ROW: Final = "原行号"

_BYTES_MOST = 200_000_000
_BLOCK = 1 << 20
_EXACT_DIGITS = 15


@dataclass(frozen=True)
class Made:
    """What was written: the name of the file and how many problems it marks."""

    name: str
    n_marks: int


@dataclass(frozen=True)
class Requested:
    """The job that makes a file."""

    job: Job


def is_made_at_once(batch: Batch) -> bool:
    """Whether the reader can wait for the file."""
    rows = Report.from_json(batch.report or {}).rows
    return rows <= settings.MARK_AT_ONCE_MAX_ROWS and batch.file.size <= settings.MARK_AT_ONCE_MAX_BYTES


def give_file(*, batch: Batch, actor: Actor, what: BackFile, stream: IO[bytes]) -> Made:
    """Write a file for the one who waits, and write down that it left."""
    made = write_file(batch=batch, actor=actor, what=what, stream=stream, progress=_nobody_asks)
    record_given(batch=batch, actor=actor, what=what, made=made)
    return made


@use_case
def record_given(*, batch: Batch, actor: Actor, what: BackFile, made: Made) -> None:
    """Write down that a file left."""
    record("batch.file_given", batch, after={"what": what.value, "name": made.name, "problems": made.n_marks})


@use_case
def request_file(*, batch: Batch, actor: Actor, what: BackFile, language: str) -> Requested:
    """Ask for a file that takes its time."""
    _refuse_nothing(batch, what)
    job = request_job(
        kind=MARK_JOB,
        key=mark_key(batch, what, actor.key),
        actor=actor,
        args={"batch": batch.ref, "what": what.value, "language": language},
    )
    record("batch.file_requested", batch, after={"what": what.value, "job": job.ref})
    return Requested(job)


def mark_key(batch: Batch, what: BackFile, actor_key: str) -> str:
    """Key under which one reader has one open job for one file."""
    return f"{job_key(MARK_JOB, batch.ref)}:{what.value}:{actor_key}"


def keep_file(*, batch: Batch, actor: Actor, what: BackFile, language: str, progress: Progress) -> StoredFile:
    """Make a file and keep it for its reader; worked twice it makes the same."""
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as stream:
        with override(language):
            made = write_file(batch=batch, actor=actor, what=what, stream=stream, progress=progress)
        stream.seek(0)
        content = keep_content(iter(lambda: stream.read(_BLOCK), b""), limit=_BYTES_MOST)
    fault("back_file.after_content")
    return _store_file(batch=batch, actor=actor, content=content, what=what, made=made)


@use_case
def _store_file(*, batch: Batch, actor: Actor, content: Content, what: BackFile, made: Made) -> StoredFile:
    file = store(content, name=made.name, kind=what.value, media_type=FileKind.XLSX.media_type, actor=actor)
    after = {"what": what.value, "name": made.name, "problems": made.n_marks, "sha256": content.sha256}
    record("batch.file_given", batch, after=after)
    return file


def write_file(*, batch: Batch, actor: Actor, what: BackFile, stream: IO[bytes], progress: Progress) -> Made:
    """Check the kept file once more and write it back with all problems.

    Raises IntakeError ``nothing_to_mark`` or ``no_bad_rows``, TableError where the file reads no more.
    """
    _refuse_nothing(batch, what)
    with examined(batch, _rights(batch, actor), progress=progress, most=MARKS_MOST) as seen:
        marks = _marks(seen.checked.findings)
        progress(PARTS - 5, PARTS, _("写出文件"))
        if what is BackFile.MARKED:
            _write_marked(seen, marks, stream)
        else:
            _write_bad_rows(seen, marks, stream)
    stem = PurePath(batch.file.name).stem
    return Made(f"{stem} {what.label}.xlsx", len(marks))


def _refuse_nothing(batch: Batch, what: BackFile) -> None:
    report = Report.from_json(batch.report or {})
    if batch.report is None or not report.kinds or not report.is_readable:
        told = batch.get_state_display()
        raise IntakeError("nothing_to_mark", batch=batch_label(batch), state=told)
    if what is BackFile.BAD_ROWS and not report.error_rows:
        raise IntakeError("no_bad_rows", batch=batch_label(batch))


def _rights(batch: Batch, actor: Actor) -> EntryRights:
    """Those of the sender, as in the report; of who asks, where the sender has left."""
    sender = user_for_key(batch.uploaded_by)
    return entry_rights_of(actor, on=today()) if sender is None else entry_rights(sender, on=today())


def _nobody_asks(done: int, of_all: int, note: str) -> None:
    """Progress of what is made while its reader waits."""


def _marks(findings: Findings) -> list[Mark]:
    """All problems in the order of the sheet, those of the whole file first."""
    marks = [_mark(problem) for code in findings.counts for problem in findings.kept(code)]
    return sorted(marks, key=lambda mark: (mark.row, mark.column, not mark.is_error))[:MARKS_MOST]


def _mark(problem: Problem) -> Mark:
    kind = problem.kind
    return Mark(
        row=problem.row,
        column=column_number(problem.column) if problem.column else 0,
        is_error=kind.severity is Severity.ERROR,
        title=str(kind.title),
        subject=problem.subject,
        value=problem.value,
        message=problem.message,
        remedy=str(kind.remedy),
        suggestion=problem.suggestion,
    )


def _listing(seen: Examined, marks: Sequence[Mark], *more: str) -> Listing:
    report = seen.report()
    counts = {
        "batch": batch_label(seen.batch),
        "file": seen.batch.file.name,
        "errors": f"{report.error_count:,}",
        "warnings": f"{report.warning_count:,}",
        "at": now().astimezone().strftime("%Y-%m-%d %H:%M"),
    }
    sentences = [
        _("%(batch)s %(file)s：%(errors)s 处错误，%(warnings)s 处提醒。") % counts,
        _("%(at)s 按当时的名册、权限和库中数据检查。") % counts,
        _("红色是错误，黄色是提醒。改好红色的格，保存后重新上传；颜色、批注和这张附表不妨碍读取。"),
        *more,
    ]
    cut = report.error_count + report.warning_count - len(marks)
    if cut > 0:
        sentences.append(_("另有 %(count)s 处没有标出，改好标出的再传一次即可看到。") % {"count": f"{cut:,}"})
    headings = (_("单元格"), _("级别"), _("问题"), _("对象"), _("填的是"), _("说明"), _("怎样改"), _("可能是"))
    return Listing(_("问题清单"), sentences, headings, error=_("错误"), warning=_("提醒"))


def _write_marked(seen: Examined, marks: Sequence[Mark], stream: IO[bytes]) -> None:
    table, path = seen.checked.sheet.table, path_of(seen.batch.file.sha256)
    if table.kind is FileKind.XLSX:
        if len(table) * len(table.columns) <= CELLS_MOST:
            try:
                mark_workbook(path, stream, sheet=table.sheet_number, marks=marks, listing=_listing(seen, marks))
            except UnopenableError:
                stream.seek(0)
                stream.truncate()
            else:
                return
        only = _("原表过大或含有不能照抄的格式，这里只有各格的值。")
        rows, name, listing = _table_rows(table), table.sheet, _listing(seen, marks, only)
    else:
        rows, name, listing = _csv_rows(path), _("考核数据"), _listing(seen, marks)
    write_marked(stream, name=name, rows=rows, marks=marks, listing=listing, header_row=table.header_row)


def _write_bad_rows(seen: Examined, marks: Sequence[Mark], stream: IO[bytes]) -> None:
    """The heading and the bad rows, the row in the officer's file before each; every mark moves along."""
    sheet = seen.checked.sheet
    table = sheet.table
    wanted = sorted({mark.row for mark in marks if mark.is_error and mark.row > table.header_row})
    new_row = {table.header_row: 1, **{row: place for place, row in enumerate(wanted, 2)}}
    moved = [
        replace(mark, row=new_row[mark.row], column=max(1, mark.column) + 1) for mark in marks if mark.row in new_row
    ]
    told = {"count": f"{len(wanted):,}"}
    listing = _listing(
        seen,
        marks,
        _("这里只有有错误的 %(count)s 行，A 列是它们在原表的行号。") % told,
        _("全有或全无：其余各行也没有入库。改好的行抄回原表一起上传，或把两份文件分别上传。"),
    )
    rows = ((new_row[number], cells) for number, cells in _numbered_rows(seen, set(wanted)))
    write_marked(stream, name=_("问题行"), rows=rows, marks=moved, listing=listing)


def _numbered_rows(seen: Examined, wanted: set[int]) -> Iterator[tuple[int, Sequence[Written]]]:
    """The heading, then the wanted rows as they stand in the file, their number before them."""
    sheet = seen.checked.sheet
    table, earlier = sheet.table, sheet["source_row"] if sheet["source_row"].is_there else None
    if table.kind is FileKind.CSV:
        found = _csv_rows(path_of(seen.batch.file.sha256))
    else:
        found = _table_rows(table, numbers=_figure_columns(sheet))
    for number, cells in found:
        if number == table.header_row:
            yield number, (None if earlier else SOURCE_ROW, *cells)
        elif number in wanted:
            yield number, (None if earlier else number, *cells)


def _figure_columns(sheet: LongSheet) -> set[int]:
    """Columns whose numbers stay numbers; codes are texts."""
    every = np.arange(len(sheet))
    return {int(number) for name in ("value", "target") for number in np.unique(sheet[name].numbers_at(every))}


def _table_rows(table: Table, *, numbers: set[int] | None = None) -> Iterator[tuple[int, Sequence[Written]]]:
    """The heading and all rows of a table, each cell in its own column."""
    width = max((column.number for column in table.columns), default=0)
    heading: list[Written] = [None] * width
    for column in table.columns:
        heading[column.number - 1] = column.heading
    yield table.header_row, heading
    for place, row in enumerate(table.rows.tolist()):
        cells: list[Written] = [None] * width
        for column in table.columns:
            is_number = column.kinds[place] == CellKind.NUMBER and (numbers is None or column.number in numbers)
            cells[column.number - 1] = _number(column.texts[place]) if is_number else column.texts[place]
        yield row, cells
    for loose in table.loose:
        yield loose.number, [*loose.cells, *[None] * (width - len(loose.cells))]


def _number(text: str) -> Written:
    digits = text.removeprefix("-").replace(".", "", 1)
    return Decimal(text) if digits.isascii() and digits.isdecimal() and len(digits) <= _EXACT_DIGITS else text


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[Written]]]:
    """All records of a CSV, those that do not fit the heading included."""
    with open_records(path, HEADING_WORDS) as (_delimiter, records):
        yield from ((record.number, record.cells) for record in records)
