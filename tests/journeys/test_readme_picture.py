"""The picture of README: docs/ranking.png, taken anew where ORDOS_WRITE_PICTURES=1, never by hand."""

import os
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import DESK, ROOT, sign_in, watched
from tests.journeys.conftest import Served

pytestmark = pytest.mark.browser

PICTURE = ROOT / "docs" / "ranking.png"
CUT = {"width": DESK["width"], "height": 560}
"""The upper part of the desk's page: enough to see, and small enough to keep in git."""
MOST_BYTES = 150_000


def size_of(picture: Path) -> dict[str, int]:
    """Width and height as the head of a PNG file says."""
    head = picture.read_bytes()[:24]
    assert head[1:4] == b"PNG", picture
    width, height = struct.unpack(">II", head[16:24])
    return {"width": width, "height": height}


def test_picture_of_the_ranking_is_there_and_the_page_behind_it_stands(
    served_to_read: Served, chromium: Browser
) -> None:
    with watched(chromium, served_to_read.address) as page:
        sign_in(page, "leader", served_to_read.password("leader"))
        page.goto("/rankings/TGC-BANNER-DEPUTY/2026Q2/")
        expect(page.locator("#ranking-table tbody tr").first).to_be_visible()
        taken = page.screenshot(
            path=PICTURE if os.environ.get("ORDOS_WRITE_PICTURES") == "1" else None,
            clip={"x": 0, "y": 0, "width": CUT["width"], "height": CUT["height"]},
        )

    assert size_of(PICTURE) == CUT
    assert PICTURE.stat().st_size < MOST_BYTES
    assert len(taken) > MOST_BYTES // 3
