"""Rows below the table that are no data: errors until the officer says so, and remembered when he does."""

from datetime import date
from typing import Any

import pytest

from accounts.services import end_grant
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.errors import DomainError
from intake.enums import BatchState
from intake.models import Batch
from intake.services.batches import request_commit
from intake.services.note_rows import leave_rows_out, take_rows_back
from tests.cast import Cast, actor
from tests.intake.factories import HEADING, Uploaded, commit, csv_bytes, send, stored, upload, worked
from tests.tabular.files import workbook

pytestmark = pytest.mark.usefixtures("indicators")

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]
TOTAL = ["合计", "", "", "", "95.5"]
FILLED_IN = ["填表人：张三", "", "审核人：李四", "", "2026年4月1日"]


def leave_out(cast: Cast, sent: Uploaded) -> Uploaded:
    return worked(leave_rows_out(batch=sent.batch, actor=actor(cast.hr_city), rows=sent.report.note_rows))


def test_rows_that_look_like_no_data_are_errors_and_offered(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW, TOTAL, FILLED_IN)

    assert [(p.code, p.ref, p.value) for p in sent.report.problems] == [
        ("note_row", "3", "合计 95.5"),
        ("note_row", "4", "填表人：张三 审核人：李四 2026年4月1日"),
    ]
    assert (sent.batch.state, sent.report.note_rows) == (BatchState.REJECTED, (3, 4))
    assert (sent.report.rows, sent.report.error_rows, sent.report.good_rows) == (3, 2, 1)


@pytest.mark.parametrize(
    "last",
    [
        ["注：以上由统计局提供", "", "", "", ""],
        ["鄂尔多斯市统计局", "", "", "", ""],
        ["合 计", "", "DD01", "2026Q1", "95.5"],
        ["Total", "", "", "", "95.5"],
        ["※ 仅供内部使用", "", "", "", ""],
        ["", "统计局（盖章）", "", "", "2026-04-01"],
    ],
)
def test_notes_are_known_by_their_words(cast: Cast, last: list[str]) -> None:
    assert send(cast.hr_city, ROW, last).report.note_rows == (3,)


@pytest.mark.parametrize(
    "last",
    [
        ["", "150627", "", "", "95.5"],
        ["", "150627", "DD01", "", "95.5"],
        ["", "东胜区", "DD01", "2026Q1", "95.5"],
        ["", "", "", "", "95.5"],
        ["", "150627", "DD01", "2026Q1", "约95"],
    ],
)
def test_a_row_with_a_code_or_a_figure_is_data_that_wants_mending(cast: Cast, last: list[str]) -> None:
    sent = send(cast.hr_city, ROW, last)

    assert sent.report.note_rows == ()
    assert "note_row" not in {problem.code for problem in sent.report.problems}


def test_a_note_amid_the_data_is_no_note_at_the_foot(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW, TOTAL, ["", "150627", "DD01", "2026Q1", "1"])

    assert (sent.report.note_rows, sent.batch.state) == ((), BatchState.REJECTED)
    assert ("employee_unknown", "A3", "合计") in sent.problems


def test_a_file_of_nothing_but_notes_is_told_row_by_row(cast: Cast) -> None:
    sent = send(cast.hr_city, TOTAL)

    assert sent.report.note_rows == ()
    assert "indicator_missing" in {problem.code for problem in sent.report.problems}


def test_one_click_leaves_them_out_and_the_rest_is_stored(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW, TOTAL, FILLED_IN)

    checked = leave_out(cast, sent)

    assert (checked.batch.state, checked.batch.left_out, checked.problems) == (BatchState.CHECKED, [3, 4], [])
    assert [(row.row, row.text) for row in checked.report.left_out] == [
        (3, "合计 95.5"),
        (4, "填表人：张三 审核人：李四 2026年4月1日"),
    ]
    event = AuditEvent.objects.get(action="batch.rows_left_out")
    assert (event.before, event.after["left_out"]) == ({"left_out": []}, [3, 4])
    assert commit(cast.hr_city, checked).batch.state == BatchState.COMMITTED
    assert len(stored(cast)) == 1


def test_the_plan_that_is_confirmed_names_the_rows_left_out(cast: Cast) -> None:
    plain = send(cast.hr_city, ROW)
    checked = leave_out(cast, send(cast.hr_city, ROW, TOTAL))

    assert checked.report.n_new == plain.report.n_new
    assert checked.batch.plan_sha256 != plain.batch.plan_sha256


