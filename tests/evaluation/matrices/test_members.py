"""Who is judged: population, unit and level at the period's end, standings, months in posts."""

from datetime import date

import numpy as np
import pytest

from cadres.models import Posting
from evaluation.matrices.basis import Basis, basis_of, manifest_for
from evaluation.matrices.members import Members, members_at
from evaluation.matrices.posts import months_of
from evaluation.models import GroupMember
from evaluation.scoring import Standing
from evaluation.selectors.schemes import pair_named
from foundation.ledger.models import last_committed_seq
from tests.evaluation.factories import Town, add_cadre, add_spell, make_golden_town, posting

pytestmark = pytest.mark.django_db

DEPUTIES = "TGC-DEPARTMENT-DEPUTY"
WATER, HEALTH = "市水利局", "市卫生健康委员会"
DEPUTY = {"level": "县处级副职", "post_class": "deputy"}


def basis(code: str = DEPUTIES) -> Basis:
    pair = pair_named(scheme_code=code, period_code="2026Q2")
    return basis_of(manifest_for(pair.version, pair.period))


def members(code: str = DEPUTIES) -> Members:
    return members_at(basis(code), cut_seq=last_committed_seq())


def standing(town: Town, number: str, code: str = DEPUTIES) -> Standing | None:
    found = members(code)
    at = np.flatnonzero(found.subjects == town.cadres[number].pk)
    return Standing(int(found.standings[at[0]])) if len(at) else None


def test_a_transfer_belongs_to_the_last_post_and_brings_its_months() -> None:
    town = make_golden_town(schemes=[DEPUTIES])

    found = members()

    at = int(np.flatnonzero(found.subjects == town.cadres["0900004"].pk)[0])
    water, health = town.units[WATER].pk, town.units[HEALTH].pk
    # May belongs to the later post: 16 of its days against 15.
    assert (found.units[at], found.attribution.of(at)) == (health, [(water, 1), (health, 2)])
    assert found.level_names()[at] == "县处级副职"


def test_only_posts_of_the_population_belong() -> None:
    town = make_golden_town(schemes=[DEPUTIES])
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), level="县处级正职", post_class="head")
    add_cadre(town, "0700002", "150622", starts_on=date(2020, 1, 1), **DEPUTY)

    assert (standing(town, "0700001"), standing(town, "0700002")) == (None, None)


def test_less_than_183_unbroken_days_are_too_short_and_a_transfer_does_not_break_them() -> None:
    town = make_golden_town(schemes=[DEPUTIES])
    add_cadre(town, "0700001", WATER, starts_on=date(2025, 12, 31), **DEPUTY)
    add_cadre(town, "0700002", WATER, starts_on=date(2025, 12, 30), **DEPUTY)

    found = {number: standing(town, number) for number in ("0700001", "0700002", "0900004")}

    assert found == {"0700001": Standing.TENURE_SHORT, "0700002": Standing.IN, "0900004": Standing.IN}


def test_who_left_within_the_period_is_listed_and_has_no_index() -> None:
    town = make_golden_town(schemes=[DEPUTIES])
    cadre = add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    row = posting(cadre.pk, town.units[WATER].pk, starts_on=date(2020, 1, 1), ends_on=date(2026, 5, 1), **DEPUTY)
    town.store(Posting, [row])

    assert standing(town, "0700001") == Standing.TENURE_SHORT


def test_probation_at_the_end_and_absence_over_half_leave_out() -> None:
    town = make_golden_town(schemes=[DEPUTIES])
    for number in ("0700001", "0700002", "0700003", "0700004"):
        add_cadre(town, number, WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    add_spell(town, "0700001", "probation", date(2026, 1, 1), date(2026, 6, 30))
    add_spell(town, "0700002", "probation", date(2026, 1, 1), date(2026, 6, 29))
    add_spell(town, "0700003", "leave", date(2026, 4, 1), date(2026, 4, 30))
    add_spell(town, "0700003", "illness", date(2026, 4, 21), date(2026, 5, 16))
    add_spell(town, "0700004", "leave", date(2026, 4, 1), date(2026, 5, 15))

    found = [standing(town, number) for number in ("0700001", "0700002", "0700003", "0700004")]

    # 46 of 91 days are over half, 45 are not; days that two spells share count once.
    assert found == [Standing.PROBATION, Standing.IN, Standing.ABSENT_OVER_HALF, Standing.IN]


def test_a_unit_without_a_group_gives_its_people_none() -> None:
    town = make_golden_town(schemes=[DEPUTIES])
    gone = GroupMember.objects.get(unit=town.units[HEALTH])
    town.store(
        GroupMember,
        [
            {
                "group_set_id": gone.group_set_id,
                "unit_id": gone.unit_id,
                "group_key": gone.group_key,
                "starts_on": gone.starts_on,
                "ends_on": date(2026, 6, 29),
            }
        ],
    )

    assert standing(town, "0900004") == Standing.NO_GROUP


def test_a_cut_sees_posts_as_they_stood() -> None:
    town = make_golden_town(schemes=[DEPUTIES])
    before = last_committed_seq()
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)

    then, now = members_at(basis(), cut_seq=before), members()

    assert (len(then.subjects), len(now.subjects)) == (1, 2)


def test_first_secretaries_are_found_by_their_kind_of_post() -> None:
    town = make_golden_town(schemes=["TGC-FIRST-SECRETARY"])

    found = members("TGC-FIRST-SECRETARY")

    assert found.subjects.tolist() == [town.cadres["0900007"].pk]
    assert found.attribution.of(0) == [(town.units["150622104-V01"].pk, 3)]


@pytest.mark.pure
def test_months_are_cut_to_the_days_of_the_period() -> None:
    months = months_of(date(2026, 4, 15), date(2026, 6, 10))

    assert [(date.fromordinal(m.first), date.fromordinal(m.last)) for m in months] == [
        (date(2026, 4, 15), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 5, 31)),
        (date(2026, 6, 1), date(2026, 6, 10)),
    ]
