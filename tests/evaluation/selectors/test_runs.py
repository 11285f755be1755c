"""The run page, the list, and how fresh the shown results are."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.scope import NOBODY
from evaluation.selectors.freshness import freshness, next_run_text
from evaluation.selectors.runs import current_runs, run_page, run_rows, visible_runs
from foundation.permissions import Permission
from tests.evaluation.factories import make_golden_town
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute

pytestmark = pytest.mark.django_db

OFFICER = replace(WHOLE_CITY, permissions=frozenset({Permission.VIEW_RUNS, Permission.VIEW_RESULTS}))


def test_a_run_tells_its_inputs_groups_upstreams_and_warnings() -> None:
    make_golden_town()
    recompute("TGC-BANNER-HEAD")
    run = visible_runs(OFFICER).get(scheme__code="TGC-BANNER-HEAD")

    page = run_page(OFFICER, ref=run.ref)

    assert page is not None
    assert [(group.label, group.n, group.n_ranked, group.is_fresh) for group in page.groups] == [("能源旗", 3, 2, True)]
    assert page.groups[0].median == (95_768_744 + 96_891_494 + 1) // 2
    assert [row.scheme_code for row in page.upstreams] == ["TGC-BANNER", "TGC-DEPARTMENT", "TGC-TOWNSHIP"]
    assert (page.version, page.row.n_subjects, page.row.is_current, page.row.who) == (1, 3, True, "系统")
    assert page.warnings == ()


def test_warnings_are_sentences() -> None:
    make_golden_town()
    recompute("TGC-BANNER")

    page = run_page(OFFICER, ref=visible_runs(OFFICER).get().ref)

    assert page is not None
    assert page.warnings == (
        "8 个对象没有任何本级数据。",
        "3 个组的部分指标有数的对象太少，改按方案规定的小组算法：农牧旗、城区、能源旗。",
    )


def test_a_list_of_one_run_and_of_many_takes_the_same_number_of_queries() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER-HEAD")
    town.observe("150622", "DD01", PERIOD, "50", "100")
    recompute("TGC-BANNER-HEAD")

    def queries(most: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(run_rows(visible_runs(OFFICER).order_by("-number")[:most])) == most
        return len(asked)

    assert queries(1) == queries(6)


def test_a_run_that_took_over_groups_says_how_many_it_scored() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER")
    town.observe("150622", "DD01", PERIOD, "50", "100")
    recompute("TGC-BANNER")

    rows = run_rows(visible_runs(OFFICER).order_by("-number"))

    assert [(row.n_groups, row.n_fresh, row.is_current) for row in rows] == [(3, 1, True), (3, 3, False)]


def test_without_the_right_nothing_is_told() -> None:
    make_golden_town()
    recompute("TGC-BANNER")

    assert list(visible_runs(NOBODY)) == []
    assert current_runs(NOBODY) == []
    assert freshness(NOBODY) is None


def test_current_runs_are_the_choices_of_a_page() -> None:
    make_golden_town()
    recompute("TGC-BANNER-HEAD")

    choices = current_runs(OFFICER)

    assert [(each.scheme_code, each.period_code, each.is_personal) for each in choices] == [
        ("TGC-BANNER", PERIOD, False),
        ("TGC-BANNER-HEAD", PERIOD, True),
        ("TGC-DEPARTMENT", PERIOD, False),
        ("TGC-TOWNSHIP", PERIOD, False),
    ]


def test_the_next_run_is_named_in_the_offices_words() -> None:
    # Ordos is eight hours ahead of UTC.
    assert next_run_text(datetime(2026, 7, 9, 17, 30, tzinfo=UTC)) == "今天 02:00"
    assert next_run_text(datetime(2026, 7, 9, 18, 0, tzinfo=UTC)) == "今晚 02:00"
