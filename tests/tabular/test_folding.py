import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.tabular.folding import (
    Fold,
    control_character,
    fold_code,
    fold_codes,
    fold_heading,
    same_name,
    trim,
    trim_names,
)
from tests.tabular.files import wide

MONGOLIAN_WITH_SUFFIX = "\u182e\u1824\u1829\u182d\u1823\u182f\u202f\u1824\u1828"
MONGOLIAN_WITH_SELECTOR = "\u182a\u1820\u180b\u180e\u1820"

CODES = [
    ("A01", "A01", ()),
    (" A01", "A01", ("spaces",)),
    ("A01\u00a0", "A01", ("spaces",)),
    ("\u3000A01\t", "A01", ("spaces",)),
    ("\u200bA01\ufeff", "A01", ("invisible",)),
    ("\u202aA01", "A01", ("invisible",)),
    (" \u200bA01", "A01", ("spaces", "invisible")),
    (wide("A01"), "A01", ("full_width",)),
    (f" {wide('A')}01", "A01", ("full_width", "spaces")),
    ("a01", "a01", ()),
    ("A 01", "A 01", ()),
    ("A\u200b01", "A\u200b01", ()),
    ("0012", "0012", ()),
    ("  ", "", ("spaces",)),
    ("", "", ()),
]


@pytest.mark.parametrize(("text", "folded", "codes"), CODES)
def test_a_code_is_folded_at_its_ends_and_in_width_and_each_fold_is_told(
    text: str, folded: str, codes: tuple[str, ...]
) -> None:
    kept, folds = fold_code(text)

    assert kept == folded
    assert sorted(folds.codes) == sorted(codes)


@pytest.mark.parametrize(
    "name",
    [
        "娜仁·其木格",
        "欧阳\U00020bb7",
        MONGOLIAN_WITH_SUFFIX,
        MONGOLIAN_WITH_SELECTOR,
        "Ким\u00adО",
        "e\u0301",
        "\u00e9",
        wide("Bai"),
        "\U0002f800",
        "\uf900",
        "白\u200d音",
        "O'Brien 二",
    ],
)
def test_a_name_is_never_changed(name: str) -> None:
    assert trim(name) == (name, Fold(0))
    assert trim_names([f" {name}\u3000"]).texts.tolist() == [name]
    assert control_character(name) is None


def test_names_are_the_same_but_for_spaces_at_their_ends() -> None:
    assert same_name("白音\u3000", " 白音")
    assert not same_name("白 音", "白音")
    assert not same_name("\uf900", "\u8c48")
    assert not same_name("娜仁·其木格", "娜仁•其木格")


def test_columns_are_folded_row_by_row() -> None:
    folded = fold_codes(np.array(["A", wide("A"), " A", "A"], dtype=object))

    assert folded.texts.tolist() == ["A", "A", "A", "A"]
    assert folded.folds.tolist() == [0, Fold.FULL_WIDTH, Fold.SPACES, 0]


@pytest.mark.parametrize("text", ["指标代码", " 指标 代码\n", f"\ufeff指标{chr(0x3000)}代码"])
def test_headings_are_compared_without_spaces(text: str) -> None:
    assert fold_heading(text) == "指标代码"


def test_headings_are_compared_without_case_and_width() -> None:
    assert fold_heading(wide("Employee_No")) == "employee_no"


@pytest.mark.parametrize(
    ("text", "character"),
    [
        ("a\x00b", "U+0000"),
        ("\x1b[0m", "U+001B"),
        ("\x7f", "U+007F"),
        ("\x9f", "U+009F"),
        ("\ud800", "U+D800"),
        ("\udfff", "U+DFFF"),
        ("\ufffe", "U+FFFE"),
        ("a\tb\r\nc", None),
        ("白\U00020bb7·", None),
        ("", None),
    ],
)
def test_characters_that_no_cell_may_hold_are_found(text: str, character: str | None) -> None:
    assert control_character(text) == character


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once, _ = fold_code(text)

    kept, folds = fold_code(once)

    assert kept == once or not folds & Fold.FULL_WIDTH


@given(st.text())
def test_trimming_takes_only_from_the_ends(text: str) -> None:
    kept, folds = trim(text)

    assert kept in text
    assert bool(folds) == (kept != text)
