"""Every page works without JavaScript: log in, read a ranking and a cell, upload, commit."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from ordos_cadres.sample.tries import MENDED
from tests.journeys.browsing import DESK, PHONE, follow, sign_in, watched
from tests.journeys.conftest import Served

pytestmark = pytest.mark.browser

LOOKS = 100


def reload_until(page: Page, wanted: Locator) -> None:
    """Ask for the page anew, as a reader without script does, until something stands there."""
    for _look in range(LOOKS):
        if wanted.count():
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(f"{wanted} did not come at {page.url}")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_ranking_and_cell_are_read_without_script(
    served_to_read: Served, chromium: Browser, size: ViewportSize
) -> None:
    with watched(chromium, served_to_read.address, script=False) as page:
        page.set_viewport_size(size)
        sign_in(page, "leader", served_to_read.password("leader"))

        page.goto("/rankings/TGC-BANNER-DEPUTY/2026Q2/")
        page.locator("#ranking-table tbody a").first.press("Enter")
        line = page.locator("tr[data-evidence-row]", has=page.locator("a")).first
        value = line.locator(".line-raw").inner_text()
        line.locator("a").press("Enter")

        expect(page).to_have_url(re.compile(r"\?line="))
        expect(page.locator("#evidence .is-cell")).to_have_count(1)
        assert page.locator("#evidence .is-cell").inner_text() in value


def test_file_is_uploaded_and_committed_without_script(served: Served, chromium: Browser) -> None:
    with watched(chromium, served.address, script=False) as page:
        sign_in(page, "hr.city", served.password("hr.city"))

        follow(page, "上传", within="#rail")
        page.get_by_label("文件", exact=True).set_input_files(served.tries / MENDED)
        page.get_by_role("button", name="上传并检查").press("Enter")
        reload_until(page, page.get_by_role("button", name="提交入库"))
        page.get_by_label("我已核对，确认更正这 5 条已有数据").check()
        page.get_by_role("button", name="提交入库").press("Enter")
        reload_until(page, page.locator("#receipt"))

        expect(page.locator("#receipt h2")).to_contain_text("新增 6 条，改动 5 条")
