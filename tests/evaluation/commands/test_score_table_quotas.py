"""The column ``quota`` of the wide table: a group of the file is a body. No test here has a database."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.pure

QUOTA = """
document: scheme/1
code: QUOTA
name: {zh: 配额小例}
basis: 示例规则
subject: cadre
period: year
missing: required
coverage_floor: 100%
output: {max: 100, show: 1}
tree: {key: quota, how: mean, parts: [{key: x, weight: 100, indicator: X, score: {as_is: {}}}]}
gates: {G01: {effect: cap_band, band: fair, reason: 警告}, G02: {effect: void, reason: 作废}}
bands: [{key: good, zh: 好, from: 90}, {key: fair, zh: 一般, from: 0}]
quota:
- {band: good, at_most: 40%, base: should_take_part, over: body, round: ROUND}
"""
BODIES = """id,group,X,G01,G02
甲,大机关,95,,
乙,大机关,92,,
丙,大机关,92,,
丁,大机关,90,,
戊,大机关,,,
己,小机关,99,1,
庚,小机关,80,,
辛,小机关,70,,
壬,小机关,60,,1
癸,,50,,
"""


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str, str], list[dict[str, str]]]:
    """Score these data by this document."""

    def score(document: str, data: str) -> list[dict[str, str]]:
        scheme, rows, out = tmp_path / "q.yaml", tmp_path / "d.csv", io.StringIO()
        scheme.write_text(document, "utf-8")
        rows.write_text(data, "utf-8")
        call_command("score_table", scheme=scheme, data=rows, stdout=out, stderr=io.StringIO())
        return list(csv.DictReader(io.StringIO(out.getvalue())))

    return score


def test_a_quota_counts_everyone_of_the_body_and_leaves_a_tie_at_the_cut_undecided(
    table: Callable[[str, str], list[dict[str, str]]],
) -> None:

    floor, half_up = (
        [row["quota"] for row in table(QUOTA.replace("ROUND", rule), BODIES)] for rule in ("floor", "half_up")
    )

    # 5 people x 40 % = 2 seats; 4 x 40 % = 1.6: a seat by floor, two by half up. Who is barred takes none.
    large = ["in", "undecided", "undecided", "out", ""]
    assert floor == [*large, "out", "in", "out", "", ""]
    assert half_up == [*large, "out", "in", "in", "", ""]


def test_small_bodies_of_a_file_share_a_pool(table: Callable[[str, str], list[dict[str, str]]]) -> None:
    rule = "{largest_remainder: {pool: {bodies_under: 5}}}"
    lines = [
        f"{body}{at},{body},{90 - at}" for body, n in (("一", 3), ("二", 4), ("三", 2), ("四", 2)) for at in range(n)
    ]

    got = [row["quota"] for row in table(QUOTA.replace("ROUND", rule), "\n".join(["id,group,X", *lines]))]

    assert got == ["in", "out", "out", "in", "out", "out", "out", "in", "out", "in", "out"]


def test_a_file_without_groups_is_one_body_and_a_second_quota_has_a_column_of_its_own(
    table: Callable[[str, str], list[dict[str, str]]],
) -> None:
    document = QUOTA.replace("ROUND", "floor") + QUOTA.splitlines()[-1].replace("good", "fair").replace(
        "40%", "80%"
    ).replace("ROUND", "half_up")

    rows = table(document, "id,X\n甲,90\n乙,80\n丙,70\n")

    assert [(row["quota"], row["quota:fair"]) for row in rows] == [("in", "in"), ("out", "in"), ("out", "out")]
    assert list(rows[0])[7:] == ["reason", "quota", "quota:fair", "node:quota", "x"]
