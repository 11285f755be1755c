"""The tags that turn integers into what people read."""

import re
from fractions import Fraction
from math import floor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from foundation.web import drawing, figures

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))


def shown(source: str, **context: object) -> str:
    return Template("{% load ordos %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("micro", "places", "text"),
    [
        (87_060_000, 2, "87.06"),
        (87_065_000, 2, "87.07"),
        (87_064_999, 2, "87.06"),
        (0, 2, "0.00"),
        (-2_330_000, 2, "−2.33"),
        (-5_000, 2, "0.00"),
        (-5_001, 2, "−0.01"),
        (100_000_000, 0, "100"),
        (81_499_999, 1, "81.5"),
    ],
)
def test_points_are_rounded_half_up(micro: int, places: int, text: str) -> None:
    assert figures.points_text(micro, places) == text


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_rounding_is_that_of_the_engine(micro: int, places: int) -> None:
    exact = floor(Fraction(micro * 10**places, 10**6) + Fraction(1, 2))
    assert figures.rounded(micro, places=6, shown=places) == exact


def test_numbers_in_templates() -> None:
    assert shown("{{ n|points:1 }}", n=92_249_999) == "92.2"
    assert shown("{{ n|points }}", n=None) == "—"
    assert shown("{{ n|signed_points }}", n=500_000) == "+0.50"
    assert shown("{{ n|percent_micro }}", n=97_500_000) == "97.5%"
    assert shown("{{ n|scaled:2 }}", n=490) == "4.90"
    assert shown("{{ n|scaled:2 }}", n=-5) == "−0.05"
    assert shown("{{ n|grouped }}", n=1248) == "1,248"


def test_complete_is_only_said_of_what_is_complete() -> None:
    assert shown("{% coverage n %}", n=100_000_000) == '<span class="coverage-full">100%</span>'
    assert shown("{% coverage n %}", n=99_999_999) == '<span class="coverage-some">99%</span>'
    assert shown("{% coverage n %}", n=94_999_999) == '<span class="coverage-low">94%</span>'
    assert shown("{% coverage n %}", n=None) == "—"


def test_deciding_digits() -> None:
    totals = [86_000_000, 85_764_000, 85_761_000, 83_140_000, 83_140_000, 82_890_001, 82_890_000]
    assert figures.deciding_places(totals) == (0, 1, 1, 0, 0, 4, 4)
    assert figures.deciding_places([]) == ()


def test_a_score_read_with_its_hanging_digit_is_the_score_at_that_many_places() -> None:
    """85.7579 and 85.7561 both show 85.76; with the digit they must not read 85.768 and 85.766."""
    upper, lower = 85_757_900, 85_756_100
    assert figures.deciding_places([upper, lower]) == (1, 1)
    assert re.sub("<[^>]+>", "", shown("{% score n 1 %}", n=upper)) == "85.758"
    assert shown("{% score n 1 %}", n=lower) == '<span class="score">85.75<span class="score-tail">6</span></span>'
    assert shown("{% score n %}", n=lower) == '<span class="score">85.76</span>'


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2026Q2", "2026 年第二季度"),
        ("2026H1", "2026 年上半年"),
        ("2026H2", "2026 年下半年"),
        ("2026-06", "2026 年 6 月"),
        ("2026", "2026 年"),
        ("2026Q5", "2026Q5"),
        ("", "—"),
    ],
)
def test_periods_in_words(code: str, words: str) -> None:
    assert shown("{{ code|period_label }}", code=code) == words


def test_cells_are_named_as_the_sheet_names_them() -> None:
    assert figures.cell_ref_text(5, 7) == "G5"
    assert figures.cell_ref_text(12, 27) == "AA12"
    assert figures.cell_ref_text(12, None) == "第 12 行"
    assert figures.cell_ref_text(None, 4) == "D 列"
    assert shown("{% cell_ref 5 7 %}") == '<span class="cell-ref nowrap">G5</span>'


def test_nowrap_and_icon_escape_what_they_are_given() -> None:
    assert shown("{{ name|nowrap }}", name="<b>") == '<span class="nowrap">&lt;b&gt;</span>'
    assert "&quot;" in shown("{% icon 'x' 16 label %}", label='a"b')


def test_a_change_of_place_is_said_in_words_too() -> None:
    assert "上升" in shown("{% rank_change 3 %}")
    assert "下降" in shown("{% rank_change n %}", n=-2)
    assert "—" in shown("{% rank_change n %}", n=0)
    assert "—" in shown("{% rank_change n %}", n=None)


def rects(svg: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in ElementTree.fromstring(svg).iter("rect")]


