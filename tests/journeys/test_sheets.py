"""A sheet goes out and comes back: template, figures, a fault, the marked file, mended and stored."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import faults_of, sign_in, watched
from tests.journeys.conftest import Served

pytestmark = pytest.mark.browser

SLOW = 60_000
CODE = "DD01"


def taken(page: Page, button: str, folder: Path) -> Path:
    """What a button downloads, under its own name."""
    with page.expect_download(timeout=SLOW) as download:
        page.get_by_role("button", name=button).press("Enter")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def upload(page: Page, file: Path) -> None:
    page.goto("/batches/upload/")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并检查").press("Enter")
    expect(page.locator("#problem-table")).to_be_visible(timeout=SLOW)


def column_of(page: Any, code: str) -> str:
    """The letter of the column of figures of an indicator."""
    return str(next(cell.column_letter for cell in page[1] if str(cell.value).split()[0] == code))


def test_sheet_goes_out_and_comes_back(chromium: Browser, served: Served, tmp_path: Path) -> None:
    with watched(chromium, served.address) as page:
        sign_in(page, "hr.city", served.password("hr.city"))
        page.goto("/entry-sheets/?scheme=TGC-BANNER&period=2026Q2")
        assert faults_of(page) == []
        file = taken(page, "下载宽表模板", tmp_path)
        assert file.name == "旗区三好指数（示例规则） 2026Q2 宽表.xlsx"
        book = load_workbook(file)
        sheet = book.worksheets[0]
        figure = column_of(sheet, CODE)
        sheet[f"{figure}2"], sheet[f"{figure}3"] = 91.25, "约 90"
        book.save(file)

        upload(page, file)
        expect(page.locator("#problem-heading")).to_have_text("先改 1 处错误，再重新上传")
        assert faults_of(page) == []
        marked = taken(page, "下载标注文件", tmp_path)
        book = load_workbook(marked)
        sheet = book.worksheets[0]
        assert "不是数字" in sheet[f"{figure}3"].comment.text
        sheet[f"{figure}3"] = 90
        book.save(marked)

        upload(page, marked)
        expect(page.locator("#problem-heading")).to_have_text("没有发现问题")
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="提交入库").press("Enter")
        expect(page.locator("#receipt-heading")).to_be_visible(timeout=SLOW)
