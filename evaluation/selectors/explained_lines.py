"""The engine's lines as a page tells them: names, measures, numbers, events and cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from django.utils.functional import Promise
from django.utils.translation import gettext as text_now
from django.utils.translation import gettext_lazy as _

from evaluation.matrices.basis import Basis, IndicatorNames
from evaluation.matrices.events import exempted_at, occurrences_at
from evaluation.models import Occurrence
from evaluation.scoring import LeafState, Line, LineKind, Substitute
from evaluation.scoring.types import Leaf, LeafRule
from evaluation.selectors.cells import Cell, CellFinder, options_of
from evaluation.selectors.peer_facts import PeerFacts, peer_facts
from evaluation.selectors.people import UnitName, unit_names
from evaluation.selectors.waterfalls import OwnLine
from foundation.web.figures import decimal_text

HALF = Fraction(1, 2)
STATES: dict[LeafState, str | Promise] = {
    LeafState.PRESENT: "",
    LeafState.MISSING: _("未报"),
    LeafState.NOT_APPLICABLE: _("不适用"),
    LeafState.NO_TARGET: _("没有目标值"),
    LeafState.NO_UNIT_TOTAL: _("单位没有得分"),
}


@dataclass(frozen=True)
class ExplainedLine:
    """One line of the waterfall. ``anchor`` names it in addresses; weights are micro-percent of the whole.

    ``start`` is the sum of the contributions above it, ``lost`` what its weight could still have
    given. ``cells`` are the observations it was made of, newest last; ``facts`` the events.
    ``substitute`` says what counts in place of a missing value (none, median, zero), and
    ``zero_reason`` why it may be zero; ``peers`` is the group that it was compared with.
    """

    anchor: str
    kind: str
    key: str
    code: str
    name: str
    measure: str
    method: str
    method_used: str
    unit_code: str
    unit_name: str
    held: int
    value_text: str
    target_text: str
    state: str
    state_text: str
    carried: int
    substitute: str
    zero_reason: str
    peers: PeerFacts | None
    less_is_better: bool
    places: int
    points: int | None
    weight: int
    nominal: int
    contribution: int | None
    start: int
    lost: int
    is_small_group: bool
    is_exempt: bool
    cells: tuple[Cell, ...]
    facts: tuple[str, ...]


def explained_lines(own: Sequence[OwnLine]) -> Iterable[tuple[str, ExplainedLine]]:
    """(tag, line) in the order of the engine; ``start`` is still 0, the page stacks them."""
    return _Presenter(own).lines()


class _Presenter:
    """Turns the engine's lines into the page's, with one look-up each for all of them."""

    def __init__(self, own: Sequence[OwnLine]) -> None:
        self.own = own
        self.units: dict[int, UnitName] = {}
        for basis, units in _units_by_basis(own):
            self.units |= unit_names(basis, units)
        self.cells = CellFinder(own)
        self.events = self._events()

    def lines(self) -> Iterable[tuple[str, ExplainedLine]]:
        """(tag, line) in the order of the engine."""
        for each in self.own:
            yield each.line.tag, self._line(each)

    def _line(self, each: OwnLine) -> ExplainedLine:
        line, scale = each.line, each.shown.scheme.output.max_micro
        indicator, unit = each.shown.basis.names.get(line.indicator), self.units.get(line.unit)
        weight, could = _micro_percent(line.weight), floor(line.weight * scale + HALF)
        has_points = line.kind is LineKind.LEAF and line.points is not None
        has_value = has_points and line.substitute is not Substitute.ZERO
        leaf = next((leaf for leaf in each.shown.scheme.leaves if leaf.key == line.key), None)
        return ExplainedLine(
            anchor=f"{unit.code}.{line.key}" if unit else line.key,
            kind=line.kind.value,
            key=line.key,
            code=line.indicator or line.key,
            name=self._name(each, indicator),
            measure=indicator.measure if indicator else "",
            method=leaf.rule.kind if leaf else "",
            method_used=rule.kind if (rule := _rule_used(leaf, line)) else "",
            unit_code=unit.code if unit else "",
            unit_name=unit.name if unit else "",
            held=each.held,
            value_text=_value(each) if has_value else "",
            target_text=_number(line.target, line.target_count, line.places) if line.target_count else "",
            state=line.state.name.lower(),
            state_text=str(STATES[line.state]),
            carried=line.carried,
            substitute=line.substitute.name.lower(),
            zero_reason=line.zero_reason,
            peers=peer_facts(line, rule, less_is_better=leaf.less_is_better) if leaf else None,
            less_is_better=leaf is not None and leaf.less_is_better,
            places=line.places,
            points=line.points,
            weight=weight,
            nominal=_micro_percent(line.nominal),
            contribution=line.contribution,
            start=0,
            lost=max(0, could - (line.contribution or 0)) if has_points else 0,
            is_small_group=line.is_small_group,
            is_exempt=line.is_exempt,
            cells=self.cells.of(each),
            facts=self.events.get((each.shown.run.pk, each.subject, line.key), ()),
        )

    def _name(self, each: OwnLine, indicator: IndicatorNames | None) -> str:
        names = {LineKind.NET_CLIP: text_now("加减分合计限幅"), LineKind.MAX_CLIP: text_now("总分限幅")}
        if each.line.kind in names:
            return names[each.line.kind]
        if indicator is not None:
            return indicator.name
        return text_now("单位得分") if each.line.index else text_now("加减分事项 %(code)s") % {"code": each.line.key}

    def _events(self) -> Mapping[tuple[int, int, str], tuple[str, ...]]:
        booked = {(each.shown.run.pk, each.subject): each for each in self.own if each.line.kind is LineKind.OCCURRENCE}
        found: dict[tuple[int, int, str], tuple[str, ...]] = {}
        for (run, subject), each in booked.items():
            exempted = exempted_at(each.shown.basis, cut_seq=each.shown.run.cut_seq)
            for event in occurrences_at(each.shown.basis, cut_seq=each.shown.run.cut_seq).filter(subject=subject):
                at = (run, subject, event.code)
                found[at] = (*found.get(at, ()), _event_text(event, is_exempt=event.ref in exempted.occurrences))
        return found


def _units_by_basis(own: Sequence[OwnLine]) -> Iterable[tuple[Basis, set[int]]]:
    """The units of expanded lines, by the unit run that their lines come from."""
    found: dict[int, tuple[Basis, set[int]]] = {}
    for each in own:
        if each.line.unit:
            found.setdefault(each.shown.run.pk, (each.shown.basis, set()))[1].add(each.line.unit)
    return found.values()


def _value(each: OwnLine) -> str:
    """The value in digits, or the label of the option that the run knew for it."""
    line = each.line
    for label, stored in options_of(each):
        if line.count == 1 and stored == line.value:
            return label
    return _number(line.value, line.count, line.places)


def _event_text(event: Occurrence, *, is_exempt: bool) -> str:
    points = decimal_text(event.points or 0, 6).rstrip("0").rstrip(".")
    text = f"{event.source_text}（{points}）"
    return text_now("%(event)s，经容错认定不计入") % {"event": text} if is_exempt else text


def _rule_used(leaf: Leaf | None, line: Line) -> LeafRule | None:
    """The rule that gave a leaf its points."""
    if leaf is None:
        return None
    return (leaf.small_group_rule if line.is_small_group else None) or leaf.rule


def _micro_percent(share: Fraction) -> int:
    return floor(share * 100_000_000 + HALF)


def _number(over: int, under: int, places: int) -> str:
    return decimal_text((2 * over + under) // (2 * under), places)
