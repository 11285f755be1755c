"""A scheme document to a frozen Scheme; every fault is collected with its path.

The vocabulary is closed (schemes/README.md): unknown keys are refused with their path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.scoring.exact import micro
from evaluation.scoring.parts import CODE, KEY, RESERVED_KEYS, Planting, read_missing, read_tree
from evaluation.scoring.reading import Fault, SchemeError, Spot
from evaluation.scoring.types import (
    Adjustment,
    Band,
    Clip,
    Gate,
    Grouping,
    IndicatorDef,
    Leaf,
    Node,
    Output,
    Part,
    Population,
    QuotaLine,
    Scheme,
    Tenure,
)

__all__ = ["Fault", "SchemeError", "kept_form", "parse"]

NEEDS = ("document", "code", "name", "basis", "subject", "period", "missing", "coverage_floor", "output", "tree")
MAY = ("population", "tenure", "groups", "adjust", "gates", "bands", "quota")
UNIT_KINDS = ("city", "banner", "city_department", "township", "subdistrict", "village", "zone", "region")
POST_CLASSES = ("head", "deputy", "other")
POSTING_KINDS = ("main", "concurrent", "seconded", "first_secretary", "front_line")
EVENT_CODE = r"[A-Z][A-Z0-9]{0,9}"
MOST_EVENT_POINTS = 1000
RESERVED_BANDS = ("hidden",)
"""What a result says in place of a band that a gate hides."""


def parse(document: Mapping[str, object], indicators: Mapping[str, IndicatorDef]) -> Scheme:
    """Read a scheme document.

    Parameters
    ----------
    document : mapping
        Nested mappings, lists and texts; numbers are integers, or decimals and
        fractions as text, never floats.
    indicators : mapping of code to IndicatorDef
        All that the document may name: its inputs are closed.

    Raises
    ------
    SchemeError
        With all faults, each with its path (``tree.parts[1].weight``) and code.
    """
    faults: list[Fault] = []
    top = Spot(document, "", faults)
    if not top.has_keys(NEEDS, MAY):
        raise SchemeError(faults)
    top["document"].choice(("scheme/1",))
    top["name"].has_keys(("zh",), ("en",))
    subject = top["subject"].choice(("unit", "cadre"))
    period = top["period"].choice(("quarter", "year"))
    tree = read_tree(top["tree"], Planting(subject, period, read_missing(top["missing"]), indicators))
    parts = _preorder(tree)
    tenure = _read_tenure(top["tenure"], subject)
    bands = _read_bands(top["bands"])
    scheme = Scheme(
        code=top["code"].text(CODE),
        name_zh=top["name"]["zh"].text(),
        name_en=top["name"]["en"].text(),
        basis=top["basis"].text(),
        subject=subject,
        period=period,
        population=_read_population(top["population"], subject),
        tenure=tenure,
        groups=_read_groups(top["groups"], subject),
        coverage_floor=top["coverage_floor"].share(low=0, high=1),
        output=_read_output(top["output"], parts),
        tree=tree,
        parts=parts,
        leaves=tuple(part for part in parts if isinstance(part, Leaf)),
        adjust=_read_adjust(top["adjust"]),
        gates=_read_gates(top["gates"], bands),
        bands=bands,
        quota=_read_quota(top["quota"], bands),
    )
    for code in sorted({code for code, _ in scheme.adjust.items} & {gate.code for gate in scheme.gates}):
        top["gates"][code].fault("key_twice", key=code)
    if subject == "cadre" and tenure is None and any(leaf.index for leaf in scheme.leaves):
        top["tenure"].fault("tenure_needed")
    if faults:
        raise SchemeError(faults)
    return scheme


def kept_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document that ``parse`` read without a fault, in a form that keeps the order of gates and occurrences.

    Databases may not keep the order of keys, and of several void gates the first names the
    reason: both become lists of [code, what it holds], which ``parse`` reads as well.
    """
    kept = dict(document)
    if "gates" in kept:
        kept["gates"] = _pairs(kept["gates"])
    if "adjust" in kept:
        kept["adjust"] = {**kept["adjust"], "items": _pairs(kept["adjust"]["items"])}
    return kept


def _pairs(entries: Any) -> list[list[Any]]:
    return [[key, below] for key, below in (entries.items() if isinstance(entries, Mapping) else entries)]


def _preorder(part: Part) -> tuple[Part, ...]:
    children = part.parts if isinstance(part, Node) else ()
    return (part, *(below for child in children for below in _preorder(child)))


def _read_population(spot: Spot, subject: str) -> Population:
    spot.has_keys((), ("unit_kind", "level", "post_class", "posting_kind", "leave_out"))
    if subject == "unit":
        for key in ("level", "post_class", "posting_kind", "leave_out"):
            if spot[key].is_given:
                spot[key].fault("not_for_units")
    return Population(
        unit_kinds=spot["unit_kind"].choices(UNIT_KINDS),
        levels=spot["level"].texts(),
        post_classes=spot["post_class"].choices(POST_CLASSES),
        posting_kinds=spot["posting_kind"].choices(POSTING_KINDS),
        leave_out=spot["leave_out"].choices(("probation", "absent_over_half")),
    )


