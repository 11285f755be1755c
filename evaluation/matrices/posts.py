"""Which posts of a person count in a period, where the person stands at its end, and the months in each unit.

A scheme that names kinds of posting counts those. Any other counts main posts; of who is seconded
for at least half of the period's days, the secondments instead, so that one side judges: the host,
or home. Concurrent posts and front-line service never count beside a main post (design §6.1).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cadres.enums import PostingKind
from cadres.selectors import CLASSES, KINDS, LEVELS, PostingColumns, postings_at
from evaluation.matrices.basis import Basis, Span
from evaluation.scoring import Scheme
from evaluation.scoring.attribution import Month, Spell, days_held, months_held
from evaluation.scoring.types import Tenure

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
HOME, HOST = KINDS.index(PostingKind.MAIN), KINDS.index(PostingKind.SECONDED)


@dataclass(frozen=True)
class Attribution:
    """Months (or days) in posts: ``held`` of ``units`` belong to the members' rows ``rows``, by row and first day."""

    rows: Ints
    units: Ints
    held: Ints

    def of(self, row: int) -> list[tuple[int, int]]:
        """(unit, held) of one member, in the order of the posts."""
        at = slice(*np.searchsorted(self.rows, [row, row + 1]))
        return list(zip(self.units[at].tolist(), self.held[at].tolist(), strict=True))

    def take(self, chosen: Ints) -> Self:
        """Those of the chosen rows (ascending), numbered anew."""
        at = np.isin(self.rows, chosen)
        return type(self)(np.searchsorted(chosen, self.rows[at]), self.units[at], self.held[at])

    def without(self, rows: Ints) -> Self:
        """The same without those of some rows; nobody is numbered anew."""
        kept = ~np.isin(self.rows, rows)
        return type(self)(self.rows[kept], self.units[kept], self.held[kept])


@dataclass(frozen=True)
class Posts:
    """The postings that a scheme looks at, by cadre and first day, and what each is for; all are places in ``columns``.

    ``belongs`` fit the scheme's population. ``counted`` give months. ``at_end`` is where each
    person stands at the period's end, if that belongs; ``seconded_out`` the home post of who
    would belong by it and is judged by a host whose post does not. A person is in one at most.
    """

    columns: PostingColumns
    belongs: Bools
    counted: Ints
    at_end: Ints
    seconded_out: Ints

    def spells(self, at: Any) -> list[Spell]:
        """Days of these posts."""
        starts, ends = self.columns.starts[at].tolist(), self.columns.ends[at].tolist()
        return [Spell(first, last) for first, last in zip(starts, ends, strict=True)]

    def of(self, cadre: int) -> Ints:
        """All posts of one person."""
        return rows_of(self.columns.cadres, cadre)


def posts_at(basis: Basis, *, cut_seq: int, cadres: Collection[int] | None = None) -> Posts:
    """The posts of everybody, or of these cadres, at a cut."""
    period, scheme = basis.period, basis.scheme
    tenure = scheme.tenure or Tenure()
    named = scheme.population.posting_kinds
    columns = postings_at(
        cut_seq=cut_seq,
        kinds=named or (PostingKind.MAIN.value, PostingKind.SECONDED.value),
        first=min(period.starts_on, period.ends_on - timedelta(days=tenure.in_post_days)),
        last=period.ends_on,
        cadres=cadres,
    )
    belongs = _belongs(columns, scheme, basis.units)
    inside = (columns.starts <= period.last) & (columns.ends >= period.first)
    hosted = np.empty(0, np.int64) if named else _hosted(columns, inside, period)
    is_hosted = np.isin(columns.cadres, hosted)
    is_counted = inside if named else inside & (columns.kinds == np.where(is_hosted, HOST, HOME))
    at_end = _last_of_each(columns, np.flatnonzero(is_counted), period)
    stays = belongs[at_end]
    out = np.isin(columns.cadres, columns.cadres[at_end[~stays]]) & is_hosted & inside & (columns.kinds == HOME)
    home = _last_of_each(columns, np.flatnonzero(out), period)
    return Posts(columns, belongs, np.flatnonzero(is_counted), at_end[stays], home[belongs[home]])


