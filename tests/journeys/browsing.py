"""What every journey watches: console, policy, requests to elsewhere, failed answers; and whether a page fits."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, ViewportSize

ROOT = Path(__file__).resolve().parents[2]
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.ordosViolation(`${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`));
"""
WIDTHS = "() => [document.scrollingElement.scrollWidth, window.innerWidth]"
SERIOUS = """
async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(", ")}`);
}
"""


@dataclass
class Watch:
    """Everything that went wrong in a browser context, one line each; empty at the end of every test."""

    address: str
    expected: set[int] = field(default_factory=set)
    """Statuses that this test provokes on purpose."""
    wrong: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext, *, script: bool) -> None:
        """Listen to every page of the context."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.wrong.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        if script:
            context.expose_function("ordosViolation", lambda text: self.wrong.append(f"policy: {text}"))
            context.add_init_script(TELL_VIOLATIONS)

    def _console(self, message: Any) -> None:
        # The browser's own line about an answer that the test provoked.
        told = any(f"status of {status}" in message.text for status in self.expected)
        if message.type in ("error", "warning") and not told:
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.wrong.append(f"{response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        # A poll that is still out when the page moves on, and a download, end like this.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url} {request.failure}")


@contextlib.contextmanager
def watched(browser: Browser, address: str, *, script: bool = True, expected: set[int] | None = None) -> Iterator[Page]:
    """A page in a context of its own; leaving it fails if anything went wrong on the way."""
    watch = Watch(address, expected or set())
    context = browser.new_context(viewport=DESK, java_script_enabled=script, locale="zh-CN", base_url=address)
    watch.on(context, script=script)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()
    assert not watch.wrong, "\n".join(watch.wrong)


def sign_in(page: Page, username: str, password: str) -> None:
    """Log in by the keyboard alone, as the form stands: the first field has the focus."""
    page.goto("/login/")
    page.locator("#id_username").focus()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def follow(page: Page, name: str, *, within: str = "main", exact: bool = False) -> None:
    """Go where a link leads, by the keyboard."""
    page.locator(within).get_by_role("link", name=name, exact=exact).first.press("Enter")


def faults_of(page: Page, *, axe: bool = True) -> list[str]:
    """What is wrong with the page as it stands, on a desk and on a phone; leaves the desk's size behind."""
    faults = []
    headings, title = page.locator("h1").all_inner_texts(), page.title().strip()
    if len(headings) != 1 or not headings[0].strip() or not title:
        faults.append(f"headings {headings}, title {title!r}")
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        wide, inner = page.evaluate(WIDTHS)
        if wide > inner:
            faults.append(f"{wide} px wide at {inner}")
    if axe and AXE.is_file():
        page.evaluate(AXE.read_text("utf-8"))
        faults += page.evaluate(SERIOUS)
    return [f"{page.url}: {fault}" for fault in faults]
