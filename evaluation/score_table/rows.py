"""From the columns of a wide file to the engine's rows, one group after the other."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from evaluation.score_table.indicators import Known
from evaluation.score_table.problems import CellProblem, refuse
from evaluation.score_table.table import NOT_APPLICABLE, Numbers, TextTable, read_numbers, stored_text
from evaluation.scoring import IndicatorDef, LeafState, Rows, Scheme, Standing
from evaluation.scoring.leaves import LEAVES
from evaluation.scoring.types import Leaf

ID, GROUP = "id", "group"
POINT_PLACES = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, ready to be scored; ``warnings`` name columns that were not there."""

    ids: list[str]
    groups: list[str]
    rows: Rows
    absent: tuple[str, ...]


@dataclass(slots=True)
class _Filling:
    """What one reading of a file works on; a column that several leaves read is read once."""

    table: TextTable
    rows: Rows
    known: Known
    problems: list[CellProblem] = field(default_factory=list)
    read: dict[str, Numbers] = field(default_factory=dict)

    def tell(self, code: str, at: int, heading: str, **facts: object) -> None:
        """Tell a problem of the cell in the at-th row of this column."""
        text = self.table.columns[heading][at]
        self.problems.append(CellProblem(code, self.table.rows[at], heading, text, facts))


def read_sheet(table: TextTable, scheme: Scheme, known: Known) -> Sheet:
    """Read all cells.

    Raises
    ------
    WideFileError
        With every faulty column and cell.
    """
    _check_headings(table, scheme)
    filling = _Filling(table, Rows.blank(np.arange(1, len(table) + 1), scheme), known)
    _check_ids(filling)
    groups = table.columns.get(GROUP, [""] * len(table))
    if any(groups):  # a column that is empty throughout says nothing: all rows are one group
        filling.rows.standings[[group == "" for group in groups]] = Standing.NO_GROUP
    for leaf in scheme.leaves:
        if leaf.indicator is None:
            _fill_index(filling, leaf)
        else:
            _fill_leaf(filling, leaf, leaf.indicator)
    _fill_occurrences(filling, scheme)
    _fill_gates(filling, scheme)
    refuse(filling.problems)
    return Sheet(table.columns[ID], groups, filling.rows, tuple(_absent(table, scheme)))


def _check_headings(table: TextTable, scheme: Scheme) -> None:
    codes = {leaf.indicator.code for leaf in scheme.leaves if leaf.indicator}
    targets = {f"{code}:target" for code in codes}
    indices = {code for leaf in scheme.leaves for code in leaf.index}
    events = [code for code, _ in scheme.adjust.items] + [gate.code for gate in scheme.gates]
    expected = [ID, GROUP, *(name for names in _leaf_columns(scheme) for name in names), *events]
    known = {*expected, *targets}
    problems = [] if ID in table.columns else [CellProblem("column_needed", heading=ID)]
    meanings = Counter([ID, GROUP, *codes, *targets, *indices, *events])
    problems += [CellProblem("column_ambiguous", heading=name) for name in sorted(meanings) if meanings[name] > 1]
    unknown = [heading for heading in table.columns if heading not in known]
    if unknown:
        facts = {"known": "、".join(dict.fromkeys(expected))}
        problems.append(CellProblem("column_unknown", heading="”“".join(unknown), facts=facts))
    refuse(problems)


def _leaf_columns(scheme: Scheme) -> Iterator[tuple[str, ...]]:
    """For each leaf and each target the columns that may hold it; one is enough."""
    for leaf in scheme.leaves:
        if leaf.indicator is None:
            yield leaf.index
            continue
        yield (leaf.indicator.code,)
        rules = [rule for rule in (leaf.rule, leaf.small_group_rule) if rule]
        if any(LEAVES[rule.kind].needs_target for rule in rules):
            yield (f"{leaf.indicator.code}:target",)


def _check_ids(filling: _Filling) -> None:
    first: dict[str, int] = {}
    for at, (text, row) in enumerate(zip(filling.table.columns[ID], filling.table.rows, strict=True)):
        if not text:
            filling.tell("id_empty", at, ID)
        elif text in first:
            filling.tell("id_twice", at, ID, other=first[text])
        first.setdefault(text, row)


