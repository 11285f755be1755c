"""Who is judged at a cut: subjects with unit, level, group and standing, and their months in each unit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cadres.enums import PostingKind, SpellKind
from cadres.selectors import CLASSES, LEVELS, SPELLS, PostingColumns, SpellColumns, postings_at, spells_at
from evaluation.matrices.basis import Basis
from evaluation.matrices.groups import NO_GROUP, WHOLE, group_of_units
from evaluation.scoring import Scheme, Standing
from evaluation.scoring.attribution import Month, Spell, days_held, is_tenure_short, months_held
from evaluation.scoring.types import Tenure

Ints = NDArray[np.int64]
ABSENCES = (SpellKind.LEAVE, SpellKind.ILLNESS, SpellKind.MATERNITY)
NO_LEVEL = -1


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


@dataclass(frozen=True)
class Members:
    """The population of a scheme, by subject; ``units`` and ``levels`` stand at the period's end.

    ``levels`` are places in ``cadres.selectors.LEVELS``, -1 for a unit. The group of who has
    none is empty, and so is its standing.
    """

    subjects: Ints
    units: Ints
    levels: Ints
    groups: tuple[str, ...]
    standings: NDArray[np.int8]
    attribution: Attribution

    def take(self, chosen: Ints) -> Self:
        """The chosen rows, ascending."""
        return type(self)(
            subjects=self.subjects[chosen],
            units=self.units[chosen],
            levels=self.levels[chosen],
            groups=tuple(self.groups[at] for at in chosen.tolist()),
            standings=self.standings[chosen],
            attribution=self.attribution.take(chosen),
        )

    def where(self, is_chosen: Callable[[str], bool]) -> Self:
        """The members whose group is chosen."""
        return self.take(np.array([at for at, group in enumerate(self.groups) if is_chosen(group)], np.int64))

    def level_names(self) -> list[str]:
        """Each member's post level in words, empty for units."""
        return [LEVELS[at] if at >= 0 else "" for at in self.levels.tolist()]

    def sizes(self) -> dict[str, int]:
        """Members of each group, groups in order of their names."""
        return {group: self.groups.count(group) for group in sorted(set(self.groups))}


def members_at(basis: Basis, *, cut_seq: int, subject: int | None = None) -> Members:
    """The population at a cut; of one subject alone if it is named."""
    groups = _grouping(basis, cut_seq)
    if basis.is_personal:
        return _persons(basis, cut_seq, groups, subject)
    return _units(basis, groups, subject)


def _grouping(basis: Basis, cut_seq: int) -> Callable[[int], str]:
    set_code = basis.scheme.groups.set_code
    if not set_code:
        return lambda unit: WHOLE
    known = group_of_units(set_code=set_code, cut_seq=cut_seq, on=basis.period.ends_on)
    return lambda unit: known.get(unit, NO_GROUP)


def _units(basis: Basis, group_of: Callable[[int], str], subject: int | None) -> Members:
    here = [
        unit
        for unit, (_, first, last) in sorted(basis.units.items())
        if first <= basis.period.last and last >= basis.period.first and subject in (None, unit)
    ]
    groups = tuple(group_of(unit) for unit in here)
    none = np.empty(0, np.int64)
    return Members(
        subjects=np.array(here, np.int64),
        units=np.array(here, np.int64),
        levels=np.full(len(here), NO_LEVEL, np.int64),
        groups=groups,
        standings=_without_group(np.zeros(len(here), np.int8), groups),
        attribution=Attribution(none, none, none),
    )


def _without_group(standings: NDArray[np.int8], groups: tuple[str, ...]) -> NDArray[np.int8]:
    lacks = np.array([group == NO_GROUP for group in groups], np.bool_)
    return np.where(lacks & (standings == Standing.IN), np.int8(Standing.NO_GROUP), standings)


def _persons(basis: Basis, cut_seq: int, group_of: Callable[[int], str], subject: int | None) -> Members:
    scheme, period = basis.scheme, basis.period
    tenure = scheme.tenure or Tenure()
    cadres = None if subject is None else [subject]
    posts = postings_at(
        cut_seq=cut_seq,
        kinds=_counted_kinds(scheme),
        first=min(period.starts_on, period.ends_on - timedelta(days=tenure.in_post_days)),
        last=period.ends_on,
        cadres=cadres,
    )
    spells = spells_at(cut_seq=cut_seq, first=period.starts_on, last=period.ends_on, cadres=cadres)
    counted = np.flatnonzero((posts.starts <= period.last) & (posts.ends >= period.first))
    belongs = _belongs(posts, scheme, basis.units)
    # Sorted by cadre and first day: a cadre's last counted post is the last of its run.
    is_last = np.append(posts.cadres[counted][1:] != posts.cadres[counted][:-1], True)[: len(counted)]
    at_end = counted[is_last]
    at_end = at_end[belongs[at_end]]
    subjects, units = posts.cadres[at_end], posts.units[at_end]
    groups = tuple(group_of(unit) for unit in units.tolist())
    standings = _tenure_standings(posts, belongs, subjects, tenure, basis)
    standings = _spell_standings(standings, spells, subjects, basis)
    return Members(
        subjects=subjects,
        units=units,
        levels=posts.levels[at_end],
        groups=groups,
        standings=_without_group(standings, groups),
        attribution=_attribution(posts, counted, subjects, tenure, basis),
    )