def _read_tenure(spot: Spot, subject: str) -> Tenure | None:
    if not spot.is_given:
        return None
    if subject == "unit":
        spot.fault("not_for_units")
    spot.has_keys(("weigh",), ("month_belongs_to", "minimum"))
    spot["month_belongs_to"].choice(("longest_held",), default="longest_held")
    minimum = spot["minimum"]
    minimum.has_keys((), ("in_post_days", "in_period"))
    return Tenure(
        weigh=spot["weigh"].choice(("months", "days")),
        in_post_days=minimum["in_post_days"].whole(low=0, high=3660),
        in_period=minimum["in_period"].share(low=0, high=1),
    )


def _read_groups(spot: Spot, subject: str) -> Grouping:
    if not spot.is_given:
        return Grouping()
    spot.has_keys(("set", "by") if subject == "cadre" else ("set",), ("by", "min_size"))
    if subject == "unit" and spot["by"].is_given:
        spot["by"].fault("not_for_units")
    return Grouping(
        set_code=spot["set"].text(),
        by=spot["by"].choice(("unit_at_end",)),
        min_size=spot["min_size"].whole(Grouping().min_size, low=1, high=1000),
    )


def _read_output(spot: Spot, parts: tuple[Part, ...]) -> Output:
    spot.has_keys(("max", "show"), ("rank_on", "band_on", "order", "ties", "tie_break"))
    spot["ties"].choice(("competition",), default="competition")
    top = spot["max"].number(100, low=0, high=10_000)
    if not micro(top):
        spot["max"].fault("not_positive")
    keys = spot["tie_break"].texts(KEY)
    for key in keys:
        if key not in {part.key for part in parts}:
            spot["tie_break"].fault("unknown_part", key=key)
    return Output(
        max_micro=micro(top),
        show=spot["show"].whole(2, low=0, high=6),
        rank_on_shown=spot["rank_on"].choice(("exact", "shown"), default="exact") == "shown",
        band_on_shown=spot["band_on"].choice(("exact", "shown"), default="exact") == "shown",
        ascending=spot["order"].choice(("ascending",)) == "ascending",
        tie_break=keys,
    )


def _read_clip(spot: Spot) -> Clip:
    spot.has_keys(("from", "to"))
    low = micro(spot["from"].number(low=-MOST_EVENT_POINTS, high=MOST_EVENT_POINTS))
    high = micro(spot["to"].number(low=-MOST_EVENT_POINTS, high=MOST_EVENT_POINTS))
    if low > high:
        spot["from"].fault("from_above_to")
    return Clip(low, high)


def _read_code(code: str, spot: Spot) -> str:
    return Spot(code, spot.path, spot.faults).text(EVENT_CODE)


def _read_adjust(spot: Spot) -> Adjustment:
    if not spot.is_given:
        return Adjustment()
    spot.has_keys(("items", "total"))
    items = tuple((_read_code(code, item), _read_clip(item)) for code, item in spot["items"].ordered_entries())
    return Adjustment(items, _read_clip(spot["total"]))


def _read_gates(spot: Spot, bands: tuple[Band, ...]) -> tuple[Gate, ...]:
    return tuple(_read_gate(_read_code(code, item), item, bands) for code, item in spot.ordered_entries())


def _read_gate(code: str, spot: Spot, bands: tuple[Band, ...]) -> Gate:
    effect = spot["effect"].choice(("cap_band", "hide_band", "void"))
    caps = spot["effect"].value == "cap_band"
    spot.has_keys(("effect", "reason", *(("band",) if caps else ())))
    band = _read_band_key(spot["band"], bands) if caps else -1
    return Gate(code, effect, band, spot["reason"].text())


def _read_band_key(spot: Spot, bands: tuple[Band, ...]) -> int:
    key = spot.text()
    for at, band in enumerate(bands):
        if band.key == key:
            return at
    if key:
        spot.fault("unknown_band", key=key)
    return -1


def _read_bands(spot: Spot) -> tuple[Band, ...]:
    bands: list[Band] = []
    for item in spot.items() if spot.is_given else ():
        item.has_keys(("key", "zh", "from"))
        key = item["key"].text(KEY)
        if key.lower() in (*RESERVED_BANDS, *RESERVED_KEYS):
            item["key"].fault("reserved_key", key=key)
        if key and key in {band.key for band in bands}:
            item["key"].fault("key_twice", key=key)
        bands.append(Band(key, item["zh"].text(), micro(item["from"].number(low=0, high=10_000))))
    floors = [band.floor_micro for band in bands]
    if floors and (floors != sorted(set(floors), reverse=True) or floors[-1] != 0):
        spot.fault("bands_not_down_to_zero")
    return tuple(bands)


def _read_quota(spot: Spot, bands: tuple[Band, ...]) -> tuple[QuotaLine, ...]:
    lines = []
    for item in spot.items() if spot.is_given else ():
        item.has_keys(("band", "at_most", "base", "over", "round"))
        _read_band_key(item["band"], bands)
        rounding, under = _read_rounding(item["round"])
        lines.append(
            QuotaLine(
                band=item["band"].text(),
                at_most=item["at_most"].share(low=0, high=1),
                base=item["base"].choice(("should_take_part",)),
                over=item["over"].choice(("body",)),
                rounding=rounding,
                pool_bodies_under=under,
            )
        )
    return tuple(lines)


def _read_rounding(spot: Spot) -> tuple[str, int]:
    if not isinstance(spot.value, Mapping):
        return spot.choice(("floor", "half_up")), 0
    spot.has_keys(("largest_remainder",))
    pool = spot["largest_remainder"]["pool"]
    spot["largest_remainder"].has_keys(("pool",))
    pool.has_keys(("bodies_under",))
    return "largest_remainder", pool["bodies_under"].whole(low=1, high=10_000)
