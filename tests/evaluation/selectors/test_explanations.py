"""Explanations: lines that sum to the stored total, unit lines scaled in, each led back to its cell."""

from collections import defaultdict

import pytest

from evaluation.models import Score
from evaluation.selectors.explanations import explanation
from evaluation.selectors.shown import shown_run
from tests.evaluation.factories import GOLDEN, make_golden_town
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute_golden

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
