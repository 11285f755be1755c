"""What becomes of the sample city: the same bits everywhere, explained to the last micro-point."""

import hashlib
import json
import random
from collections import Counter

import pytest
from django.core.management import call_command

from accounts.models import User
from cadres.models import Posting
from evaluation.models import Current, Run, Score
from evaluation.scoring import Reason
from evaluation.selectors.explanations import explanation
from evaluation.selectors.proofs import proof_of
from evaluation.selectors.rankings import RankingQuery, ranking_rows
from evaluation.selectors.replays import Manner, Replayer, Verdict
from evaluation.selectors.runs import recent_runs
from evaluation.selectors.shown import shown_run
from evaluation.services.runs import run_digest
from foundation.jobs.services import work_inline
from intake.services.batches import request_commit
from ordos_cadres.sample.catalogue import PERSON_SCHEMES, UNIT_SCHEMES
from ordos_cadres.sample.tries import MENDED
from tests.cast import scope
from tests.sample.test_tries import upload
from tools.verify_score import verify

RESULTS_SHA256 = "ca8630adf6b48e31a030af5e13530748b11a2290f0637df7618b80b2ea11b76a"
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


def test_every_scheme_of_the_city_has_results_in_every_quarter(computed):
    found = Counter(Current.objects.values_list("scheme__code", flat=True))

    assert found == dict.fromkeys((name.upper() for name in (*UNIT_SCHEMES, *PERSON_SCHEMES)), 4)
    for code in found:
        assert any(score.rank for score in scores_of(code).values()), code


def test_everybody_in_a_judged_post_is_listed_once_a_scheme_ranked_or_with_a_reason(computed):
    held = Posting.objects.filter(seq_to=None, starts_on__lte="2026-06-30").exclude(ends_on__lt="2026-04-01")
    judged = held.filter(kind="main", post_class__in=["head", "deputy"]) | held.filter(kind="first_secretary")
    listed, away = Counter(), set()

    for code in (name.upper() for name in PERSON_SCHEMES):
        shown = shown_run(scheme_code=code, period_code=LATEST)
        scores = list(Score.objects.filter(result__in=list(shown.results.values())))
        assert all(bool(score.rank) != bool(score.reason) for score in scores)
        assert len({score.subject_id for score in scores}) == len(scores) == shown.run.n_subjects
        away |= {score.subject_id for score in scores if score.reason == Reason.SECONDED_OUT}
        listed.update(score.subject_id for score in scores if score.reason != Reason.SECONDED_OUT)

    # Whom no scheme of the host covers is listed at home alone, with the reason.
    assert {*listed} | away == set(judged.values_list("cadre_id", flat=True))
    assert set(listed.values()) == {1}
    assert len(away - {*listed}) == 1


def test_concurrent_seconded_and_front_line_people_are_judged_where_the_rule_says(computed):
    held = Posting.objects.filter(seq_to=None, starts_on__lte="2026-06-30", ends_on="2026-06-30").exclude(kind="main")
    people = {score.subject_id: score for code in PERSON_SCHEMES for score in scores_of(code.upper()).values()}
    homes = {post.cadre_id: post.unit_id for post in Posting.objects.filter(seq_to=None, kind="main", ends_on=None)}
    told = Counter()

    for post in held:
        where = "host" if people[post.cadre_id].unit_id == post.unit_id else "home"
        assert where == "host" or people[post.cadre_id].unit_id == homes[post.cadre_id]
        told[post.kind, where, people[post.cadre_id].reason] += 1

    assert told == {
        ("concurrent", "home", ""): 3,
        ("front_line", "home", ""): 2,
        ("seconded", "host", ""): 2,
        ("seconded", "home", ""): 1,
        ("seconded", "home", "SECONDED_OUT"): 1,
    }


def test_every_run_of_the_city_replays(computed):
    replayer = Replayer(Manner(shuffle=1, shards=2))

    assert {replayer.replay(run).verdict for run in recent_runs(most=100)} == {Verdict.SAME}


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


def test_random_officials_recompute_their_scores_from_what_they_download(computed):
    draw = random.Random(20261124)
    officer = scope(User.objects.get(username="hr.city"))
    found = []
    for code in PERSON_SCHEMES:
        people = sorted(scores_of(code.upper()))
        for subject in draw.sample(people, min(4, len(people))):
            proof = proof_of(officer, scheme_code=code.upper(), period_code=LATEST, subject=subject)
            found.append((code, verify(json.loads(json.dumps(proof)))))

    assert [each for each in found if each[1]] == []
    assert len(found) >= 25
