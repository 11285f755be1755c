"""CSV as offices send it: UTF-8 with or without BOM, or GB18030; cells are text exactly as written."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import numpy as np

from foundation.tabular.characters import note_bad_characters
from foundation.tabular.errors import TableError
from foundation.tabular.folding import object_array, trim
from foundation.tabular.headings import HEADING_WITHIN, find_heading, note_above
from foundation.tabular.table import (
    LOOSE_KEPT,
    CellKind,
    Column,
    FileKind,
    FileProblem,
    Problems,
    Progress,
    SheetRow,
    Table,
    TableLimits,
)

_BLOCK = 1 << 20
_CHUNK = 20_000
_AROUND = 1 << 16
_DELIMITER_WITHIN = 40
_LONGEST_CHARACTER = 4
_OTHER_BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_BEYOND_ASCII = re.compile("[\u0080-\ufffc\U00010000-\U0010ffff]")
_DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号"}
_NOT_DELIMITERS = "|、" + chr(ord(",") + 0xFEE0) + chr(ord(";") + 0xFEE0)


def read_csv(
    path: Path,
    *,
    limits: TableLimits,
    progress: Progress | None = None,
    words: Collection[str] = (),
    without: Collection[int] = (),
) -> Table:
    """Read a CSV file; records are numbered with the first record of the file as 1."""
    problems = Problems(limits.problems_kept)
    with open_records(path, words) as (delimiter, records):
        above, heading, below = split_records(records, words)
        if len(heading.cells) > limits.columns:
            address = FileProblem("too_many_columns", row=heading.number, column=len(heading.cells)).address
            raise TableError("too_many_columns", address=address, most=limits.columns)
        if delimiter != ",":
            facts = {"delimiter": _DELIMITERS[delimiter]}
            problems.add(FileProblem("csv_delimiter", row=heading.number, facts=facts))
        note_above(above, heading, words, problems)
        body = _Body(len(heading.cells), limits, problems, _teller(path, progress))
        body.take(below, frozenset(without))
    if not body.rows and not body.loose and not body.without:
        raise TableError("no_rows", row=heading.number)
    kinds = np.full(len(body.rows), CellKind.TEXT, dtype=np.uint8)
    columns = tuple(
        Column(number, name, object_array(texts), kinds)
        for number, (name, texts) in enumerate(zip(heading.cells, body.cells, strict=True), 1)
        if trim(name)[0] or any(map(str.strip, texts))
    )
    rows = np.array(body.rows, dtype=np.int64)
    note_bad_characters(columns, heading.number, rows, problems)
    return Table(
        FileKind.CSV,
        "",
        1,
        heading.number,
        columns,
        rows,
        tuple(problems),
        dict(problems.counts),
        tuple(body.loose),
        tuple(body.without),
    )


@contextmanager
def open_records(path: Path, words: Collection[str] = ()) -> Iterator[tuple[str, Iterator[SheetRow]]]:
    """The delimiter of a CSV file and its records, numbered from 1; blank records are left out."""
    with path.open(encoding=decide_encoding(path), errors="strict", newline="") as stream:
        delimiter = _decide_delimiter([stream.readline(_AROUND) for _ in range(_DELIMITER_WITHIN)], words)
        stream.seek(0)
        yield delimiter, _records(csv.reader(stream, delimiter=delimiter, strict=True))


def split_records(
    records: Iterator[SheetRow], words: Collection[str]
) -> tuple[list[SheetRow], SheetRow, Iterator[SheetRow]]:
    """What stands above the heading, the heading, and the records below it."""
    first: list[SheetRow] = []
    for record in records:
        first.append(record)
        if record.number >= HEADING_WITHIN:
            break
    if not first:
        raise TableError("no_data")
    place = find_heading(first, words) or 0
    return first[:place], first[place], chain(first[place + 1 :], records)


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
    fault = _first_fault(path, "gb18030", forbidden=_PRIVATE_USE)
    if fault is None:
        return "gb18030"
    with path.open("rb") as stream:
        stream.seek(fault)
        if _is_cut_off(stream.read(_LONGEST_CHARACTER), "gb18030"):
            raise TableError("broken_encoding", line=_line_at(path, fault))
    raise TableError("unknown_encoding", looks="?")


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
    """Whether the text around the fault reads as UTF-8 but for a few bytes, or ends within a character.

    What is good UTF-8 up to its last bytes was cut off, also where no other character tells: read
    as GB18030 those bytes would be a character that nobody wrote.
    """
    start = max(0, fault - _AROUND)
    with path.open("rb") as stream:
        stream.seek(start)
        data = stream.read(2 * _AROUND)
    text = data.decode("utf-8", "replace")
    if start + len(data) == path.stat().st_size and _is_cut_off(data[fault - start :], "utf-8"):
        return True
    return len(_BEYOND_ASCII.findall(text)) > 4 * text.count("\ufffd")


def _is_cut_off(rest: bytes, encoding: str) -> bool:
    """Whether these last bytes of a file begin a character and end before it does."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(rest) == ""


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


