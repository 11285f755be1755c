"""The pages that the pictures show, at every size of the pictures, light and dark: all sound, all within its edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.journeys.browsing import AXE, DESK, PHONE, SERIOUS, WIDTHS, sign_in, watched
from tests.journeys.conftest import Served

pytestmark = pytest.mark.browser

FOLDED: ViewportSize = {"width": 1200, "height": 900}
"""The rail is icons, bars and completeness are gone."""
PAST_THE_PANEL = """
() => [...document.querySelectorAll(".panel")].flatMap((panel) =>
  [...panel.querySelectorAll("td, th")]
    .filter((cell) => cell.getClientRects().length && !cell.closest(".visually-hidden"))
    .filter((cell) => {
      const frame = cell.closest(".sheet-frame");
      const scrolls = frame && getComputedStyle(frame).overflowX === "auto" && frame.scrollWidth > frame.clientWidth;
      return !scrolls && cell.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1;
    })
    .map((cell) => cell.textContent.trim().slice(0, 20)))
"""
DEPUTIES = "/rankings/TGC-BANNER-DEPUTY/2026Q2/"


@dataclass(frozen=True)
class Look:
    """A page as a picture shows it: who looks, where it stands, and the links to press on the way."""

    name: str
    user: str
    path: str
    follow: Sequence[str] = ()


LOOKS = (
    Look("01-ranking", "hr.city", f"{DEPUTIES}?group=能源旗"),
    Look("01-ranking-one-body", "leader", f"{DEPUTIES}?group=能源旗&unit=150624"),
    Look("01-ranking-waiting", "leader", "/rankings/TGC-DEPARTMENT-DEPUTY/2026Q2/"),
    Look("02-cadre", "leader", DEPUTIES, ("#ranking-table a[data-row-link]",)),
    Look("02-mine", "cadre", "/me/"),
    Look("03-upload", "hr.city", "/batches/upload/"),
    Look("04-home", "leader", "/"),
    Look("05-run", "hr.city", "/runs/", ("main a[data-row-link]",)),
    Look("08-login", "", "/login/"),
)


def faults_at(page: Page, size: ViewportSize) -> list[str]:
    """What is wrong with the page at one size."""
    page.set_viewport_size(size)
    wide, inner = page.evaluate(WIDTHS)
    faults = [f"{wide} px wide"] if wide > inner else []
    faults += [f"past the panel: {cell}" for cell in page.evaluate(PAST_THE_PANEL)]
    if AXE.is_file():
        page.evaluate(AXE.read_text("utf-8"))
        faults += page.evaluate(SERIOUS)
    return [f"at {size['width']}: {fault}" for fault in faults]


Theme = Literal["light", "dark"]


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_page_is_sound_at_the_sizes_of_its_picture(
    served_to_read: Served, chromium: Browser, look: Look, theme: Theme
) -> None:
    with watched(chromium, served_to_read.address) as page:
        page.emulate_media(color_scheme=theme)
        if look.user:
            sign_in(page, look.user, served_to_read.password(look.user))
        page.goto(look.path)
        for link in look.follow:
            page.locator(link).first.click()
            page.wait_for_load_state()

        assert page.locator("html").get_attribute("data-bs-theme") == theme
        assert [fault for size in (PHONE, FOLDED, DESK) for fault in faults_at(page, size)] == []


def test_chosen_theme_stays_on_the_next_page(served_to_read: Served, chromium: Browser) -> None:
    with watched(chromium, served_to_read.address) as page:
        page.emulate_media(color_scheme="light")
        sign_in(page, "leader", served_to_read.password("leader"))
        page.locator("[data-ordos-menu] summary").last.click()
        page.locator('[data-theme-choice="dark"]').click()

        page.goto(DEPUTIES)

        assert page.locator("html").get_attribute("data-bs-theme") == "dark"
