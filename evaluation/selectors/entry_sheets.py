"""What a scheme asks of a reader in a period: which figures, of whom; for the templates of 填报.

A figure is asked in its own reporting period: of a yearly scheme whose indicators come in by the
month, the sheet of a month asks for those of the month. It belongs to the scheme that is in force
when it ends.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from accounts.scope import Scope
from cadres.models import Cadre
from evaluation.matrices.basis import Basis, basis_for
from evaluation.matrices.members import Members, members_at
from evaluation.scoring.leaves import LEAVES
from evaluation.scoring.types import Leaf
from evaluation.selectors.scheme_names import scheme_name
from evaluation.selectors.schemes import SCHEME, named_indicators, scheme_in_force
from foundation.ledger.models import last_committed_seq
from foundation.rulebook.models import RuleVersion
from intake.checks.lookups import Indicators, load_cadres, load_indicators, load_units
from intake.checks.permission import enterable
from intake.checks.reach import posts_in_reach, units_in_reach
from intake.checks.rights import EntryRights, entry_rights_for
from intake.entry_sheets import AskedIndicator, AskedSubject, indicator_name
from intake.models import Period
from units.models import Unit
from units.selectors import subtree_ids

Ints = NDArray[np.int64]

PERIODS_MOST = 24


@dataclass(frozen=True)
class AskingScheme:
    """A scheme of which the reader may enter something, and the kind of period that it judges."""

    code: str
    name: str
    period_kind: str


@dataclass(frozen=True)
class Asked:
    """What one sheet asks; ``units`` are those by which it may be cut."""

    scheme: AskingScheme
    period: Period
    of_cadres: bool
    indicators: tuple[AskedIndicator, ...]
    subjects: tuple[AskedSubject, ...]
    units: tuple[Unit, ...]
    unit: Unit | None
    is_blank: bool
    """Whether persons are asked whom the reader does not manage: then none is named."""


def asking_schemes(scope: Scope, *, on: date) -> list[AskingScheme]:
    """The schemes of which the reader may enter at least one indicator."""
    codes = _enterable_codes(entry_rights_for(scope, on=on), load_indicators())
    newest: dict[str, RuleVersion] = {}
    approved = RuleVersion.objects.filter(document__kind=SCHEME, approved_by__isnull=False)
    for version in approved.select_related("document").order_by("document__code", "number"):
        newest[version.document.code] = version
    return [
        AskingScheme(code, scheme_name(version.body), version.body["period"])
        for code, version in newest.items()
        if named_indicators(version.body["tree"]) & codes
    ]


def asking_periods(scope: Scope, *, scheme_code: str, on: date) -> list[Period]:
    """The periods for which a scheme asks the reader something, newest first; those to come left out."""
    indicators = load_indicators()
    codes = _enterable_codes(entry_rights_for(scope, on=on), indicators)
    kind_of = {row.code: row.native_period for row in indicators.rows if row.code in codes}
    versions = RuleVersion.objects.filter(document__kind=SCHEME, document__code=scheme_code, approved_by__isnull=False)
    asked = [
        (version.in_force_from, {kind_of[code] for code in named_indicators(version.body["tree"]) & codes})
        for version in versions.order_by("-number")
    ]
    periods = Period.objects.filter(starts_on__lte=on).order_by("-ends_on", "code")
    found = [period for period in periods if period.kind in _kinds_ruling(asked, period)]
    return found[:PERIODS_MOST]


def period_to_fill(scheme: AskingScheme, periods: Sequence[Period], *, on: date) -> Period | None:
    """The period that has ended last, one of the scheme's own kind before others."""
    ended = [period for period in periods if period.ends_on < on]
    return next((period for period in ended if period.kind == scheme.period_kind), ended[0] if ended else None)


