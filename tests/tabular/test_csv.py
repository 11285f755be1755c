import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.tabular.errors import Severity, TableError
from foundation.tabular.reading import read_table
from foundation.tabular.table import CellKind
from tests.tabular.files import SMALL, read, texts, told, wide

LINES = "工号,姓名,数值\n0012,白音,95.5\n0013,娜仁·其木格,9_5\n"
ROWS = [["0012", "白音", "95.5"], ["0013", "娜仁·其木格", "9_5"]]
MONGOLIAN = "\u182a\u1820\u1836\u1820\u1828"
RARE = "\U00020bb7\U0002a6a5"

READ = {
    "utf-8": (LINES.encode(), ROWS),
    "utf-8 with BOM": (LINES.encode("utf-8-sig"), ROWS),
    "GB18030": (LINES.encode("gb18030"), ROWS),
    "GB18030 of four bytes": (f"工号,姓名\n1,{RARE}{MONGOLIAN}\n".encode("gb18030"), [["1", RARE + MONGOLIAN]]),
    "Mongolian, rare, middle dot": (f"a,b\n{MONGOLIAN},{RARE}·\n".encode(), [[MONGOLIAN, f"{RARE}·"]]),
    "CRLF": (LINES.replace("\n", "\r\n").encode(), ROWS),
    "CR": (LINES.replace("\n", "\r").encode(), ROWS),
    "no end of line at the end": (LINES.rstrip().encode(), ROWS),
    "quotes, comma and line break inside": (b'a,b\n"1,203","x ""y""\nz"\n', [["1,203", 'x "y"\nz']]),
    "a quote inside a plain cell": (b'a,b\n1,5" pipe\n', [["1", '5" pipe']]),
    "spaces kept as written": (b"a,b\n 1 ,  x\n", [[" 1 ", "  x"]]),
    "full width kept as written": (f"a,b\n{wide('95.5')},x\n".encode(), [[wide("95.5"), "x"]]),
    "formula-like text stays text": (b"a,b\n=1+1,@x\n", [["=1+1", "@x"]]),
    "blank records skipped": (b"a,b\n1,2\n\n,\n , \n3,4\n\n\n", [["1", "2"], ["3", "4"]]),
    "blank column dropped": (b"a,,b,\n1,,2,\n", [["1", "2"]]),
    "tabs": (b"a\tb\n1\t2\n", [["1", "2"]]),
    "semicolons": (b"a;b\n1;3,55\n", [["1", "3,55"]]),
    "one column": (b"a\n1\n", [["1"]]),
}
REFUSED = {
    "empty": (b"", "no_data"),
    "BOM only": (b"\xef\xbb\xbf", "no_data"),
    "line breaks only": (b"\n\r\n \n", "no_data"),
    "heading only": (b"a,b\n", "no_rows"),
    "UTF-16 with BOM": (LINES.encode("utf-16"), "unknown_encoding"),
    "UTF-16 without BOM": (b"a,b\n1,2\n".decode().encode("utf-16-le"), "unknown_encoding"),
    "UTF-32": (LINES.encode("utf-32"), "unknown_encoding"),
    "Shift-JIS private use": (b"a,b\n\xaa\xa1\xaa\xa2,1\n", "unknown_encoding"),
    "no encoding at all": (b"a,b\n1,\xff\xff\n", "unknown_encoding"),
    "damaged UTF-8": (LINES.encode()[:-10] + b"\xe5,1\n", "broken_encoding"),
    "damaged UTF-8 with BOM": (b"\xef\xbb\xbfa,b\n\xd6\xd0,1\n", "broken_encoding"),
    "full-width commas": (f"a{wide(',')}b\n1{wide(',')}2\n".encode(), "unknown_delimiter"),
    "unclosed quote": (b'a,b\n1,2\n3,"4\n', "unclosed_quote"),
    "text after a quote": (b'a,b\n1,"2"3\n', "bad_quote"),
    "cell without end": (b"a,b\n1," + b"x" * 200_000 + b"\n", "cell_too_long"),
    "too many rows": (b"a,b\n" + b"1,2\n" * 6, "too_many_rows"),
    "too many columns": (b",".join([b"a"] * 21) + b"\n1\n", "too_many_columns"),
    "xlsx by another name": (b"PK\x03\x04" + b"\0" * 30, "renamed_file"),
    "xls by another name": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 30, "renamed_file"),
}
PROBLEMS = {
    "too few": (b"a,b\n1\n2,3\n", [("too_few_fields", "2")]),
    "too many": (b"a,b\n1,2,3\n2,3\n", [("too_many_fields", "2")]),
    "thousands without quotes before a blank cell": (b"a,b\n1,203,\n2,3\n", [("too_many_fields", "2")]),
    "NUL": (b"a,b\n1,2\n3,\x004\n", [("control_character", "B3")]),
    "escape": (b"a,b\n1,\x1b[0m\n", [("control_character", "B2")]),
    "control in the heading": (b"a,b\x07\n1,2\n", [("control_character", "B1")]),
    "C1 control": ("a,b\n1,\x9b\n".encode(), [("control_character", "B2")]),
    "noncharacter": ("a,b\n1,\uffff\n".encode(), [("control_character", "B2")]),
    "text lost before": ("a,b\n1,\ufffd\n".encode(), [("replacement_character", "B2")]),
    "row numbers count blank records": (b"\n\na,b\n\n1,\x01\n", [("control_character", "B5")]),
    "a record of two lines is one": (b'a,b\n1,"x\ny"\n2\n', [("too_few_fields", "3")]),
    "tabs are told": (b"a\tb\n1\t2\n", [("csv_delimiter", "1")]),
    "nothing": (LINES.encode(), []),
}


