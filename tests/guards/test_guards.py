"""Each guard of the product is watched by a test: taken away, that test turns red.

One session of pytest a database, in a process of its own; the guard is away around its own test only.
That the same tests are green with their guards is what the rest of the suite says.
"""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import databases, tiers
from tests.city import ROOT
from tests.conftest import missing
from tests.guards.removal import REMOVALS

pytestmark = pytest.mark.real


def outcomes(database: str, folder: Path) -> dict[str, str]:
    """By guard: how its test ended without it. An error is no failure: the test did not come to its own assertion."""
    removals = {guard: each for guard, each in REMOVALS.items() if each.database == database}
    report = folder / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.guards.plugin",
        "-p",
        "no:xdist",
        "-q",
        f"--junitxml={report}",
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORDOS_VAR", "PYTEST_"))}
    env = {**kept, "ORDOS_TEST_DATABASE": database}
    if url := tiers.postgres_url():
        env["ORDOS_TEST_POSTGRES"] = url
    tests = [each.test for each in removals.values()]
    done = subprocess.run([*command, *tests], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout + done.stderr
    cases = ElementTree.parse(report).getroot().iter("testcase")
    ended = {case.get("name"): next((child.tag for child in case), "passed") for case in cases}
    return {guard: ended.get(each.test.rpartition("::")[2], "not run") for guard, each in removals.items()}


@pytest.mark.parametrize("database", databases.ENGINES)
def test_named_test_turns_red_when_its_guard_is_taken_away(database: str, tmp_path: Path) -> None:
    if database == "postgresql" and not tiers.found()["postgresql"]:
        missing("postgresql")

    ended = outcomes(database, tmp_path)

    assert ended == dict.fromkeys(ended, "failure")


@pytest.mark.pure
def test_ten_guards_and_more_are_taken_away_each_from_a_test_of_its_own() -> None:
    tests = [each.test for each in REMOVALS.values()]

    assert len(REMOVALS) >= 14
    assert len(set(tests)) == len(tests)
