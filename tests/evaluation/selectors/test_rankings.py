"""Rankings: within the reader's scope, by keyset, in the same number of queries whatever their length."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.scope import NOBODY
from evaluation.models import Score
from evaluation.selectors.explanations import explanation
from evaluation.selectors.rankings import RankingPage, RankingQuery, ranking_rows
from foundation.permissions import Permission
from foundation.web.figures import points_text
from intake.models import Observation
from tests.evaluation.factories import GOLDEN, Town, add_peers, make_golden_town, observations
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute

pytestmark = pytest.mark.django_db

HEADS = "TGC-BANNER-HEAD"


def ranking(scope=WHOLE_CITY, code: str = HEADS, **asked: object) -> RankingPage | None:
    return ranking_rows(scope, scheme_code=code, period_code=PERIOD, query=RankingQuery(**asked))


def town_of_heads(n: int) -> Town:
    """P01, P09, P11 of golden.csv in one group, with peers."""
    town = make_golden_town()
    add_peers(town, "0900001", n)
    recompute(HEADS)
    return town


def queries(n_rows: int) -> int:
    with CaptureQueriesContext(connection) as asked:
        page = ranking(most=n_rows)
    assert page is not None
    assert len(page.rows) == n_rows
    return len(asked)


def test_one_row_and_thirty_rows_take_the_same_number_of_queries() -> None:
    town_of_heads(30)

    assert queries(1) == queries(30)


def test_pages_by_keyset_show_everyone_once_in_order() -> None:
    town_of_heads(30)
    seen, after = [], None

    while True:
        page = ranking(most=7, after=after)
        assert page is not None
        seen += [(row.rank, row.who.subject) for row in page.rows]
        after = page.next_after
        if after is None:
            break

    ranked = Score.objects.filter(result=page.shown.results[page.group], rank__isnull=False)
    assert seen == list(ranked.order_by("rank", "subject").values_list("rank", "subject_id"))
    assert len(seen) == page.n_ranked == 32


def test_digit_that_decides_stands_on_both_sides_of_a_pages_edge() -> None:
    town = town_of_heads(2)
    town.observe("0800001", "OT01", PERIOD, "61.01")
    recompute(HEADS)

    first = ranking(most=3)
    assert first is not None
    second = ranking(most=3, after=first.next_after)
    assert second is not None

    upper, lower = first.rows[-1], second.rows[0]
    assert points_text(upper.total) == points_text(lower.total)
    assert [row.extra_places for row in (*first.rows, lower)] == [0, 0, 1, 1]


def test_ties_share_their_rank_and_say_so() -> None:
    town_of_heads(3)

    page = ranking()

    assert page is not None
    assert [(row.rank, row.tie) for row in page.rows] == [(1, False), (2, False), (3, False), (4, True), (4, True)]
    assert [tag.label for tag in page.rows[-1].tags] == ["并列"]


def test_who_has_no_total_stands_apart_with_the_reason_and_the_way_back() -> None:
    town_of_heads(0)

    page = ranking()

    assert page is not None
    assert [(row.who.number, row.reason, row.reason_text) for row in page.unranked] == [
        ("0900011", "G02", "对统计造假负有责任，指数作废并移交")
    ]
    assert page.unranked[0].remedy


def test_a_reader_sees_only_their_units_levels_and_nobody_cut_out() -> None:
    town = make_golden_town()
    recompute(HEADS)
    banner, other, head = town.units["150622"].pk, town.units["150621"].pk, town.cadres["0900001"].pk

    here = ranking(replace(WHOLE_CITY, units=frozenset({banner})))
    without = ranking(replace(WHOLE_CITY, cut_out=frozenset({head})))

    assert here is not None
    assert without is not None
    assert [row.who.number for row in here.rows] == ["0900009", "0900001"]
    assert [(row.who.number, row.rank) for row in without.rows] == [("0900009", 1)]
    assert ranking(replace(WHOLE_CITY, units=frozenset({other}))) is None
    assert ranking(replace(WHOLE_CITY, levels=frozenset({"乡科级正职"}))) is None
    assert ranking(replace(WHOLE_CITY, permissions=frozenset())) is None
    assert ranking(NOBODY) is None


def test_dimensions_of_a_row_are_those_of_its_explanation() -> None:
    town_of_heads(0)
    page = ranking()
    assert page is not None

    assert [dimension.name for dimension in page.dimensions] == ["担当作为", "开拓创新", "勤奋敬业"]
    assert sum(dimension.weight for dimension in page.dimensions) == 100_000_000
    for row in page.rows:
        why = explanation(WHOLE_CITY, scheme_code=HEADS, period_code=PERIOD, subject=row.who.subject)
        assert why is not None
        told = {section.dimension.key: section.points for section in why.sections}
        for dimension in row.dimensions:
            # The lines are whole micro-points, the row is not made of lines: less than one shown digit apart.
            assert dimension.points == pytest.approx(told[dimension.key], abs=500)


def test_a_search_finds_by_name_and_number_and_a_unit_narrows() -> None:
    town_of_heads(2)

    assert [row.who.number for row in found_by(text="0900009")] == ["0900009"]
    assert {row.who.name for row in found_by(text="例")} == {"例00", "例01"}
    assert len(found_by(unit="150622")) == 4
    assert found_by(unit="150621") == []


def found_by(**asked: object) -> list:
    page = ranking(**asked)
    assert page is not None
    return list(page.rows)


def test_groups_are_choices_and_the_asked_one_is_shown() -> None:
    make_golden_town()
    recompute("TGC-BANNER")

    page = ranking(code="TGC-BANNER", group="城区")

    assert page is not None
    assert [(choice.key, choice.n, choice.is_shown) for choice in page.groups] == [
        ("农牧旗", 3, False),
        ("城区", 2, True),
        ("能源旗", 4, False),
    ]
    assert (page.rows, len(page.unranked)) == ((), 2)


EARLIER = {"2026Q2": "2026Q1", "2026-04": "2026-01", "2026-05": "2026-02", "2026-06": "2026-03"}


def quarter_before(town: Town, **own_tasks: str) -> None:
    """The facts of the quarter, once more for the one before it, with other own tasks."""
    facts = [row for row in GOLDEN if row["row"] == "fact" and row["period"] in EARLIER]
    own = {number.lstrip("p"): value for number, value in own_tasks.items()}
    rows = [
        {**row, "period": EARLIER[row["period"]], "value": own.get(row["subject"], row["value"])}
        if row["key"] == "OT01"
        else {**row, "period": EARLIER[row["period"]]}
        for row in facts
    ]
    town.store(Observation, list(observations(town, rows)))


def test_change_of_rank_is_against_the_period_before() -> None:
    town = make_golden_town()
    quarter_before(town, p0900001="100", p0900009="20")
    recompute(HEADS, "2026Q1")
    recompute(HEADS)

    page = ranking()

    assert page is not None
    assert [(row.who.number, row.rank, row.change) for row in page.rows] == [("0900009", 1, 2), ("0900001", 2, -1)]


def test_history_tells_each_period_by_its_current_run() -> None:
    town = make_golden_town()
    quarter_before(town, p0900001="100")
    recompute(HEADS, "2026Q1")
    recompute(HEADS)

    why = explanation(WHOLE_CITY, scheme_code=HEADS, period_code=PERIOD, subject=town.cadres["0900001"].pk)

    assert why is not None
    assert [point.period for point in why.history] == ["2026Q1", "2026Q2"]
    assert why.history[-1].total == why.total


def test_own_result_is_open_to_the_person_and_to_nobody_else() -> None:
    town = make_golden_town()
    recompute(HEADS)
    head, other = town.cadres["0900001"].pk, town.cadres["0900009"].pk
    own = replace(NOBODY, permissions=frozenset({Permission.VIEW_OWN_RESULT}), self_subject=head)

    assert explanation(own, scheme_code=HEADS, period_code=PERIOD, subject=head) is not None
    assert explanation(own, scheme_code=HEADS, period_code=PERIOD, subject=other) is None
