"""What goes into the engine and what comes out: frozen dataclasses over integer arrays.

Shapes: ``n`` subjects of one peer group, ``m`` leaves of the scheme in document
order (index leaves among them), ``p`` parts (nodes and leaves in preorder), ``k``
codes of ``adjust``, ``g`` gates, each in the order of the document. All numbers are
int64; points are micro-points (1 point = 1,000,000); weights are fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evaluation.scoring.peers import LeafStats

Int64s = NDArray[np.int64]
Int8s = NDArray[np.int8]
Bools = NDArray[np.bool_]

NO_TOTAL = int(np.iinfo(np.int64).min)
PART_MISSING = NO_TOTAL
PART_NOT_APPLICABLE = NO_TOTAL + 1
NO_BAND = -1
HIDDEN_BAND = -2


class LeafState(IntEnum):
    """Whether a leaf has a value; NO_TARGET and NO_UNIT_TOTAL are missing, and say why."""

    PRESENT = 0
    MISSING = 1
    NOT_APPLICABLE = 2
    NO_TARGET = 3
    NO_UNIT_TOTAL = 4


class Substitute(IntEnum):
    """What counts in place of a missing value; the state stays what it is, and so does the coverage."""

    NONE = 0
    MEDIAN = 1
    ZERO = 2


class Standing(IntEnum):
    """Whether the subject may have an index at all; what is not IN also shapes no peer statistics."""

    IN = 0
    PROBATION = 1
    ABSENT_OVER_HALF = 2
    TENURE_SHORT = 3
    NO_GROUP = 4
    SECONDED_OUT = 5


class Reason(StrEnum):
    """Why there is no total. A void gate's own code (such as G02) goes before all of these."""

    LEFT_OUT_PROBATION = "LEFT_OUT_PROBATION"
    LEFT_OUT_ABSENT = "LEFT_OUT_ABSENT"
    TENURE_SHORT = "TENURE_SHORT"
    NO_GROUP = "NO_GROUP"
    REQUIRED_MISSING = "REQUIRED_MISSING"
    LOW_COVERAGE = "LOW_COVERAGE"
    SECONDED_OUT = "SECONDED_OUT"


# ---- the scheme: what scheme.parse() makes of a document -------------------------------


