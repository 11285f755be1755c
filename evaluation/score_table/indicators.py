"""What the engine must know of the indicators: from a file, or from the document and the columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.score_table.problems import CellProblem, refuse
from evaluation.score_table.table import TextTable, places_of, read_numbers, read_text_table
from evaluation.scoring import IndicatorDef
from foundation.tabular.numbers import MOST_PLACES, parse_values

NEEDED = ("code", "level", "places", "direction", "period")
CHOICES = {"level": ("unit", "cadre"), "direction": ("+", "-"), "period": ("month", "quarter", "half", "year")}
YES_NO = (("是", 1), ("否", 0), ("1", 1), ("0", 0))


@dataclass(frozen=True, slots=True)
class Known:
    """The indicators, the codes of those in percent, and whether stored numbers of options are known."""

    indicators: dict[str, IndicatorDef]
    percent: frozenset[str] = frozenset()
    has_stored_options: bool = False


def read_indicators(path: Path) -> Known:
    """What a file says of the indicators.

    Columns code, level, places, direction, period, and where there are any min, max,
    options (``好=100;较好=85``), measure; other columns are not read.
    """
    table = read_text_table(path)
    problems = [CellProblem("column_needed", heading=name) for name in NEEDED if name not in table.columns]
    refuse(problems)
    first: dict[str, int] = {}
    out: dict[str, IndicatorDef] = {}
    for at, row in enumerate(table.rows):
        cells = {heading: texts[at] for heading, texts in table.columns.items()}
        problems += [CellProblem("cell_empty", row, name) for name in NEEDED if not cells[name]]
        if cells["code"] in first:
            facts = {"other": first[cells["code"]]}
            problems.append(CellProblem("indicator_twice", row, "code", cells["code"], facts))
        first.setdefault(cells["code"], row)
        problems += [
            CellProblem("not_one_of", row, name, cells[name], {"known": "、".join(known)})
            for name, known in {**CHOICES, "places": tuple(map(str, range(MOST_PLACES + 1)))}.items()
            if cells[name] and cells[name] not in known
        ]
        if not problems:
            out[cells["code"]] = _indicator(cells, row, problems)
    refuse(problems)
    measures = zip(table.columns["code"], table.columns.get("measure", ()), strict=False)
    return Known(out, frozenset(code for code, measure in measures if measure == "%"), has_stored_options=True)


def _indicator(cells: Mapping[str, str], row: int, problems: list[CellProblem]) -> IndicatorDef:
    places = int(cells["places"])
    bounds = {}
    for name in ("min", "max"):
        one = TextTable({name: [cells.get(name, "")]}, [row])
        number = read_numbers(one, name, problems, places=places)
        bounds[name] = int(number.values[0]) if number.given[0] else None
    return IndicatorDef(
        code=cells["code"],
        subject_kind=cells["level"],
        places=places,
        low=bounds["min"],
        high=bounds["max"],
        direction=cells["direction"],
        native_period=cells["period"],
        options=tuple(_options(cells.get("options", ""), places, row, problems)),
    )


def _options(text: str, places: int, row: int, problems: list[CellProblem]) -> Iterator[tuple[str, int]]:
    for option in filter(None, text.split(";")):
        label, _, number = option.partition("=")
        parsed = parse_values([number], places=places)
        if not label or parsed.faults[0]:
            problems.append(CellProblem("bad_option", row, "options", option))
        yield label, int(parsed.values[0])


def indicators_of_columns(document: Mapping[str, Any], table: TextTable) -> Known:
    """Indicators that only the document names: direction +, the places of their column.

    ``at_most`` says by itself that less is better. Options are the document's labels.
    What is odd in the document is left for ``parse`` to tell.
    """
    leaves: dict[str, list[Mapping[str, Any]]] = {}
    for part in _parts(document.get("tree")):
        if isinstance(part.get("indicator"), str):
            leaves.setdefault(part["indicator"], []).append(part)
    # The document gives labels and points, never the numbers that are stored for the labels.
    refuse(
        [
            CellProblem("options_without_numbers", heading=code)
            for code, parts in leaves.items()
            if _needs_numbers(parts)
        ]
    )
    return Known({code: _guessed(code, parts, document, table) for code, parts in leaves.items()})


def _parts(part: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, dict) and depth < 30:
        yield part
        for child in part["parts"] if isinstance(part.get("parts"), list) else ():
            yield from _parts(child, depth + 1)


def _rules(parts: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [part[word] for part in parts for word in ("score", "in_small_group") if isinstance(part.get(word), dict)]


def _needs_numbers(parts: list[Mapping[str, Any]]) -> bool:
    kinds = {str(kind) for rule in _rules(parts) for kind in rule}
    return "options" in kinds and kinds != {"options"}


def _guessed(code: str, parts: list[Mapping[str, Any]], document: Mapping[str, Any], table: TextTable) -> IndicatorDef:
    bodies = {kind: body for rule in _rules(parts) for kind, body in rule.items() if isinstance(body, dict)}
    options = tuple((label, at) for at, label in enumerate(bodies.get("options", ())))
    if "yes_no" in bodies:
        options = YES_NO
    columns = [table.columns.get(name, []) for name in (code, f"{code}:target")]
    return IndicatorDef(
        code=code,
        subject_kind=str(document.get("subject", "unit")),
        places=0 if options else places_of(*columns),
        low=None,
        high=None,
        direction="-" if "at_most" in bodies.get("bands", ()) else "+",
        native_period="month" if any("rollup" in part for part in parts) else str(document.get("period", "year")),
        options=options,
    )
