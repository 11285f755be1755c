"""Two officers withdraw a batch in the browser: preview, request, decision, receipt, and the way back."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ordos_cadres.sample.tries import MENDED
from tests.journeys.browsing import DESK, PHONE, faults_of, follow, sign_in, watched
from tests.journeys.conftest import Served
from tests.journeys.test_officer import SLOW, upload

pytestmark = pytest.mark.browser


def picture(page: Page, name: str) -> None:
    """Keep a picture at both sizes, where a person asked for it."""
    folder = os.environ.get("ORDOS_PICTURES")
    if folder:
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", full_page=True)


def test_batch_is_withdrawn_by_two_and_the_file_can_be_sent_again(served: Served, chromium: Browser) -> None:
    with watched(chromium, served.address) as page:
        sign_in(page, "hr.city", served.password("hr.city"))
        follow(page, "上传", within="#rail")
        upload(page, served.tries / MENDED)
        picture(page, "corrections")
        page.get_by_label("我已核对，确认更正这 5 条已有数据").press("Space")
        page.get_by_role("button", name="提交入库").press("Enter")
        expect(page.locator("#receipt")).to_be_visible(timeout=SLOW)
        wrong = faults_of(page)
        batch = page.url

        follow(page, "撤回本批次")
        expect(page.locator("#withdrawal-preview tbody tr")).to_have_count(11)
        wrong += faults_of(page)
        picture(page, "preview")
        page.get_by_label("撤回原因").fill("口径有误，将重新上报")
        page.get_by_role("button", name="申请撤回：恢复旧值 5 条，收回 6 条").press("Enter")
        expect(page.locator("#withdrawal h2")).to_have_text("例霜降 申请撤回，等待另一人批准")
        wrong += faults_of(page)
        picture(page, "asked")
        page.context.clear_cookies()

        sign_in(page, "hr.city.second", served.password("hr.city.second"))
        page.get_by_role("link", name=re.compile("申请撤回批次")).press("Enter")
        wrong += faults_of(page)
        picture(page, "decide")
        page.get_by_role("button", name="批准撤回").press("Enter")
        expect(page.locator("#withdrawal h2")).to_have_text("例霜降 申请，已经撤回", timeout=SLOW)
        assert page.url == batch
        wrong += faults_of(page)
        picture(page, "withdrawn")
        page.goto("/withdrawals/?show=all")
        wrong += faults_of(page)
        picture(page, "list")

        page.goto("/batches/compare/?a=23&b=24")
        expect(page.locator("#compare-table tbody tr").first).to_be_visible()
        wrong += faults_of(page)
        picture(page, "compare")

        follow(page, "上传", within="#rail")
        upload(page, served.tries / MENDED)
        expect(page.get_by_role("button", name="提交入库")).to_be_visible()
    assert wrong == []
