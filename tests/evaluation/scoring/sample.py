"""The sample documents, indicators and groups as the engine's tests read them."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evaluation.scoring import IndicatorDef, Scheme, parse

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "ordos_cadres" / "sample"
DATA = ROOT / "tests" / "data"


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_yaml(text: str) -> Any:
    """YAML with every scalar kept as text."""
    return yaml.load(text, Loader=yaml.BaseLoader)


@cache
def documents() -> dict[str, dict[str, Any]]:
    """All sample documents by code."""
    read = [read_yaml(path.read_text("utf-8")) for path in sorted((SAMPLE / "schemes").glob("*.yaml"))]
    return {document["code"]: document for document in read}


@cache
def indicators() -> dict[str, IndicatorDef]:
    """All sample indicators by code."""
    return {row["code"]: _indicator(row) for row in read_csv(SAMPLE / "indicators.csv")}


def _indicator(row: dict[str, str]) -> IndicatorDef:
    unit = 10 ** int(row["places"])
    pairs = [option.split("=") for option in row["options"].split(";") if option]
    return IndicatorDef(
        code=row["code"],
        subject_kind=row["level"],
        places=int(row["places"]),
        low=int(row["min"]) * unit,
        high=int(row["max"]) * unit,
        direction=row["direction"],
        native_period=row["period"],
        options=tuple((label, int(stored) * unit) for label, stored in pairs),
    )


@cache
def scheme(code: str) -> Scheme:
    """A sample document, parsed."""
    return parse(documents()[code], indicators())


@cache
def groups() -> dict[str, dict[str, list[str]]]:
    """Set → group → units; a unit is named by its code, or its name where it has none."""
    out: dict[str, dict[str, list[str]]] = {}
    for row in read_csv(SAMPLE / "groups.csv"):
        out.setdefault(row["set"], {}).setdefault(row["group"], []).append(row["unit_code"] or row["unit_name"])
    return out


def find_part(part: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The part of a document's tree with this key."""
    if part["key"] == key:
        return part
    below = [find_part(child, key) for child in part.get("parts", ()) if _holds(child, key)]
    return below[0]


def _holds(part: Mapping[str, Any], key: str) -> bool:
    return part["key"] == key or any(_holds(child, key) for child in part.get("parts", ()))


def plain_indicator(code: str, *, direction: str = "+", places: int = 6) -> IndicatorDef:
    """A yearly indicator of units without bounds, for documents that a test writes."""
    return IndicatorDef(code, "unit", places, None, None, direction, "year")


def document(parts: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """The smallest document around some parts."""
    return {
        "document": "scheme/1",
        "code": "TEST",
        "name": {"zh": "测试"},
        "basis": "示例规则",
        "subject": "unit",
        "period": "year",
        "missing": "reweight",
        "coverage_floor": "0%",
        "output": {"max": "100", "show": "2"},
        "tree": {"key": "total", "how": "mean", "parts": parts},
    } | changes


def as_is(key: str, weight: str = "100", **more: Any) -> dict[str, Any]:
    """A leaf whose value is its points, on the indicator of the same name."""
    return {"key": key, "weight": weight, "indicator": key, "score": {"as_is": {}}} | more
