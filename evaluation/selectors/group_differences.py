"""A peer group in two runs: who moved, by how much and how many places, who came and who left, what was written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import Scope
from cadres.models import Posting, StatusSpell
from evaluation.matrices.events import periods_of_events
from evaluation.matrices.groups import NO_GROUP
from evaluation.matrices.values import native_reads
from evaluation.models import Exemption, GroupMember, Occurrence, Score
from evaluation.selectors.people import Who, called, who_are
from evaluation.selectors.runs_compared import TwoRuns
from evaluation.selectors.shown import ShownRun, visible_scores
from foundation.ledger.models import Entry
from intake.models import Batch, Observation
from intake.selectors.batches import visible_batches

PAGE_ROWS = 25
MOST_ENTRIES = 30


class Moved(StrEnum):
    """What became of a subject between the runs."""

    CHANGED = "changed"
    SAME = "same"
    ENTERED = "entered"
    LEFT = "left"
    CAME = "came"
    """From another group of the same run."""
    WENT = "went"
    """To another group."""
    UNSEEN = "unseen"
    """One of the two scores is not the reader's to see."""


MOVED_TEXTS: dict[Moved, str | Promise] = {
    Moved.ENTERED: gettext_lazy("新进入"),
    Moved.LEFT: gettext_lazy("退出"),
    Moved.CAME: gettext_lazy("由别组转来"),
    Moved.WENT: gettext_lazy("转到别组"),
    Moved.UNSEEN: gettext_lazy("另一次不在您的管理权限内"),
}
"""Words for who is not simply in the group both times."""


@dataclass(frozen=True)
class Standing:
    """One score, as far as two of them are compared."""

    group: str
    total: int | None
    rank: int | None
    reason: str


@dataclass(frozen=True)
class DifferenceRow:
    """A subject of the group; ``places`` are places gained."""

    subject: int
    moved: Moved
    older: Standing | None
    newer: Standing | None

    @property
    def change(self) -> int | None:
        """Change of the total in micro-points."""
        if self.older is None or self.newer is None or self.older.total is None or self.newer.total is None:
            return None
        return self.newer.total - self.older.total

    @property
    def places(self) -> int | None:
        """Places gained inside the same group."""
        if self.older is None or self.newer is None or self.older.group != self.newer.group:
            return None
        return None if self.older.rank is None or self.newer.rank is None else self.older.rank - self.newer.rank

    @property
    def key(self) -> tuple[int, int, int]:
        """Place in the list: who came or left, then the largest change; subjects with the same stand in their order."""
        is_other = self.moved not in {Moved.CHANGED, Moved.SAME}
        return (0 if is_other else 1, -abs(self.change or 0), self.subject)


@dataclass(frozen=True)
class NamedRow:
    """A row with who it is about."""

    row: DifferenceRow
    who: Who


@dataclass(frozen=True)
class EntryRow:
    """An entry between the cuts that says something about the group; ``batch_ref`` "" where no file was sent."""

    seq: int
    kind: str
    at: datetime
    batch_number: int
    batch_ref: str
    n: int


@dataclass(frozen=True)
class GroupOption:
    """A group of one of the runs in which the reader sees somebody."""

    key: str
    label: str
    is_shown: bool


@dataclass(frozen=True)
class DifferenceQuery:
    """What a reader asks; no group: the first in which anything moved. ``kind`` is "" (all), moved, entered or left."""

    group: str = ""
    kind: str = ""
    text: str = ""
    after: tuple[int, int, int] | None = None
    most: int | None = PAGE_ROWS


@dataclass(frozen=True)
class GroupDifference:
    """A page of a group's difference; counts are over all of the group that the reader sees."""

    runs: TwoRuns
    groups: tuple[GroupOption, ...]
    group: str
    rows: tuple[NamedRow, ...]
    n: int
    n_changed: int
    n_entered: int
    n_left: int
    largest: NamedRow | None
    next_after: tuple[int, int, int] | None
    n_chosen: int
    entries: tuple[EntryRow, ...]


