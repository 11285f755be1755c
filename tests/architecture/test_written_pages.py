"""docs/permissions.md and docs/data-model.md are written from the code, and say today what the code says."""

import pytest

from ordos_cadres.management.commands.document import PAGES
from tests.architecture.rules import ROOT


@pytest.mark.parametrize("name", sorted(PAGES))
def test_written_page_is_what_the_code_writes(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name](), "run manage.py document --write"
