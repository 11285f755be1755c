"""The watch that every journey stands under sees what it is there for."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.browsing import faults_of, watched
from tests.journeys.conftest import Served

pytestmark = pytest.mark.browser

SPOILS = {
    "console": "() => console.error('spoilt')",
    "script": "() => { setTimeout(() => { throw new Error('spoilt') }) }",
    "policy": "() => document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">spoilt</p>')",
    "elsewhere": "() => { location.href = 'http://127.0.0.1:9/spoilt' }",
    "404": "() => fetch('/no-such-page/').then(() => 0)",
}


def spoil(browser: Browser, address: str, script: str) -> None:
    """Look at a page on which something goes wrong."""
    with watched(browser, address) as page:
        page.goto("/login/")
        page.evaluate(script)
        page.wait_for_timeout(200)


@pytest.mark.parametrize("kind", SPOILS)
def test_watch_tells_of(served_to_read: Served, chromium: Browser, kind: str) -> None:
    with pytest.raises(AssertionError, match=f"(?m)^{kind}: "):
        spoil(chromium, served_to_read.address, SPOILS[kind])


def test_a_page_that_is_too_wide_or_headless_or_unlabelled_is_faulty(served_to_read: Served, chromium: Browser) -> None:
    with watched(chromium, served_to_read.address) as page:
        page.goto("/login/")
        page.locator("h1").evaluate("(head) => head.remove()")
        page.locator("label").first.evaluate("(label) => label.remove()")
        page.locator("body").evaluate("(body) => { body.style.width = '2000px' }")
        faults = faults_of(page)

    assert [fault.split(": ", 1)[1].split(" ")[0] for fault in faults] == ["headings", "2000", "2000", "label:"]
