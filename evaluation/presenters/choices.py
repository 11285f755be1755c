"""Switches between periods and schemes: only what has a result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foundation.web.figures import period_text
from foundation.web.parts import Option


@dataclass(frozen=True)
class PeriodSwitch:
    """What components/period_switch.html reads."""

    label: str
    options: Sequence[Option]


def period_switch(codes: Sequence[str], chosen: str, address: Callable[[str], str]) -> PeriodSwitch | None:
    """The switch over these periods, newest first; None when there is nothing to switch."""
    if not codes:
        return None
    options = [Option(period_text(code), address(code), code == chosen) for code in codes]
    return PeriodSwitch(period_text(chosen), options)
