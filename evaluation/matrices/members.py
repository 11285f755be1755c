"""Who is judged at a cut: subjects with unit, level, group and standing, and their months in each unit."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cadres.enums import SpellKind
from cadres.selectors import LEVELS, SPELLS, SpellColumns, spells_at
from evaluation.matrices.basis import Basis
from evaluation.matrices.groups import NO_GROUP, WHOLE, group_of_units
from evaluation.matrices.posts import Attribution, Posts, attribution, days_covered, posts_at
from evaluation.scoring import Standing
from evaluation.scoring.attribution import is_tenure_short
from evaluation.scoring.types import Tenure

Ints = NDArray[np.int64]
ABSENCES = (SpellKind.LEAVE, SpellKind.ILLNESS, SpellKind.MATERNITY)
NO_LEVEL = -1


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


def members_at(basis: Basis, *, cut_seq: int, subjects: Collection[int] | None = None) -> Members:
    """The population at a cut; of these subjects alone if they are named."""
    groups = _grouping(basis, cut_seq)
    if basis.is_personal:
        return _persons(basis, cut_seq, groups, subjects)
    return _units(basis, groups, subjects)


def _grouping(basis: Basis, cut_seq: int) -> Callable[[int], str]:
    set_code = basis.scheme.groups.set_code
    if not set_code:
        return lambda unit: WHOLE
    known = group_of_units(set_code=set_code, cut_seq=cut_seq, on=basis.period.ends_on)
    return lambda unit: known.get(unit, NO_GROUP)


def _units(basis: Basis, group_of: Callable[[int], str], chosen: Collection[int] | None) -> Members:
    here = [
        unit
        for unit, known in sorted(basis.units.items())
        if known.first <= basis.period.last and known.last >= basis.period.first and (chosen is None or unit in chosen)
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


def _persons(basis: Basis, cut_seq: int, group_of: Callable[[int], str], chosen: Collection[int] | None) -> Members:
    period = basis.period
    posts = posts_at(basis, cut_seq=cut_seq, cadres=chosen)
    spells = spells_at(cut_seq=cut_seq, first=period.starts_on, last=period.ends_on, cadres=chosen)
    places = np.sort(np.concatenate([posts.at_end, posts.seconded_out]))
    subjects, units = posts.columns.cadres[places], posts.columns.units[places]
    groups = tuple(group_of(unit) for unit in units.tolist())
    standings = _tenure_standings(posts, subjects, basis)
    standings = _spell_standings(standings, spells, subjects, basis)
    is_out = np.isin(places, posts.seconded_out)
    standings[is_out] = Standing.SECONDED_OUT
    given = attribution(posts, subjects, basis)
    return Members(
        subjects=subjects,
        units=units,
        levels=posts.columns.levels[places],
        groups=groups,
        standings=_without_group(standings, groups),
        attribution=given.without(np.flatnonzero(is_out)),
    )


def attribution_of(basis: Basis, *, cut_seq: int, subjects: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """(unit, months or days held) of each of these persons in the period, in the order of the posts."""
    ascending = np.array(sorted(subjects), np.int64)
    given = attribution(posts_at(basis, cut_seq=cut_seq, cadres=subjects), ascending, basis)
    return {subject: given.of(row) for row, subject in enumerate(ascending.tolist())}


def _tenure_standings(posts: Posts, subjects: Ints, basis: Basis) -> NDArray[np.int8]:
    """Who has not been in posts of the population for long enough; a secondment that fits is such a post too."""
    first, last, tenure = basis.period.first, basis.period.last, basis.scheme.tenure or Tenure()
    standings = np.zeros(len(subjects), np.int8)
    if not tenure.in_post_days and not tenure.in_period:
        return standings
    since = min(first, last - tenure.in_post_days + 1)
    columns = posts.columns
    # Most people hold one post all along: no need to look at their days.
    steady = columns.cadres[posts.belongs & (columns.starts <= since) & (columns.ends >= last)]
    for row in np.flatnonzero(~np.isin(subjects, steady)).tolist():
        at = posts.of(int(subjects[row]))
        if is_tenure_short(posts.spells(at[posts.belongs[at]]), tenure, first, last):
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
            days = days_covered(spells.starts[own], spells.ends[own], period.first, period.last)
            if 2 * days > period.last - period.first + 1:
                out[subjects == cadre] = Standing.ABSENT_OVER_HALF
    if "probation" in leave_out:
        at_end = (spells.kinds == SPELLS.index(SpellKind.PROBATION)) & (spells.ends >= period.last)
        out[np.isin(subjects, spells.cadres[at_end])] = Standing.PROBATION
    return out
