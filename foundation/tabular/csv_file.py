"""CSV as offices send it: UTF-8 with or without BOM, or GB18030; cells are text exactly as written."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from foundation.tabular.characters import note_bad_characters
from foundation.tabular.errors import TableError
from foundation.tabular.folding import object_array, trim
from foundation.tabular.table import (
    CellKind,
    Column,
    FileKind,
    FileProblem,
    Problems,
    Progress,
    Severity,
    Table,
    TableLimits,
)

_BLOCK = 1 << 20
_CHUNK = 20_000
_AROUND = 1 << 16
_OTHER_BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号"}
_NOT_DELIMITERS = "|、" + chr(ord(",") + 0xFEE0) + chr(ord(";") + 0xFEE0)


def read_csv(path: Path, *, limits: TableLimits, progress: Progress | None = None) -> Table:
    """Read a CSV file; records are numbered with the first record of the file as 1."""
    problems = Problems(limits.problems_kept)
    with open_records(path) as (delimiter, records):
        header_row, headings = _heading(records)
        if len(headings) > limits.columns:
            address = FileProblem("too_many_columns", row=header_row, column=len(headings)).address
            raise TableError("too_many_columns", address=address, most=limits.columns)
        if delimiter != ",":
            facts = {"delimiter": _DELIMITERS[delimiter]}
            problems.add(FileProblem("csv_delimiter", Severity.FOLD, header_row, facts=facts))
        rows, cells = _body(records, len(headings), limits, problems, _teller(path, progress))
    if not rows and not problems.counts.keys() - {"csv_delimiter"}:
        raise TableError("no_rows", row=header_row)
    kinds = np.full(len(rows), CellKind.TEXT, dtype=np.uint8)
    columns = tuple(
        Column(number, heading, object_array(texts), kinds)
        for number, (heading, texts) in enumerate(zip(headings, cells, strict=True), 1)
        if trim(heading)[0] or any(map(str.strip, texts))
    )
    numbers = np.array(rows, dtype=np.int64)
    note_bad_characters(columns, header_row, numbers, problems)
    return Table(FileKind.CSV, "", 1, header_row, columns, numbers, tuple(problems), dict(problems.counts))


@contextmanager
def open_records(path: Path) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """The delimiter of a CSV file and its records, numbered from 1; blank records are left out."""
    with path.open(encoding=decide_encoding(path), errors="strict", newline="") as stream:
        delimiter = _delimiter(next((line for line in stream if line.strip()), ""))
        stream.seek(0)
        yield delimiter, _records(csv.reader(stream, delimiter=delimiter, strict=True))


def decide_encoding(path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``, whichever reads the whole file without a doubt.

    GB18030 reads nearly any bytes, so it is taken only when the file does not look like damaged
    UTF-8 and no private-use characters come out, the mark of text in some other encoding.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    for mark, looks in _OTHER_BOMS.items():
        if head.startswith(mark):
            raise TableError("unknown_encoding", looks=looks)
    if head.count(0) * 5 > len(head):
        raise TableError("unknown_encoding", looks="UTF-16")
    fault = _first_fault(path, "utf-8")
    if fault is None:
        return "utf-8-sig"
    if head.startswith(codecs.BOM_UTF8) or _is_damaged_utf8(path, fault):
        raise TableError("broken_encoding", line=_line_at(path, fault))
    if _first_fault(path, "gb18030", forbidden=_PRIVATE_USE) is not None:
        raise TableError("unknown_encoding", looks="?")
    return "gb18030"


def _first_fault(path: Path, encoding: str, forbidden: re.Pattern[str] | None = None) -> int | None:
    """Where (byte, or start of its block) strict decoding fails or a forbidden character comes out."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    with path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return done - pending + error.start
            if forbidden is not None and forbidden.search(text):
                return done
            if not block:
                return None
            done += len(block)


def _is_damaged_utf8(path: Path, fault: int) -> bool:
    """Whether the text around the fault reads as Chinese in UTF-8 but for a few bytes."""
    start = max(0, fault - _AROUND)
    with path.open("rb") as stream:
        stream.seek(start)
        text = stream.read(2 * _AROUND).decode("utf-8", "replace")
    return len(_HAN.findall(text)) > 4 * text.count("\ufffd")


def _line_at(path: Path, offset: int) -> int:
    line = 1
    with path.open("rb") as stream:
        while offset > 0 and (block := stream.read(min(_BLOCK, offset))):
            line += block.count(b"\n")
            offset -= len(block)
    return line


def _count_lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(_BLOCK), b""))


def _delimiter(line: str) -> str:
    """Comma; tab or semicolon where the first line has no comma and so cannot be read otherwise."""
    for delimiter in _DELIMITERS:
        if delimiter in line:
            return delimiter
    if any(char in line for char in _NOT_DELIMITERS):
        raise TableError("unknown_delimiter", value=line.strip()[:60])
    return ","


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(_quote_code(str(error)), row=number) from error
        if any(map(str.strip, record)):
            yield number, record


def _quote_code(message: str) -> str:
    """Our code for what the parser says; its words are the only sign it gives."""
    if "end of data" in message:
        return "unclosed_quote"
    return "cell_too_long" if "field limit" in message else "bad_quote"


def _heading(records: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    first = next(records, None)
    if first is None:
        raise TableError("no_data")
    return first


def _teller(path: Path, progress: Progress | None) -> Callable[[int], None]:
    """Tells the rows done out of the lines of the file."""
    if progress is None:
        return lambda done: None
    expected = _count_lines(path)
    return lambda done: progress(done, max(expected, done))


def _body(
    records: Iterator[tuple[int, list[str]]],
    width: int,
    limits: TableLimits,
    problems: Problems,
    tell: Callable[[int], None],
) -> tuple[list[int], list[list[str]]]:
    """Row numbers and the cells of each column; ragged records are problems and left out."""
    rows: list[int] = []
    cells: list[list[str]] = [[] for _ in range(width)]
    chunk: list[list[str]] = []

    def turn() -> None:
        for column, texts in zip(cells, zip(*chunk, strict=True), strict=False):
            column.extend(texts)
        chunk.clear()
        tell(len(rows))

    for number, record in records:
        if len(record) != width:
            _note_ragged(record, width, number, problems)
            continue
        if len(rows) == limits.csv_rows:
            raise TableError("too_many_rows", most=limits.csv_rows)
        rows.append(number)
        chunk.append(record)
        if len(chunk) == _CHUNK:
            turn()
    turn()
    return rows, cells


def _note_ragged(record: list[str], width: int, number: int, problems: Problems) -> None:
    """Say that a record is longer or shorter than the heading.

    Also where only blank cells stand beyond it: in ``1,203,`` without quotes the blank one is the
    last column's, and the number is cut in two.
    """
    code = "too_many_fields" if len(record) > width else "too_few_fields"
    facts = {"found": len(record), "expected": width}
    problems.add(FileProblem(code, row=number, value=",".join(record)[:60], facts=facts))