def attribution_of(basis: Basis, *, cut_seq: int, subjects: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """(unit, months or days held) of each of these persons in the period, in the order of the posts."""
    tenure, period = basis.scheme.tenure or Tenure(), basis.period
    posts = postings_at(
        cut_seq=cut_seq,
        kinds=_counted_kinds(basis.scheme),
        first=period.starts_on,
        last=period.ends_on,
        cadres=subjects,
    )
    ascending = np.array(sorted(subjects), np.int64)
    given = _attribution(posts, np.arange(len(posts.cadres)), ascending, tenure, basis)
    return {subject: given.of(row) for row, subject in enumerate(ascending.tolist())}


def _counted_kinds(scheme: Scheme) -> tuple[str, ...]:
    return scheme.population.posting_kinds or (PostingKind.MAIN.value,)


def _belongs(posts: PostingColumns, scheme: Scheme, units: Mapping[int, tuple[str, int, int]]) -> NDArray[np.bool_]:
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


def _rows_of(cadres: Ints, subject: int) -> Ints:
    """Where one subject's rows stand in a column that is sorted by cadre."""
    return np.arange(*np.searchsorted(cadres, [subject, subject + 1]))


def _spells(posts: PostingColumns, at: Any) -> list[Spell]:
    return [Spell(a, b) for a, b in zip(posts.starts[at].tolist(), posts.ends[at].tolist(), strict=True)]


def _tenure_standings(
    posts: PostingColumns, belongs: NDArray[np.bool_], subjects: Ints, tenure: Tenure, basis: Basis
) -> NDArray[np.int8]:
    first, last = basis.period.first, basis.period.last
    standings = np.zeros(len(subjects), np.int8)
    if not tenure.in_post_days and not tenure.in_period:
        return standings
    since = min(first, last - tenure.in_post_days + 1)
    # Most people hold one post all along: no need to look at their days.
    steady = posts.cadres[belongs & (posts.starts <= since) & (posts.ends >= last)]
    for row in np.flatnonzero(~np.isin(subjects, steady)).tolist():
        at = _rows_of(posts.cadres, int(subjects[row]))
        if is_tenure_short(_spells(posts, at[belongs[at]]), tenure, first, last):
            standings[row] = Standing.TENURE_SHORT
    return standings


def _spell_standings(
    standings: NDArray[np.int8], spells: SpellColumns, subjects: Ints, basis: Basis
) -> NDArray[np.int8]:
    leave_out, period = basis.scheme.population.leave_out, basis.period
    out = standings.copy()
    if "absent_over_half" in leave_out:
        absent = np.isin(spells.kinds, [SPELLS.index(kind) for kind in ABSENCES])
        for cadre in np.unique(spells.cadres[absent]).tolist():
            own = absent & (spells.cadres == cadre)
            days = _days_covered(spells.starts[own], spells.ends[own], period.first, period.last)
            if 2 * days > period.last - period.first + 1:
                out[subjects == cadre] = Standing.ABSENT_OVER_HALF
    if "probation" in leave_out:
        at_end = (spells.kinds == SPELLS.index(SpellKind.PROBATION)) & (spells.ends >= period.last)
        out[np.isin(subjects, spells.cadres[at_end])] = Standing.PROBATION
    return out


def _days_covered(starts: Ints, ends: Ints, first: int, last: int) -> int:
    days = np.zeros(last - first + 1, np.bool_)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        days[max(0, start - first) : max(0, end - first + 1)] = True
    return int(days.sum())


def _attribution(posts: PostingColumns, counted: Ints, subjects: Ints, tenure: Tenure, basis: Basis) -> Attribution:
    months, period = months_of(basis.period.starts_on, basis.period.ends_on), basis.period
    by_days = tenure.weigh == "days"
    whole = period.last - period.first + 1 if by_days else len(months)
    own = posts.cadres[counted]
    is_all = (posts.starts[counted] <= period.first) & (posts.ends[counted] >= period.last)
    # Most people hold one post all along: their months are those of the period.
    at, times = np.searchsorted(own, subjects), np.searchsorted(own, subjects, "right") - np.searchsorted(own, subjects)
    steady = np.flatnonzero(times == 1)
    steady = steady[is_all[at[steady]]]
    found = [np.stack([steady, posts.units[counted[at[steady]]], np.full(len(steady), whole)], axis=1)]
    for row in np.setdiff1d(np.flatnonzero(times), steady).tolist():
        mine = counted[_rows_of(own, int(subjects[row]))]
        spells = _spells(posts, mine)
        held = days_held(spells, period.first, period.last) if by_days else months_held(spells, months)
        units = zip(posts.units[mine].tolist(), held, strict=True)
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
