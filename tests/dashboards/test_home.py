"""Home: each role gets what it may open, in a number of queries that no row changes."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.scope import NOBODY, Scope
from dashboards.home import HomePage, home_page
from dashboards.navigation import rail_of
from evaluation.selectors.overview import Overview, overview
from foundation.permissions import Permission
from tests.evaluation.factories import Town, add_peers, make_golden_town
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute, stored_score

pytestmark = pytest.mark.django_db

HEADS = "TGC-BANNER-HEAD"
UPSTREAM = ("TGC-DEPARTMENT", "TGC-TOWNSHIP")
"""Unit schemes that a run of heads computes on the way."""


@pytest.fixture
def town() -> Town:
    town = make_golden_town()
    recompute("TGC-BANNER")
    recompute(HEADS)
    return town


def seen(scope: Scope = WHOLE_CITY) -> Overview:
    found = overview(scope)
    assert found is not None
    return found


def test_the_newest_period_counts_persons_and_units_by_scheme(town: Town) -> None:
    found = seen()

    assert found.period_code == PERIOD
    kinds = {each.run.scheme_code: each.run.is_personal for each in found.schemes}
    assert kinds == {HEADS: True, "TGC-BANNER": False} | dict.fromkeys(UPSTREAM, False)
    heads = found.personal[0]
    assert heads.n >= heads.n_ranked > 0
    assert found.coverage == heads.coverage


def test_who_is_cut_out_or_beyond_the_levels_is_not_counted(town: Town) -> None:
    subject = stored_score(town, HEADS, "0900001").subject_id

    assert seen(replace(WHOLE_CITY, cut_out=frozenset({subject}))).personal[0].n == seen().personal[0].n - 1
    assert seen(replace(WHOLE_CITY, levels=frozenset())).personal == ()
    assert seen(replace(WHOLE_CITY, units=frozenset())).schemes == ()


def test_who_sees_no_results_sees_no_standing(town: Town) -> None:
    assert overview(NOBODY) is None
    home = home_page(NOBODY)
    assert (list(home.schemes), home.facts) == ([], [])
    assert home.empty is not None


def test_the_officials_home_leads_to_every_result_of_their_own(town: Town) -> None:
    score = stored_score(town, HEADS, "0900001")
    own = replace(
        NOBODY,
        self_subject=score.subject_id,
        permissions=frozenset({Permission.VIEW_OWN_RESULT}),
        roles=frozenset({Role.CADRE}),
    )

    home = home_page(own)

    assert [row.total for row in home.own] == [score.total]
    assert home.own[0].url.endswith(f"/{HEADS}/{PERIOD}/")
    assert str(score.rank) in str(home.heading)


def test_more_people_ask_no_more_queries(town: Town) -> None:
    few = queries()
    add_peers(town, "0900001", 30)
    recompute(HEADS)

    assert queries() == few


def queries() -> int:
    with CaptureQueriesContext(connection) as asked:
        home: HomePage = home_page(WHOLE_CITY)
    assert home.schemes
    return len(asked)


def test_a_result_hangs_below_the_ranking_in_the_rail() -> None:
    officer = replace(WHOLE_CITY, permissions=frozenset({Permission.VIEW_HOME, Permission.VIEW_RESULTS}))

    assert current(officer, "/") == ["/"]
    assert current(officer, "/cadres/abc/S/2026Q2/") == ["/rankings/"]
    assert current(officer, "/jobs/abc/") == []
    own = replace(NOBODY, permissions=frozenset({Permission.VIEW_HOME, Permission.VIEW_OWN_RESULT}))
    assert current(own, "/cadres/abc/S/2026Q2/") == ["/me/"]


def current(scope: Scope, path: str) -> list[str]:
    return [item.url for group in rail_of(scope, path) for item in group.items if item.current]