def attribution(posts: Posts, subjects: Ints, basis: Basis) -> Attribution:
    """Months (or days) of these persons (ascending) in each unit; who is not counted has none."""
    months, period, columns = months_of(basis.period.starts_on, basis.period.ends_on), basis.period, posts.columns
    by_days = basis.scheme.tenure is not None and basis.scheme.tenure.weigh == "days"
    whole = period.last - period.first + 1 if by_days else len(months)
    counted = posts.counted
    own = columns.cadres[counted]
    is_all = (columns.starts[counted] <= period.first) & (columns.ends[counted] >= period.last)
    # Most people hold one post all along: their months are those of the period.
    at, times = np.searchsorted(own, subjects), np.searchsorted(own, subjects, "right") - np.searchsorted(own, subjects)
    steady = np.flatnonzero(times == 1)
    steady = steady[is_all[at[steady]]]
    found = [np.stack([steady, columns.units[counted[at[steady]]], np.full(len(steady), whole)], axis=1)]
    for row in np.setdiff1d(np.flatnonzero(times), steady).tolist():
        mine = counted[rows_of(own, int(subjects[row]))]
        spells = posts.spells(mine)
        held = days_held(spells, period.first, period.last) if by_days else months_held(spells, months)
        units = zip(columns.units[mine].tolist(), held, strict=True)
        found.append(np.array([(row, unit, part) for unit, part in units if part], np.int64).reshape(-1, 3))
    table = np.concatenate(found)
    return Attribution(*np.ascontiguousarray(table[np.argsort(table[:, 0], kind="stable")].T))


def months_of(first: date, last: date) -> list[Month]:
    """The calendar months of a period, cut to its days.

    >>> len(months_of(date(2026, 4, 1), date(2026, 6, 30)))
    3
    """
    months, begins = [], first
    while begins <= last:
        next_first = (begins.replace(day=1) + timedelta(days=32)).replace(day=1)
        ends = min(last, next_first - timedelta(days=1))
        months.append(Month(begins.toordinal(), ends.toordinal()))
        begins = next_first
    return months


def rows_of(cadres: Ints, subject: int) -> Ints:
    """Where one subject's rows stand in a column that is sorted by cadre."""
    return np.arange(*np.searchsorted(cadres, [subject, subject + 1]))


def days_covered(starts: Ints, ends: Ints, first: int, last: int) -> int:
    """Days from the first to the last that any of the spells covers, both ends inside; shared days count once."""
    days = np.zeros(last - first + 1, np.bool_)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        days[max(0, start - first) : max(0, end - first + 1)] = True
    return int(days.sum())


def _belongs(posts: PostingColumns, scheme: Scheme, units: Mapping[int, object]) -> Bools:
    """Posts that fit the scheme's population; kinds of posting were chosen by the query."""
    rule = scheme.population
    fits = np.ones(len(posts.cadres), np.bool_)
    if rule.levels:
        fits &= np.isin(posts.levels, [LEVELS.index(level) for level in rule.levels if level in LEVELS])
    if rule.post_classes:
        fits &= np.isin(posts.classes, [CLASSES.index(each) for each in rule.post_classes])
    if rule.unit_kinds:
        fits &= np.isin(posts.units, list(units))
    return fits


def _hosted(posts: PostingColumns, inside: Bools, period: Span) -> Ints:
    """Cadres who are seconded for at least half of the period's days, whatever the number of secondments."""
    seconded = np.flatnonzero(inside & (posts.kinds == HOST))
    found = []
    for cadre in np.unique(posts.cadres[seconded]).tolist():
        own = seconded[posts.cadres[seconded] == cadre]
        if 2 * days_covered(posts.starts[own], posts.ends[own], period.first, period.last) >= period.n_days:
            found.append(cadre)
    return np.array(found, np.int64)


def _last_of_each(posts: PostingColumns, counted: Ints, period: Span) -> Ints:
    """Of each cadre the post held last in the period, of two the one that began later; by cadre."""
    cadres, lasts = posts.cadres[counted], np.minimum(posts.ends[counted], period.last)
    order = counted[np.lexsort((counted, posts.starts[counted], lasts, cadres))]
    is_last = np.append(posts.cadres[order][1:] != posts.cadres[order][:-1], True)[: len(order)]
    return np.asarray(order[is_last])
