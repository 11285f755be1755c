import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.tabular.folding import Fold
from foundation.tabular.numbers import MOST, NumberFault, parse_values
from tests.tabular.files import wide

ACCEPTED = [
    ("95.5", 2, 9550, ()),
    ("0", 2, 0, ()),
    ("-0", 2, 0, ()),
    ("+5", 0, 5, ()),
    ("-12.50", 2, -1250, ()),
    ("007", 0, 7, ()),
    ("00000000000000000000000000000012", 0, 12, ()),
    ("9007199254740991", 0, MOST, ()),
    ("-9007199254740991", 0, -MOST, ()),
    ("9007199.254740991", 9, MOST, ()),
    ("0.000000001", 9, 1, ()),
    ("95.500", 2, 9550, ("trailing_zeros",)),
    ("5.0", 0, 5, ("trailing_zeros",)),
    ("0." + "0" * 30, 0, 0, ("trailing_zeros",)),
    ("9007199254740991.0000000000", 0, MOST, ("trailing_zeros",)),
    ("1,203", 0, 1203, ("thousands",)),
    ("1,203,456.7", 1, 12034567, ("thousands",)),
    ("-1,203", 0, -1203, ("thousands",)),
    (" 95.5 ", 1, 955, ("spaces",)),
    ("\u00a095.5", 1, 955, ("spaces",)),
    ("95.5\u3000", 1, 955, ("spaces",)),
    ("95.5\n", 1, 955, ("spaces",)),
    ("\ufeff95.5", 1, 955, ("invisible",)),
    ("\u221295.5", 1, -955, ("minus",)),
    (wide("95.5"), 1, 955, ("full_width",)),
    (wide("-1,203"), 0, -1203, ("full_width", "thousands")),
    (wide("+5"), 0, 5, ("full_width",)),
    ("\u3000" + wide("7") + ".50", 1, 75, ("full_width", "spaces", "trailing_zeros")),
]
REFUSED = [
    *(
        (text, "not_a_number")
        for text in (
            "",
            " ",
            "9_5",
            "约1.2",
            "1.2分",
            "NaN",
            "nan",
            "inf",
            "-inf",
            "Infinity",
            "1e309",
            "1e5",
            "1E-3",
            "0x1F",
            "0b1",
            "0o7",
            "١٢",
            "٩٥.٥",
            "᠑᠒",
            "९५",
            "五",
            "²",
            "½",
            "Ⅳ",
            "①",
            "TRUE",
            "true",
            "False",
            "2026-03-31",
            "3月",
            "12:30",
            "-",
            "—",
            "--5",
            "+-5",
            "5-",
            "(5)",
            ".",
            ".5",
            "5.",
            "1.2.3",
            "1..2",
            "1 203",
            "1\u00a0203",
            "- 5",
            "95 %",
            "%",
            "%5",
            "3,55",
            "1,2,3",
            "1,20",
            "12,3456",
            "1234,567",
            "0,123",
            ",123",
            "1,203,",
            "1,,203",
            "1.234,5",
            "1.5,000",
            "=1+1",
            "#N/A",
            "#DIV/0!",
            "null",
            "None",
            "N/A",
            "不适用",
            "$5",
            "￥5",
            "1\u200b2",
            "1\x002",
            "12\x00",
            "\ud800",
            "1\u30025",
        )
    ),
    (wide("1,2"), "not_a_number"),
    ("95.555", "too_many_places"),
    ("0.001", "too_many_places"),
    ("0.12345678901234567890", "too_many_places"),
    ("99999999999999999999.123", "too_many_places"),
    ("90071992547409.92", "too_large"),
    ("-90071992547409.92", "too_large"),
    ("9007199254740991", "too_large"),
    ("9" * 18, "too_large"),
    ("9" * 19, "too_large"),
    ("18446744073709551617", "too_large"),
    ("9" * 40, "too_large"),
    ("9" * 5_000, "too_large"),
    ("95%", "not_in_percent"),
    (wide("95%"), "not_in_percent"),
]
PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@pytest.mark.parametrize(("text", "places", "value", "folds"), ACCEPTED)
def test_a_number_of_the_grammar_is_read_exactly(text: str, places: int, value: int, folds: tuple[str, ...]) -> None:
    parsed = parse_values([text], places=places)

    assert NumberFault(parsed.faults[0]) is NumberFault.NONE
    assert parsed.values.tolist() == [value]
    assert sorted(Fold(int(parsed.folds[0])).codes) == sorted(folds)


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_anything_else_is_refused_with_its_code(text: str, code: str) -> None:
    parsed = parse_values([text], places=2)

    assert NumberFault(parsed.faults[0]).code == code
    assert parsed.values.tolist() == [0]


