"""Which posts count: main, concurrent, seconded, in months and in days; held against a model of plain days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadres.models import Cadre, Posting
from evaluation.matrices.basis import Basis, basis_of, manifest_for
from evaluation.matrices.members import Members, members_at
from evaluation.scoring import Standing
from evaluation.selectors.schemes import pair_named
from foundation.ledger.models import last_committed_seq
from tests.evaluation.factories import Town, add_cadre, approve, make_golden_town, posting
from tests.evaluation.scoring.sample import documents

pytestmark = pytest.mark.django_db

DEPUTIES, BANNER_DEPUTIES = "TGC-DEPARTMENT-DEPUTY", "TGC-BANNER-DEPUTY"
WATER, HEALTH, BANNER = "市水利局", "市卫生健康委员会", "150622"
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
LEVEL, CLASS = "县处级副职", "deputy"
DEPUTY = {"level": LEVEL, "post_class": CLASS}


def make_town(*, weigh: str = "months", schemes: Sequence[str] = (DEPUTIES,)) -> Town:
    """The golden city with these schemes, weighed by months or by days."""
    town = make_golden_town(schemes=schemes)
    if weigh == "days":
        for code in schemes:
            body = documents()[code]
            approve({**body, "tenure": {**body["tenure"], "weigh": "days"}}, number=2)
    return town


def basis(code: str = DEPUTIES, period: str = "2026Q2") -> Basis:
    pair = pair_named(scheme_code=code, period_code=period)
    return basis_of(manifest_for(pair.version, pair.period))


def second(town: Town, number: str, unit: str, starts_on: date, ends_on: date | None, **more: Any) -> None:
    """One more post of a person, seconded unless it is said otherwise."""
    row = posting(
        town.cadres[number].pk,
        town.units[unit].pk,
        starts_on=starts_on,
        ends_on=ends_on,
        **{"kind": "seconded", **DEPUTY, **more},
    )
    count = Posting.objects.count()
    town.store(Posting, [{**row, "ref": f"x{count:06}"}])


def found(
    town: Town, number: str, code: str = DEPUTIES, period: str = "2026Q2"
) -> tuple[str, Standing, list[tuple[str, int]]] | None:
    """Unit, standing and months of a person; None when not of the population."""
    members = members_at(basis(code, period), cut_seq=last_committed_seq())
    at = np.flatnonzero(members.subjects == town.cadres[number].pk)
    assert len(at) <= 1
    if not len(at):
        return None
    names = {unit.pk: name for name, unit in town.units.items()}
    row = int(at[0])
    held = [(names[unit], months) for unit, months in members.attribution.of(row)]
    return names[int(members.units[row])], Standing(int(members.standings[row])), held


def test_a_concurrent_post_never_counts_beside_the_main_post() -> None:
    town = make_town()
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    second(town, "0700001", HEALTH, date(2026, 1, 1), None, kind="concurrent")
    second(town, "0700001", HEALTH, date(2026, 1, 1), None, kind="front_line", front="project")

    assert found(town, "0700001") == (WATER, Standing.IN, [(WATER, 3)])


def test_who_has_a_concurrent_post_only_is_of_no_population() -> None:
    town = make_town()
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    main = Posting.objects.get(cadre=town.cadres["0700001"])
    town.store(
        Posting, [{**posting(main.cadre_id, main.unit_id, starts_on=main.starts_on, **DEPUTY), "kind": "concurrent"}]
    )

    assert found(town, "0700001") is None


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "unit", "months"),
    [
        # 91 days: 46 are at least half, 45 are not; both ends are inside.
        (date(2026, 5, 16), None, HEALTH, [(HEALTH, 2)]),
        (date(2026, 5, 17), None, WATER, [(WATER, 3)]),
        (date(2026, 4, 1), date(2026, 5, 16), HEALTH, [(HEALTH, 2)]),
        (date(2026, 4, 1), date(2026, 5, 15), WATER, [(WATER, 3)]),
        # Over the edges of the period: only the days inside count.
        (date(2025, 7, 1), date(2026, 5, 15), WATER, [(WATER, 3)]),
        (date(2025, 7, 1), date(2026, 5, 16), HEALTH, [(HEALTH, 2)]),
        (date(2026, 5, 17), date(2027, 5, 1), WATER, [(WATER, 3)]),
    ],
)
def test_the_host_counts_from_half_of_the_days_on(starts_on, ends_on, unit, months) -> None:
    town = make_town()
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    second(town, "0700001", HEALTH, starts_on, ends_on)

    assert found(town, "0700001") == (unit, Standing.IN, months)


@pytest.mark.parametrize(("since", "unit"), [(date(2026, 2, 15), HEALTH), (date(2026, 2, 16), WATER)])
def test_exactly_half_of_the_days_is_enough(since: date, unit: str) -> None:
    town = make_town()
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    second(town, "0700001", HEALTH, since, None)

    # The first quarter has 90 days: from 15 February on 45 are left.
    told = found(town, "0700001", period="2026Q1")

    assert told is not None
    assert told[0] == unit


def test_several_secondments_count_together_and_shared_days_once() -> None:
    town = make_town()
    for number in ("0700001", "0700002"):
        add_cadre(town, number, WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    second(town, "0700001", HEALTH, date(2026, 4, 1), date(2026, 4, 23))
    second(town, "0700001", "市统计局", date(2026, 5, 20), date(2026, 6, 11))
    second(town, "0700002", HEALTH, date(2026, 4, 1), date(2026, 5, 1))
    second(town, "0700002", "市统计局", date(2026, 4, 20), date(2026, 5, 15))

    assert found(town, "0700001") == ("市统计局", Standing.IN, [(HEALTH, 1), ("市统计局", 2)])
    assert found(town, "0700002") == (WATER, Standing.IN, [(WATER, 3)])


def test_a_main_post_that_changes_meanwhile_does_not_count_while_seconded() -> None:
    town = make_town(schemes=[DEPUTIES])
    cadre = add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    ended = posting(cadre.pk, town.units[WATER].pk, starts_on=date(2020, 1, 1), ends_on=date(2026, 5, 9), **DEPUTY)
    town.store(Posting, [ended])
    second(town, "0700001", "市统计局", date(2026, 5, 10), None, kind="main")
    second(town, "0700001", HEALTH, date(2026, 4, 10), date(2026, 6, 20))

    assert found(town, "0700001") == (HEALTH, Standing.IN, [(HEALTH, 3)])


def test_who_stands_at_the_end_is_the_post_held_last() -> None:
    town = make_town()
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)
    second(town, "0700001", HEALTH, date(2026, 4, 1), date(2026, 6, 30))
    second(town, "0700001", "市统计局", date(2026, 5, 1), date(2026, 5, 31))

    # May is held as long in both: it belongs to the later.
    assert found(town, "0700001") == (HEALTH, Standing.IN, [(HEALTH, 2), ("市统计局", 1)])


def test_a_host_of_another_scheme_judges_and_home_lists_the_person_with_the_reason() -> None:
    town = make_town(schemes=[DEPUTIES, BANNER_DEPUTIES])
    add_cadre(town, "0700001", BANNER, starts_on=date(2020, 1, 1), **DEPUTY)
    add_cadre(town, "0700002", BANNER, starts_on=date(2020, 1, 1), **DEPUTY)
    second(town, "0700001", WATER, date(2025, 10, 1), None)
    second(town, "0700002", WATER, date(2026, 3, 1), None, level="乡科级副职")

    assert found(town, "0700001") == (WATER, Standing.IN, [(WATER, 3)])
    assert found(town, "0700001", BANNER_DEPUTIES) == (BANNER, Standing.SECONDED_OUT, [])
    # No scheme judges this post at the host: the person is still listed at home, and told why.
    assert found(town, "0700002") is None
    assert found(town, "0700002", BANNER_DEPUTIES) == (BANNER, Standing.SECONDED_OUT, [])


def test_a_scheme_that_names_kinds_of_posting_counts_those_alone() -> None:
    town = make_town(schemes=["TGC-FIRST-SECRETARY"])
    village, number = "150622104-V01", "0900007"
    second(town, number, HEALTH, date(2026, 4, 1), None)

    assert found(town, number, "TGC-FIRST-SECRETARY") == (village, Standing.IN, [(village, 3)])


def test_days_are_weighed_where_the_scheme_says_so() -> None:
    town = make_town(weigh="days")
    add_cadre(town, "0700001", WATER, starts_on=date(2020, 1, 1), **DEPUTY)

    # 45 days to 15 May, 46 days from 16 May on.
    assert found(town, "0900004") == (HEALTH, Standing.IN, [(WATER, 45), (HEALTH, 46)])
    assert found(town, "0700001") == (WATER, Standing.IN, [(WATER, 91)])


# ---- the model ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A post of the model, days as numbers from the first day of the period."""

    unit: str
    kind: str
    starts: int
    ends: int
    fits: bool

    @property
    def days(self) -> range:
        return range(self.starts, self.ends + 1)


UNITS = (WATER, HEALTH, "市统计局", BANNER)
DAYS = range((LAST - FIRST).days + 1)
MONTHS = (range(30), range(30, 61), range(61, 91))


@st.composite
def services(draw: st.DrawFn) -> list[Held]:
    """Main posts one after another, with gaps; secondments and concurrent posts as they come."""
    fits = st.sampled_from((True, True, True, True, False))
    posts, day = [], draw(st.sampled_from((-250, -240, -230)) | st.integers(-250, 40))
    for _ in range(draw(st.sampled_from((1, 2, 1, 3, 0)))):
        ends = day + draw(st.sampled_from((400, 200)) | st.integers(0, 260))
        posts.append(Held(draw(st.sampled_from(UNITS)), "main", day, ends, draw(fits)))
        day = ends + 1 + draw(st.sampled_from((0, 0, 1, 20)))
    for _ in range(draw(st.sampled_from((1, 0, 2, 3, 0)))):
        starts = draw(st.sampled_from((0, 30, 44, 45, 46, -60)) | st.integers(-120, 95))
        kind = draw(st.sampled_from(("seconded", "seconded", "seconded", "concurrent", "front_line")))
        length = draw(st.sampled_from((120, 46, 45, 44, 22, 0)))
        posts.append(Held(draw(st.sampled_from(UNITS)), kind, starts, starts + length, draw(fits)))
    return posts


def expected(
    posts: Sequence[Held], order: Mapping[str, int], *, by_days: bool
) -> tuple[str, str, dict[str, int]] | None:
    """The rule in days: unit, standing and what is held of each unit."""
    posts = sorted(posts, key=lambda p: (p.starts, order[p.unit], p.ends, not p.fits))
    inside = [p for p in posts if set(p.days) & set(DAYS)]
    seconded = [p for p in inside if p.kind == "seconded"]
    away = {day for p in seconded for day in p.days} & set(DAYS)
    mains = [p for p in inside if p.kind == "main"]
    counted = seconded if 2 * len(away) >= len(DAYS) else mains

    def belongs(p: Held) -> bool:
        return p.fits and p.unit != BANNER

    def last(those: list[Held]) -> Held | None:
        return max(those, key=lambda p: (min(p.ends, DAYS[-1]), p.starts, those.index(p)), default=None)

    here, home = last(counted), last(mains)
    if here is None or not belongs(here):
        if here in seconded and home is not None and belongs(home):
            return home.unit, "SECONDED_OUT", {}
        return None
    held: dict[str, int] = {}
    for part in [range(day, day + 1) for day in DAYS] if by_days else MONTHS:
        longest = max(counted, key=lambda p: (len(set(part) & set(p.days)), p.starts, counted.index(p)))
        if set(part) & set(longest.days):
            held[longest.unit] = held.get(longest.unit, 0) + 1
    served = {day for p in posts if p.kind in ("main", "seconded") and belongs(p) for day in p.days}
    unbroken = next(n for n in range(400) if DAYS[-1] - n not in served)
    is_short = unbroken < 183 or 2 * len(served & set(DAYS)) < len(DAYS)
    return here.unit, "TENURE_SHORT" if is_short else "IN", held


def stored(cadres: Sequence[Cadre], people: Sequence[Sequence[Held]], town: Town) -> Iterator[dict[str, Any]]:
    number = 0
    for cadre, posts in zip(cadres, people, strict=False):
        for post in posts:
            number += 1
            row = posting(
                cadre.pk,
                town.units[post.unit].pk,
                starts_on=FIRST + timedelta(days=post.starts),
                ends_on=FIRST + timedelta(days=post.ends),
                level=LEVEL if post.fits else "科员",
                post_class=CLASS,
                kind=post.kind,
            )
            yield {**row, "ref": f"m{number:06}", "front": "project" if post.kind == "front_line" else ""}


class RolledBackError(Exception):
    """Ends an example: what it stored goes."""


def members_of(town: Town, cadres: Sequence[Cadre], people: Sequence[Sequence[Held]], read: Basis) -> Members:
    """The population with only these posts, stored and rolled back."""
    kept: list[Members] = []
    try:
        with transaction.atomic():
            town.store(Posting, list(stored(cadres, people, town)))
            kept.append(members_at(read, cut_seq=last_committed_seq()))
            raise RolledBackError
    except RolledBackError:
        return kept[0]


@pytest.mark.parametrize("weigh", ["months", "days"])
def test_posts_are_chosen_as_plain_days_say(weigh: str) -> None:
    town = make_town(weigh=weigh)
    cadres = [add_cadre(town, f"071000{at}", WATER, starts_on=date(1990, 1, 1), **DEPUTY) for at in range(4)]
    for cadre in cadres:
        over = posting(cadre.pk, town.units[WATER].pk, starts_on=date(1990, 1, 1), ends_on=date(1990, 1, 2), **DEPUTY)
        town.store(Posting, [over])
    read, names = basis(), {unit.pk: name for name, unit in town.units.items()}
    order = {name: unit.pk for name, unit in town.units.items()}

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(people=st.lists(services(), min_size=1, max_size=4))
    def holds(people: list[list[Held]]) -> None:
        found = members_of(town, cadres, people, read)

        assert len(set(found.subjects.tolist())) == len(found.subjects)
        for cadre, posts in zip(cadres, people, strict=False):
            at = np.flatnonzero(found.subjects == cadre.pk).tolist()
            told = None
            if at:
                held: dict[str, int] = {}
                for unit, months in found.attribution.of(at[0]):
                    held[names[unit]] = held.get(names[unit], 0) + months
                told = names[int(found.units[at[0]])], Standing(int(found.standings[at[0]])).name, held
            assert told == expected(posts, order, by_days=weigh == "days")

    holds()