def _decide_delimiter(lines: Sequence[str], words: Collection[str]) -> str:
    """The one by which the heading is found; else that of the first line which has one, the comma before others."""
    for delimiter in _DELIMITERS:
        if any(delimiter in line for line in lines) and _finds_heading(lines, delimiter, words):
            return delimiter
    for line in lines:
        for delimiter in _DELIMITERS:
            if delimiter in line:
                return delimiter
        if any(char in line for char in _NOT_DELIMITERS):
            raise TableError("unknown_delimiter", value=line.strip()[:60])
    return ","


def _finds_heading(lines: Sequence[str], delimiter: str, words: Collection[str]) -> bool:
    rows = []
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            rows.append(SheetRow(number, tuple(cells)))
    except csv.Error:
        return False
    return find_heading(rows, words) is not None


def _records(reader: Iterator[list[str]]) -> Iterator[SheetRow]:
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
            yield SheetRow(number, tuple(record))


def _quote_code(message: str) -> str:
    """Our code for what the parser says; its words are the only sign it gives."""
    if "end of data" in message:
        return "unclosed_quote"
    return "cell_too_long" if "field limit" in message else "bad_quote"


def _teller(path: Path, progress: Progress | None) -> Callable[[int], None]:
    """Tells the rows done out of the lines of the file."""
    if progress is None:
        return lambda done: None
    expected = _count_lines(path)
    return lambda done: progress(done, max(expected, done))


class _Body:
    """The records below the heading, column by column; ragged ones are problems and stand in no column."""

    def __init__(self, width: int, limits: TableLimits, problems: Problems, tell: Callable[[int], None]) -> None:
        self._width, self._limits, self._problems, self._tell = width, limits, problems, tell
        self.rows: list[int] = []
        self.cells: list[list[str]] = [[] for _ in range(width)]
        self.loose: deque[SheetRow] = deque(maxlen=LOOSE_KEPT)
        self.without: list[SheetRow] = []
        self._chunk: list[tuple[str, ...]] = []

    def take(self, records: Iterator[SheetRow], without: frozenset[int]) -> None:
        """Read them all."""
        for record in records:
            if record.number in without:
                self.without.append(record)
            elif len(record.cells) != self._width:
                self.loose.append(record)
                _note_ragged(record, self._width, self._problems)
            else:
                self._add(record)
        self._turn()

    def _add(self, record: SheetRow) -> None:
        if len(self.rows) == self._limits.csv_rows:
            raise TableError("too_many_rows", most=self._limits.csv_rows)
        self.rows.append(record.number)
        self._chunk.append(record.cells)
        if len(self._chunk) == _CHUNK:
            self._turn()

    def _turn(self) -> None:
        for column, texts in zip(self.cells, zip(*self._chunk, strict=True), strict=False):
            column.extend(texts)
        self._chunk.clear()
        self._tell(len(self.rows))


def _note_ragged(record: SheetRow, width: int, problems: Problems) -> None:
    """Say that a record is longer or shorter than the heading.

    Also where only blank cells stand beyond it: in ``1,203,`` without quotes the blank one is the
    last column's, and the number is cut in two.
    """
    found = len(record.cells)
    code = "too_many_fields" if found > width else "too_few_fields"
    facts = {"found": found, "expected": width}
    problems.add(FileProblem(code, row=record.number, value=",".join(record.cells)[:60], facts=facts))
