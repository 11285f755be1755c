"""Names of people as they sort and are searched: pinyin and initials, never a change of the name."""

import re

from pypinyin import Style, lazy_pinyin

# A surname is often read otherwise than the same character elsewhere, and general dictionaries
# give the common reading: 曾 ceng, 单 dan. Source: 《现代汉语词典》, 姓 readings.
SURNAMES: dict[str, str] = {
    "万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "长孙": "zhang sun", "令狐": "ling hu", "澹台": "tan tai",
    "皇甫": "huang fu", "宿": "su", "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "盖": "ge",
    "任": "ren", "区": "ou", "尉": "wei", "翟": "zhai", "朴": "piao", "繁": "po", "乐": "yue", "员": "yun",
    "种": "chong", "覃": "qin", "召": "shao", "黑": "he", "缪": "miao", "宁": "ning", "燕": "yan", "华": "hua",
    "冼": "xian", "洗": "xian", "过": "guo", "那": "na", "能": "nai", "秘": "bi", "冯": "feng", "幺": "yao",
    "占": "zhan", "褚": "chu", "晁": "chao", "郇": "huan", "逄": "pang", "俞": "yu", "牟": "mu", "都": "du",
    "卜": "bu", "车": "che", "强": "qiang", "葛": "ge", "曲": "qu", "撒": "sa", "折": "she", "佴": "nai",
    "隗": "wei", "祭": "zhai",
}  # fmt: skip

_SEPARATORS = re.compile(r"[·・•‧\s]+")


def pinyin_of(name: str) -> tuple[str, str]:
    """Give the pinyin by which a name sorts, and its initials.

    Characters without a reading (Mongolian script, rare characters beyond the dictionary) stay as
    they are, so that such a name is still found by itself and sorts after the Latin letters.

    >>> pinyin_of("单小满")
    ('shan xiao man', 'sxm')
    >>> pinyin_of("示·额尔德木图")
    ('shi e er de mu tu', 'seedmt')
    """
    parts = [part for part in _SEPARATORS.split(name) if part]
    syllables: list[str] = []
    for place, part in enumerate(parts):
        syllables += _surname_first(part) if place == 0 else _read(part)
    pinyin = " ".join(syllables)[:200].rstrip()
    return pinyin, "".join(syllable[0] for syllable in syllables)[:50]


def _surname_first(part: str) -> list[str]:
    for length in (2, 1):
        reading = SURNAMES.get(part[:length])
        if reading is not None:
            return reading.split() + _read(part[length:])
    return _read(part)


def _read(text: str) -> list[str]:
    read = lazy_pinyin(text, style=Style.NORMAL, errors=_as_it_is)
    return [syllable.lower() for syllable in read if syllable]


def _as_it_is(run: str) -> str:
    return run
