"""Files as they come: refused at once, rejected as a whole, or read with warnings."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from foundation.errors import DomainError
from foundation.files.content import path_of
from foundation.files.models import StoredFile
from intake.enums import BatchState
from intake.models import Batch
from intake.services.batches import receive_upload
from tests.cast import Cast, actor
from tests.intake.factories import HEADING, commit, csv_bytes, send, stored, upload
from tests.tabular.files import workbook

pytestmark = pytest.mark.usefixtures("indicators")

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]


def kept_files() -> set[Path]:
    return {path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("data.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls_file"),
        ("data.xlsm", b"PK\x03\x04", "macro_file"),
        ("data.xlsx", csv_bytes([ROW]), "renamed_file"),
        ("data.txt", csv_bytes([ROW]), "unknown_type"),
        ("data.csv", b"", "no_data"),
    ],
    ids=["xls", "xlsm", "renamed", "txt", "empty"],
)
def test_file_of_another_kind_is_refused_and_not_kept(cast: Cast, name: str, data: bytes, code: str) -> None:
    before = kept_files()

    with pytest.raises(DomainError, match=code):
        receive_upload(chunks=[data], name=name, actor=actor(cast.hr_city))

    assert (Batch.objects.count(), StoredFile.objects.count(), kept_files() - before) == (0, 0, set())


def test_file_beyond_the_limit_is_refused_while_it_comes(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_CSV_MAX_BYTES = 1_000_000
    came = []

    def chunks() -> Any:
        for _ in range(100):
            came.append(1)
            yield b"x" * 300_000

    with pytest.raises(DomainError, match="too_big"):
        receive_upload(chunks=chunks(), name="data.csv", actor=actor(cast.hr_city))

    assert (len(came), Batch.objects.count()) == (4, 0)


def test_kept_file_is_the_file_that_came(cast: Cast) -> None:
    data = csv_bytes([ROW])

    batch = upload(cast.hr_city, data, "..\\二季度\x00\u202e.csv").batch

    assert (batch.file.name, path_of(batch.file.sha256).read_bytes()) == ("二季度.csv", data)


def test_unreadable_file_is_rejected_with_its_reason(cast: Cast) -> None:
    sent = upload(cast.hr_city, csv_bytes([ROW]) + b'"unclosed,1\n')

    assert sent.batch.state == BatchState.REJECTED
    assert [(problem.code, problem.ref) for problem in sent.report.problems] == [("unclosed_quote", "3")]
    assert sent.report.problems[0].message == "第 3 行有引号没有结束，文件可能被截断，请从原表重新导出。"


def test_rows_over_the_limit_reject_the_file(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_CSV_MAX_ROWS = 2

    sent = send(cast.hr_city, ROW, ROW, ROW)

    assert (sent.batch.state, [problem.code for problem in sent.report.problems]) == ("rejected", ["too_many_rows"])


def test_headings_that_do_not_fit_are_told_in_one_pass(cast: Cast) -> None:
    heading = ("工号", "单位代码", "指标代码", "得分", "数值", "实际值", "")

    sent = send(cast.hr_city, ["", "150602", "DD01", "1", "2", "3", "4"], heading=heading)

    assert sent.problems == [
        ("heading_missing", "1", ""),
        ("heading_unknown", "D1", "得分"),
        ("heading_duplicate", "F1", "实际值"),
        ("heading_blank", "G1", ""),
    ]


def test_neither_number_nor_code_and_neither_value_nor_target_are_missing_columns(cast: Cast) -> None:
    sent = send(cast.hr_city, ["白音", "DD01", "2026Q1"], heading=("姓名", "指标代码", "期间"))

    assert [problem.message for problem in sent.report.problems] == [
        "缺少“工号”或“单位代码”列，请在第 1 行表头中补上。",
        "缺少“数值”或“目标值”列，请在第 1 行表头中补上。",
    ]
    assert (sent.report.rows, sent.report.good_rows) == (1, 0), "a row that was not looked at is not good"


def test_unknown_column_is_refused_beside_the_problems_of_rows(cast: Cast) -> None:
    sent = send(
        cast.hr_city, ["150602", "DD01", "2026Q1", "x", "9"], heading=("单位代码", "指标代码", "期间", "数值", "附注")
    )

    assert sent.problems == [("heading_unknown", "E1", "附注"), ("not_a_number", "D2", "x")]


def test_english_headings_do_as_well(cast: Cast) -> None:
    sent = send(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "95", "100", "preliminary"],
        heading=("unit_code", "Indicator Code", "PERIOD", "value", "target", "vintage"),
    )

    commit(cast.hr_city, sent)
    assert [row[3:] for row in stored(cast)] == [
        ("target", 10000, "value", "final"),
        ("value", 9500, "value", "preliminary"),
    ]


def test_hidden_sheet_is_never_read_in_place_of_the_visible_one(cast: Cast) -> None:
    def change(book: Any, sheet: Any) -> None:
        hidden = book.create_sheet("旧", 0)
        hidden.sheet_state = "veryHidden"
        for row in (HEADING, ["", "150602", "DD01", "2026Q1", 11]):
            hidden.append(list(row))

    sent = upload(cast.hr_city, workbook([HEADING, ["", "150602", "DD01", "2026Q1", 22]], change), "data.xlsx")

    commit(cast.hr_city, sent)
    assert [row[4] for row in stored(cast)] == [2200]


def test_hidden_rows_count_and_formulas_without_value_are_errors(cast: Cast) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True

    rows = [HEADING, ["", "150602", "DD01", "2026Q1", 22], ["", "150602", "DD01", "2026Q2", "=1+1"]]

    sent = upload(cast.hr_city, workbook(rows, change), "data.xlsx")

    assert [(problem.code, problem.ref) for problem in sent.report.problems] == [
        ("hidden_rows", "2"),
        ("formula_without_value", "E3"),
    ]
    assert (sent.report.rows, sent.report.error_rows, sent.report.warning_rows) == (2, 1, 1)


def test_percent_cell_is_read_as_it_is_seen(cast: Cast) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["E2"].number_format = "0.0%"

    sent = upload(cast.hr_city, workbook([HEADING, ["", "150602", "DD01", "2026Q1", 0.955]], change), "data.xlsx")

    assert [kind.severity for kind in sent.report.kinds] == ["warning"] * len(sent.report.kinds)
    commit(cast.hr_city, sent)
    assert [row[4] for row in stored(cast)] == [9550]


def test_ragged_records_count_as_rows_in_error(cast: Cast) -> None:
    data = csv_bytes([ROW, ["", "150627", "DD01", "2026Q1", "1", "more"], ["", "1"]])

    sent = upload(cast.hr_city, data)

    assert [(problem.code, problem.ref) for problem in sent.report.problems] == [
        ("too_many_fields", "3"),
        ("too_few_fields", "4"),
    ]
    assert (sent.report.rows, sent.report.good_rows, sent.report.error_rows) == (3, 1, 2)


def test_report_keeps_fifty_cells_a_kind_and_counts_the_rest(cast: Cast) -> None:
    sent = send(cast.hr_city, *[["", "150602", "DD01", "2026Q1", "x"] for _ in range(120)])

    (kind,) = sent.report.kinds
    assert (kind.count, len(kind.cells), kind.cut, kind.columns) == (120, 50, 70, ("E",))
    assert (sent.report.rows, sent.report.error_rows) == (120, 120)


def test_control_characters_are_told_and_stop_no_database(cast: Cast) -> None:
    rows = [["0\x00", "150602", "DD01", "2026Q1", "9\x00"], ["", "150602\x07", "DD01", "2026Q2", "1"]]

    sent = send(cast.hr_city, *rows)

    assert sent.batch.state == BatchState.REJECTED
    told = [(problem.code, problem.ref) for problem in sent.report.problems]
    assert ("control_character", "E2") in told
    assert ("control_character", "B3") in told
    assert "\x00" not in str([problem.value + problem.subject for problem in sent.report.problems])


def test_more_bad_cells_than_are_listed_stage_nothing(cast: Cast) -> None:
    heading = ("单位代码", "指标代码", "期间", "数值", "佐证编号")

    sent = send(cast.hr_city, *[["150602", "DD01", "2026Q1", "1", "a\x00"]] * 1_200, heading=heading)

    (kind,) = [kind for kind in sent.report.kinds if kind.code == "control_character"]
    assert (kind.count, sent.report.error_rows, sent.report.good_rows, sent.report.n_new) == (1_200, 1_200, 0, 0)


def test_long_cells_are_cut_in_the_report(cast: Cast) -> None:
    sent = send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "x" * 5_000])

    (problem,) = sent.report.problems
    assert len(problem.value) == 201


def test_reason_must_fit_its_line(cast: Cast) -> None:
    with pytest.raises(DomainError, match="reason_wrong"):
        receive_upload(chunks=[csv_bytes([ROW])], name="data.csv", actor=actor(cast.hr_city), reason="a\x00b")
