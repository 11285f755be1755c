"""The file that goes back: problems marked in the officer's own workbook, and the bad rows alone."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from accounts.enums import Role
from accounts.models import User
from foundation.audit.models import AuditEvent
from foundation.files.models import StoredFile
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from foundation.tabular.asides import ASIDE_TEXT
from intake.enums import BatchState
from tests.cast import CITY_LEVELS, Cast, make_user
from tests.client import PageClient
from tests.intake.factories import HEADING, Uploaded, csv_bytes, send, upload
from tests.tabular.files import raw_sheet, repack, text_cell, workbook

pytestmark = pytest.mark.usefixtures("indicators")

GOOD = ["", "150602", "DD01", "2026Q1", 95.5]
BAD = ["", "zz", "DD01", "2026Q1", "=1+1"]
BROKEN_STYLES = b"""<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<fonts><font><sz val="x"/></font></fonts></styleSheet>"""
RED, AMBER = "FFF4B6B0", "FFFCE4B3"


def taken(client: PageClient, cast: Cast, sent: Uploaded, what: str = "marked") -> Any:
    """The workbook that an officer gets by the button."""
    client.force_login(cast.hr_city)
    answer = client.post(f"/batches/{sent.batch.ref}/back/{what}/")
    assert answer.status_code == 200, answer
    assert answer["Content-Disposition"].startswith("attachment")
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def saved_by_us(client: PageClient, cast: Cast, sent: Uploaded) -> bytes:
    """The marked file as it was given."""
    client.force_login(cast.hr_city)
    return b"".join(client.post(f"/batches/{sent.batch.ref}/back/marked/").streaming_content)


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_every_problem_is_coloured_and_told_in_the_officers_own_sheet(client: PageClient, cast: Cast) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["E2"].number_format = "0.000"
        sheet.column_dimensions["B"].width = 33

    sent = upload(cast.hr_city, workbook([HEADING, GOOD, BAD], change), "二季度.xlsx")

    book = taken(client, cast, sent)

    page = book.worksheets[0]
    assert (page["B3"].fill.fgColor.rgb, page["E3"].fill.fgColor.rgb, page["E2"].fill.fill_type) == (RED, RED, None)
    assert "没有代码为“zz”的单位，或该单位不在您的管理范围内。" in page["B3"].comment.text
    assert "→ 按单位目录核对单位代码。" in page["B3"].comment.text
    assert (page["E2"].value, page["E2"].number_format, page.column_dimensions["B"].width) == (95.5, "0.000", 33)
    assert page["E3"].value == "=1+1", "a formula stays one"
    assert book.active.title == page.title


def test_all_problems_are_listed_with_links_not_only_those_on_the_page(client: PageClient, cast: Cast) -> None:
    sent = upload(cast.hr_city, workbook([HEADING, *[["", "zz", "DD01", "2026Q1", 1]] * 70]), "data.xlsx")

    book = taken(client, cast, sent)

    listed = book["问题清单"]
    cells = [row for row in listed.iter_rows() if row[0].hyperlink]
    assert listed["A1"].value == ASIDE_TEXT
    assert (len(cells), cells[0][0].value, cells[-1][0].value) == (70, "B2", "B71")
    assert cells[3][0].hyperlink.location == "'Sheet'!B5"
    assert [cell.value for cell in cells[0]][1:5] == ["错误", "单位代码不存在或不在您的管理范围", "zz", "zz"]


def test_mended_file_with_its_marks_passes_the_door(client: PageClient, cast: Cast) -> None:
    sent = upload(cast.hr_city, workbook([HEADING, GOOD, BAD]), "data.xlsx")
    book = taken(client, cast, sent)
    page = book.worksheets[0]
    page["B3"], page["E3"] = "150627", 3

    again = upload(cast.hr_city, saved(book), "data.xlsx")

    assert (again.batch.state, again.report.kinds, again.report.rows) == (BatchState.CHECKED, (), 2)


def test_results_of_formulas_come_back_with_them(client: PageClient, cast: Cast) -> None:
    def cell(address: str, kind: str, formula: str, result: str) -> str:
        return f'<c r="{address}"{kind}><f>{formula}</f><v>{result}</v></c>'

    heading = "".join(text_cell(f"{letter}1", text) for letter, text in zip("ABCDE", HEADING, strict=True))
    code = cell("B2", ' t="str"', "&quot;1506&quot;&amp;&quot;02&quot;", "150602")
    row = code + text_cell("C2", "DD01") + text_cell("D2", "2026Q1") + cell("E2", "", "90+5.5", "95.5")
    data = raw_sheet(f'<row r="1">{heading}</row><row r="2">{row}</row>')
    sent = upload(cast.hr_city, data, "data.xlsx")
    assert [problem.code for problem in sent.report.problems] == ["formula_value", "formula_value"]

    again = upload(cast.hr_city, saved_by_us(client, cast, sent), "data.xlsx")

    assert [(p.code, p.ref, p.value) for p in again.report.problems] == [
        ("formula_value", "B2", "150602"),
        ("formula_value", "E2", "95.5"),
    ]


def test_second_round_takes_the_marks_of_the_first_away(client: PageClient, cast: Cast) -> None:
    book = taken(client, cast, upload(cast.hr_city, workbook([HEADING, GOOD, BAD]), "data.xlsx"))
    book.worksheets[0]["B3"] = "150627"
    second = upload(cast.hr_city, saved(book), "data.xlsx")

    book = taken(client, cast, second)

    page = book.worksheets[0]
    assert (page["B3"].comment, page["B3"].fill.fill_type) == (None, None)
    assert page["E3"].fill.fgColor.rgb == RED
    assert book.sheetnames == ["Sheet", "问题清单"]


def test_comment_of_the_officer_stays_below_ours(client: PageClient, cast: Cast) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["B2"].comment = Comment("请老张核对", "老张")

    sent = upload(cast.hr_city, workbook([HEADING, BAD], change), "data.xlsx")

    text = taken(client, cast, sent).worksheets[0]["B2"].comment.text

    assert text.startswith("单位代码不存在")
    assert text.endswith("———\n请老张核对")


def test_csv_goes_back_as_a_workbook_of_texts_at_the_same_addresses(client: PageClient, cast: Cast) -> None:
    rows = [["0012", "", "OT01", "2026Q1", "=cmd|' /C calc'!A0"], [], ["", "150602", "DD01", "2026Q1", "1", "more"]]
    sent = upload(cast.hr_city, csv_bytes(rows), "data.csv")

    book = taken(client, cast, sent)

    page = book.worksheets[0]
    assert [(c.value, c.data_type, c.number_format) for c in (page["A2"], page["E2"])] == [
        ("0012", "s", "@"),
        ("=cmd|' /C calc'!A0", "s", "@"),
    ]
    assert page["F4"].value == "more"
    assert "本行有 6 格" in page["A4"].comment.text, "a problem of the row stands at its first cell"
    assert all(cell.data_type != "f" for row in book["问题清单"].iter_rows() for cell in row)


def test_control_characters_do_not_stop_the_file(client: PageClient, cast: Cast) -> None:
    sent = send(cast.hr_city, ["0\x00", "150602", "DD01", "2026Q1", "9\x07_x0041_"])

    page = taken(client, cast, sent).worksheets[0]

    assert (page["A2"].fill.fgColor.rgb, page["E2"].fill.fgColor.rgb) == (RED, RED)


def test_bad_rows_alone_carry_their_numbers_and_pass_once_mended(client: PageClient, cast: Cast) -> None:
    other = ["", "150627", "DD01", "2026Q1", 7]
    sent = upload(cast.hr_city, workbook([HEADING, GOOD, BAD, other, ["417", "", "OT01", "2026Q1", "x"]]), "data.xlsx")

    book = taken(client, cast, sent, "bad_rows")

    page = book.worksheets[0]
    rows = [tuple(cell.value for cell in row) for row in page.iter_rows()]
    assert rows == [
        ("原行号", *HEADING),
        (3, None, "zz", "DD01", "2026Q1", "=1+1"),
        (5, "417", None, "OT01", "2026Q1", "x"),
    ]
    assert (page["C2"].fill.fgColor.rgb, page["F2"].fill.fgColor.rgb, page["B3"].fill.fgColor.rgb) == (RED, RED, RED)
    page["C2"], page["F2"], page["B3"], page["F3"] = "150627", 3, "000101", 4
    again = upload(cast.hr_city, saved(book), "data.xlsx")
    assert (again.batch.state, again.report.rows, again.report.kinds) == (BatchState.CHECKED, 2, ())


def test_bad_rows_of_a_csv_hold_those_that_stand_in_no_table(client: PageClient, cast: Cast) -> None:
    rows = [GOOD, ["", "150602", "DD02", "2026-01", "1", "203"], ["", "zz", "DD01", "2026Q1", "0.10"]]
    sent = upload(cast.hr_city, csv_bytes(rows), "data.csv")

    page = taken(client, cast, sent, "bad_rows").worksheets[0]

    found = [tuple(cell.value for cell in row) for row in page.iter_rows(min_row=2)]
    assert found == [
        (3, None, "150602", "DD02", "2026-01", "1", "203"),
        (4, None, "zz", "DD01", "2026Q1", "0.10", None),
    ]


def test_wide_file_is_marked_at_the_cell_of_the_figure(client: PageClient, cast: Cast) -> None:
    heading = ("单位代码", "期间", "DD01", "DD12")
    sent = upload(cast.hr_city, workbook([heading, ["150602", "2026Q1", 1, 2], ["150627", "2026Q1", 300, 4]]), "w.xlsx")

    marked, alone = taken(client, cast, sent), taken(client, cast, sent, "bad_rows")

    assert marked.worksheets[0]["C3"].fill.fgColor.rgb == RED
    assert [tuple(c.value for c in row) for row in alone.worksheets[0].iter_rows(min_row=2)] == [
        (3, "150627", "2026Q1", 300, 4)
    ]


def test_warnings_are_amber(client: PageClient, cast: Cast) -> None:
    sent = upload(cast.hr_city, workbook([HEADING, ["", "150602", "DD01", "2026Q1", " 95.5"]]), "data.xlsx")

    page = taken(client, cast, sent).worksheets[0]

    assert (sent.report.has_errors, page["E2"].fill.fgColor.rgb) == (False, AMBER)


def test_workbook_that_opens_no_more_goes_back_as_values(client: PageClient, cast: Cast) -> None:
    data = repack(workbook([HEADING, GOOD, BAD]), xl__styles_dot_xml=BROKEN_STYLES)

    book = taken(client, cast, upload(cast.hr_city, data, "data.xlsx"))

    page = book.worksheets[0]
    assert (page["E2"].value, page["B3"].fill.fgColor.rgb) == (95.5, RED)
    assert "只有各格的值" in book["问题清单"]["A5"].value


def test_what_leaves_is_written_down(client: PageClient, cast: Cast) -> None:
    sent = send(cast.hr_city, BAD)

    taken(client, cast, sent)

    event = AuditEvent.objects.order_by("-pk").first()
    assert event is not None
    assert (event.action, event.actor_key, event.object_ref) == (
        "batch.file_given",
        cast.hr_city.actor_key,
        sent.batch.ref,
    )
    assert event.after == {"what": "marked", "name": "data 标注文件.xlsx", "problems": 2}


def test_large_file_is_made_by_a_job_and_lies_ready_for_who_asked(
    client: PageClient, cast: Cast, settings: Any
) -> None:
    settings.MARK_AT_ONCE_MAX_ROWS = 0
    sent = send(cast.hr_city, BAD)
    client.force_login(cast.hr_city)
    page = f"/batches/{sent.batch.ref}/"

    answer = client.post(f"{page}back/marked/")
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "准备标注文件" in client.get(page).content.decode()
    job = work_inline(Job.objects.get(kind="intake.mark_batch"))

    url = f"{page}back/marked/{job.ref}/"
    assert url in client.get(page).content.decode()
    book = load_workbook(io.BytesIO(b"".join(client.get(url).streaming_content)))
    assert book.sheetnames == ["考核数据", "问题清单"]
    assert StoredFile.objects.filter(kind="marked").count() == 1
    client.force_login(cast.clerk_water)
    assert client.get(url).status_code == 404, "a batch of somebody else"
    client.force_login(make_user("hr.second", "拟处暑", Role.HR_OFFICER, levels=CITY_LEVELS))
    assert (client.get(page).status_code, client.get(url).status_code) == (200, 404), "a file made for somebody else"


def test_nothing_to_mark_is_said_and_offers_no_button(client: PageClient, cast: Cast) -> None:
    clean = send(cast.hr_city, GOOD)
    refused = upload(cast.hr_city, csv_bytes([GOOD]) + b'"unclosed,1\n')
    client.force_login(cast.hr_city)

    for sent in (clean, refused):
        page = f"/batches/{sent.batch.ref}/"
        assert "/back/" not in client.get(page).content.decode()
        assert client.post(f"{page}back/marked/")["Location"] == page
        assert "没有可以标出的单元格" in client.get(page).content.decode()


@pytest.mark.parametrize("what", ["marked", "bad_rows", "other"])
def test_nobody_else_gets_the_file_of_a_batch(client: PageClient, cast: Cast, what: str) -> None:
    sent = send(cast.hr_city, BAD)
    client.force_login(cast.clerk_water if what != "other" else cast.hr_city)

    assert client.post(f"/batches/{sent.batch.ref}/back/{what}/").status_code == 404


def test_only_the_sheet_of_data_is_selected(client: PageClient, cast: Cast) -> None:
    def change(book: Any, sheet: Any) -> None:
        book.create_sheet("旧表", 0).sheet_state = "hidden"
        book.active = 1
        book.worksheets[0].sheet_view.tabSelected = True

    sent = upload(cast.hr_city, workbook([HEADING, BAD], change), "data.xlsx")

    book = taken(client, cast, sent)

    assert [(page.title, bool(page.sheet_view.tabSelected)) for page in book.worksheets] == [
        ("旧表", False),
        ("Sheet", True),
        ("问题清单", False),
    ]
    assert book["Sheet"]["B2"].fill.fgColor.rgb == RED


def test_sender_who_left_does_not_turn_every_cell_red(client: PageClient, cast: Cast) -> None:
    sent = send(cast.hr_dongsheng, ["", "150602", "DD01", "2026Q1", "x"])
    User.objects.filter(pk=cast.hr_dongsheng.pk).update(is_active=False)

    page = taken(client, cast, sent).worksheets[0]

    assert [page[cell].fill.fill_type for cell in ("B2", "C2", "E2")] == [None, None, "solid"]
