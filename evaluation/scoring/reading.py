"""Reading a document: every fault is collected with its path, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(%)?|-?[0-9]+/[0-9]+")
LONGEST_NUMBER = 40
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document, and where: ``tree.parts[1].weight``; texts are rendered from the code."""

    path: str
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


class SchemeError(Exception):
    """A document that is no scheme, with all its faults in document order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.code}" for fault in faults))
        self.faults = tuple(faults)


class _Absent:
    """The value of a key that does not stand in the document."""


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Spot:
    """A value of the document at its path. What cannot be read is told once, and read as a harmless default."""

    value: object
    path: str
    faults: list[Fault]

    @property
    def is_given(self) -> bool:
        """Whether the key stands in the document at all."""
        return self.value is not ABSENT

    def fault(self, code: str, **facts: object) -> None:
        """Tell a fault at this place."""
        self.faults.append(Fault(self.path, code, {name: str(fact) for name, fact in facts.items()}))

    def __getitem__(self, key: str) -> Spot:
        value = self.value.get(key, ABSENT) if isinstance(self.value, Mapping) else ABSENT
        return Spot(value, f"{self.path}.{key}" if self.path else key, self.faults)

    def has_keys(self, needs: Sequence[str] = (), may: Sequence[str] = ()) -> bool:
        """Whether this is a mapping; tells keys that are unknown and keys that are missing."""
        if not isinstance(self.value, Mapping):
            if self.is_given:
                self.fault("not_a_mapping")
            return False
        known = {*needs, *may}
        for key in self.value:
            if key not in known:
                self[str(key)].fault("unknown_key", key=key, known=", ".join([*needs, *may]))
        for key in needs:
            if not self[key].is_given:
                self[key].fault("missing_key", key=key)
        return True

    def entries(self) -> Iterator[tuple[str, Spot]]:
        """The keys of an open mapping, such as options or gates, with what they hold."""
        if isinstance(self.value, Mapping):
            for key in self.value:
                yield str(key), self[str(key)]
        elif self.is_given:
            self.fault("not_a_mapping")

    def ordered_entries(self) -> Iterator[tuple[str, Spot]]:
        """The same where the order of the keys means something: also as it is kept, a list of [key, value]."""
        if not isinstance(self.value, list | tuple):
            yield from self.entries()
            return
        seen = set()
        for at, pair in enumerate(self.value):
            if not isinstance(pair, list | tuple) or len(pair) != 2 or not isinstance(pair[0], str):
                Spot(pair, f"{self.path}[{at}]", self.faults).fault("not_a_keyed_pair")
                continue
            key, below = pair
            spot = Spot(below, f"{self.path}.{key}" if self.path else key, self.faults)
            if key in seen:
                spot.fault("key_twice", key=key)
                continue
            seen.add(key)
            yield key, spot

    def items(self) -> list[Spot]:
        """The items of a list; an empty list is a fault."""
        if not isinstance(self.value, list | tuple):
            if self.is_given:
                self.fault("not_a_list")
            return []
        if not self.value:
            self.fault("empty_list")
        return [Spot(item, f"{self.path}[{at}]", self.faults) for at, item in enumerate(self.value)]

    def text(self, pattern: str = "") -> str:
        """A text that is not empty; with ``pattern``, one that fits it whole."""
        if not self.is_given:
            return ""
        if not isinstance(self.value, str) or not self.value.strip() or len(self.value) > LONGEST_TEXT:
            self.fault("not_text")
            return ""
        if pattern and not re.fullmatch(pattern, self.value):
            self.fault("bad_name", value=self.value)
        return self.value

    def choice(self, allowed: Sequence[str], default: str = "") -> str:
        """One word of a closed list."""
        if not self.is_given:
            return default
        if isinstance(self.value, str) and self.value in allowed:
            return self.value
        self.fault("not_one_of", value=self.value, allowed=", ".join(allowed))
        return default or allowed[0]

    def choices(self, allowed: Sequence[str]) -> tuple[str, ...]:
        """A list of different words of a closed list."""
        return self._different([spot.choice(allowed) for spot in self.items()])

    def texts(self, pattern: str = "") -> tuple[str, ...]:
        """A list of different texts."""
        return self._different([spot.text(pattern) for spot in self.items()])

    def _different(self, words: list[str]) -> tuple[str, ...]:
        if len(set(words)) < len(words):
            self.fault("word_twice")
        return tuple(words)

    def number(self, default: int = 0, *, low: int | None = None, high: int | None = None) -> Fraction:
        """An integer, a decimal as text, or a fraction, within bounds."""
        return self._number(default, low, high, may_be_percent=False)

    def share(self, default: int = 0, *, low: int | None = None, high: int | None = None) -> Fraction:
        """A number that may also stand in percent: 80% is 4/5."""
        return self._number(default, low, high, may_be_percent=True)

    def whole(self, default: int = 0, *, low: int, high: int) -> int:
        """An integer within bounds."""
        number = self.number(default, low=low, high=high)
        if number.denominator != 1:
            self.fault("not_whole", value=self.value)
            return default
        return int(number)

    def flag(self) -> bool:
        """Whether it says true; absent is false."""
        if isinstance(self.value, bool):
            return self.value
        return self.choice(("true", "false"), default="false") == "true"

    def _number(self, default: int, low: int | None, high: int | None, *, may_be_percent: bool) -> Fraction:
        if not self.is_given:
            return Fraction(default)
        if isinstance(self.value, float):
            self.fault("float_not_allowed", value=self.value)
            return Fraction(default)
        text = str(self.value) if isinstance(self.value, int) and not isinstance(self.value, bool) else self.value
        number = fraction_of(text, may_be_percent=may_be_percent) if isinstance(text, str) else None
        if number is None:
            self.fault("not_a_number", value=self.value)
            return Fraction(default)
        if (low is not None and number < low) or (high is not None and number > high):
            self.fault("out_of_range", value=text, low="" if low is None else low, high="" if high is None else high)
            return Fraction(default)
        return number


def fraction_of(text: str, *, may_be_percent: bool = False) -> Fraction | None:
    """The number that a text writes (12, -0.5, 100/3, 80% where allowed), None when it writes none.

    >>> fraction_of("100/3"), fraction_of("80%", may_be_percent=True), fraction_of("1e3")
    (Fraction(100, 3), Fraction(4, 5), None)
    """
    if len(text) > LONGEST_NUMBER or not (match := NUMBER.fullmatch(text)):
        return None
    if match[2]:
        return Fraction(text[:-1]) / 100 if may_be_percent else None
    over, _, under = text.partition("/")
    return None if under and not int(under) else Fraction(over) / int(under or 1)
