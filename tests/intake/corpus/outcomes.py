"""What becomes of a file of the corpus: named beforehand, never taken over from what happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HEADING = ("工号", "单位代码", "指标代码", "期间", "数值")
UNIT, OTHER, THIRD = "150602", "150627", "1506-TJJ"


def row(
    unit: str = UNIT, value: Any = "95.5", *more: Any, indicator: str = "DD01", period: str = "2026Q1"
) -> list[Any]:
    """One row of the plain sheet about a unit."""
    return ["", unit, indicator, period, value, *more]


@dataclass(frozen=True)
class Stored:
    """The file is taken: these values (by unit, in hundredths) after the commit, and what was told before."""

    values: dict[str, int]
    told: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Rejected:
    """The batch stands with these problems, by code and cell; nothing is stored."""

    told: list[tuple[str, str]]


@dataclass(frozen=True)
class Refused:
    """The door does not take the file at all: no batch, nothing kept."""

    code: str


Outcome = Stored | Rejected | Refused


@dataclass(frozen=True)
class Case:
    """A file of the corpus: how it is made, the name it is sent under, what becomes of it."""

    name: str
    make: Callable[[], bytes]
    outcome: Outcome
    file_name: str = "data.xlsx"

    def __str__(self) -> str:
        return self.name


ONE = {UNIT: 9550}


def stored(*told: tuple[str, str], values: dict[str, int] | None = None) -> Stored:
    """Taken, with these warnings."""
    return Stored(ONE if values is None else values, list(told))


def rejected(*told: tuple[str, str]) -> Rejected:
    """Not taken, for these problems."""
    return Rejected(list(told))