@dataclass(frozen=True, slots=True)
class IndicatorDef:
    """What a scheme must know of an indicator. ``low``, ``high`` and stored options are in units of 10^-places."""

    code: str
    subject_kind: str
    places: int
    low: int | None
    high: int | None
    direction: str
    native_period: str
    options: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LeafRule:
    """How a leaf turns a value into points; ``steps`` are (from, points) of bands or (stored, points) of options."""

    kind: str
    numbers: Mapping[str, Fraction] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    steps: tuple[tuple[Fraction, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that reads one column of the rows: an indicator, or the total of a unit index.

    What is missing is first carried forward, then takes the median of the group, then counts
    as zero with a reason, or blocks the total, or leaves its weight to its siblings.
    """

    key: str
    tag: str
    weight: Fraction
    path: str
    position: int
    column: int
    indicator: IndicatorDef | None
    index: tuple[str, ...]
    rollup: str
    carry_periods: int
    is_required: bool
    rule: LeafRule
    small_group_rule: LeafRule | None
    takes_median: bool = False
    zero_reason: str = ""

    @property
    def places(self) -> int:
        """Decimals of the column's stored values; an index leaf holds micro-points."""
        return self.indicator.places if self.indicator else 6

    @property
    def less_is_better(self) -> bool:
        """By the direction of the indicator; a unit's total is always the more the better."""
        return self.indicator is not None and self.indicator.direction == "-"


@dataclass(frozen=True, slots=True)
class Node:
    """A part that is the mean of other parts."""

    key: str
    tag: str
    weight: Fraction
    path: str
    position: int
    how: str
    parts: tuple[Part, ...]


Part = Node | Leaf


@dataclass(frozen=True, slots=True)
class Population:
    """Who belongs to the scheme; an empty tuple does not restrict."""

    unit_kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    post_classes: tuple[str, ...] = ()
    posting_kinds: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenure:
    """How posts are weighed, and how long one must have been in post to have an index."""

    weigh: str = "months"
    in_post_days: int = 0
    in_period: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The peer groups; ``set_code`` is empty when the whole population is one group."""

    set_code: str = ""
    by: str = ""
    min_size: int = 5


@dataclass(frozen=True, slots=True)
class Output:
    """The scale and the shown digits of a total, and how it is ranked and banded."""

    max_micro: int
    show: int
    rank_on_shown: bool
    band_on_shown: bool
    ascending: bool
    tie_break: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """Bounds in micro-points, both inside."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points of occurrences: clipped per code, then their sum."""

    items: tuple[tuple[str, Clip], ...] = ()
    total: Clip = Clip(0, 0)


@dataclass(frozen=True, slots=True)
class Gate:
    """A bottom line: caps the band at ``band`` (a position in the scheme's bands), hides it, or voids the index."""

    code: str
    effect: str
    band: int
    reason: str


@dataclass(frozen=True, slots=True)
class Band:
    """A step of the index; ``floor_micro`` is on the scale of the output."""

    key: str
    zh: str
    floor_micro: int


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A share of a body that may be proposed for a band; ``quotas.draw`` draws it."""

    band: str
    at_most: Fraction
    base: str
    over: str
    rounding: str
    pool_bodies_under: int = 0


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme document that was read without a fault."""

    code: str
    name_zh: str
    name_en: str
    basis: str
    subject: str
    period: str
    population: Population
    tenure: Tenure | None
    groups: Grouping
    coverage_floor: Fraction
    output: Output
    tree: Node
    parts: tuple[Part, ...]
    leaves: tuple[Leaf, ...]
    adjust: Adjustment
    gates: tuple[Gate, ...]
    bands: tuple[Band, ...]
    quota: tuple[QuotaLine, ...]


# ---- in -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rows:
    """The matrix of one peer group.

    Attributes
    ----------
    subjects : int64 (n,)
    values, counts : int64 (n, m)
        A rolled-up value is ``values / counts`` in units of 10^-places: the sum of the
        native values, and 1 for last and sum, their number for mean. For an index leaf
        (places 6) either micro-points over 1 or sum(months x total) over sum(months).
    targets, target_counts : int64 (n, m)
        The same for the target; count 0 means no target.
    states : int8 (n, m), of LeafState
        PRESENT, MISSING, NOT_APPLICABLE, or NO_UNIT_TOTAL. NO_TARGET is found by ``score``.
    carried : int8 (n, m)
        Scheme periods that the value was carried forward; 0 = of this period.
    occurrences : int64 (n, k)
        Micro-points summed per code of ``adjust``, exempt ones already left out.
    gates : bool (n, g)
        Gates in effect, exempt ones already left out.
    exempt : bool (n, m)
        Leaves that take the better of their own score and their siblings' mean.
    standings : int8 (n,), of Standing
    """

    subjects: Int64s
    values: Int64s
    counts: Int64s
    targets: Int64s
    target_counts: Int64s
    states: Int8s
    carried: Int8s
    occurrences: Int64s
    gates: Bools
    exempt: Bools
    standings: Int8s

    @classmethod
    def blank(cls, subjects: Sequence[int] | Int64s, scheme: Scheme) -> Self:
        """Rows in which every leaf is missing, to be filled column by column."""
        subjects = np.array(subjects, dtype=np.int64)
        wide = (len(subjects), len(scheme.leaves))
        return cls(
            subjects=subjects,
            values=np.zeros(wide, np.int64),
            counts=np.ones(wide, np.int64),
            targets=np.zeros(wide, np.int64),
            target_counts=np.zeros(wide, np.int64),
            states=np.full(wide, LeafState.MISSING, np.int8),
            carried=np.zeros(wide, np.int8),
            occurrences=np.zeros((len(subjects), len(scheme.adjust.items)), np.int64),
            gates=np.zeros((len(subjects), len(scheme.gates)), np.bool_),
            exempt=np.zeros(wide, np.bool_),
            standings=np.zeros(len(subjects), np.int8),
        )

    def take(self, at: Sequence[int] | NDArray[Any] | slice) -> Self:
        """The chosen rows, in the chosen order."""
        return type(self)(**{name: getattr(self, name)[at] for name in self.__dataclass_fields__})


# ---- out ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scored:
    """What ``score`` gives, row by row in the order of the rows.

    Attributes
    ----------
    subjects : int64 (n,)
    totals : int64 (n,)
        Micro-points on the scale of the output, or NO_TOTAL.
    parts : int64 (n, p)
        Micro-points (0 to 100 points) of every node and leaf in preorder, after
        exemptions, or PART_MISSING, or PART_NOT_APPLICABLE.
    states : int8 (n, m)
        As given, and NO_TARGET where a target was needed.
    substitutes : int8 (n, m), of Substitute
        What the document lets count where nothing is present.
    coverage : int64 (n,)
        Micro-percent.
    bands : int8 (n,)
        Position in the scheme's bands, or NO_BAND (no total), or HIDDEN_BAND.
    reasons : int16 (n,)
        Code of why there is no total; ``reason_texts`` names it.
    small_group : bool (m,)
        Leaves for which ``in_small_group`` was in force.
    """

    subjects: Int64s
    totals: Int64s
    parts: Int64s
    states: Int8s
    substitutes: Int8s
    coverage: Int64s
    bands: Int8s
    reasons: NDArray[np.int16]
    small_group: Bools

    @property
    def has_total(self) -> Bools:
        """Which rows have a total, (n,)."""
        return np.asarray(self.totals != NO_TOTAL, np.bool_)


@dataclass(frozen=True, slots=True)
class Placed:
    """Ranks in the group, in the order of the rows; 0 = not ranked."""

    ranks: Int64s


class LineKind(StrEnum):
    """What a line of the waterfall stands for."""

    LEAF = "leaf"
    OCCURRENCE = "occurrence"
    NET_CLIP = "adjust.total"
    MAX_CLIP = "output.max"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the explanation; the contributions of all lines sum to the total.

    ``value / count`` and ``target / target_count`` are in units of 10^-places (the median
    of the group where that stands in for a missing value); ``points``
    are micro-points of the leaf, None when it has none. ``weight`` is the share of the
    tree (0 to 1) that the leaf really had after reweighting, ``nominal`` the share that
    the document gives. ``contribution`` is in micro-points of the total, None when there
    is no total. ``unit`` names the unit whose line it is where an index leaf was
    expanded; 0 on the subject's own lines.
    """

    kind: LineKind
    key: str
    parent: str = ""
    tag: str = ""
    indicator: str = ""
    index: tuple[str, ...] = ()
    value: int = 0
    count: int = 1
    target: int = 0
    target_count: int = 0
    places: int = 0
    state: LeafState = LeafState.PRESENT
    carried: int = 0
    points: int | None = None
    weight: Fraction = Fraction(0)
    nominal: Fraction = Fraction(0)
    contribution: int | None = 0
    substitute: Substitute = Substitute.NONE
    zero_reason: str = ""
    is_small_group: bool = False
    is_exempt: bool = False
    peers: LeafStats | None = None
    unit: int = 0


class ScoringError(Exception):
    """Input that the engine cannot score; ``code`` is stable, ``facts`` say where."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts
