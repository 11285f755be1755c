"""The quota line of a ranking: over whole bodies, the same for every reader, and what the base counts."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from accounts.scope import Scope
from evaluation.models import Occurrence
from evaluation.selectors.quotas import BodyLine, GroupQuota, Tie
from evaluation.selectors.rankings import RankingPage, RankingQuery, ranking_rows
from intake.models import Observation
from tests.evaluation.factories import GOLDEN, Town, add_cadre, add_peers, add_spell, make_golden_town, observations
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute

pytestmark = pytest.mark.django_db

HEADS = "TGC-BANNER-HEAD"
NEAR, FAR, NEXT = "150622", "150627", "150624"
"""Three banners of one peer group; golden.csv has heads of the first, and a gate bars the best of them."""
LIKE = "0900001"


def town_of(n: int) -> Town:
    """The near banner with three heads of golden.csv (one index is void) and n more, whose own tasks rise from 61."""
    town = make_golden_town()
    add_peers(town, LIKE, n)
    return town


def copy_facts(town: Town, source: str, subject: str) -> None:
    rows = [{**row, "subject": subject} for row in GOLDEN if row["row"] == "fact" and row["subject"] == source]
    town.store(Observation, list(observations(town, rows)))


def add_head(town: Town, number: str, unit: str, since: date = date(2024, 3, 1)) -> None:
    """A head with the values of golden.csv's first."""
    add_cadre(town, number, unit, starts_on=since, level="县处级正职", post_class="head")
    copy_facts(town, LIKE, number)


def touch_gate(town: Town, number: str, code: str) -> None:
    row = {"ref": f"g{number}", "subject_id": town.subject(number), "period_id": town.periods[PERIOD].pk}
    town.store(Occurrence, [{**row, "code": code, "points": None, "source_text": "示例"}])


def ranking(scope: Scope = WHOLE_CITY, **asked: Any) -> RankingPage:
    page = ranking_rows(scope, scheme_code=HEADS, period_code=PERIOD, query=RankingQuery(**asked))
    assert page is not None
    return page


def quota_of(page: RankingPage) -> GroupQuota:
    (found,) = page.quotas
    return found


def told(page: RankingPage) -> list[str]:
    return [quota_of(page).told(row.who.subject) for row in page.rows]


def tags(page: RankingPage) -> list[list[str]]:
    return [[tag.label for tag in row.tags] for row in page.rows]


def seats(body: BodyLine) -> tuple[int, int, int]:
    return body.seats.size, body.seats.seats, body.n_proposed


def test_a_large_body_has_whole_seats_and_the_line_stands_after_the_last_proposed() -> None:
    town_of(9)
    recompute(HEADS)

    page = ranking()

    # 12 heads, of whom one has a void index and is counted: 12 x 40 % = 4.8.
    (body,) = quota_of(page).bodies
    assert (*seats(body), body.n_unranked, body.seats.exact) == (12, 4, 4, 1, Fraction(24, 5))
    assert (quota_of(page).last_rank, told(page)) == (5, ["线外"] + ["线内"] * 4 + ["线外"] * 6)
    assert [row.is_in_base for row in page.unranked] == [True]
    assert tags(page)[:6] == [["不列入"], *[[]] * 5]


def test_a_tie_at_the_cut_is_undecided_and_takes_no_seat() -> None:
    town = town_of(5)
    town.observe("0800002", "OT01", PERIOD, "63")
    recompute(HEADS)

    page = ranking()

    # 8 x 40 % = 3.2: two and, at the cut, two who share a place.
    (body,) = quota_of(page).bodies
    assert [row.rank for row in page.rows] == [1, 2, 3, 4, 4, 6, 6]
    assert told(page) == ["线外", "线内", "线内", "未定", "未定", "线外", "线外"]
    assert tags(page)[2:5] == [[], ["并列", "未定"], ["并列", "未定"]]
    assert (body.seats.seats, body.last_rank, body.tie) == (3, 3, Tie(4, 2))


def test_whom_a_gate_keeps_from_the_band_takes_no_seat() -> None:
    town = town_of(5)
    touch_gate(town, "0800004", "G04")
    touch_gate(town, "0800000", "G08")
    recompute(HEADS)

    page = ranking()

    # A cap, a hidden band, and a cap far below the line, of which nothing need be said.
    assert [row.band for row in page.rows] == ["better", "good", "hidden", "better", "better", "better", "better"]
    assert told(page) == ["线外", "线内", "线外", "线内", "线内", "线外", "线外"]
    assert tags(page) == [["不列入"], [], ["不列入", "等次暂不显示"], [], [], ["并列"], ["并列"]]


