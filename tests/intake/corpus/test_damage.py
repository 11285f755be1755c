"""Files with bytes changed at random: read, or refused in words; no traceback, no memory run away, nothing half stored.

Bytes of a workbook are changed in the zip, which mostly breaks it, and in the XML of a part within an
unbroken zip, which is where a reader goes wrong.
"""

import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import DomainError
from foundation.ledger.models import Entry
from foundation.tabular.errors import TableError
from foundation.tabular.reading import read_table
from foundation.tabular.table import TableLimits
from intake.enums import BatchState
from intake.long_form import HEADING_WORDS
from intake.models import Observation
from tests.cast import Cast
from tests.intake.corpus.outcomes import OTHER, row
from tests.intake.corpus.package_cases import blank_rows
from tests.intake.corpus.workbooks import formula, merges, number, plain, shared, strings, styles
from tests.intake.factories import commit, csv_bytes, upload

LIMITS = TableLimits(csv_rows=1_000, xlsx_rows=1_000, xlsx_cells=20_000, xlsx_unpacked_bytes=5_000_000)
MEMORY_MOST = 64_000_000
CSV = csv_bytes([row(), row(OTHER, "1"), ["合计", "", "", "", "96.5"]])
BOOK = plain(
    ["", shared(0), "DD01", "2026Q1", number("0.955", style=1)],
    row(OTHER, value=formula("E2", "1")),
    ["注：以统计局为准"],
    styles=styles("0.0%"),
    strings=strings("150602", "<r><t>x</t></r>"),
    after=merges("A4:E4"),
    attributes={3: ' hidden="1"'},
)()
PARTS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "_rels/.rels")
PIECES = st.one_of(
    st.binary(min_size=0, max_size=4),
    st.sampled_from((b"<", b">", b'"', b"'", b"&", b"</row>", b"<row>", b'<c r="A1">', b"</c>", b"<v>", b"<!--")),
    st.sampled_from((b"<![CDATA[", b"\0", b"\xff", b",", b";", b"\n", b"\r", b"1E999", b'r="A0"', b"\xe6\xb3")),
    st.sampled_from((b'r="XFD1048576"', b"99999999")),
)
CHANGE = st.tuples(st.integers(0, 10_000), st.integers(0, 30), PIECES)
CHANGES = st.lists(CHANGE, min_size=1, max_size=4)


def damaged(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Pieces of it cut out, others put in."""
    for at, length, piece in changes:
        place = at % (len(data) + 1)
        data = data[:place] + piece + data[place + length :]
    return data


def damaged_within(part: str, changes: list[tuple[int, int, bytes]]) -> bytes:
    """A good zip with one part damaged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, damaged(content, changes) if name == part else content)
    return stream.getvalue()


def read_or_refuse(data: bytes, name: str, limits: TableLimits = LIMITS, most_bytes: int = MEMORY_MOST) -> None:
    """Read it within the memory that a small file may take."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kept"
        path.write_bytes(data)
        tracemalloc.start()
        try:
            table = read_table(path, name=name, limits=limits, words=HEADING_WORDS)
        except TableError as refusal:
            assert refusal.message  # noqa: PT017 -- either way out is right
        else:
            assert all(len(column.texts) == len(table) for column in table.columns)
        finally:
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert most < most_bytes


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(CHANGES)
def test_a_damaged_csv_is_read_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    read_or_refuse(damaged(CSV, changes), "data.csv")


@FUZZ
@given(CHANGES)
def test_a_damaged_workbook_is_read_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    read_or_refuse(damaged(BOOK, changes), "data.xlsx")


@FUZZ
@given(st.sampled_from(PARTS), CHANGES)
def test_a_workbook_with_a_damaged_part_is_read_or_refused(part: str, changes: list[tuple[int, int, bytes]]) -> None:
    read_or_refuse(damaged_within(part, changes), "data.xlsx")


def test_formatted_blank_rows_take_no_more_memory_the_more_there_are() -> None:
    # 23 MB for 100,000 rows as for 200,000; kept, they would be 46. Tracing a million takes most of a minute.
    read_or_refuse(blank_rows(200_000), "data.xlsx", TableLimits(), most_bytes=32_000_000)


MAKERS: dict[str, Callable[[str, list[tuple[int, int, bytes]]], bytes]] = {
    "data.csv": lambda part, changes: damaged(CSV, changes),
    "data.xlsx": damaged_within,
}


@pytest.mark.usefixtures("indicators")
@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(part=st.sampled_from(PARTS[:2]), changes=CHANGES)
def test_through_the_door_all_of_it_is_stored_or_nothing(
    cast: Cast, name: str, part: str, changes: list[tuple[int, int, bytes]]
) -> None:
    before, entries = Observation.objects.count(), Entry.objects.count()
    try:
        sent = upload(cast.hr_city, MAKERS[name](part, changes), name)
    except DomainError as refusal:
        assert refusal.message  # noqa: PT017 -- refused at the door is right
        assert (Observation.objects.count(), Entry.objects.count()) == (before, entries)
        return

    assert sent.batch.state in {BatchState.CHECKED, BatchState.REJECTED}
    if sent.batch.state == BatchState.REJECTED:
        assert sent.report.error_count > 0
        assert (Observation.objects.count(), Entry.objects.count()) == (before, entries)
    else:
        counts = (sent.report.n_new, sent.report.n_changed)
        stored = commit(cast.hr_city, sent)
        assert Observation.objects.count() == before + sum(counts)
        assert stored.batch.state == BatchState.COMMITTED or counts == (0, 0)
