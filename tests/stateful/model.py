"""What the paragraph on effective values (design §4) says, in plain dicts: the oracle of the machine.

Effective value of a key = what the highest entry that is not withdrawn said. Nothing here knows of rows,
intervals or SQL.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Key = tuple[int, int, int, str]
"""Period, subject, indicator, facet."""
Content = tuple[int | None, str, str]
"""Value, flag, vintage."""
FOREVER = 10**9


@dataclass
class Counts:
    """What a receipt should say."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0


@dataclass
class Model:
    """What was said when, what was withdrawn when, and everything else as it stood after each entry."""

    base: dict[Key, Content]
    first_seq: int
    says: dict[int, dict[Key, Content]] = field(default_factory=dict)
    repeats: dict[int, dict[Key, int]] = field(default_factory=dict)
    """By entry: keys that it said again unchanged, and the entry whose word that was."""
    withdrawn: dict[int, int] = field(default_factory=dict)
    """Entry → the entry that withdrew it."""
    others: dict[int, Any] = field(default_factory=dict)
    """By cut: postings, occurrences and exemptions as they stood."""

    def speaker(self, key: Key, cut: int = FOREVER) -> int | None:
        """The highest entry up to a cut that said the key and is not withdrawn by then; 0 stands for the base."""
        said = [seq for seq, rows in self.says.items() if key in rows and seq <= cut and not self.is_gone(seq, cut)]
        return max(said, default=0 if key in self.base else None)

    def is_gone(self, seq: int, cut: int = FOREVER) -> bool:
        """Whether an entry is withdrawn by a cut."""
        return self.withdrawn.get(seq, FOREVER + 1) <= cut

    def effective(self, key: Key, cut: int = FOREVER) -> Content | None:
        """The effective value of a key at a cut."""
        seq = self.speaker(key, cut)
        if seq is None:
            return None
        return self.says[seq][key] if seq else self.base[key]

    def all_effective(self, cut: int = FOREVER) -> dict[Key, Content]:
        """All effective values at a cut."""
        keys = set(self.base).union(*self.says.values())
        found = {key: self.effective(key, cut) for key in keys}
        return {key: content for key, content in found.items() if content is not None}

    def expected(self, rows: Mapping[Key, Content]) -> Counts:
        """What a receipt of these rows would count now."""
        now = {key: self.effective(key) for key in rows}
        return Counts(
            new=sum(content is None for content in now.values()),
            changed=sum(content not in (None, rows[key]) for key, content in now.items()),
            same=sum(content == rows[key] for key, content in now.items()),
        )

    def say(self, seq: int, rows: Mapping[Key, Content]) -> None:
        """An entry says what is new or another; what stands already it only repeats."""
        standing = {key: self.speaker(key) for key in rows}
        same = {key for key, content in rows.items() if self.effective(key) == content}
        self.says[seq] = {key: content for key, content in rows.items() if key not in same}
        self.repeats[seq] = {key: said for key, said in standing.items() if key in same and said is not None}

    def taken_away(self, seq: int) -> set[Key]:
        """Keys whose value now is the word of this entry."""
        return {key for key in self.says[seq] if self.speaker(key) == seq}

    def expected_withdrawal(self, seq: int) -> Counts:
        """What the receipt of a withdrawal would count now."""
        going = self.taken_away(seq)
        back = {key for key in going if self._without(key, seq) is not None}
        return Counts(changed=len(back), removed=len(going - back), same=len(self.says[seq]) - len(going))

    def repeated_by(self, seq: int) -> dict[int, int]:
        """By standing entry: how many of the values that a withdrawal takes away it sent too."""
        going = self.taken_away(seq)
        counts = {
            other: sum(said == seq and key in going for key, said in rows.items())
            for other, rows in self.repeats.items()
            if not self.is_gone(other)
        }
        return {other: count for other, count in counts.items() if count}

    def _without(self, key: Key, seq: int) -> int | None:
        kept = dict(self.withdrawn)
        self.withdrawn[seq] = FOREVER
        speaker = self.speaker(key)
        self.withdrawn = kept
        return speaker


def stands(rows: Iterable[tuple[Key, Content]]) -> dict[Key, Content]:
    """Rows of a database as the model writes them."""
    found = list(rows)
    assert len(dict(found)) == len(found), "a key has two open rows"
    return dict(found)