def test_probation_is_no_part_of_the_base_and_a_short_tenure_is() -> None:
    town = town_of(9)
    add_head(town, "0700001", NEAR)
    add_head(town, "0700002", NEAR, date(2026, 5, 20))
    add_spell(town, "0700001", "probation", date(2026, 1, 1), None)
    recompute(HEADS)

    page = ranking()

    (body,) = quota_of(page).bodies
    assert (body.seats.size, page.n_unranked, page.n_unranked_in_base) == (13, 3, 2)
    assert {row.who.number: row.is_in_base for row in page.unranked} == {
        "0900011": True, "0700001": False, "0700002": True
    }  # fmt: skip


def test_small_bodies_of_all_groups_share_a_pool_beside_the_large_one() -> None:
    town = town_of(2)
    add_head(town, "0700009", NEAR)
    for unit, numbers in ((FAR, ("0700001", "0700002")), ("150621", ("0700003", "0700004", "0700005"))):
        copy_facts(town, NEAR, unit)
        for number in numbers:
            add_head(town, number, unit)
    recompute("TGC-BANNER")
    recompute(HEADS)

    page = ranking(group="能源旗")

    # The pool is 5 heads of two groups: 2 seats, one whole of 3 x 40 % = 1.2, the other to the fraction of 0.8.
    near, far = quota_of(page).bodies
    pool = quota_of(page).pool
    assert (seats(near), near.seats.is_pooled) == ((6, 2, 2), False)
    assert (far.seats.size, far.seats.seats, far.seats.is_pooled) == (2, 1, True)
    assert pool is not None
    assert (pool.bodies, pool.size, pool.seats, pool.unassigned) == (2, 5, 2, 0)
    assert {tuple(row.tags)[-1].label for row in page.rows if quota_of(page).told(row.who.subject) == "线内"} == {
        "线内"
    }


def test_equal_fractions_that_cannot_all_be_served_leave_the_next_of_each_body_waiting() -> None:
    town = town_of(2)
    for at, unit in enumerate((FAR, NEXT)):
        copy_facts(town, NEAR, unit)
        for number in (f"07{at}0001", f"07{at}0002"):
            add_head(town, number, unit)
        town.observe(f"07{at}0002", "OT01", PERIOD, "70")
    recompute("TGC-BANNER")
    recompute(HEADS)

    quota = quota_of(ranking())

    pool = quota.pool
    assert pool is not None
    assert (pool.size, pool.seats, pool.unassigned) == (4, 1, 1)
    firsts = {town.subject("0700001"), town.subject("0710001")}
    assert quota.waiting == firsts
    assert {quota.told(subject) for subject in firsts} == {"待定"}
    assert [body.seats.is_pending for body in quota.bodies] == [False, True, True]


def test_readers_of_one_banner_or_without_a_person_see_the_line_of_whole_bodies_and_no_other_name() -> None:
    town = town_of(9)
    add_head(town, "0700001", FAR)
    recompute(HEADS)
    banner = replace(WHOLE_CITY, units=frozenset({town.units[NEAR].pk}))
    without = replace(WHOLE_CITY, cut_out=frozenset({town.subject("0900009"), town.subject(LIKE)}))

    everything, here, fewer = quota_of(ranking()), quota_of(ranking(banner)), quota_of(ranking(without))

    (near, _far), (seen,) = everything.bodies, here.bodies
    assert seen == near == fewer.bodies[0]
    assert told(ranking(without)) == [*["线内"] * 3, *["线外"] * 6]
    assert {body.name for body in here.bodies} == {town.units[NEAR].name}


def test_one_body_in_the_filter_shows_its_line_alone() -> None:
    town = town_of(5)
    copy_facts(town, NEAR, FAR)
    add_head(town, "0700001", FAR)
    recompute("TGC-BANNER")
    recompute(HEADS)

    both, alone = ranking(), ranking(unit=NEAR)

    assert [(unit.code, unit.n, unit.is_shown) for unit in both.units] == [(NEAR, 8, True), (FAR, 1, True)]
    assert [unit.is_shown for unit in alone.units] == [True, False]
    assert [body.name for body in quota_of(alone).bodies] == [town.units[NEAR].name]
    assert all(row.who.unit_code == NEAR for row in alone.rows)


def test_a_scheme_without_a_quota_asks_and_says_nothing() -> None:
    make_golden_town()
    recompute("TGC-BANNER")

    page = ranking_rows(WHOLE_CITY, scheme_code="TGC-BANNER", period_code=PERIOD, query=RankingQuery())

    assert page is not None
    assert page.quotas == ()
    assert page.tie_break == ()
