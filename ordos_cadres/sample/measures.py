"""How the sample's figures lie: a middle, a spread and a target for each indicator. All invented."""

from dataclasses import dataclass
from enum import Enum

from units.enums import UnitKind


class Shape(Enum):
    """Where a figure comes from."""

    LEVEL = "level"  # lies round a middle
    PROGRESS = "progress"  # lies round the share of the year that has passed, which is its target
    YES_NO = "yes_no"
    GRADE = "grade"


@dataclass(frozen=True)
class Measure:
    """Middle and spread as people write them; ``target`` empty where the scheme asks for none."""

    middle: str
    spread: str
    target: str = ""
    shape: Shape = Shape.LEVEL


UNIT_MEASURES: dict[str, Measure] = {
    "DD01": Measure("90", "9", "100"),
    "DD02": Measure("88", "16", shape=Shape.PROGRESS),
    "DD03": Measure("5.2", "1.4", "6"),
    "DD04": Measure("6.6", "5", "8"),
    "DD05": Measure("92", "9", shape=Shape.PROGRESS),
    "DD06": Measure("86", "17", shape=Shape.PROGRESS),
    "DD07": Measure("5.7", "1.1", "6.5"),
    "DD08": Measure("84.6", "8"),
    "DD09A": Measure("93", "4"),
    "DD09B": Measure("83", "7"),
    "DD09C": Measure("84", "7"),
    "DD10": Measure("93.5", "4"),
    "DD11": Measure("86", "8"),
    "DD12": Measure("2", "2"),
    "DD13": Measure("88.5", "5"),
    "DD14": Measure("6.6", "4", "8"),
    "DD15": Measure("97.4", "1.8"),
    "CX01": Measure("90", "10", "100"),
    "CX02": Measure("6", "3"),
    "CX03": Measure("6.4", "4", "8"),
    "CX04": Measure("88", "16", "100"),
    "CX05": Measure("48", "10"),
    "CX06": Measure("80", "8"),
    "CX07": Measure("1", "1", shape=Shape.YES_NO),
    "JY02": Measure("94.5", "3"),
    "JY05": Measure("88.5", "5"),
}

PERSON_MEASURES: dict[str, Measure] = {
    "OT01": Measure("89", "9", "100"),
    "JY01": Measure("0", "1", shape=Shape.GRADE),
    "JY03": Measure("16", "7"),
    "JY04U": Measure("86", "5"),
    "JY04P": Measure("87", "5"),
    "JY04D": Measure("85", "6"),
    "JY06": Measure("100", "18"),
    "JY07": Measure("1", "1"),
    "JY08": Measure("19", "4"),
    "JY09": Measure("89", "9"),
}

_EVERY_UNIT = ("DD01", "DD08", "DD09A", "DD09B", "DD09C", "DD12", "CX01", "CX02", "CX07", "JY02", "JY05")
_TOWN = (*_EVERY_UNIT, "DD06", "DD07", "DD14", "DD15")
INDICATORS_OF_UNITS: dict[UnitKind, tuple[str, ...]] = {
    UnitKind.BANNER: (
        *(*_EVERY_UNIT, "DD02", "DD03", "DD04", "DD05", "DD06", "DD07", "DD11"),
        *("CX03", "CX04", "CX05"),
    ),
    UnitKind.CITY_DEPARTMENT: (*_EVERY_UNIT, "DD10", "DD11", "DD13", "CX05", "CX06"),
    UnitKind.TOWNSHIP: _TOWN,
    UnitKind.SUBDISTRICT: _TOWN,
    UnitKind.VILLAGE: ("DD08", "DD14", "DD15", "CX02", "CX07", "JY05"),
}

INDICATORS_OF_OFFICIALS = ("OT01", "JY01", "JY03", "JY04U", "JY04P", "JY04D", "JY06")
INDICATORS_OF_OFFICES = (*INDICATORS_OF_OFFICIALS, "JY07")
INDICATORS_OF_FIRST_SECRETARIES = ("OT01", "JY01", "JY08", "JY09", "JY04U", "JY04P", "JY04D", "JY06")

RURAL = ("DD07", "DD14", "DD15")
"""Not applicable where there are no farmers and herders."""
