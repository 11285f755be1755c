"""Nobody is lost, nobody stands twice: random towns give every person of the population one rank or one reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadres.models import Cadre, Posting, StatusSpell
from evaluation.matrices.basis import Basis
from evaluation.matrices.outcomes import groups_at, outcome_of, score_rows
from evaluation.matrices.rows import UnitTotal
from evaluation.models import GroupMember, Occurrence
from foundation.ledger.models import last_committed_seq
from intake.models import Observation
from tests.evaluation.factories import GOLDEN, Town, add_cadre, observations, posting
from tests.evaluation.matrices.test_posts import (
    BANNER,
    DAYS,
    DEPUTIES,
    DEPUTY,
    FIRST,
    HEALTH,
    UNITS,
    WATER,
    Held,
    RolledBackError,
    basis,
    expected,
    make_town,
    services,
    stored,
)
from tests.evaluation.recompute import PERIOD

pytestmark = pytest.mark.django_db

LIKE = "0900004"
"""Whose own values a person has, where the person has any."""
OWN = [row for row in GOLDEN if row["row"] == "fact" and row["subject"] == LIKE]
ABSENCES = ("leave", "illness", "maternity")


@dataclass(frozen=True)
class Someone:
    """A person of a random town; spells are (kind, first, last) in days from the first day of the period."""

    posts: list[Held]
    spells: list[tuple[str, int, int]]
    gate: str
    has_values: bool


@st.composite
def people(draw: st.DrawFn) -> Someone:
    spells = []
    for _ in range(draw(st.sampled_from((0, 1, 0, 2)))):
        starts = draw(st.integers(-60, 92))
        kind = draw(st.sampled_from(("probation", "case_open", *ABSENCES)))
        spells.append((kind, starts, starts + draw(st.sampled_from((0, 20, 45, 46, 120)))))
    gate = draw(st.sampled_from(("", "", "", "", "G04", "G02")))
    return Someone(draw(services()), spells, gate, draw(st.sampled_from((True, True, True, False))))


@dataclass(frozen=True)
class RandomTown:
    """What the units of a random town have: a group, and a total (None: they have none)."""

    everyone: list[Someone]
    groups: dict[str, str]
    totals: dict[str, int | None]


@st.composite
def towns(draw: st.DrawFn) -> RandomTown:
    return RandomTown(
        everyone=draw(st.lists(people(), min_size=3, max_size=5)),
        groups={unit: draw(st.sampled_from(("社会民生", "社会民生", "党群综合", ""))) for unit in UNITS},
        totals={unit: draw(st.sampled_from((80_000_000, 80_000_000, 90_000_000, None))) for unit in UNITS},
    )


def reason_of(someone: Someone, town: RandomTown, order: dict[str, int]) -> str | None:
    """Why there is no rank, empty with one; None for who is not of the population."""
    placed = expected(someone.posts, order, by_days=False)
    if placed is None:
        return None
    unit, standing, held = placed
    if someone.gate == "G02":
        return "G02"
    if standing == "SECONDED_OUT":
        return standing
    inside = [(kind, set(range(first, last + 1))) for kind, first, last in someone.spells]
    if any(kind == "probation" and DAYS[-1] in days for kind, days in inside):
        return "LEFT_OUT_PROBATION"
    absent = set().union(*(days for kind, days in inside if kind in ABSENCES)) & set(DAYS)
    if 2 * len(absent) > len(DAYS):
        return "LEFT_OUT_ABSENT"
    if standing == "TENURE_SHORT":
        return standing
    if not town.groups[unit]:
        return "NO_GROUP"
    if not held or any(town.totals[each] is None or not town.groups[each] for each in held):
        return "REQUIRED_MISSING"
    return "" if someone.has_values else "LOW_COVERAGE"


def store_town(town: Town, cadres: Sequence[Cadre], drawn: RandomTown) -> None:
    """The facts of a random town."""
    everyone = list(zip(cadres, drawn.everyone, strict=False))
    town.store(Posting, list(stored(cadres, [each.posts for each in drawn.everyone], town)))
    spells = [
        {
            "ref": f"s{cadre.pk % 1000:03}{at:03}",
            "cadre_id": cadre.pk,
            "kind": kind,
            "starts_on": FIRST + timedelta(days=first),
            "ends_on": FIRST + timedelta(days=last),
        }
        for cadre, each in everyone
        for at, (kind, first, last) in enumerate(each.spells)
    ]
    town.store(StatusSpell, spells)
    gates = [
        {
            "ref": f"g{cadre.pk % 1000:05}",
            "subject_id": cadre.pk,
            "period_id": town.periods[PERIOD].pk,
            "code": each.gate,
            "points": None,
            "source_text": "示例",
        }
        for cadre, each in everyone
        if each.gate
    ]
    town.store(Occurrence, gates)
    facts = [{**row, "subject": cadre.employee_no} for cadre, each in everyone if each.has_values for row in OWN]
    town.store(Observation, list(observations(town, facts)))
    for unit in UNITS:
        held = GroupMember.objects.get(unit=town.units[unit], seq_to=None)
        ends_on = None if drawn.groups[unit] else date(2026, 6, 29)
        row = {"group_set_id": held.group_set_id, "unit_id": held.unit_id, "starts_on": held.starts_on}
        town.store(GroupMember, [{**row, "group_key": drawn.groups[unit] or held.group_key, "ends_on": ends_on}])


def listed(town: Town, cadres: Sequence[Cadre], drawn: RandomTown, read: Basis) -> list[tuple[int, str]]:
    """(subject, reason) of every row of every group; who is ranked has no reason."""
    found: list[tuple[int, str]] = []
    held = {
        town.units[unit].pk: UnitTotal(DEPUTIES, total) for unit, total in drawn.totals.items() if drawn.groups[unit]
    }
    totals = dict.fromkeys(read.index_codes, held)
    try:
        with transaction.atomic():
            store_town(town, cadres, drawn)
            cut_seq = last_committed_seq()
            for group in groups_at(read, cut_seq=cut_seq, is_wanted=lambda key: True, totals=totals):
                for subject, _unit, _level, _total, rank, _tied, _band, _coverage, reason, _parts in score_rows(
                    outcome_of(group, read), read
                ):
                    assert bool(rank) != bool(reason)
                    found.append((subject, reason))
            raise RolledBackError
    except RolledBackError:
        return found


def test_everyone_of_the_population_is_ranked_or_listed_once_with_the_reason() -> None:
    town = make_town()
    cadres = [add_cadre(town, f"072000{at}", WATER, starts_on=date(1990, 1, 1), **DEPUTY) for at in range(5)]
    for cadre in cadres:
        over = posting(cadre.pk, town.units[WATER].pk, starts_on=date(1990, 1, 1), ends_on=date(1990, 1, 2), **DEPUTY)
        town.store(Posting, [over])
    read, order = basis(), {name: unit.pk for name, unit in town.units.items()}
    known = {cadre.pk for cadre in cadres}
    assert {WATER, HEALTH, BANNER} < set(UNITS)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(drawn=towns())
    def holds(drawn: RandomTown) -> None:
        found = [(subject, reason) for subject, reason in listed(town, cadres, drawn, read) if subject in known]

        wanted = [
            (cadre.pk, reason_of(each, drawn, order)) for cadre, each in zip(cadres, drawn.everyone, strict=False)
        ]
        assert sorted(found) == [(subject, reason) for subject, reason in wanted if reason is not None]

    holds()
