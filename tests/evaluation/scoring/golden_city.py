"""The sample facts of golden.csv, brought to the engine through its own doors: rollup, attribution, score."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from evaluation.scoring import GroupStats, LeafState, Line, Rows, Scheme, Scored, explain, score, stats
from evaluation.scoring.attribution import Month, Spell, UnitShare, months_held
from evaluation.scoring.rollup import RolledUp, carry_forward, roll_up
from evaluation.scoring.types import Leaf
from tests.evaluation.scoring.sample import groups, indicators, read_yaml, scheme

LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class Months(NamedTuple):
    """A period as months since year 0, the end not inside."""

    start: int
    end: int


def months_of(code: str) -> Months:
    """2026 · 2026H1 · 2026Q2 · 2026-04."""
    year, kind, number = re.fullmatch(r"(\d{4})(?:([HQ-])(\d+))?", code).groups()  # type: ignore[union-attr]  # the table holds such codes only
    length = {None: 12, "H": 6, "Q": 3, "-": 1}[kind]
    start = int(year) * 12 + (int(number or 1) - 1) * length
    return Months(start, start + length)


def natives(period: Months, kind: str) -> list[Months]:
    """Native periods that end inside the period, oldest first."""
    length = LENGTHS[kind]
    return [Months(end - length, end) for end in range(period.start + 1, period.end + 1) if end % length == 0]


def ordinal(month: int) -> int:
    """First day of a month."""
    return date(month // 12, month % 12 + 1, 1).toordinal()


def calendar_months(period: Months) -> list[Month]:
    return [Month(ordinal(month), ordinal(month + 1) - 1) for month in range(period.start, period.end)]


class Fact(NamedTuple):
    state: LeafState
    value: int
    target: int | None


@dataclass
class Result:
    """One subject's result within its group."""

    rows: Rows
    group: GroupStats
    scored: Scored
    at: int
    shares: Sequence[UnitShare] = field(default_factory=tuple)

    def lines(self, of: Scheme) -> tuple[Line, ...]:
        return explain(self.rows.take([self.at]), self.group, of)


