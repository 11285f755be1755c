"""Units of the sample city and their peer groups, out of the carried tables."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from evaluation.services.groups import MemberRow
from units.enums import UnitKind
from units.services import UnitRow

FOLDER = Path(__file__).parent
FOUNDED = date(2002, 1, 1)
GROUPED_FROM = date(2025, 7, 1)
CITY = "150600"

BANNERS = {
    "150602": "东胜区",
    "150603": "康巴什区",
    "150621": "达拉特旗",
    "150622": "准格尔旗",
    "150623": "鄂托克前旗",
    "150624": "鄂托克旗",
    "150625": "杭锦旗",
    "150626": "乌审旗",
    "150627": "伊金霍洛旗",
}
OWNERS = ("市委组织部", "市委市政府督查室", "市委改革办", "市委党校", "国家统计局鄂尔多斯调查队")
"""Bodies that enter figures and are not compared with the departments."""

SETS = {
    "banner-2026": "旗区同类组（示例）",
    "dept-2026": "市直部门同类组（示例）",
    "township-2026": "苏木乡镇街道同类组（示例）",
    "village-2026": "嘎查村同类组（示例）",
}
TOWNSHIPS_A_GROUP = 10


@dataclass(frozen=True)
class Place:
    """A unit that is compared: its code, name, kind, group set and group."""

    code: str
    name: str
    kind: UnitKind
    group_set: str
    group: str

    @property
    def banner(self) -> str:
        """Code of the banner that it belongs to; empty for a department."""
        return self.code[:6] if self.code[:6] in BANNERS else ""


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a carried CSV table with a heading."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def compared_places() -> tuple[Place, ...]:
    """Banners, departments, thirty townships and the villages, in the order of groups.csv."""
    return tuple(_places())


@cache
def department_codes() -> dict[str, str]:
    """Invented codes of departments and owners by name: departments have no public code."""
    named = [row["unit_name"] for row in read_table("groups.csv") if row["unit_kind"] == "city_department"]
    codes = {name: f"{CITY}-{number:02}" for number, name in enumerate(named, 1)}
    return codes | {name: f"{CITY}-{number:02}" for number, name in enumerate(OWNERS, 51)}


def _places() -> Iterator[Place]:
    rows = read_table("groups.csv")
    chosen = _chosen_townships(rows)
    for row in rows:
        code = row["unit_code"] or department_codes()[row["unit_name"]]
        if row["set"] != "township-2026" or code in chosen:
            yield Place(code, row["unit_name"], UnitKind(row["unit_kind"]), row["set"], row["group"])


def _chosen_townships(rows: list[dict[str, str]]) -> set[str]:
    """Ten townships a group, spread over the banners, among them those of the villages."""
    needed = {row["unit_code"].partition("-")[0] for row in rows if row["unit_kind"] == "village"}
    chosen: set[str] = set()
    by_group: dict[str, list[str]] = {}
    for row in rows:
        if row["set"] == "township-2026":
            by_group.setdefault(row["group"], []).append(row["unit_code"])
    for codes in by_group.values():
        held = [code for code in codes if code in needed]
        others = [code for code in codes if code not in needed]
        wanted = TOWNSHIPS_A_GROUP - len(held)
        spread = [others[place * len(others) // wanted] for place in range(wanted)]
        chosen |= {*held, *spread}
    return chosen


def unit_rows() -> list[UnitRow]:
    """All units to register, parents before children."""
    rows = [UnitRow(CITY, "鄂尔多斯市", UnitKind.CITY, FOUNDED)]
    rows += [UnitRow(code, name, UnitKind.BANNER, FOUNDED, CITY) for code, name in BANNERS.items()]
    rows += [UnitRow(code, name, UnitKind.CITY_DEPARTMENT, FOUNDED, CITY) for name, code in department_codes().items()]
    below = [place for place in compared_places() if place.banner and place.kind != UnitKind.BANNER]
    for place in below:
        parent = place.code.partition("-")[0] if place.kind == UnitKind.VILLAGE else place.banner
        rows.append(UnitRow(place.code, place.name, place.kind, FOUNDED, parent))
    return rows


def member_rows(group_set: str) -> list[MemberRow]:
    """Members of one group set, in force from the first quarter of the sample."""
    places = [place for place in compared_places() if place.group_set == group_set]
    return [MemberRow(place.code, place.group, GROUPED_FROM) for place in places]