def test_a_bar_starts_at_zero_and_stays_in_its_track() -> None:
    assert [r["width"] for r in rects(drawing.dimension_bar(50_000_000, dimension="d1"))] == ["64", "32"]
    assert [r["width"] for r in rects(drawing.dimension_bar(120_000_000, dimension="d1"))] == ["64", "64"]
    assert [r["width"] for r in rects(drawing.dimension_bar(-5, dimension="d1"))] == ["64", "0"]


def test_a_line_of_the_waterfall_begins_where_the_last_one_ended() -> None:
    first, second = (rects(drawing.waterfall_bar(start, 25_000_000, 0, dimension="d2"))[0] for start in (0, 25_000_000))
    assert (first["x"], first["width"]) == ("0", "41.5")
    assert (second["x"], second["width"]) == ("41.5", "41.5")
    assert second["class"] == "figure-d2"


def test_what_was_lost_is_grey_and_in_figures_from_one_point_on() -> None:
    small = drawing.waterfall_bar(10_000_000, 5_000_000, 999_999, dimension="d1")
    large = drawing.waterfall_bar(10_000_000, 5_000_000, 1_670_000, dimension="d1")
    assert [r["class"] for r in rects(small)] == ["figure-d1", "figure-lost"]
    assert "<text" not in small
    assert "−1.67" in large
    assert 'text-anchor="end"' in drawing.waterfall_bar(90_000_000, 5_000_000, 2_000_000, dimension="d1")


def test_an_index_from_0_to_1_has_its_own_axis_and_digits() -> None:
    one = 1_000_000
    assert re.findall(r">([0-9.]+)</text>", drawing.waterfall_axis(one)) == ["0.00", "0.25", "0.50", "0.75", "1.00"]
    assert re.findall(r">([0-9]+)</text>", drawing.waterfall_axis()) == ["0", "25", "50", "75", "100"]
    bar = drawing.waterfall_bar(0, 500_000, 12_000, dimension="d0", axis=one, shown=3)
    assert rects(bar)[0]["width"] == "83"
    assert "−0.012" in bar
    assert "<text" not in drawing.waterfall_bar(0, 500_000, 9_999, dimension="d0", axis=one, shown=3)
    assert rects(drawing.dimension_bar(500_000, dimension="d1", axis=one))[1]["width"] == "32"


def test_a_deduction_is_drawn_back_from_where_it_starts() -> None:
    bar = rects(drawing.waterfall_bar(50_000_000, -10_000_000, 0, dimension="d0"))[0]
    assert (bar["x"], bar["width"]) == ("66.4", "16.6")


def test_one_bad_row_among_a_million_is_seen_and_the_bar_is_full() -> None:
    parts = rects(drawing.proportion_bar(((1_000_000, "ok"), (1, "bad"), (0, "watch")), label="x"))[1:]
    assert [p["class"] for p in parts] == ["figure-ok", "figure-bad"]
    assert sum(int(p["width"]) for p in parts) == drawing.FULL
    assert int(parts[1]["width"]) == drawing.LEAST
    assert len(rects(drawing.proportion_bar(((0, "ok"), (0, "bad")), label="x"))) == 1


def test_unknown_dimensions_are_drawn_without_meaning() -> None:
    assert drawing.dimension_class("unit") == "figure-d0"
    assert drawing.dimension_mark("unit") == ""
    assert "figure-d3" in drawing.dimension_mark("d3")


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_only_the_tokens_hold_colours(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    if path.name == "tokens.css":
        assert not re.search(r"oklch|light-dark|color-mix", text)
    else:
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", text) == []


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"^\s*(--[\w-]+):", (ROOT / "static/css/tokens.css").read_text(), flags=re.MULTILINE))
    used = {name for path in STYLES for name in re.findall(r"var\((--[\w-]+)", path.read_text())}
    assert used - defined == set()


def test_every_style_sheet_is_linked_and_every_linked_one_is_there() -> None:
    linked = {name for path in TEMPLATES for name in re.findall(r"static 'css/([\w-]+\.css)'", path.read_text())}
    assert linked == {path.name for path in STYLES}


def test_every_icon_that_is_named_is_drawn() -> None:
    sprite = ElementTree.parse(ROOT / "static/icons/sprite.svg")
    drawn = {element.attrib["id"] for element in sprite.iter() if "id" in element.attrib}
    pattern = re.compile(r'(?:\{% icon |icon=|default:)"([a-z-]+)"')
    named = {name for path in TEMPLATES for name in pattern.findall(path.read_text())}
    assert {"menu", "clock", "file-x"} <= named
    assert named - drawn == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_keep_the_content_policy(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text())
    assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|javascript:|<style|hx-vals=['\"]js", text)
    assert "<script>" not in text
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text)
    assert not re.search(r"https?://", text)
