"""Runs through their public door: golden values stored, nothing done twice, only whole runs shown."""

import pytest

from tests.evaluation.factories import GOLDEN, make_golden_town
from tests.evaluation.recompute import recompute_golden, stored_score

pytestmark = pytest.mark.django_db


def test_golden_results_are_stored_through_the_door() -> None:
    town = make_golden_town()
    rows = [row for row in GOLDEN if row["row"] in {"total", "coverage", "band", "reason"}]

    recompute_golden()

    found = {}
    for row in rows:
        value = getattr(stored_score(town, row["document"], row["subject"]), row["row"])
        found[row["case"], row["row"]] = "" if value is None else str(value)
    assert found == {(row["case"], row["row"]): row["expected"] for row in rows}
