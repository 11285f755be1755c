"""`manage.py upload`: the same door from the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from foundation.ledger.models import Entry
from intake.models import Batch
from tests.cast import Cast
from tests.intake.factories import csv_bytes, stored

pytestmark = pytest.mark.usefixtures("indicators")

GOOD = ["", "150602", "DD01", "2026Q1", "95.5"]
BAD = ["", "150627", "DD01", "2026Q1", "9_5"]


def run(path: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit status, output, errors."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("upload", str(path), *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def run_json(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    status, out, _ = run(path, "--as", "hr.city", "--json", *arguments)
    return status, json.loads(out)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_bytes(csv_bytes([GOOD]))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_bytes(csv_bytes([GOOD, BAD]))
    return path


def test_without_commit_it_only_checks(cast: Cast, good: Path) -> None:
    status, told = run_json(good)

    assert (status, told["state"], told["receipt"], told["problems"]) == (0, "checked", None, [])
    assert told["counts"] == {
        "rows": 1,
        "good_rows": 1,
        "error_rows": 0,
        "warning_rows": 0,
        "new": 1,
        "changed": 0,
        "same": 0,
    }
    assert stored(cast) == []


def test_commit_prints_the_receipt(cast: Cast, good: Path) -> None:
    status, told = run_json(good, "--commit", "--reason", "二季度")

    entry = Entry.objects.latest("seq")
    assert (status, told["state"], entry.reason) == (0, "committed", "二季度")
    assert told["receipt"] == {
        "seq": entry.seq,
        "new": 1,
        "changed": 0,
        "same": 0,
        "rows_sha256": entry.rows_sha256,
        "is_earlier": False,
    }


def test_same_file_again_prints_the_same_receipt(cast: Cast, good: Path) -> None:
    _, first = run_json(good, "--commit")

    status, again = run_json(good, "--commit")

    assert (status, again["receipt"]) == (0, {**first["receipt"], "is_earlier": True})
    assert again["state"] == "checked"


def test_rejected_file_ends_with_status_1_and_its_problems(cast: Cast, bad: Path) -> None:
    status, told = run_json(bad, "--commit")

    assert (status, told["state"], stored(cast)) == (1, "rejected", [])
    assert told["problems"] == [
        {
            "code": "not_a_number",
            "severity": "error",
            "row": 3,
            "column": "E",
            "heading": "数值",
            "value": "9_5",
            "message": "“9_5”不是数字。",
            "remedy": "只写数字，例如 95.5；计量单位在表头，不写“约”，不用公式、日期或是否值。",
            "suggestion": "",
        }
    ]


def test_plain_output_says_the_same(cast: Cast, bad: Path) -> None:
    status, out, _ = run(bad, "--as", "hr.city")

    assert status == 1
    assert "E3\t9_5\t“9_5”不是数字。" in out
    assert "行数 2  没有问题 1  错误 1  提醒 0" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--as", "nobody"), "没有账号 nobody"), (("--as", "leader"), "没有上传考核数据的权限")],
)
def test_who_may_not_ends_with_status_2(cast: Cast, good: Path, arguments: tuple[str, ...], said: str) -> None:
    status, _, err = run(good, *arguments)

    assert (status, Batch.objects.count()) == (2, 0)
    assert said in err


def test_file_that_cannot_be_read_ends_with_status_2(cast: Cast, tmp_path: Path) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

    assert run(tmp_path / "absent.csv", "--as", "hr.city")[0] == 2
    assert run(old, "--as", "hr.city")[0] == 2