def test_a_percent_sign_is_folded_only_for_an_indicator_in_percent() -> None:
    parsed = parse_values(["95.5%", "95.5%", "1,203%"], places=1, percent=np.array([True, False, True]))

    assert parsed.values.tolist() == [955, 0, 12030]
    assert [NumberFault(fault).code for fault in parsed.faults] == ["none", "not_in_percent", "none"]
    assert Fold(int(parsed.folds[0])) is Fold.PERCENT


def test_places_may_differ_by_row() -> None:
    parsed = parse_values(["1.5", "1.5", "1.5"], places=np.array([1, 3, 0]))

    assert parsed.values.tolist() == [15, 1500, 0]
    assert NumberFault(parsed.faults[2]) is NumberFault.TOO_MANY_PLACES


def test_places_beyond_nine_are_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="places"):
        parse_values(["1"], places=10)


def test_no_texts_give_no_numbers() -> None:
    assert parse_values([], places=2).values.tolist() == []


def test_rows_beyond_one_chunk_keep_their_place() -> None:
    texts = [str(number) for number in range(70_000)]
    texts[66_000] = "9_5"

    parsed = parse_values(texts, places=0)

    assert np.flatnonzero(parsed.faults).tolist() == [66_000]
    assert parsed.values[69_999] == 69_999


def oracle(text: str, places: int) -> int | str:
    """The same by Decimal, for texts without folds."""
    if not PLAIN.fullmatch(text):
        return "not_a_number"
    scaled = Decimal(text).scaleb(places)
    if scaled != scaled.to_integral_value():
        return "too_many_places"
    return int(scaled) if abs(scaled) <= MOST else "too_large"


@given(
    st.lists(st.one_of(st.from_regex(PLAIN, fullmatch=True), st.text("0123456789.-+e_,% ", max_size=12)), max_size=20),
    st.integers(0, 9),
)
def test_it_agrees_with_decimal_on_what_is_plain(drawn: list[str], places: int) -> None:
    texts = [text[:24] for text in drawn]

    parsed = parse_values(texts, places=places)

    for text, value, fault, folds in zip(texts, parsed.values.tolist(), parsed.faults, parsed.folds, strict=True):
        if folds & ~np.uint8(Fold.TRAILING_ZEROS) == 0:
            got = value if fault == 0 else NumberFault(fault).code
            assert got == oracle(text, places), text


@given(st.integers(-MOST, MOST), st.integers(0, 9), st.integers(0, 4))
def test_what_is_shown_with_all_its_places_is_read_back(value: int, places: int, zeros: int) -> None:
    text = f"{Decimal(value).scaleb(-places):,f}" + ("0" * zeros if places else "")

    parsed = parse_values([text, wide(text), f"\u3000{text}\u00a0"], places=places)

    assert parsed.values.tolist() == [value] * 3
    assert not parsed.faults.any()


@given(st.text(max_size=12), st.booleans())
def test_nothing_outside_the_grammar_is_accepted(text: str, percent: bool) -> None:
    narrow = "".join(chr(ord(char) - 0xFEE0) if 0xFF01 <= ord(char) <= 0xFF5E else char for char in text)
    is_number = re.fullmatch(
        r"[\s\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]*[+\-\u2212]?([0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+)"
        r"(\.[0-9]+)?%?[\s\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]*",
        narrow,
    )

    fault = NumberFault(parse_values([text], places=9, percent=percent).faults[0])

    assert is_number or fault is NumberFault.NOT_A_NUMBER
