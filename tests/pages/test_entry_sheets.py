"""The page of templates: what it asks of whom, what leaves by it, and what stands in the file."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import User
from cadres.models import Cadre
from foundation.audit.models import AuditEvent
from intake.models import Indicator, IndicatorOwner
from tests.cast import make_user
from tests.client import PageClient
from tests.evaluation.factories import Town
from tests.intake.factories import upload
from tests.pages.conftest import FAR, HEADS, LIKE, NEAR, Readers
from tests.pages.test_lists import asked

UNITS = "TGC-BANNER"
ASKED = f"/entry-sheets/?scheme={HEADS}&period=2026Q2"


def taken(client: PageClient, user: User, scheme: str, form: str = "wide", **more: str) -> Any:
    client.force_login(user)
    chosen = {"scheme": scheme, "period": "2026Q2", "form": form, **more}
    answer = client.post("/entry-sheets/download/", chosen)
    assert answer.status_code == 200, answer
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def rows(book: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows() if any(cell.value for cell in row)]


def test_page_says_what_is_asked_and_offers_the_sheet(client: PageClient, readers: Readers) -> None:
    client.force_login(readers.officer)

    page = client.get(ASKED).content.decode()

    assert "对象和期间已经填好，只填数" in page
    assert "OT01" in page
    assert "下载宽表模板" in page


def test_sheet_holds_those_whom_the_reader_manages_and_no_one_else(client: PageClient, readers: Readers) -> None:
    every = {row[0] for row in rows(taken(client, readers.officer, HEADS))[1:]}
    near = {row[2] for row in rows(taken(client, readers.near_officer, HEADS))[1:]}
    without_self = {row[0] for row in rows(taken(client, readers.head, HEADS))[1:]}

    assert near == {NEAR}
    assert every - without_self == {LIKE}


def test_sheet_is_cut_by_a_unit(client: PageClient, readers: Readers) -> None:
    found = {row[2] for row in rows(taken(client, readers.officer, HEADS, unit=NEAR))[1:]}

    assert found == {NEAR}


def test_headings_name_code_name_and_measure_and_ask_for_targets(client: PageClient, readers: Readers) -> None:
    heading = rows(taken(client, readers.officer, HEADS))[0]

    name = Indicator.objects.get(code="OT01")
    assert heading[:4] == ["工号", "姓名", "单位代码", "期间"]
    assert f"OT01 {name.name_zh}({name.measure})" in heading
    assert "OT01 目标值" in heading
    assert heading[-3:] == ["口径", "佐证编号", "备注"]


def test_codes_are_texts_and_rules_stand_in_the_cells(client: PageClient, readers: Readers) -> None:
    book = taken(client, readers.officer, HEADS)

    page = book.worksheets[0]
    assert (page["A2"].data_type, page["A2"].number_format, page.freeze_panes) == ("s", "@", "E2")
    rules = {str(rule.sqref).split(":")[0]: rule for rule in page.data_validations.dataValidation}
    column = next(
        cell.column_letter for cell in page[1] if str(cell.value).startswith("OT01 本人") or "OT01" in str(cell.value)
    )
    rule = rules[f"{column}2"]
    assert rule.formula1.startswith(
        f"IF(ISNUMBER({column}2),AND({column}2>=0,{column}2<=200,ROUND({column}2,2)={column}2)"
    )
    assert "不适用" in rule.formula1
    assert rule.error.startswith("填 0 至 200 的数，最多 2 位小数")
    grades = next(cell.column_letter for cell in page[1] if str(cell.value).startswith("JY01"))
    assert rules[f"{grades}2"].formula1 == '"好,较好,一般,较差,不适用,作废"'


def test_names_that_begin_like_formulas_stay_texts(client: PageClient, readers: Readers, town: Town) -> None:
    Cadre.objects.filter(pk=town.cadres[LIKE].pk).update(name="=HYPERLINK(1)")

    book = taken(client, readers.officer, HEADS)

    cells = [cell for cell in book.worksheets[0]["B"] if cell.value == "=HYPERLINK(1)"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_long_form_has_its_headings_and_no_rows(client: PageClient, readers: Readers) -> None:
    found = rows(taken(client, readers.officer, HEADS, "long"))

    assert found == [["工号", "姓名", "单位代码", "指标代码", "期间", "数值", "目标值", "口径", "佐证编号", "备注"]]


def test_clerk_is_asked_the_own_indicators_of_others(client: PageClient, readers: Readers, town: Town) -> None:
    indicator = Indicator.objects.get(code="DD01")
    IndicatorOwner.objects.update_or_create(indicator=indicator, unit=town.units[NEAR])
    clerk = make_user("clerk", "经办人", Role.UNIT_CLERK, unit=town.units[NEAR])

    found = rows(taken(client, clerk, UNITS))

    assert {text.split()[0] for text in found[0] if text[:2].isascii()} == {"DD01"}
    assert NEAR not in {row[0] for row in found[1:]}
    assert len(found) > 2


def test_clerk_of_person_indicators_gets_no_names(client: PageClient, readers: Readers, town: Town) -> None:
    IndicatorOwner.objects.update_or_create(indicator=Indicator.objects.get(code="OT01"), unit=town.units[NEAR])
    clerk = make_user("clerk", "经办人", Role.UNIT_CLERK, unit=town.units[NEAR])

    assert len(rows(taken(client, clerk, HEADS))) == 1
    assert "模板不预填对象" in client.get(ASKED).content.decode()


def test_what_leaves_is_written_down(client: PageClient, readers: Readers) -> None:
    book = taken(client, readers.near_officer, HEADS)

    event = AuditEvent.objects.order_by("-pk").first()
    assert event is not None
    assert (event.action, event.object_ref) == ("entry_sheet.taken", HEADS)
    assert event.after == {"period": "2026Q2", "unit": "", "form": "wide", "subjects": len(rows(book)) - 1}


@pytest.mark.parametrize("query", ["scheme=zz", f"scheme={HEADS}&period=1999", f"scheme={HEADS}&period=2026Q2&unit=zz"])
def test_choices_that_do_not_exist_are_not_found(client: PageClient, readers: Readers, query: str) -> None:
    client.force_login(readers.officer)

    assert client.get(f"/entry-sheets/?{query}").status_code == 404


def test_reader_of_whom_nothing_is_asked_is_told_so(client: PageClient, readers: Readers, town: Town) -> None:
    client.force_login(make_user("idle", "经办人", Role.UNIT_CLERK, unit=town.units[NEAR]))

    assert "没有需要您填报的指标" in client.get("/entry-sheets/").content.decode()


def test_unit_of_another_scope_cannot_be_chosen(client: PageClient, readers: Readers) -> None:
    client.force_login(readers.near_officer)

    answer = client.post(
        "/entry-sheets/download/", {"scheme": HEADS, "period": "2026Q2", "form": "wide", "unit": "150627"}
    )

    assert answer.status_code == 404


def test_english_reader_gets_english_headings_that_the_door_takes(client: PageClient, readers: Readers) -> None:
    Indicator.objects.filter(code="OT01").update(name_en="Own key tasks, done")
    client.cookies["django_language"] = "en"
    book = taken(client, readers.officer, HEADS)

    page = book.worksheets[0]
    headings = [str(cell.value) for cell in page[1]]
    assert headings[:4] == ["employee_no", "name", "unit_code", "period"]
    page.cell(2, headings.index("OT01 Own key tasks, done(%)") + 1).value = 88
    stream = io.BytesIO()
    book.save(stream)
    sent = upload(readers.officer, stream.getvalue(), "wide.xlsx")
    assert (sent.problems, sent.report.rows) == ([], 1)


def test_page_takes_as_many_queries_for_thirty_people_as_for_one(client: PageClient, readers: Readers) -> None:
    client.force_login(readers.officer)

    far, near = (len(rows(taken(client, readers.officer, HEADS, unit=unit))) - 1 for unit in (FAR, NEAR))
    assert (far, near > 30) == (1, True)
    assert asked(client, f"{ASKED}&unit={FAR}") == asked(client, f"{ASKED}&unit={NEAR}")
