"""Whom each row is about: found by employee number or unit code, and only within what the sender may enter.

Who does not exist and who is out of scope get the same code: a refusal tells nobody who exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.checks.findings import Mask
from intake.checks.inspection import Inspection
from intake.checks.lookups import NO_DAY, Cadres, Ids, Lookups, places_of
from intake.checks.naming import Named
from intake.checks.reach import posts_in_reach, units_in_reach
from intake.checks.rights import EntryRights

_LETTER_LIKE = str.maketrans("OoIl", "0011")
_LONGEST_NUMBER = 20


@dataclass(frozen=True, eq=False)
class Subjects:
    """Subject of each row: its id, −1 where it is not known to the sender."""

    ids: Ids
    is_cadre: Mask
    by_office: Mask
    """Whether an HR officer's reach holds the subject in the row's period."""

    @property
    def known(self) -> Mask:
        """Rows whose subject is known."""
        found: Mask = self.ids >= 0
        return found


def find_subjects(inspection: Inspection, named: Named) -> Subjects:
    """Find the subject of every row and say what is wrong with its number, code, name and unit."""
    seeker = _Seeker(inspection, named)
    subjects = seeker.find()
    seeker.check_unit_days(subjects)
    seeker.check_posts(subjects)
    seeker.check_names(subjects)
    return subjects


class _Seeker:
    def __init__(self, inspection: Inspection, named: Named) -> None:
        self.sheet, self.lookups, self.named = inspection.sheet, inspection.lookups, named
        self.rights, self.findings = inspection.rights, inspection.findings
        sheet, lookups = self.sheet, self.lookups
        self.employee, self.unit = sheet["employee_no"], sheet["unit_code"]
        self.cadre_place = places_of(self.employee.codes.texts, lookups.cadres.place)
        self.unit_place = places_of(self.unit.codes.texts, lookups.units.place)
        self.says_employee = self.employee.is_filled
        self.says_unit = self.unit.is_filled
        self.owned = (named.indicator >= 0) & indicators_of(lookups, self.rights)[named.indicator]
        self.cut_out = np.array(sorted(self.rights.cut_out), dtype=np.int64)

    def find(self) -> Subjects:
        cadre_ids, cadre_by_office = self._cadres_in_reach()
        unit_ids, unit_by_office = self._units_in_reach()
        missing = ~self.says_employee & ~self.says_unit
        self.findings.note("subject_missing", missing, self.employee if self.employee.is_there else self.unit)
        unreadable = self.employee.is_unreadable
        unknown = self.says_employee & (cadre_ids < 0) & ~unreadable & ~self._is_told_by_indicator(of_cadres=True)
        self.findings.note("employee_unknown", unknown, self.employee, self._maybe)
        alone = self.says_unit & ~self.says_employee
        unknown = alone & (unit_ids < 0) & ~self.unit.is_unreadable & ~self._is_told_by_indicator(of_cadres=False)
        self.findings.note("unit_unknown", unknown, self.unit)
        self.findings.note_folds(self.employee.codes.folds, self.employee, cadre_ids >= 0)
        # A fold is told only of what the sender may know: else it would tell that the code exists.
        known_unit = np.where(self.says_employee, (cadre_ids >= 0) & (self.unit_place >= 0), unit_ids >= 0)
        self.findings.note_folds(self.unit.codes.folds, self.unit, known_unit)
        return Subjects(
            ids=np.where(self.says_employee, cadre_ids, np.where(alone, unit_ids, -1)),
            is_cadre=self.says_employee,
            by_office=np.where(self.says_employee, cadre_by_office, alone & unit_by_office),
        )

    def _cadres_in_reach(self) -> tuple[Ids, Mask]:
        """Subject ids of the cadres that rows name, and whether a reach holds them in the row's period."""
        cadres = self.lookups.cadres
        by_office = np.zeros(len(self.sheet), dtype=bool)
        rows = self.says_employee & (self.cadre_place >= 0)
        for rows_of_period, posts in self._posts_by_period(rows):
            held = np.isin(cadres.ids, cadres.post_cadre[posts & self._post_in_reach()])
            by_office[rows_of_period] = held[self.cadre_place[rows_of_period]]
        open_to_clerk = self._open_to_clerk(of_cadres=True)
        return self._ids(cadres.ids, self.cadre_place, by_office | open_to_clerk), by_office

    def _units_in_reach(self) -> tuple[Ids, Mask]:
        units = self.lookups.units
        held = units_in_reach(units, self.rights)
        by_office = np.zeros(len(self.sheet), dtype=bool)
        rows = np.flatnonzero(self.unit_place >= 0)
        by_office[rows] = held[self.unit_place[rows]]
        return self._ids(units.ids, self.unit_place, by_office | self._open_to_clerk(of_cadres=False)), by_office

    def _ids(self, ids: Ids, places: Ids, in_reach: Mask) -> Ids:
        found = np.full(len(self.sheet), -1, dtype=np.int64)
        rows = np.flatnonzero((places >= 0) & in_reach)
        found[rows] = ids[places[rows]]
        found[np.isin(found, self.cut_out)] = -1
        return found

    def _open_to_clerk(self, *, of_cadres: bool) -> Mask:
        """Rows whose subject a clerk may know: of an own indicator, or of one that nobody knows."""
        is_unknown = self.named.indicator < 0
        return self.owned | (is_unknown & self._owns_indicators(of_cadres=of_cadres))

    def _is_told_by_indicator(self, *, of_cadres: bool) -> Mask:
        """Rows of a clerk with the indicator of another unit: nothing is said of the subject, be it there or not."""
        is_clerk = not self.rights.reaches and self._owns_indicators(of_cadres=of_cadres)
        return (self.named.indicator >= 0) & ~self.owned & is_clerk

    def _owns_indicators(self, *, of_cadres: bool) -> bool:
        """Whether the sender's own units enter any indicator of this kind of subject."""
        indicators = self.lookups.indicators
        return any(
            owners & self.rights.own_units and bool(indicators.is_of_cadres[place]) is of_cadres
            for place, owners in indicators.owners.items()
        )

    def _post_in_reach(self) -> Mask:
        return posts_in_reach(self.lookups.cadres, self.rights)

    def _posts_by_period(self, rows: Mask) -> Iterator[tuple[NDArray[np.int64], Mask]]:
        """For each period among these rows: the rows, and the postings that touch it.

        Where the period is not known, any posting counts, so that one mistake is told once.
        """
        cadres, periods = self.lookups.cadres, self.lookups.periods
        for period in np.unique(self.named.period[rows]).tolist():
            first = 0 if period < 0 else int(periods.starts_on[period])
            last = NO_DAY if period < 0 else int(periods.ends_on[period])
            touches = (cadres.post_starts_on <= last) & (cadres.post_ends_on >= first)
            yield np.flatnonzero(rows & (self.named.period == period)), touches

    def check_unit_days(self, subjects: Subjects) -> None:
        units, periods = self.lookups.units, self.lookups.periods
        wrong = subjects.known & ~subjects.is_cadre & (self.named.period >= 0)
        rows = np.flatnonzero(wrong)
        unit, period = self.unit_place[rows], self.named.period[rows]
        wrong[rows] = (units.starts_on[unit] > periods.ends_on[period]) | (
            units.ends_on[unit] < periods.starts_on[period]
        )
        self.findings.note("unit_not_in_period", wrong, self.unit, self._period)

    def check_posts(self, subjects: Subjects) -> None:
        """A unit beside an employee number must be one of the person's posts in the period."""
        cadres = self.lookups.cadres
        wrong = np.zeros(len(self.sheet), dtype=bool)
        rows = subjects.known & subjects.is_cadre & self.says_unit & (self.named.period >= 0)
        for rows_of_period, posts in self._posts_by_period(rows):
            pairs = _pairs(cadres, posts)
            unit = self.unit_place[rows_of_period]
            unit_ids = np.where(unit >= 0, self.lookups.units.ids[unit], -1)
            wrong[rows_of_period] = ~np.isin(_pair(subjects.ids[rows_of_period], unit_ids), pairs)
        self.findings.note("not_in_unit", wrong, self.unit, self._period)

    def check_names(self, subjects: Subjects) -> None:
        field = self.sheet["name"]
        wrong = np.zeros(len(self.sheet), dtype=bool)
        names = field.trimmed.texts
        for place in np.flatnonzero(subjects.known & field.is_filled).tolist():
            if subjects.is_cadre[place]:
                wrong[place] = names[place] != self.lookups.cadres.names[self.cadre_place[place]]
            else:
                wrong[place] = names[place] not in self.lookups.units.names[self.unit_place[place]]
        self.findings.note("name_mismatch", wrong, field)

    def _period(self, place: int) -> dict[str, Any]:
        return {"period": self.lookups.periods.rows[self.named.period[place]].code}

    def _maybe(self, place: int) -> dict[str, Any]:
        """A number that the sender may see and that this one was probably meant to be."""
        written = str(self.employee.codes.texts[place]).translate(_LETTER_LIKE)
        cadres = self.lookups.cadres
        for width in range(len(written), _LONGEST_NUMBER + 1):
            found = cadres.place.get(written.zfill(width))
            if found is not None and self._is_within_reach(int(cadres.ids[found])):
                return {"maybe": written.zfill(width)}
        return {}

    def _is_within_reach(self, subject: int) -> bool:
        posts = self._post_in_reach()
        held = bool((self.lookups.cadres.post_cadre[posts] == subject).any())
        return (held or self._owns_indicators(of_cadres=True)) and subject not in self.rights.cut_out


def indicators_of(lookups: Lookups, rights: EntryRights) -> Mask:
    """By indicator: whether the sender's own units enter it. One place more at the end, for "not known"."""
    mine = np.zeros(len(lookups.indicators.rows) + 1, dtype=bool)
    for place, owners in lookups.indicators.owners.items():
        mine[place] = bool(owners & rights.own_units)
    return mine


def _pair(cadre: Ids, unit: Ids) -> Ids:
    # Ids are serial numbers, far below 2^31: the pair fits one int64.
    paired: Ids = (cadre << 32) + unit
    return paired


def _pairs(cadres: Cadres, posts: Mask) -> Ids:
    return _pair(cadres.post_cadre[posts], cadres.post_unit[posts])
