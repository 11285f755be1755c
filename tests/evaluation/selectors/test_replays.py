"""Replay: the same bits from manifest and cut, in whatever manner, and whatever became of the city since."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.models import GroupResult, Run, RunGroup, RunUpstream, Score
from evaluation.scoring import ENGINE_VERSION
from evaluation.selectors.replays import Replayed, Verdict, Why, replay_run
from tests.evaluation.factories import make_golden_town
from tests.evaluation.recompute import PERIOD, recompute, recompute_golden

READ = {
    "evaluation_run",
    "evaluation_rungroup",
    "evaluation_runupstream",
    "evaluation_groupresult",
    "evaluation_score",
    "evaluation_manifest",
    "evaluation_groupset",
    "evaluation_groupmember",
    "evaluation_occurrence",
    "evaluation_exemption",
    "intake_observation",
    "cadres_posting",
    "cadres_statusspell",
}
"""Facts, manifests and results; a group set gives only the id behind its fixed code."""
DOCUMENTS = {"rulebook_ruledocument"}
"""Names a document for people; its code and body come from the manifest."""


def newest(code: str) -> Run:
    return Run.objects.filter(scheme__code=code).latest("number")


def copy_of(run: Run, *, number: int, **changed: object) -> Run:
    """Another run that claims the same results."""
    fields = {field.attname: getattr(run, field.attname) for field in Run._meta.fields}
    copy = Run.objects.create(**{**fields, "id": None, "ref": f"copy{number}", "number": number, **changed})
    for group in RunGroup.objects.filter(run=run):
        RunGroup.objects.create(run=copy, group_key=group.group_key, result_id=group.result_id)
    for upstream in RunUpstream.objects.filter(run=run):
        RunUpstream.objects.create(run=copy, upstream_id=upstream.upstream_id)
    return copy


def differing(replayed: Replayed) -> dict[str, set[str]]:
    return {
        group.key: {each.what for each in group.compared if not each.is_same}
        for group in replayed.groups
        if not group.is_same
    }


@pytest.mark.django_db
def test_every_run_of_the_golden_city_replays_in_every_manner() -> None:
    make_golden_town()
    recompute_golden()
    manners = ({}, {"shards": 3}, {"shuffle": 7}, {"shuffle": 11, "shards": 2})

    found = {(run.number, replay_run(run, **manner).verdict) for run in Run.objects.all() for manner in manners}

    assert found == {(run.number, Verdict.SAME) for run in Run.objects.all()}


def test_two_workers_give_the_same_bits(copied_database: str) -> None:
    make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")

    assert replay_run(Run.objects.get(), shards=3, workers=2).verdict is Verdict.SAME


@pytest.mark.django_db
def test_a_replay_writes_nothing_and_reads_no_definition() -> None:
    make_golden_town()
    recompute_golden()
    runs = list(Run.objects.select_related("manifest"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        for run in runs:
            replay_run(run)

    statements = [query["sql"] for query in queries]
    tables = {name for sql in statements for name in re.findall(r'(?:FROM|JOIN) "?(\w+)"?', sql)}
    assert {sql.split()[0] for sql in statements} <= {"SELECT", "COPY"}
    assert tables - READ - {"json_each"} <= DOCUMENTS


@pytest.mark.django_db
def test_a_run_that_claims_another_cut_differs_with_group_and_subject() -> None:
    town = make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    town.observe("150622", "DD01", PERIOD, "50", "100")
    false = copy_of(newest("TGC-BANNER"), number=90, cut_seq=newest("TGC-BANNER").cut_seq + 1)

    found = replay_run(false)

    assert found.verdict is Verdict.DIFFERS
    assert differing(found) == {"能源旗": {"input", "output", "scores"}}
    changed = {each.subject: each.columns for group in found.groups for each in group.subjects}
    assert list(changed) == [town.subject("150622")]
    assert changed[town.subject("150622")]["total"][0] == 95_383_157


@pytest.mark.django_db
def test_a_group_that_is_not_stored_and_one_that_is_too_many_differ() -> None:
    make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    run = newest("TGC-BANNER")
    other = copy_of(run, number=91)
    lacking = Run.objects.create(
        **{
            **{field.attname: getattr(run, field.attname) for field in Run._meta.fields},
            "id": None,
            "ref": "lacking",
            "number": 92,
        }
    )
    RunGroup.objects.create(run=other, group_key="没有的组", result_id=RunGroup.objects.filter(run=run)[0].result_id)

    assert set(differing(replay_run(other))) == {"没有的组"}
    assert set(differing(replay_run(lacking, shards=2))) == {"农牧旗", "城区", "能源旗"}


@pytest.mark.django_db
def test_a_difference_of_a_unit_run_is_a_difference_of_its_persons() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER-HEAD")
    banner, heads = newest("TGC-BANNER"), newest("TGC-BANNER-HEAD")
    town.observe("150622", "DD01", PERIOD, "50", "100")
    false = copy_of(banner, number=93, cut_seq=banner.cut_seq + 1)
    above = copy_of(heads, number=94)
    RunUpstream.objects.create(run=above, upstream=false)

    assert replay_run(heads).verdict is Verdict.SAME
    assert replay_run(above).verdict is Verdict.DIFFERS


@pytest.mark.django_db
def test_another_engines_run_cannot_be_replayed() -> None:
    make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    old = copy_of(newest("TGC-BANNER"), number=95, engine=f"{ENGINE_VERSION}-old")

    found = replay_run(old)

    assert (found.verdict, found.why, found.groups) == (Verdict.CANNOT, Why.OTHER_ENGINE, ())


@pytest.mark.django_db
def test_stored_results_stay_as_they_are() -> None:
    make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    before = (GroupResult.objects.count(), Score.objects.count(), Run.objects.count())

    replay_run(newest("TGC-BANNER"), shuffle=3)

    assert (GroupResult.objects.count(), Score.objects.count(), Run.objects.count()) == before
