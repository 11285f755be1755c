"""The wide form 宽表: one row a subject and a period, one column an indicator, as the templates have it.

A heading is the code, then if one likes the name and the measure: ``DD01 重点任务完成率（%）``; a
target stands under ``DD01 目标值``. An empty cell says nothing. The sheet becomes a `LongSheet` in
which every figure keeps its own cell, so that checks, store and evidence know no second form.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.folding import fold_code, fold_heading, object_array
from foundation.tabular.headings import match_headings
from foundation.tabular.table import Column, FileProblem, Table
from intake.enums import Facet
from intake.long_form import HEADINGS, ONE_SUBJECT, Field, LongSheet, field_of, missing_of

TARGET_WORDS = ("目标值", "target")
_ONLY_LONG = ("indicator_code", "value", "target")
_FIXED = tuple(replace(spec, is_required=spec.field == "period") for spec in HEADINGS if spec.field not in _ONLY_LONG)
_LONG_ONLY = {
    fold_heading(name): spec for spec in HEADINGS if spec.field in _ONLY_LONG for name in (spec.field, *spec.names)
}
_CODE = re.compile(r"[a-z][a-z0-9]*")


class Titled(Protocol):
    """What a heading may say of an indicator."""

    code: str
    name_zh: str
    name_en: str
    measure: str


@dataclass(frozen=True)
class Figures:
    """A column of figures: of which indicator, and whether they are targets."""

    column: Column
    code: str
    facet: Facet


def heading_text(indicator: Titled, facet: Facet, name: str) -> str:
    """The heading of a template's column; ``name`` in the language of its reader."""
    if facet is Facet.TARGET:
        return f"{indicator.code} {TARGET_WORDS[0]}"
    return f"{indicator.code} {name}({indicator.measure})"


def is_wide(table: Table, codes: Container[str]) -> bool:
    """Whether a heading names an indicator."""
    return any(_code_of(column.heading, codes) for column in table.columns)


def arrange_wide(table: Table, indicators: Sequence[Titled]) -> LongSheet:
    """Find subject, period and figures in a wide table and say what is wrong with its headings."""
    known = {each.code: each for each in indicators}
    plain = [column for column in table.columns if not _code_of(column.heading, known)]
    figures, problems = _figures(table, known)
    problems += _mixed(table, plain, figures)
    fixed = [column for column in plain if fold_heading(column.heading) not in _LONG_ONLY]
    matching = match_headings(replace(table, columns=tuple(fixed)), _FIXED)
    problems += [*matching.problems, *missing_of(table, matching.columns, [ONE_SUBJECT])]
    rows, fields = _unfolded(table, figures)
    fields |= {spec.field: field_of(matching.columns.get(spec.field), rows) for spec in _FIXED}
    is_whole = all(problem.code not in {"heading_missing", "mixed_forms"} for problem in problems)
    if is_whole and not rows.size:
        problems.append(FileProblem("no_figures", row=table.header_row))
    problems.sort(key=lambda problem: problem.column)
    return LongSheet(table, table.rows[rows], fields, tuple(problems), is_whole and bool(rows.size), is_wide=True)


def _code_of(heading: str, codes: Container[str]) -> str:
    """The indicator with whose code a heading begins, "" for none; ``DD09AB`` does not begin with ``DD09A``."""
    found = _CODE.match(fold_heading(heading))
    code = found.group().upper() if found else ""
    # An English name without a space before it would be taken for more code; the space is asked for.
    first = next(iter(fold_code(heading)[0].upper().split()), "")
    return next((each for each in (code, first) if each in codes), "")


def _figures(table: Table, known: Mapping[str, Titled]) -> tuple[list[Figures], list[FileProblem]]:
    """The columns of figures; a heading that names another indicator than its code does is a problem."""
    found: dict[tuple[str, Facet], Figures] = {}
    problems: list[FileProblem] = []
    for column in table.columns:
        code = _code_of(column.heading, known)
        if not code:
            continue
        facet = _facet_of(column.heading, known[code])
        if facet is None:
            facts = {"code": code, "name": known[code].name_zh}
            problems.append(_problem("heading_of_another", table, column, facts))
        elif first := found.get((code, facet)):
            facts = {"other": f"{first.column.letter}{table.header_row}", "other_value": first.column.heading}
            problems.append(_problem("heading_duplicate", table, column, facts))
        else:
            found[code, facet] = Figures(column, code, facet)
    return list(found.values()), problems


