"""Why this score, in words, for every rule that looks at the group and for what counts in place of a value."""

from typing import Any

import pytest

from evaluation.presenters.arithmetic import arithmetic_text
from evaluation.presenters.waterfalls import ShownLine, waterfall, without_lines
from evaluation.scoring import kept_form
from evaluation.scoring.leaves import LEAVES
from evaluation.selectors import waterfalls
from evaluation.selectors.explanations import ExplanationPage, explanation
from evaluation.selectors.waterfalls import ExplanationDiffersError
from tests.evaluation.factories import Town, approve, make_golden_town
from tests.evaluation.recompute import WHOLE_CITY, recompute
from tests.evaluation.scoring.sample import documents

pytestmark = pytest.mark.django_db

INDUSTRIAL = ("150622102", "150622103", "150622105", "150622106", "150622101")
AS_IS = {"in_small_group": {"as_is": {}}}


def leaf(key: str, indicator: str, rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "weight": "100/7", "indicator": indicator, "score": rule} | more


def document() -> dict[str, Any]:
    """Townships by every rule that compares them, and by both words that stand in for a value."""
    parts = [
        leaf("z", "DD06", {"zscore": {"centre": "80", "per_sd": "10"}}, **AS_IS),
        leaf("p", "DD06", {"percentile": {}}, **AS_IS),
        leaf("r", "DD06", {"rank_step": {"first": "100", "step": "5/2", "floor": "0"}}, **AS_IS),
        leaf("b", "DD12", {"ratio_to_best": {}}, **AS_IS),
        leaf("m", "DD12", {"minmax": {"low": "60", "high": "100", "all_equal": "80"}}, **AS_IS),
        leaf("g", "DD15", {"as_is": {}}, missing="group_median"),
        leaf("n", "DD08", {"as_is": {}}, missing="zero(逾期未报)"),
    ]
    source = documents()["TGC-TOWNSHIP"]
    tree = {"key": "total", "how": "mean", "parts": parts}
    written = {**source, "code": "PEERS", "missing": "reweight", "coverage_floor": "10%", "tree": tree}
    return kept_form(written | {"groups": {"set": "township-2026", "min_size": "4"}})


@pytest.fixture
def town(db: None) -> Town:
    town = make_golden_town(schemes=["TGC-BANNER"])
    approve(document())
    values = {
        "DD06": ("91", "75", "75", "62", "50"),
        "DD12": ("4", "2", "2", "5", ""),
        "DD15": ("", "90", "80", "99", ""),
    }
    for indicator, given in values.items():
        for unit, value in zip(INDUSTRIAL, given, strict=True):
            if value:
                town.observe(unit, indicator, "2026Q1", value)
    recompute("PEERS", "2026Q1")
    return town


def page_of(town: Town, unit: str) -> ExplanationPage:
    page = explanation(WHOLE_CITY, scheme_code="PEERS", period_code="2026Q1", subject=town.subject(unit))
    assert page is not None
    return page


def shown_lines(page: ExplanationPage) -> dict[str, ShownLine]:
    shown = waterfall(page, selected="", address=lambda anchor: anchor, run_url="")
    assert shown is not None
    return {line.anchor: line for group in shown.groups for line in group.lines}


def test_every_rule_that_looks_at_the_group_has_its_sentence(town: Town) -> None:
    lines = {line.key: arithmetic_text(line) for line in page_of(town, "150622103").lines}

    assert lines == {
        "z": "原始值 75.00%；组内平均 70.60% 得 80 分，标准差 13.8072%；比平均好 0.3187 个标准差，每个加 10 分",
        "p": "原始值 75.00%；组内 5 个：2 个不如它，2 个相同（含它自己），相同的计一半",
        "r": "原始值 75.00%；组内 5 个中并列，取平均名次 2.5；第 1 名 100 分，每退一名减 2.5 分，不低于 0 分",
        "b": "原始值 2%；组内最好 2%，得分是最好值与它之比",
        "m": "原始值 2%；组内最差 5% 得 60 分，最好 2% 得 100 分，其间按比例",
        "g": "原始值 90.00%，按原分",
        "n": "未报，按方案计 0 分：逾期未报",
    }


def test_who_is_below_the_mean_and_who_takes_the_median_are_told_so(town: Town) -> None:
    last = {line.key: arithmetic_text(line) for line in page_of(town, "150622101").lines}
    first = {line.key: arithmetic_text(line) for line in page_of(town, "150622102").lines}

    assert last["z"].endswith("比平均差 1.4920 个标准差，每个减 10 分")
    assert last["r"].endswith("组内 5 个中第 5 名；第 1 名 100 分，每退一名减 2.5 分，不低于 0 分")
    assert first["g"] == "未报，取组内中位数 90.00%，按原分"


def test_the_row_names_what_the_value_is_held_against(town: Town) -> None:
    lines = shown_lines(page_of(town, "150622103"))

    assert {key: (line.raw, line.target) for key, line in lines.items()} == {
        "z": ("75.00%", "组内平均 70.60%"),
        "p": ("75.00%", "组内 5 个"),
        "r": ("75.00%", "组内 5 个"),
        "b": ("2%", "组内最好 2%"),
        "m": ("2%", "组内 2% 至 5%"),
        "g": ("90.00%", ""),
        "n": ("未报，按方案计 0 分：逾期未报", ""),
    }


def test_what_counts_in_place_of_a_value_is_told_with_its_reason(town: Town) -> None:
    page = page_of(town, "150622102")
    lines = shown_lines(page)

    assert [(lines[key].raw, lines[key].points, lines[key].is_missing) for key in "gn"] == [
        ("未报，以组内中位数 90.00% 代替", 90_000_000, True),
        ("未报，按方案计 0 分：逾期未报", 0, True),
    ]
    assert (page.coverage, sum(line.contribution or 0 for line in page.lines) == page.total) == (71_428_571, True)


def test_a_result_of_an_older_engine_that_differs_is_shown_without_lines_and_says_why(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version is this one with another rule in it: stored results cannot be changed to make an older one."""
    monkeypatch.setitem(LEAVES, "percentile", LEAVES["as_is"])
    with pytest.raises(ExplanationDiffersError):
        page_of(town, "150622103")
    monkeypatch.setattr(waterfalls, "ENGINE_VERSION", "later")

    page = page_of(town, "150622103")

    assert (page.is_outdated, page.total, page.lines) == (True, 75_633_819, ())
    assert waterfall(page, selected="", address=str, run_url="") is None
    assert without_lines(page).title == "这次核算不能逐行说明"


def test_a_result_of_an_older_engine_that_is_the_same_is_explained(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waterfalls, "ENGINE_VERSION", "later")

    page = page_of(town, "150622103")

    assert (page.is_outdated, len(page.lines)) == (False, 7)