def asked_of(scope: Scope, *, scheme_code: str, period: Period, unit_code: str, on: date) -> Asked | None:
    """What a scheme asks of the reader in a period, of one unit and those below it if one is named."""
    version = scheme_in_force(scheme_code, on=period.ends_on)
    rights = entry_rights_for(scope, on=on)
    if version is None or not rights.may_upload:
        return None
    known, basis = load_indicators(), basis_for(version, period)
    indicators = tuple(_indicators(basis, known, rights, period))
    if not indicators:
        return None
    members = _in_reach(members_at(basis, cut_seq=last_committed_seq()), basis, rights)
    units = _cutting_units(members)
    unit = next((each for each in units if each.code == unit_code), None)
    if unit_code and unit is None:
        return None
    if unit is not None:
        members = members.take(np.flatnonzero(np.isin(members.units, list(subtree_ids([unit.pk])))))
    return Asked(
        scheme=AskingScheme(scheme_code, scheme_name(version.body), version.body["period"]),
        period=period,
        of_cadres=basis.is_personal,
        indicators=indicators,
        subjects=tuple(_subjects(members, basis)),
        units=units,
        unit=unit,
        is_blank=basis.is_personal and not rights.reaches,
    )


def _enterable_codes(rights: EntryRights, indicators: Indicators) -> set[str]:
    may = enterable(indicators, rights)
    return {row.code for row, is_open in zip(indicators.rows, may.tolist(), strict=True) if is_open}


def _kinds_ruling(asked: Iterable[tuple[date, set[str]]], period: Period) -> Collection[str]:
    return next((kinds for in_force_from, kinds in asked if in_force_from <= period.ends_on), ())


def _indicators(basis: Basis, known: Indicators, rights: EntryRights, period: Period) -> Iterable[AskedIndicator]:
    """The figures in the order of the scheme, each once; ended ones are asked no more."""
    may = enterable(known, rights)
    leaves: dict[str, list[Leaf]] = {}
    for leaf in basis.scheme.leaves:
        if leaf.indicator is not None:
            leaves.setdefault(leaf.indicator.code, []).append(leaf)
    for code, own in leaves.items():
        place = known.place[code]
        row = known.rows[place]
        has_ended = row.sunset_on is not None and row.sunset_on < period.starts_on
        if may[place] and row.native_period == period.kind and not has_ended:
            yield AskedIndicator(
                indicator=row,
                name=indicator_name(row),
                options=tuple(known.options.get(place, ())),
                with_target=any(LEAVES[leaf.rule.kind].needs_target for leaf in own),
            )


def _in_reach(members: Members, basis: Basis, rights: EntryRights) -> Members:
    """Those about whom the reader may enter: an office whom it manages, a clerk every unit but the own."""
    subjects = members.subjects
    if basis.is_personal:
        cadres = load_cadres()
        touches = (cadres.post_starts_on <= basis.period.last) & (cadres.post_ends_on >= basis.period.first)
        held = np.isin(subjects, cadres.post_cadre[touches & posts_in_reach(cadres, rights)])
    else:
        units = load_units()
        held = np.isin(subjects, units.ids[units_in_reach(units, rights)])
        if rights.own_units:
            held |= ~np.isin(subjects, sorted(rights.own_units))
    held &= ~np.isin(subjects, sorted(rights.cut_out))
    return members.take(np.flatnonzero(held))


def _cutting_units(members: Members) -> tuple[Unit, ...]:
    """The banners, departments and zones to which the subjects belong; the units themselves where it is one."""
    own = set(members.units.tolist())
    known = Unit.objects.in_bulk()
    tops = {_top_of(unit, known) for unit in own}
    chosen = tops if len(tops) > 1 else own
    return tuple(sorted((known[unit] for unit in chosen), key=lambda unit: unit.code))


def _top_of(unit: int, known: dict[int, Unit]) -> int:
    """The ancestor right below the root of the tree."""
    at = known[unit]
    while at.parent_id is not None and known[at.parent_id].parent_id is not None:
        at = known[at.parent_id]
    return int(at.pk)


def _subjects(members: Members, basis: Basis) -> Iterable[AskedSubject]:
    """By unit code, then by number: as a list of names is kept."""
    units = Unit.objects.in_bulk(sorted(set(members.units.tolist())))
    if not basis.is_personal:
        rows = sorted(units.values(), key=lambda unit: unit.code)
        return [AskedSubject(unit.code, unit.name) for unit in rows]
    cadres = Cadre.objects.in_bulk(members.subjects.tolist())
    pairs = zip(members.subjects.tolist(), members.units.tolist(), strict=True)
    found = [(units[unit].code, cadres[cadre]) for cadre, unit in pairs]
    found.sort(key=lambda pair: (pair[0], pair[1].employee_no))
    return [AskedSubject(cadre.employee_no, cadre.name, code) for code, cadre in found]
