"""Every page that a role can reach by links, on a desk and on a phone, sound in every way that a browser can tell."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Page

from accounts.roles import ROLES
from foundation.web.checks import patterns
from ordos_cadres.sample.users import FIRST, Seat, seats
from tests.journeys.browsing import faults_of, sign_in, watched
from tests.journeys.conftest import Served
from tests.permissions.walk import FILLED, PARAMETER

pytestmark = pytest.mark.browser

NOT_PAGES = {"intake:batch-file", "intake:batch-kept-file", "jobs:health"}
"""What answers with something else than a page."""
POSTED = {
    "accounts:event-export",
    "accounts:logout",
    "accounts:trail-export",
    "accounts:trail-verify",
    "evaluation:cadre-proof",
    "evaluation:difference-export",
    "evaluation:entry-sheet-download",
    "evaluation:ranking-export",
    "evaluation:run-start",
    "evaluation:unit-proof",
    "jobs:checkup-start",
    "intake:batch-back-file",
    "intake:batch-check",
    "intake:batch-commit",
    "intake:batch-compare-export",
    "intake:batch-leave-out",
    "intake:batch-take-back",
    "intake:withdrawal-approve",
    "intake:withdrawal-cancel",
    "intake:withdrawal-refuse",
}
LEADS_ON = {"evaluation:ranking-list", "evaluation:cadre-detail", "evaluation:own-result"}
"""Addresses that lead on to another page."""
UNLINKED = {"jobs:job-detail", "accounts:login"}
"""Reached by doing something, which the other journeys do."""

SEATS = {seat.role: seat for seat in reversed((*FIRST, *seats()))}
"""One user of each role, the first of them."""


def names() -> dict[str, frozenset[str]]:
    """Every URL by name, with the permissions that its view asks for."""
    found = {}
    for route, pattern in patterns():
        match = resolve(PARAMETER.sub(lambda found: FILLED[found[1]], route))
        found[match.view_name] = frozenset(getattr(pattern.callback, "ordos_permissions"))  # noqa: B009 - set by @page
    return found


def kind_of(url: str) -> tuple[str, str, frozenset[str]]:
    """What kind of page an address is: its view, its scheme, and what is asked of it (`?line=` opens a cell)."""
    parts = urlsplit(url)
    match = resolve(parts.path)
    return match.view_name, match.kwargs.get("scheme", ""), frozenset(parse_qs(parts.query))


def links(page: Page) -> Iterator[str]:
    """Addresses of our own that the page links to, in the order of the page."""
    for url in page.locator("a[href]").evaluate_all("(all) => all.map((each) => each.href)"):
        if urlsplit(url).fragment == "" and urlsplit(url).netloc == urlsplit(page.url).netloc:
            yield url


def walk(page: Page) -> tuple[set[str], list[str]]:
    """Follow links from the page as it stands to one page of each kind; views that were met, and what was wrong."""
    waiting, met, faults = [page.url], set(), []
    while waiting:
        url = waiting.pop(0)
        if kind_of(url) in met or kind_of(url)[0] in NOT_PAGES:
            continue
        page.goto(url)
        met |= {kind_of(url), kind_of(page.url)}
        faults += faults_of(page)
        waiting += links(page)
    return {view for view, _scheme, _asked in met}, faults


@pytest.mark.parametrize("seat", SEATS.values(), ids=lambda seat: seat.role.value)
def test_every_page_of_a_role_is_whole_at_both_sizes(served_to_read: Served, chromium: Browser, seat: Seat) -> None:
    held = ROLES[seat.role].permissions
    mine = {name for name, needed in names().items() if needed & held} - NOT_PAGES - POSTED - UNLINKED

    with watched(chromium, served_to_read.address) as page:
        sign_in(page, seat.username, served_to_read.password(seat.username))
        visited, faults = walk(page)

    assert faults == []
    assert visited - LEADS_ON - UNLINKED == mine - LEADS_ON


@pytest.mark.parametrize("path", ["/login/", "/no-such-page/"])
def test_pages_that_need_no_login_are_whole(served_to_read: Served, chromium: Browser, path: str) -> None:
    with watched(chromium, served_to_read.address, expected={404}) as page:
        page.goto(path)
        assert faults_of(page) == []


def test_a_refused_page_and_an_absent_object_are_whole(served_to_read: Served, chromium: Browser) -> None:
    with watched(chromium, served_to_read.address, expected={403, 404}) as page:
        sign_in(page, "auditor", served_to_read.password("auditor"))
        for path, status in (("/rankings/", 403), ("/jobs/absent/", 404)):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == status
            assert faults_of(page) == []
