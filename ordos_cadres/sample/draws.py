"""Chance for the sample: integers only, so that no machine draws another city."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
SEED = "ordos-cadres sample city 1"


def draws(*about: object) -> Random:
    """A source of chance for one matter; what one matter draws never shifts another."""
    return Random("|".join(map(str, (SEED, *about))))  # noqa: S311 - a sample, not a secret


def milli(source: Random) -> int:
    """A number round 0, mostly within ±1000: the sum of three dice, close to a bell."""
    return sum(source.randrange(-1000, 1001) for _die in range(3)) // 2


def pick(source: Random, items: Sequence[T], count: int) -> list[T]:
    """Some of the items, in their order."""
    chosen = sorted(source.sample(range(len(items)), min(count, len(items))))
    return [items[place] for place in chosen]
