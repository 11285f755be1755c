"""What becomes of the sample city: the same bits everywhere, explained to the last micro-point."""

import hashlib

import pytest
from django.core.management import call_command

from accounts.models import User
from evaluation.models import Current, Run, Score
from evaluation.selectors.explanations import explanation
from evaluation.selectors.rankings import RankingQuery, ranking_rows
from evaluation.selectors.shown import shown_run
from evaluation.services.runs import run_digest
from foundation.jobs.services import work_inline
from intake.services.batches import request_commit
from ordos_cadres.sample.catalogue import PERSON_SCHEMES
from ordos_cadres.sample.tries import MENDED
from tests.cast import scope
from tests.sample.test_tries import upload

RESULTS_SHA256 = "01cf258af0795d21284df9e74a286812f674b17e79503272fb3d58061249ae45"
"""Of all results of the sample city, every scheme and period: the same on both databases."""

LATEST = "2026Q2"


def recompute():
    call_command("recompute", all=True)


def results_digest():
    lines = [
        f"{current.scheme.code} {current.period.code} {run_digest(current.run)}"
        for current in Current.objects.select_related("scheme", "period", "run")
    ]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def scores_of(scheme_code):
    shown = shown_run(scheme_code=scheme_code, period_code=LATEST)
    return {score.subject_id: score for score in Score.objects.filter(result__in=list(shown.results.values()))}


@pytest.fixture(scope="module")
def computed(city_to_read):
    """The sample city after its first night; nobody writes into it."""
    recompute()


def test_city_has_the_same_results_on_every_machine(computed):
    assert Current.objects.count() == 44
    assert results_digest() == RESULTS_SHA256


def test_second_night_computes_nothing(computed):
    before = Run.objects.count()

    recompute()

    assert Run.objects.count() == before


def test_lines_of_every_person_sum_to_the_total(computed):
    reader = scope(User.objects.get(username="hr.city"))
    explained = 0

    for code in (name.upper() for name in PERSON_SCHEMES):
        for subject, score in scores_of(code).items():
            page = explanation(reader, scheme_code=code, period_code=LATEST, subject=subject)
            assert page is not None
            assert page.total == score.total
            if score.total is not None:
                assert sum(line.contribution or 0 for line in page.lines) == score.total
                explained += 1

    assert explained > 240


def test_a_search_goes_to_the_group_in_which_somebody_is_found(computed):
    reader = scope(User.objects.get(username="hr.city"))
    asked = {"scheme_code": "TGC-BANNER-DEPUTY", "period_code": LATEST}
    first = ranking_rows(reader, **asked, query=RankingQuery())
    elsewhere = next(choice.key for choice in first.groups if not choice.is_shown)
    wanted = ranking_rows(reader, **asked, query=RankingQuery(group=elsewhere)).rows[0].who

    found = ranking_rows(reader, **asked, query=RankingQuery(group=first.group, text=wanted.number))

    assert (found.group, [row.who.number for row in found.rows]) == (elsewhere, [wanted.number])


def test_mended_file_ranks_who_could_not_be_ranked(city):
    recompute()
    before = scores_of("TGC-BANNER-DEPUTY")
    waiting = {subject for subject, score in before.items() if score.reason == "LOW_COVERAGE"}

    batch, hr = upload(MENDED)
    work_inline(request_commit(batch=batch, actor=hr, plan_sha256=batch.plan_sha256, accepted_corrections=5).job)
    recompute()

    after = scores_of("TGC-BANNER-DEPUTY")
    assert len(waiting) == 3
    assert all(after[subject].rank for subject in waiting)
    assert any(before[subject].total not in {None, after[subject].total} for subject in before)
