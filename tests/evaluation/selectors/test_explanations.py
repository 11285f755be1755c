"""Explanations: lines that sum to the stored total, unit lines scaled in, each led back to its cell."""

from collections import defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.models import Score
from evaluation.selectors.explanations import explanation
from evaluation.selectors.shown import shown_run
from evaluation.selectors.waterfalls import waterfall_of
from tests.evaluation.factories import GOLDEN, add_peers, make_golden_town
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute, recompute_golden

pytestmark = pytest.mark.django_db


def test_golden_lines_are_explained_and_sum_to_the_total() -> None:
    town = make_golden_town()
    recompute_golden()

    for case in [row for row in GOLDEN if row["row"] == "total" and row["expected"]]:
        page = explanation(
            WHOLE_CITY, scheme_code=case["document"], period_code=PERIOD, subject=town.subject(case["subject"])
        )

        assert page is not None
        assert page.total == int(case["expected"])
        assert sum(line.contribution or 0 for line in page.lines) == page.total
        own, of_units = defaultdict(int), defaultdict(int)
        for line in page.lines:
            (of_units if line.held else own)[line.key] += line.contribution or 0
        rows = [row for row in GOLDEN if (row["case"], row["document"]) == (case["case"], case["document"])]
        expected = {row["key"]: int(row["expected"]) for row in rows if row["row"] == "unit_line"}
        assert {key: of_units[key] for key in expected} == expected
        expected = {row["key"]: int(row["expected"]) for row in rows if row["row"] == "line" and row["key"] != "unit"}
        assert {key: own[key] for key in expected} == expected


def test_every_score_of_the_city_is_explained() -> None:
    make_golden_town()
    recompute_golden()
    n = 0

    for code in sorted({row["document"] for row in GOLDEN if row["row"] == "total"}):
        shown = shown_run(scheme_code=code, period_code=PERIOD)
        assert shown is not None
        for score in Score.objects.filter(result__in=list(shown.results.values())):
            page = explanation(WHOLE_CITY, scheme_code=code, period_code=PERIOD, subject=score.subject_id)

            assert page is not None
            assert (page.total, page.reason) == (score.total, score.reason)
            n += 1

    assert n > 100


def test_a_line_leads_to_the_cell_it_was_made_of() -> None:
    town = make_golden_town()
    recompute_golden()

    page = explanation(WHOLE_CITY, scheme_code="TGC-BANNER", period_code=PERIOD, subject=town.subject("150622"))

    assert page is not None
    line = page.line("DD02")
    assert line is not None
    assert [(cell.period, cell.is_target, cell.value_text) for cell in line.cells] == [
        ("2026-06", False, "54.90"),
        ("2026-06", True, "57.00"),
    ]
    assert (line.cells[0].col, line.cells[1].col) == (5, 6)


def test_an_explanation_takes_the_same_number_of_queries_whoever_is_explained() -> None:
    town = make_golden_town()
    add_peers(town, "0900001", 30)
    recompute("TGC-BANNER-HEAD")

    def queries(subject: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page = explanation(
                WHOLE_CITY, scheme_code="TGC-BANNER-HEAD", period_code=PERIOD, subject=town.subject(subject)
            )
        assert page is not None
        return len(asked)

    counts = {queries(number) for number in ("0900001", "0900009", "0800000", "0800029")}
    assert len(counts) == 1


def test_lines_stand_one_upon_another_and_sections_sum_them() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER-HEAD")

    page = explanation(WHOLE_CITY, scheme_code="TGC-BANNER-HEAD", period_code=PERIOD, subject=town.subject("0900001"))

    assert page is not None
    at = 0
    for line in page.lines:
        assert line.start == at
        at += line.contribution or 0
    assert at == page.total
    assert [section.name for section in page.sections] == ["担当作为", "开拓创新", "勤奋敬业"]
    # Each weight is a rounded share of the whole.
    assert sum(section.weight for section in page.sections) == pytest.approx(100_000_000, abs=40)


def test_events_and_exemptions_are_told_beside_their_lines() -> None:
    town = make_golden_town()
    recompute("TGC-TOWNSHIP-DEPUTY")
    recompute("TGC-BANNER-DEPUTY")

    events = explanation(
        WHOLE_CITY, scheme_code="TGC-TOWNSHIP-DEPUTY", period_code=PERIOD, subject=town.subject("0900006")
    )
    exempt = explanation(
        WHOLE_CITY, scheme_code="TGC-BANNER-DEPUTY", period_code=PERIOD, subject=town.subject("0900002")
    )

    assert events is not None
    assert exempt is not None
    own = [line for line in events.sections[-1].lines if not line.held]
    assert [(line.key, line.facts) for line in own] == [
        ("A01", ("示例（4）",)),
        ("A04", ("示例（2.5）",)),
        ("adjust.total", ()),
    ]
    assert [(gate.code, gate.is_exempt) for gate in events.gates] == [("G06", True)]
    assert [line.key for line in exempt.lines if line.is_exempt] == ["OT01"]


def test_an_old_run_is_explained_by_the_facts_of_its_cut() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER")
    old = shown_run(scheme_code="TGC-BANNER", period_code=PERIOD)
    town.observe("150622", "DD01", PERIOD, "50", "100")
    recompute("TGC-BANNER")

    assert old is not None
    waterfall = waterfall_of(old, town.subject("150622"))

    assert waterfall is not None
    assert sum(own.line.contribution or 0 for own in waterfall.lines) == 95_383_157