@pytest.mark.parametrize(("data", "rows"), READ.values(), ids=READ)
def test_a_csv_is_read_as_written(tmp_path: Path, data: bytes, rows: list[list[str]]) -> None:
    table = read(tmp_path, data, "data.csv")

    assert texts(table) == rows
    assert not table.has_errors


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_a_csv_that_cannot_be_read_is_refused_with_a_remedy(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path, data, "data.csv", SMALL)

    assert refused.value.code == code
    assert "请" in refused.value.message


@pytest.mark.parametrize(("data", "problems"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_bad_cell_or_record_is_named_with_its_address(
    tmp_path: Path, data: bytes, problems: list[tuple[str, str]]
) -> None:
    assert told(read(tmp_path, data, "data.csv")) == problems


def test_the_place_of_a_fault_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError) as quote:
        read(tmp_path, b'a,b\n1,2\n\n3,"4\n', "data.csv")
    with pytest.raises(TableError) as damage:
        read(tmp_path, LINES.encode() + b"1,\xe5,2\n", "data.csv")

    assert quote.value.facts == {"row": 4}
    assert damage.value.facts == {"line": 4}


def test_a_fault_behind_the_first_block_is_found(tmp_path: Path) -> None:
    data = b"a,b\n" + "1,白音\n".encode() * 200_000 + b"\xe5,2\n"

    with pytest.raises(TableError) as refused:
        read(tmp_path, data, "data.csv")

    assert refused.value.code == "broken_encoding"
    assert refused.value.facts == {"line": 200_002}


def test_a_csv_has_addresses_letters_and_text_cells(tmp_path: Path) -> None:
    table = read(tmp_path, b"\na,,b\n\n1,,2\n", "DATA.CSV")

    assert (table.kind, table.sheet, table.sheet_number, table.header_row) == ("csv", "", 1, 2)
    assert [(column.letter, column.heading) for column in table.columns] == [("A", "a"), ("C", "b")]
    assert table.rows.tolist() == [4]
    assert table.columns[1].kinds.tolist() == [CellKind.TEXT]
    assert table.address(0, 3) == "C4"


def test_of_many_equal_problems_all_are_counted_and_some_are_kept(tmp_path: Path) -> None:
    table = read(tmp_path, b"a,b\n" + b"1\n" * 9, "data.csv", SMALL)

    assert table.problem_counts == {"too_few_fields": 9}
    assert [problem.row for problem in table.problems] == [2, 3, 4]
    assert table.problems[0].severity is Severity.ERROR


def test_progress_is_told_and_may_stop_the_reading(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        raise StopError(done, of)

    path = tmp_path / "kept"
    path.write_bytes(b"a,b\n1,2\n3,4\n")

    with pytest.raises(StopError) as stopped:
        read_table(path, name="a.csv", progress=stop)

    assert stopped.value.args == (2, 3)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            table = read(Path(folder), data, "data.csv")
        except TableError as refusal:
            assert refusal.message  # noqa: PT017 -- either way out is right
        else:
            assert len(table) == len(table.rows)


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=8).filter(str.strip)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from(["utf-8", "gb18030"]))
def test_what_a_csv_writer_writes_is_read_back(rows: list[list[str]], encoding: str) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["甲栏", "乙栏", "丙栏"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        table = read(Path(folder), stream.getvalue().encode(encoding), "data.csv")

    assert texts(table) == rows
