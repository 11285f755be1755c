"""`make screenshots`: the pages of the product as pictures in an ignored folder, to be looked at beside their models.

Starts the sample city in a folder of its own, asks for every page below at every size, light and dark, and writes
`var/screenshots/NAME-WIDTH[-dark].png`. Needs Chromium.
"""

import dataclasses
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import city as cities  # noqa: E402 - the project is on the path from here on
from tests import tiers  # noqa: E402 - as above
from tests.journeys.browsing import sign_in  # noqa: E402 - as above

FOLDER = ROOT / "var" / "screenshots"
SIZES = ((1440, 900), (1200, 900), (390, 844))
WRONG_FILE = "工号,指标代码,期间,数值\n000101,JY04U,2026Q2,9_5\n000102,NO-SUCH,2026Q2,90\n"


@dataclasses.dataclass(frozen=True)
class Shot:
    """A page: its picture's name, who looks at it ("" for nobody), and where it stands.

    ``follow`` are links to press on the way, as CSS selectors; ``upload`` sends a file with problems first.
    """

    name: str
    user: str
    path: str
    follow: Sequence[str] = ()
    upload: bool = False


SHOTS = (
    Shot("01-ranking", "hr.city", "/rankings/TGC-BANNER-DEPUTY/2026Q2/"),
    Shot("01-ranking-units", "leader", "/rankings/TGC-BANNER/2026Q2/"),
    Shot("02-cadre", "hr.city", "/rankings/TGC-BANNER-DEPUTY/2026Q2/", ("#ranking-table a[data-row-link]",)),
    Shot("02-mine", "cadre", "/me/"),
    Shot("03-upload", "hr.city", "/batches/upload/"),
    Shot("03-batch", "hr.city", "/batches/upload/", upload=True),
    Shot("03-template", "hr.city", "/entry-sheets/"),
    Shot("03-batches", "hr.city", "/batches/"),
    Shot("04-home", "leader", "/"),
    Shot("04-home-officer", "hr.city", "/"),
    Shot("05-runs", "hr.city", "/runs/"),
    Shot("05-run", "hr.city", "/runs/", ("main a[data-row-link]",)),
    Shot("06-audit", "auditor", "/audit/"),
    Shot("06-event", "auditor", "/audit/", ("#event-table a[data-row-link]",)),
    Shot("06-verification", "auditor", "/audit/verification/"),
    Shot("07-jobs", "system.admin", "/jobs/"),
    Shot("08-login", "", "/login/"),
    Shot("09-empty", "security.admin", "/"),
    Shot("09-error", "hr.city", "/no-such-page/"),
)


def take(browser: Browser, address: str, passwords: dict[str, str], shot: Shot) -> Iterator[Path]:
    """Take one page at every size, light and dark."""
    for dark in (False, True):
        context = browser.new_context(
            base_url=address, locale="zh-CN", color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        page = context.new_page()
        if shot.user:
            sign_in(page, shot.user, passwords[shot.user])
        _lead_to(page, shot)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(150)
            file = FOLDER / f"{shot.name}-{width}{'-dark' if dark else ''}.png"
            page.screenshot(path=file, full_page=True)
            yield file
        context.close()


def _lead_to(page: Page, shot: Shot) -> None:
    page.goto(shot.path)
    if shot.upload:
        page.set_input_files(
            "input[type=file]", {"name": "样表.csv", "mimeType": "text/csv", "buffer": WRONG_FILE.encode()}
        )
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_selector("#problem-table", timeout=30_000)
    for link in shot.follow:
        page.locator(link).first.click()
        page.wait_for_load_state("networkidle")


def main(names: Sequence[str]) -> int:
    """Take the pages named (all of them without a name); the exit status is 1 where no browser is found."""
    program = tiers.chromium()
    if program is None:
        print("没有找到 Chromium，请先安装。", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    chosen = [shot for shot in SHOTS if not names or any(shot.name.startswith(name) for name in names)]
    with tempfile.TemporaryDirectory(prefix="ordos-pictures-") as place:
        template = cities.prepare("sqlite", Path(place) / "template", ("load_sample",), ("recompute", "--all"))
        with cities.copy_of(template, Path(place) / "var") as city, sync_playwright() as playwright:
            city.start_worker()
            address = city.start_web()
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            for shot in chosen:
                for file in take(browser, address, city.passwords, shot):
                    print(file.relative_to(ROOT), flush=True)
            browser.close()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
