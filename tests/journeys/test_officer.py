"""The opening paragraph of the spine: from a faulty file to the cell that a score came from."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect

from intake.problems import KINDS
from ordos_cadres.sample.city import figures_of
from ordos_cadres.sample.people import DEFAULT_CADRES, people
from ordos_cadres.sample.tries import FAULTY, MENDED, Planted, faulty_rows, mended_rows
from tests.journeys.browsing import faults_of, follow, sign_in, watched
from tests.journeys.conftest import Served

pytestmark = pytest.mark.browser

DEPUTIES = "/rankings/TGC-BANNER-DEPUTY/2026Q2/"
GROUP = "城区"
"""Peer group of the first person in the files to try."""

SLOW = 60_000
"""Milliseconds for what a worker does; nothing waits this long on a machine that is alone."""


def planted() -> tuple[Planted, ...]:
    """The faults of the faulty file, as the sample that writes it says."""
    everybody = people(DEFAULT_CADRES)
    return faulty_rows(mended_rows(figures_of(everybody), everybody))[1]


def number(text: str) -> Decimal:
    """A shown number; the minus sign is a typographic one."""
    return Decimal(text.strip().replace("−", "-").replace(",", "").lstrip("+") or "0")


def upload(page: Page, file: Path) -> None:
    """Choose a file on the upload page and send it; the problem table is there when the check is done."""
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并检查").press("Enter")
    expect(page.locator("#problem-table")).to_be_visible(timeout=SLOW)


def shown_problems(page: Page) -> list[tuple[str, str, str]]:
    """Kind, cell and value of every line of the problem table."""
    found = []
    for kind in page.locator("details.problem-kind").all():
        if kind.get_attribute("open") is None:
            kind.locator("summary").press("Enter")
        title = kind.locator(".problem-name > span").last.inner_text()
        for row in kind.locator(".problem-cells tbody tr").all():
            found.append((title, row.locator("th").inner_text(), row.locator(".raw").inner_text()))
    return found


def sums(table: Locator) -> tuple[list[Decimal], list[Decimal], Decimal]:
    """Contributions of the lines, of the dimensions, and the total, as they are written."""
    lines = table.locator("tr[data-evidence-row] .contribution").all_inner_texts()
    groups = table.locator("tr.group-row .contribution").all_inner_texts()
    total = table.locator("tr.total-row .contribution").inner_text()
    return [number(text) for text in lines], [number(text) for text in groups], number(total)


def send_both_files(page: Page, faulty: Path, mended: Path) -> list[str]:
    """Upload the faulty file, read its faults, upload the mended one and commit it; what was wrong with the pages."""
    follow(page, "上传", within="#rail")
    upload(page, faulty)
    assert sorted(shown_problems(page)) == sorted(
        (str(KINDS[each.code].title), f"{each.column}{each.row}", each.value) for each in planted()
    )
    wrong = faults_of(page)

    follow(page, "改好后重新上传")
    upload(page, mended)
    assert shown_problems(page) == []
    wrong += faults_of(page)

    expect(page.locator("#correction-table tbody tr")).to_have_count(5)
    page.get_by_label("我已核对，确认更正这 5 条已有数据").press("Space")
    page.get_by_role("button", name="提交入库").press("Enter")
    expect(page.locator("#receipt h2")).to_have_text("已入库：新增 6 条，改动 5 条，相同 25 条", timeout=SLOW)
    return wrong + faults_of(page)


def recompute(page: Page) -> list[str]:
    """Press 重新核算 and watch the progress to its end."""
    follow(page, "核算", within="#rail", exact=True)
    page.get_by_role("button", name="重新核算").press("Enter")
    progress = page.locator("#job-progress")
    expect(progress).to_be_visible()
    wrong = faults_of(page)
    expect(progress).to_contain_text("已完成", timeout=SLOW)
    return wrong


def open_cadre(page: Page, employee: str) -> None:
    """Find a person in the ranking of their group and open the page."""
    page.goto(DEPUTIES)
    page.locator("details.chip-main summary").press("Enter")
    page.locator("details.chip-main").get_by_role("link", name=GROUP).press("Enter")
    page.get_by_role("searchbox").fill(employee)
    page.keyboard.press("Enter")
    expect(page.locator("#ranking-table tbody tr")).to_have_count(1)
    page.locator("#ranking-table tbody a").press("Enter")
    expect(page.locator("#waterfall-table")).to_be_visible()


def follow_to_cell(page: Page, indicator: str) -> tuple[str, str]:
    """Follow a line of the waterfall to the outlined cell beside it: the address that the line says, and the text."""
    line = page.locator("tr[data-evidence-row]", has_text=indicator)
    address = line.locator("b.cell-ref").inner_text()
    line.locator("a").press("Enter")
    evidence = page.locator("#evidence")
    expect(evidence.locator(".is-cell")).to_have_count(1)
    column, row = evidence.locator("th.is-column").inner_text(), evidence.locator("tr.is-row th").inner_text()
    assert f"{column}{row}" == address
    return address, evidence.locator(".is-cell").inner_text()


def test_officer_mends_a_file_recomputes_and_reads_a_score_down_to_its_cell(
    served: Served, chromium: Browser, tmp_path: Path
) -> None:
    mended = served.tries / MENDED
    sheet = load_workbook(mended).active
    with watched(chromium, served.address) as page:
        page.goto("/")
        expect(page).to_have_url(re.compile(r"/login/\?next=/$"))
        sign_in(page, "hr.city", served.password("hr.city"))
        wrong = send_both_files(page, served.tries / FAULTY, mended) + recompute(page)
        open_cadre(page, str(sheet["A2"].value))

        lines, groups, total = sums(page.locator("#waterfall-table"))
        assert len(lines) > 5
        assert sum(lines) == total == sum(groups) == number(page.locator(".strip-main .score").inner_text())

        assert follow_to_cell(page, "OT01") == ("F2", str(sheet["F2"].value))
        evidence = page.locator("#evidence")
        for told in (MENDED, sheet.title):
            expect(evidence.locator(".evidence-file")).to_contain_text(told)
        wrong += faults_of(page)

        with page.expect_download() as kept:
            evidence.get_by_role("link", name="原文件").press("Enter")
        kept.value.save_as(tmp_path / "kept.xlsx")
    assert (tmp_path / "kept.xlsx").read_bytes() == mended.read_bytes()
    assert wrong == []
