"""Which peer groups of a pair can have changed between two cuts: what was touched, led to the groups that read it.

Every group that is not named here reads the same rows at both cuts, so its result is the same and
is taken over without a look at its facts. A kind of fact that this module does not know concerns
everybody. Tests compare all of it with a run that looks at everything.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from cadres.models import Posting, Sanction, StatusSpell
from evaluation.matrices.basis import Basis
from evaluation.matrices.events import periods_of_events
from evaluation.matrices.groups import NO_GROUP, group_of_units
from evaluation.matrices.members import Members, members_at
from evaluation.matrices.rows import UnitTotals, unit_total
from evaluation.matrices.values import native_reads
from evaluation.models import Exemption, GroupMember, Occurrence
from foundation.ledger.models import Fact, in_force
from foundation.ledger.touches import Touched
from intake.models import Observation


def _names(*models: type[Fact]) -> frozenset[str]:
    return frozenset(str(model._meta.model_name) for model in models)


VALUES = _names(Observation)
EVENTS = _names(Occurrence, Exemption)
POSTS = _names(Posting, StatusSpell)
GROUPING = _names(GroupMember)
UNREAD = _names(Sanction)
"""Facts that no run reads."""
KNOWN = VALUES | EVENTS | POSTS | GROUPING | UNREAD


@dataclass(frozen=True)
class Cuts:
    """The cut at which a pair was last known to be right, and the one that it is led to."""

    before: int
    now: int


def concerned_groups(
    basis: Basis, touched: Sequence[Touched], cuts: Cuts, *, changed_units: Collection[int] = ()
) -> frozenset[str] | None:
    """Groups whose input may differ between the cuts; None: anything may have changed.

    ``changed_units`` are units whose totals an index of the scheme reads anew.
    """
    if not {each.what for each in touched} <= KNOWN:
        return None
    found = _regrouped(basis, _subjects(touched, GROUPING), cuts)
    found |= _moved(basis, _subjects(touched, POSTS), cuts)
    found |= _groups_at(basis, _valued(basis, touched, cuts), cuts.now)
    found |= _led_by(basis, changed_units, cuts.now)
    return frozenset(found)


def changed_units(basis: Basis, before: UnitTotals, now: UnitTotals) -> set[int]:
    """Units of which some index of the scheme takes another total than before, or takes one from another scheme."""
    units = {unit for totals in (before, now) for held in totals.values() for unit in held}
    indexes = {leaf.index for leaf in basis.scheme.leaves if leaf.index}
    return {
        unit
        for unit in units
        if any(unit_total(codes, unit, before) != unit_total(codes, unit, now) for codes in indexes)
    }


def _subjects(touched: Sequence[Touched], kinds: Collection[str], periods: Collection[int] | None = None) -> set[int]:
    return {
        each.subject
        for each in touched
        if each.what in kinds and each.subject is not None and (periods is None or each.period in periods)
    }


def _valued(basis: Basis, touched: Sequence[Touched], cuts: Cuts) -> set[int]:
    """Subjects with a new value, target, occurrence or exemption in a period that the scheme reads."""
    read = {native.pk for _code, _inside, native in native_reads(basis)}
    booked = _subjects(touched, EVENTS, periods_of_events(basis))
    return _subjects(touched, VALUES, read) | booked | (_exempted_elsewhere(cuts) if booked else set())


def _exempted_elsewhere(cuts: Cuts) -> set[int]:
    """Subjects of occurrences that an exemption said or taken back between the cuts names by their reference."""
    said = Q(seq_from__gt=cuts.before, seq_from__lte=cuts.now) | Q(seq_to__gt=cuts.before, seq_to__lte=cuts.now)
    refs = Exemption.objects.filter(said).exclude(occurrence_ref="").values("occurrence_ref")
    return set(Occurrence.objects.filter(ref__in=refs).values_list("subject_id", flat=True))


def _regrouped(basis: Basis, units: Collection[int], cuts: Cuts) -> set[str]:
    """Both groups of each unit that stands in another one on the last day of the period."""
    set_code = basis.scheme.groups.set_code
    if not units or not set_code:
        return set()
    before, now = (
        group_of_units(set_code=set_code, cut_seq=cut, on=basis.period.ends_on) for cut in (cuts.before, cuts.now)
    )
    pairs = [(before.get(unit, NO_GROUP), now.get(unit, NO_GROUP)) for unit in units]
    return {group for pair in pairs if pair[0] != pair[1] for group in pair}


def _moved(basis: Basis, cadres: Collection[int], cuts: Cuts) -> set[str]:
    """Both groups of each person who stands otherwise among the members: unit, level, standing, months in units."""
    if not cadres or not basis.is_personal:
        return set()
    before, now = (_standing_of(members_at(basis, cut_seq=cut, subjects=cadres)) for cut in (cuts.before, cuts.now))
    moved = [subject for subject in {*before, *now} if before.get(subject) != now.get(subject)]
    return {held[subject][0] for subject in moved for held in (before, now) if subject in held}


def _standing_of(members: Members) -> dict[int, tuple[str, int, int, int, tuple[tuple[int, int], ...]]]:
    columns = zip(
        members.subjects.tolist(),
        members.groups,
        members.units.tolist(),
        members.levels.tolist(),
        members.standings.tolist(),
        strict=True,
    )
    return {
        subject: (group, unit, level, standing, tuple(members.attribution.of(row)))
        for row, (subject, group, unit, level, standing) in enumerate(columns)
    }


def _groups_at(basis: Basis, subjects: Collection[int], cut_seq: int) -> set[str]:
    return set(members_at(basis, cut_seq=cut_seq, subjects=subjects).groups) if subjects else set()


def _led_by(basis: Basis, units: Collection[int], cut_seq: int) -> set[str]:
    """Groups of the persons to whom a month in one of these units belongs."""
    if not units:
        return set()
    posts = in_force(Posting.objects.filter(unit__in=units, starts_on__lte=basis.period.ends_on), cut_seq)
    held = posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=basis.period.starts_on))
    members = members_at(basis, cut_seq=cut_seq, subjects=set(held.values_list("cadre_id", flat=True)))
    is_led = _rows_led(members, frozenset(units))
    return {group for row, group in enumerate(members.groups) if is_led(row)}


def _rows_led(members: Members, units: frozenset[int]) -> Callable[[int], bool]:
    given = members.attribution
    rows = {row for row, unit in zip(given.rows.tolist(), given.units.tolist(), strict=True) if unit in units}
    return rows.__contains__
