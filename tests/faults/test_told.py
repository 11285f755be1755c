"""docs/jobs.md tells of every place at which a process was made to die, and of every disaster that was tried."""

import ast
import re

import pytest

from foundation.invariants import invariants
from tests.city import ROOT
from tests.faults import chains

pytestmark = pytest.mark.pure
TOLD = (ROOT / "docs" / "jobs.md").read_text("utf-8")
DRILLS = ("test_disasters.py", "test_job_drills.py")


def test_every_death_is_told_and_no_other() -> None:
    told = re.findall(r"^\| `([a-z_.]+)` \|", TOLD, flags=re.M)

    assert sorted(told) == sorted(name for chain in chains.CHAINS.values() for name in chain)


def test_every_disaster_is_told() -> None:
    files = [(ROOT / "tests" / "faults" / name).read_text("utf-8") for name in DRILLS]
    tried = {
        node.name
        for text in files
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }

    assert {name for name in tried if f"`{name}`" not in TOLD} == set()


def test_every_test_that_is_named_is_there() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name in re.findall(r"`(test_\w+)`", TOLD) if f"def {name}(" not in tests] == []


def test_every_code_is_told() -> None:
    codes = {each.code for each in invariants()} - {"I12"}

    assert set(re.findall(r"^\| (I\d+) \|", TOLD, flags=re.M)) == codes