def _fill_leaf(filling: _Filling, leaf: Leaf, indicator: IndicatorDef) -> None:
    at, value, target = leaf.column, indicator.code, f"{indicator.code}:target"
    for heading in (value, target):
        if heading in filling.table.columns and heading not in filling.read:
            filling.read[heading] = _indicator_column(filling, heading, indicator)
    if value in filling.read:
        numbers = filling.read[value]
        filling.rows.values[:, at] = numbers.values
        filling.rows.states[numbers.given, at] = LeafState.PRESENT
        filling.rows.states[numbers.not_applicable, at] = LeafState.NOT_APPLICABLE
    if target in filling.read:
        numbers = filling.read[target]
        filling.rows.targets[:, at], filling.rows.target_counts[:, at] = numbers.values, numbers.given


def _indicator_column(filling: _Filling, heading: str, indicator: IndicatorDef) -> Numbers:
    is_target = heading != indicator.code
    if indicator.options and not is_target:
        return _option_column(filling, heading, indicator)
    places = indicator.places
    numbers = read_numbers(
        filling.table, heading, filling.problems, places=places, in_percent=indicator.code in filling.known.percent
    )
    bounds = [None if bound is None else int(bound) for bound in (indicator.low, indicator.high)]
    low, high = ("" if bound is None else stored_text(bound, places) for bound in bounds)
    for at in np.flatnonzero(numbers.given).tolist():
        value = int(numbers.values[at])
        if (bounds[0] is not None and value < bounds[0]) or (bounds[1] is not None and value > bounds[1]):
            filling.tell("out_of_range", at, heading, low=low, high=high)
    for at in np.flatnonzero(numbers.not_applicable).tolist() if is_target else ():
        filling.tell("not_applicable_target", at, heading)
    return numbers


def _option_column(filling: _Filling, heading: str, indicator: IndicatorDef) -> Numbers:
    """Labels to stored numbers; where the indicator file tells them, the whole number itself is understood too."""
    texts = filling.table.columns[heading]
    labels = dict(indicator.options)
    has_numbers = filling.known.has_stored_options and indicator.places == 0
    known = {str(number): number for number in labels.values() if has_numbers} | labels
    not_applicable = np.array([text == NOT_APPLICABLE for text in texts], np.bool_)
    for at, text in enumerate(texts):
        if text and text not in known and not not_applicable[at]:
            filling.tell("not_an_option", at, heading, labels="、".join(labels))
    values = np.array([known.get(text, 0) for text in texts], np.int64)
    return Numbers(values, np.array([text in known for text in texts], np.bool_), not_applicable)


def _fill_index(filling: _Filling, leaf: Leaf) -> None:
    """One of the columns named by the leaf's codes holds the attributed total of the unit, in points."""
    rows = filling.rows
    rows.states[:, leaf.column] = LeafState.NO_UNIT_TOTAL
    for code in (code for code in leaf.index if code in filling.table.columns):
        numbers = _points_column(filling, code)
        taken = rows.states[:, leaf.column] == LeafState.PRESENT
        for at in np.flatnonzero(numbers.given & taken).tolist():
            filling.tell("two_totals", at, code)
        rows.values[numbers.given, leaf.column] = numbers.values[numbers.given]
        rows.states[numbers.given, leaf.column] = LeafState.PRESENT


def _fill_occurrences(filling: _Filling, scheme: Scheme) -> None:
    for column, (code, _) in enumerate(scheme.adjust.items):
        if code in filling.table.columns:
            filling.rows.occurrences[:, column] = _points_column(filling, code).values


def _points_column(filling: _Filling, heading: str) -> Numbers:
    """Points with at most six decimals; an empty cell is none, and 不适用 is no answer here."""
    numbers = read_numbers(filling.table, heading, filling.problems, places=POINT_PLACES)
    for at in np.flatnonzero(numbers.not_applicable).tolist():
        filling.tell("not_points", at, heading)
    return numbers


def _fill_gates(filling: _Filling, scheme: Scheme) -> None:
    for column, gate in enumerate(scheme.gates):
        for at, text in enumerate(filling.table.columns.get(gate.code, ())):
            if text not in ("", "1"):
                filling.tell("not_a_gate", at, gate.code)
            filling.rows.gates[at, column] = text == "1"


def _absent(table: TextTable, scheme: Scheme) -> list[str]:
    """Columns that a leaf would read and that are not there, so that their leaves are missing."""
    absent = ("/".join(names) for names in _leaf_columns(scheme) if not table.columns.keys() & set(names))
    return list(dict.fromkeys(absent))
