"""What moved one line between two runs: told by comparing what the engine was given and what it said, both times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evaluation.scoring import LineKind
from evaluation.scoring.types import Leaf
from evaluation.selectors.cells import Cell
from evaluation.selectors.entries_between import EntriesBetween, Source
from evaluation.selectors.explained_lines import ExplainedLine
from evaluation.selectors.waterfalls import OwnLine
from foundation.web.figures import points_text

TAIL = 1_000
"""Micro-points that apportioning may lead to another line: a thousandth of a point."""


class Cause(StrEnum):
    """Why a line moved."""

    VALUE = "value"
    TARGET = "target"
    CARRIED = "carried"
    GROUP_DATA = "group_data"
    OTHER_GROUP = "other_group"
    SMALL_GROUP = "small_group"
    RULE = "rule"
    WEIGHT = "weight"
    REWEIGHTED = "reweighted"
    DEFINITION = "definition"
    MONTHS = "months"
    EXEMPTED = "exempted"
    NOT_EXEMPTED = "not_exempted"
    BOOKED = "booked"
    UNBOOKED = "unbooked"
    CLIPPED = "clipped"
    SIBLINGS = "siblings"
    TAIL = "tail"


@dataclass(frozen=True)
class Because:
    """One cause with what was and what is, as text; ``source`` names who said the new value, or took the old back."""

    cause: Cause
    before: str = ""
    after: str = ""
    period: str = ""
    """The native period of a value, where the line is made of several."""
    cell: Cell | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Side:
    """A line in one of the runs: as the engine gives it and as a page tells it, with group and months by unit."""

    own: OwnLine
    line: ExplainedLine
    group: str
    months: Mapping[int, int]

    @property
    def contribution(self) -> int:
        """Micro-points of the total."""
        return self.own.line.contribution or 0

    @property
    def said(self) -> str:
        """The value, or why there is none."""
        return self.line.value_text or self.line.state_text

    @property
    def leaf(self) -> Leaf | None:
        """The leaf of the scheme that the line is of."""
        return next((leaf for leaf in self.own.shown.scheme.leaves if leaf.key == self.own.line.key), None)


def causes_of(
    before: Side | None, after: Side | None, entries: EntriesBetween | None, *, change: int | None
) -> tuple[Because, ...]:
    """Everything that differs between the two sides of a line and can have moved it; empty if nothing did."""
    side = after or before
    assert side is not None
    if side.own.line.kind is LineKind.OCCURRENCE:
        found = list(_events(before, after))
    elif side.own.line.kind is not LineKind.LEAF:
        found = [Because(Cause.CLIPPED)] if change else []
    elif before is None or after is None:
        found = list(_one_sided(before, after))
    else:
        found = [*_values(before, after, entries), *_points(before, after), *_weights(before, after)]
    if change and not found:
        found = [Because(Cause.TAIL if abs(change) <= TAIL else Cause.SIBLINGS)]
    return tuple(found)


def _one_sided(before: Side | None, after: Side | None) -> Iterable[Because]:
    """A leaf of one of the runs only: of a unit in which the person no longer or newly serves, or of another scheme."""
    side = after or before
    assert side is not None
    if side.own.line.unit:
        months = str(side.line.held)
        yield Because(Cause.MONTHS, "0" if after else months, months if after else "0")
    else:
        yield Because(Cause.RULE)


def _events(before: Side | None, after: Side | None) -> Iterable[Because]:
    had, has = ((side.line.facts if side else ()) for side in (before, after))
    yield from (Because(Cause.BOOKED, after=fact) for fact in has if fact not in had)
    yield from (Because(Cause.UNBOOKED, before=fact) for fact in had if fact not in has)


def _values(before: Side, after: Side, entries: EntriesBetween | None) -> Iterable[Because]:
    if entries is None:
        yield from _values_of_periods(before, after)
        return
    had, has = (_by_place(side) for side in (before, after))
    several = len({place[0] for place in {*had, *has}}) > 1
    for place in sorted({*had, *has}):
        old, new = had.get(place), has.get(place)
        if (old and (old.flag, old.value_text)) == (new and (new.flag, new.value_text)):
            continue
        cell = new or old
        assert cell is not None
        yield Because(
            Cause.TARGET if cell.is_target else Cause.VALUE,
            old.value_text if old else "",
            new.value_text if new else "",
            cell.period if several else "",
            new,
            entries.source_of(cell),
        )
    if before.line.carried != after.line.carried:
        yield Because(Cause.CARRIED, str(before.line.carried), str(after.line.carried))


def _values_of_periods(before: Side, after: Side) -> Iterable[Because]:
    """Of two periods: the rolled-up value and target of each, and the newest cell behind the new one."""
    cell = next((cell for cell in reversed(after.line.cells) if not cell.is_target), None)
    if before.said != after.said:
        yield Because(Cause.VALUE, before.said, after.said, cell=cell)
    if before.line.target_text != after.line.target_text:
        yield Because(Cause.TARGET, before.line.target_text, after.line.target_text)


def _by_place(side: Side) -> dict[tuple[int, bool], Cell]:
    return {(cell.period_id, cell.is_target): cell for cell in side.line.cells}


def _points(before: Side, after: Side) -> Iterable[Because]:
    """What leads from a value to points: rule, definition, the others in the group, exemptions."""
    was, now = before.own.line, after.own.line
    if was.is_exempt != now.is_exempt:
        yield Because(Cause.EXEMPTED if now.is_exempt else Cause.NOT_EXEMPTED)
    if was.points == now.points:
        return
    old, new = before.leaf, after.leaf
    if old and new and (old.rule, old.small_group_rule, old.rollup) != (new.rule, new.small_group_rule, new.rollup):
        yield Because(Cause.RULE)
    if old and new and old.indicator != new.indicator:
        yield Because(Cause.DEFINITION)
    if was.is_small_group != now.is_small_group:
        yield Because(Cause.SMALL_GROUP)
    elif was.peers != now.peers and was.peers is not None and now.peers is not None:
        # A unit's line is compared in the unit's own group, whatever group the person stands in.
        if before.group != after.group and not now.unit:
            yield Because(Cause.OTHER_GROUP, before.group, after.group)
        else:
            yield Because(Cause.GROUP_DATA)


def _weights(before: Side, after: Side) -> Iterable[Because]:
    was, now = before.own.line, after.own.line
    if before.months != after.months and now.unit:
        yield Because(Cause.MONTHS, str(before.line.held), str(after.line.held))
    elif was.nominal != now.nominal:
        yield Because(Cause.WEIGHT, points_text(before.line.nominal, 1), points_text(after.line.nominal, 1))
    elif was.weight != now.weight:
        yield Because(Cause.REWEIGHTED, points_text(before.line.weight, 1), points_text(after.line.weight, 1))