class City:
    """What the data rows of golden.csv say."""

    def __init__(self, rows: Sequence[dict[str, str]]) -> None:
        self.facts: dict[tuple[str, str, Months], Fact] = {}
        self.postings: dict[str, list[tuple[str, Spell]]] = defaultdict(list)
        self.events: list[tuple[str, str, Months, int]] = []
        self.gates: set[tuple[str, str, Months]] = set()
        self.exempt: set[tuple[str, str, Months]] = set()
        self.results: dict[tuple[str, str, str], Result] = {}
        for row in rows:
            getattr(self, f"_take_{row['row']}", self._take_nothing)(row)

    def _take_nothing(self, row: dict[str, str]) -> None:
        """Rows of rules and results are no data."""

    def _take_fact(self, row: dict[str, str]) -> None:
        indicator = indicators()[row["key"]]
        key = (row["subject"], row["key"], months_of(row["period"]))
        if row["value"] == "不适用":
            self.facts[key] = Fact(LeafState.NOT_APPLICABLE, 0, None)
            return
        labels = dict(indicator.options)
        value = labels[row["value"]] if row["value"] in labels else stored(row["value"], indicator.places)
        self.facts[key] = Fact(
            LeafState.PRESENT, value, stored(row["target"], indicator.places) if row["target"] else None
        )

    def _take_posting(self, row: dict[str, str]) -> None:
        given = read_yaml(row["inputs"])
        ends = date.fromisoformat(given["ends"]).toordinal() if given["ends"] else None
        spell = Spell(date.fromisoformat(given["starts"]).toordinal(), ends)
        self.postings[row["subject"]].append((given["unit"], spell))

    def _take_event(self, row: dict[str, str]) -> None:
        self.events.append((row["subject"], row["key"], months_of(row["period"]), stored(row["value"], 6)))

    def _take_gate(self, row: dict[str, str]) -> None:
        self.gates.add((row["subject"], row["key"], months_of(row["period"])))

    def _take_exemption(self, row: dict[str, str]) -> None:
        self.exempt.add((row["subject"], row["key"], months_of(row["period"])))

    def result(self, code: str, subject: str, period: str) -> Result:
        """The subject's result, scored in its group."""
        key = (code, subject, period)
        if key not in self.results:
            self.results[key] = self._scored(code, subject, period)
        return self.results[key]

    def _scored(self, code: str, subject: str, period: str) -> Result:
        of = scheme(code)
        sets = groups()[of.groups.set_code]
        members = next((units for units in sets.values() if subject in units), [subject])
        rows = Rows.blank(np.arange(1, len(members) + 1), of)
        shares: list[UnitShare] = []
        for leaf in of.leaves:
            if leaf.index:
                shares = self._fill_index(rows, leaf, subject, period)
            else:
                self._fill_leaf(rows, leaf, members, months_of(period))
        for at, member in enumerate(members):
            self._fill_rest(rows, of, at, member, months_of(period))
        group = stats(rows, of)
        return Result(rows, group, score(rows, group, of), members.index(subject), shares)

    def _fill_leaf(self, rows: Rows, leaf: Leaf, members: Sequence[str], period: Months) -> None:
        length = period.end - period.start
        backs = [Months(period.start - n * length, period.end - n * length) for n in range(leaf.carry_periods + 1)]
        rolled, carried = carry_forward([self._rolled_up(leaf, members, back) for back in backs])
        at = leaf.column
        rows.values[:, at], rows.counts[:, at] = rolled.sums, rolled.counts
        rows.targets[:, at], rows.target_counts[:, at] = rolled.targets, rolled.target_counts
        rows.states[:, at], rows.carried[:, at] = rolled.states, carried

    def _rolled_up(self, leaf: Leaf, members: Sequence[str], period: Months) -> RolledUp:
        assert leaf.indicator
        nothing = Fact(LeafState.MISSING, 0, None)
        ends = natives(period, leaf.indicator.native_period)
        table = [[self.facts.get((m, leaf.indicator.code, native), nothing) for native in ends] for m in members]
        shape = (len(members), len(ends))
        return roll_up(
            values=np.array([[fact.value for fact in row] for row in table], np.int64).reshape(shape),
            states=np.array([[fact.state for fact in row] for row in table], np.int8).reshape(shape),
            targets=np.array([[fact.target or 0 for fact in row] for row in table], np.int64).reshape(shape),
            has_target=np.array([[fact.target is not None for fact in row] for row in table], bool).reshape(shape),
            how=leaf.rollup,
        )

    def _fill_index(self, rows: Rows, leaf: Leaf, subject: str, period: str) -> list[UnitShare]:
        postings = self.postings[subject]
        held = months_held([spell for _, spell in postings], calendar_months(months_of(period)))
        shares = []
        for number, ((unit, _), months) in enumerate(zip(postings, held, strict=True), 1):
            if not months:
                continue
            code = next(c for c in leaf.index if any(unit in g for g in groups()[scheme(c).groups.set_code].values()))
            result = self.result(code, unit, period)
            if not result.scored.has_total[result.at]:
                rows.states[:, leaf.column] = LeafState.NO_UNIT_TOTAL
                return []
            total = int(result.scored.totals[result.at])
            shares.append(UnitShare(number, months, total, result.lines(scheme(code))))
        rows.values[:, leaf.column] = sum(share.held * share.total for share in shares)
        rows.counts[:, leaf.column] = sum(share.held for share in shares)
        rows.states[:, leaf.column] = LeafState.PRESENT
        return shares

    def _fill_rest(self, rows: Rows, of: Scheme, at: int, subject: str, period: Months) -> None:
        for column, (code, _) in enumerate(of.adjust.items):
            if (subject, code, period) not in self.exempt:
                rows.occurrences[at, column] = sum(
                    points for s, c, p, points in self.events if (s, c, p) == (subject, code, period)
                )
        for column, gate in enumerate(of.gates):
            key = (subject, gate.code, period)
            rows.gates[at, column] = key in self.gates and key not in self.exempt
        for leaf in of.leaves:
            code = leaf.indicator.code if leaf.indicator else ""
            rows.exempt[at, leaf.column] = (subject, code, period) in self.exempt


def stored(text: str, places: int) -> int:
    """A number as the ledger stores it."""
    number = Fraction(text) * 10**places
    assert number.denominator == 1
    return int(number)
