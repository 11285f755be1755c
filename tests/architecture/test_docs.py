"""What the first pages name exists: paths in docs/map.md and CONTRIBUTING.md, commands of the Makefile."""

import re

import pytest

from tests.architecture.rules import ROOT

PATH = re.compile(r"`([\w.-]+/[\w./-]*)`", re.ASCII)
PAGES = ("docs/map.md", "CONTRIBUTING.md", "README.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_path_on_the_page_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    # var/ is made by the first start, .venv/ and node_modules/ by set-up.
    named = sorted({path for path in PATH.findall(text) if not path.startswith(("var/", "node_modules/", "."))})

    assert named != []
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_makefile_has_the_commands_of_contributing_and_setup_and_no_more() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)

    assert sorted(targets) == ["bench", "check", "fix", "run", "screenshots", "setup", "test"]