def test_a_sheet_with_formulas_and_merged_notes_at_its_foot(cast: Cast) -> None:
    def change(_: Any, sheet: Any) -> None:
        sheet.merge_cells("A4:E4")

    rows = [HEADING, ROW, ["合计", None, None, None, "=SUM(E2:E2)"], ["注：数据以统计局为准"]]
    sent = upload(cast.hr_city, workbook(rows, change), "data.xlsx")

    assert [(p.code, p.ref) for p in sent.report.problems] == [("note_row", "3"), ("note_row", "4")]
    assert leave_out(cast, sent).problems == []


def test_short_records_of_a_csv_are_notes_as_well_and_cut_data_is_not(cast: Cast) -> None:
    noted = upload(cast.hr_city, csv_bytes([ROW, ["注：以上数据由统计局提供"]]))
    cut = upload(cast.hr_city, csv_bytes([ROW, ["", "150627", "DD01"]]))

    assert [problem.code for problem in noted.report.problems] == ["note_row"]
    assert leave_out(cast, noted).batch.state == BatchState.CHECKED
    assert [problem.code for problem in cut.report.problems] == ["too_few_fields"]


def test_a_wide_sheet_has_notes_and_subjects_left_blank(cast: Cast) -> None:
    heading = ("单位代码", "姓名", "期间", "DD01")

    sent = send(
        cast.hr_city,
        ["150602", "东胜区", "2026Q1", "95.5"],
        ["150627", "伊金霍洛旗", "", ""],
        ["合计", "", "", "95.5"],
        ["注：以上数据由统计局提供", "", "", ""],
        heading=heading,
    )

    assert (sent.report.note_rows, [problem.code for problem in sent.report.problems]) == ((4, 5), ["note_row"] * 2)
    assert leave_out(cast, sent).problems == []


def test_the_decision_can_be_taken_back_before_the_store(cast: Cast) -> None:
    checked = leave_out(cast, send(cast.hr_city, ROW, TOTAL))

    again = worked(take_rows_back(batch=checked.batch, actor=actor(cast.hr_city)))

    assert (again.batch.state, again.batch.left_out, again.report.note_rows) == (BatchState.REJECTED, [], (3,))
    assert AuditEvent.objects.filter(action="batch.rows_taken_back").count() == 1


def test_a_plan_of_before_the_decision_cannot_be_confirmed(cast: Cast) -> None:
    checked = leave_out(cast, send(cast.hr_city, ROW, TOTAL))
    take_rows_back(batch=checked.batch, actor=actor(cast.hr_city))

    with pytest.raises(DomainError, match="not_checked"):
        request_commit(batch=checked.batch, actor=actor(cast.hr_city), plan_sha256=checked.batch.plan_sha256)
    assert stored(cast) == []


@pytest.mark.parametrize("rows", [(), (3,), (2, 3, 4), (4, 3)])
def test_only_the_rows_that_the_check_offered_can_be_left_out(cast: Cast, rows: tuple[int, ...]) -> None:
    sent = send(cast.hr_city, ROW, TOTAL, FILLED_IN)

    with pytest.raises(DomainError, match="rows_are_others"):
        leave_rows_out(batch=sent.batch, actor=actor(cast.hr_city), rows=rows)
    assert Batch.objects.get(pk=sent.batch.pk).left_out == []


def test_what_is_stored_is_settled(cast: Cast) -> None:
    stored_batch = commit(cast.hr_city, leave_out(cast, send(cast.hr_city, ROW, TOTAL))).batch

    for act in (
        lambda: leave_rows_out(batch=stored_batch, actor=actor(cast.hr_city), rows=[3]),
        lambda: take_rows_back(batch=stored_batch, actor=actor(cast.hr_city)),
    ):
        with pytest.raises(DomainError, match="rows_are_settled"):
            act()


def test_nobody_leaves_rows_out_who_may_not_upload(cast: Cast) -> None:
    sent = send(cast.hr_city, ROW, TOTAL)
    end_grant(grant=cast.hr_city.grants.get(), actor=SYSTEM, ends_on=date(2026, 1, 1))

    with pytest.raises(DomainError, match="may_not_upload"):
        leave_rows_out(batch=sent.batch, actor=actor(cast.hr_city), rows=[3])