def group_difference(scope: Scope, runs: TwoRuns, query: DifferenceQuery) -> GroupDifference | None:
    """A peer group in two runs; None where the reader sees nobody in either."""
    seen = _Seen(runs, visible_scores(scope, runs.older), visible_scores(scope, runs.newer))
    groups = _groups(seen, query.group)
    group = next((each.key for each in groups if each.is_shown), None)
    if group is None:
        return None
    seen = replace(seen, group=group)
    rows = sorted(_rows(seen), key=lambda row: row.key)
    chosen = _chosen(rows, (seen.older, seen.newer), query)
    page = [row for row in chosen if query.after is None or row.key > query.after]
    shown = page[: query.most]
    largest = max((row for row in rows if row.change), key=lambda row: abs(row.change or 0), default=None)
    named = {each.row.subject: each for each in _named(runs, [*shown, *([largest] if largest else [])])}
    return GroupDifference(
        runs=runs,
        groups=groups,
        group=group,
        rows=tuple(named[row.subject] for row in shown),
        n=len(rows),
        n_changed=sum(row.moved is Moved.CHANGED for row in rows),
        n_entered=sum(row.moved in {Moved.ENTERED, Moved.CAME} for row in rows),
        n_left=sum(row.moved in {Moved.LEFT, Moved.WENT} for row in rows),
        largest=named[largest.subject] if largest else None,
        next_after=shown[-1].key if len(page) > len(shown) else None,
        n_chosen=len(chosen),
        entries=_entries(scope, seen),
    )


@dataclass(frozen=True)
class _Seen:
    """The scores of both runs that the reader sees, and who of them stands in one group in either run."""

    runs: TwoRuns
    older: QuerySet[Score]
    newer: QuerySet[Score]
    group: str = ""

    @property
    def halves(self) -> tuple[tuple[ShownRun, QuerySet[Score]], ...]:
        """Each run with its scores."""
        return ((self.runs.older, self.older), (self.runs.newer, self.newer))

    def members(self, column: str = "subject", *, told: str = "subject") -> Q:
        """Rows whose column names a subject of the group, or (``told``) the unit in which one stands."""
        older, newer = (scores.filter(result=shown.results.get(self.group, 0)) for shown, scores in self.halves)
        return Q(**{f"{column}__in": older.values(told)}) | Q(**{f"{column}__in": newer.values(told)})


def _groups(seen: _Seen, asked: str) -> tuple[GroupOption, ...]:
    held: set[str] = set()
    for shown, scores in seen.halves:
        results = set(scores.order_by().values_list("result_id", flat=True).distinct())
        held |= {key for key, result in shown.results.items() if result in results}
    keys = sorted(held, key=lambda key: (key == NO_GROUP, key))
    first, last = seen.runs.older.results, seen.runs.newer.results
    moved = (key for key in keys if first.get(key) != last.get(key))
    chosen = asked if asked in held else next(moved, next(iter(keys), None))
    return tuple(GroupOption(key, key or _("未分组"), key == chosen) for key in keys)


def _rows(seen: _Seen) -> Iterable[DifferenceRow]:
    """Everybody whom the reader sees in this group in one of the runs, wherever they stand in the other."""
    had, has = (_standings(shown, scores.filter(seen.members())) for shown, scores in seen.halves)
    was, is_ = (_judged(shown, seen.members()) for shown, _scores in seen.halves)
    for subject in {*had, *has}:
        old, new = had.get(subject), has.get(subject)
        unseen = (old is None and subject in was) or (new is None and subject in is_)
        yield DifferenceRow(subject, Moved.UNSEEN if unseen else _moved(old, new, seen.group), old, new)


def _standings(shown: ShownRun, scores: QuerySet[Score]) -> dict[int, Standing]:
    group_of = {result: key for key, result in shown.results.items()}
    rows = scores.values_list("subject_id", "result_id", "total", "rank", "reason")
    return {subject: Standing(group_of[result], total, rank, reason) for subject, result, total, rank, reason in rows}


def _judged(shown: ShownRun, members: Q) -> set[int]:
    """Which of these the run judged at all, seen by the reader or not."""
    rows = Score.objects.filter(members, result__in=list(shown.results.values()))
    return set(rows.values_list("subject_id", flat=True))


