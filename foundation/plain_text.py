"""What a single line of text that people enter may hold; a leaf module.

Any script is welcome: Mongolian with its joiners and vowel separators, the middle dot, and
characters beyond the BMP. What no line may hold are signs that databases cannot store, that
break a line, or that make it read in another order than it is stored.
"""

import re
from typing import Literal

TextFault = Literal["empty", "edge_space", "too_long", "control_character"]

# Control characters, line separators, directional overrides, lone surrogates, noncharacters.
_REFUSED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def text_fault(text: str, *, most: int) -> TextFault | None:
    """What is wrong with a line of text, or None.

    Length counts code points, so that a character beyond the BMP is one on every database.

    >>> text_fault("呼格吉勒图·孛儿只斤", most=50) is None
    True
    """
    if not text:
        return "empty"
    if _REFUSED.search(text):
        return "control_character"
    if text != text.strip():
        return "edge_space"
    if len(text) > most:
        return "too_long"
    return None
