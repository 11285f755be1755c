import pytest

from cadres.names import pinyin_of


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("样小满", "yang xiao man", "yxm"),
        ("单小满", "shan xiao man", "sxm"),
        ("曾霜降", "zeng shuang jiang", "zsj"),
        ("万俟雨", "mo qi yu", "mqy"),
        ("示·额尔德木图", "shi e er de mu tu", "seedmt"),
        ("样𠮷", "yang 𠮷", "y𠮷"),
        ("ᠰᠠᠷᠠᠩᠭᠡᠷᠡᠯ", "ᠰᠠᠷᠠᠩᠭᠡᠷᠡᠯ", "ᠰ"),
        ("Anna Bell", "anna bell", "ab"),
        ("", "", ""),
    ],
)
def test_name_sorts_by_the_reading_of_its_surname(name, pinyin, initials):
    assert pinyin_of(name) == (pinyin, initials)


def test_longest_name_fits_its_columns():
    pinyin, initials = pinyin_of("双" * 50)

    assert (len(pinyin) <= 200, len(initials)) == (True, 50)