def _moved(old: Standing | None, new: Standing | None, group: str) -> Moved:
    if old is None or new is None:
        return Moved.ENTERED if old is None else Moved.LEFT
    if old.group != new.group:
        return Moved.CAME if new.group == group else Moved.WENT
    return Moved.SAME if old == new else Moved.CHANGED


KINDS = {
    "moved": frozenset({Moved.CHANGED}),
    "entered": frozenset({Moved.ENTERED, Moved.CAME}),
    "left": frozenset({Moved.LEFT, Moved.WENT}),
}
"""Values of the filter."""


def _chosen(
    rows: Sequence[DifferenceRow], scores: Sequence[QuerySet[Score]], query: DifferenceQuery
) -> list[DifferenceRow]:
    kinds, text = KINDS.get(query.kind), query.text.strip()
    found = [row for row in rows if kinds is None or row.moved in kinds]
    if text:
        named = {pk for each in scores for pk in each.filter(called(text)).values_list("subject_id", flat=True)}
        found = [row for row in found if row.subject in named]
    return found


def _named(runs: TwoRuns, rows: Sequence[DifferenceRow]) -> Iterable[NamedRow]:
    people: dict[int, Who] = {}
    for shown, subjects in (
        (runs.older, [row.subject for row in rows if row.newer is None]),
        (runs.newer, [row.subject for row in rows if row.newer is not None]),
    ):
        scores = list(Score.objects.filter(result__in=list(shown.results.values()), subject__in=subjects))
        people |= who_are(scores, shown.basis, cut_seq=shown.run.cut_seq)
    return [NamedRow(row, people[row.subject]) for row in rows]


def _entries(scope: Scope, seen: _Seen) -> tuple[EntryRow, ...]:
    """Entries between the cuts that say or take back something about the group; of two periods none is named."""
    runs = seen.runs
    first, last = runs.older.run.cut_seq, runs.newer.run.cut_seq
    if not runs.is_same_period or first >= last:
        return ()
    counts: dict[int, int] = {}
    for rows in _read_rows(seen):
        for name in ("seq_from", "seq_to"):
            span = rows.filter(**{f"{name}__gt": first, f"{name}__lte": last}).order_by()
            for seq, n in span.values_list(name).annotate(n=Count("said_by")):
                counts[seq] = max(counts.get(seq, 0), n)
    newest = sorted(counts, reverse=True)[:MOST_ENTRIES]
    entries = Entry.objects.in_bulk(newest)
    batches = _batches(scope, [entry.withdraws_id or entry.seq for entry in entries.values()])
    return tuple(_entry(entries[seq], batches, counts[seq]) for seq in newest)


def _read_rows(seen: _Seen) -> list[QuerySet[Any]]:
    """Facts about the group: values and events in the periods that the newer run reads, posts, spells, grouping."""
    basis = seen.runs.newer.basis
    read = {native.pk for _code, _inside, native in native_reads(basis)}
    values = Observation.objects.filter(period__in=read, indicator__in=list(basis.indicators.values()))
    inside = periods_of_events(basis)
    events = [Occurrence.objects.filter(period__in=inside), Exemption.objects.filter(period__in=inside)]
    dated = [Posting.objects.all(), StatusSpell.objects.all()] if basis.is_personal else []
    regrouped = GroupMember.objects.filter(
        seen.members("unit", told="unit"), group_set__code=basis.scheme.groups.set_code
    )
    return [
        *(rows.filter(seen.members()) for rows in (values, *events)),
        *(rows.filter(seen.members("cadre")) for rows in dated),
        regrouped,
    ]


def _batches(scope: Scope, seqs: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Number of each entry's batch, and its reference if the reader may open it."""
    numbers = dict(Batch.objects.filter(entry__in=seqs).values_list("entry_id", "number"))
    refs = dict(visible_batches(scope).filter(entry__in=seqs).values_list("entry_id", "ref"))
    return {seq: (number, refs.get(seq, "")) for seq, number in numbers.items()}


def _entry(entry: Entry, batches: dict[int, tuple[int, str]], n: int) -> EntryRow:
    number, ref = batches.get(entry.withdraws_id or entry.seq, (0, ""))
    return EntryRow(entry.seq, entry.kind, entry.at, number, ref, n)