def _facet_of(heading: str, indicator: Titled) -> Facet | None:
    """What a heading asks for; None where its words are not those of the indicator."""
    said = fold_heading(heading).removeprefix(indicator.code.lower())
    names = {"", *(_spellings(indicator))}
    if said in names:
        return Facet.VALUE
    targets = {name + word for name in names for word in TARGET_WORDS}
    targets |= {f"{word}({fold_heading(indicator.measure)})" for word in TARGET_WORDS}
    return Facet.TARGET if said in targets else None


def _spellings(indicator: Titled) -> Iterator[str]:
    measure = f"({indicator.measure})"
    for name in filter(None, (indicator.name_zh, indicator.name_en)):
        yield fold_heading(name)
        yield fold_heading(name + measure)
    yield fold_heading(measure)


def _mixed(table: Table, plain: Iterable[Column], figures: Sequence[Figures]) -> list[FileProblem]:
    """Columns of the long form beside columns of figures: nobody knows which of them counts."""
    if not figures:
        return []
    first = figures[0].column
    facts = {"other": f"{first.letter}{table.header_row}", "other_value": first.heading}
    return [
        _problem("mixed_forms", table, column, facts) for column in plain if fold_heading(column.heading) in _LONG_ONLY
    ]


def _unfolded(table: Table, figures: Sequence[Figures]) -> tuple[NDArray[np.int64], dict[str, Field]]:
    """The rows of the table that each figure stands in, row by row, and the fields that differ by column.

    A value and the target of the same indicator are one row, as they may be in the long form.
    """
    codes = list(dict.fromkeys(each.code for each in figures))
    filled = np.zeros((len(table), len(codes)), dtype=bool)
    for each in figures:
        filled[:, codes.index(each.code)] |= np.fromiter(
            (bool(text.strip()) for text in each.column.texts), dtype=bool, count=len(table)
        )
    rows, which = np.nonzero(filled)
    headings = {each.column.number: each.column.heading for each in figures}
    value, target = (
        _gathered([each for each in figures if each.facet is facet], codes, rows, which, headings) for facet in Facet
    )
    # What is wrong with the indicator is told at its figure.
    own = np.where((value.raw == "") & (target.raw != ""), _numbers(target, len(rows)), _numbers(value, len(rows)))
    indicator = Field(
        int(own[0]) if len(own) else 0,
        "",
        object_array([codes[place] for place in which.tolist()]),
        np.zeros(len(rows), dtype=np.uint8),
        own,
        headings,
    )
    return rows.astype(np.int64), {"value": value, "target": target, "indicator_code": indicator}


def _numbers(field: Field, count: int) -> NDArray[np.int64]:
    return field.numbers_at(np.arange(count))


def _gathered(
    figures: Sequence[Figures],
    codes: Sequence[str],
    rows: NDArray[np.int64],
    which: NDArray[np.int64],
    headings: Mapping[int, str],
) -> Field:
    """One facet of all figures as a field whose rows stand in the columns of their indicators."""
    raw, kinds = object_array([""] * len(rows)), np.zeros(len(rows), dtype=np.uint8)
    numbers = np.zeros(len(rows), dtype=np.int64)
    for each in figures:
        at = np.flatnonzero(which == codes.index(each.code))
        raw[at], kinds[at], numbers[at] = each.column.texts[rows[at]], each.column.kinds[rows[at]], each.column.number
    number = figures[0].column.number if figures else 0
    return Field(number, "", raw, kinds, numbers, headings)


def _problem(code: str, table: Table, column: Column, facts: dict[str, str]) -> FileProblem:
    return FileProblem(code, row=table.header_row, column=column.number, value=column.heading, facts=facts)
