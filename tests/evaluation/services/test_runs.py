"""Runs through their public door: golden values stored, nothing done twice, only whole runs shown."""

import hashlib
from datetime import date

import pytest

from evaluation.errors import EvaluationError
from evaluation.models import Current, GroupResult, Manifest, Run, RunGroup, RunUpstream, Score
from evaluation.selectors.explanations import explanation
from evaluation.selectors.rankings import RankingQuery, ranking_rows
from evaluation.services.runs import PairOutcome, close_runs, request_all_runs, request_run, run_digest
from foundation.actor import SYSTEM
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline, work_job
from foundation.ledger.models import last_committed_seq
from foundation.web.figures import points_text
from intake.models import Observation
from tests.evaluation.factories import (
    FIRST_UNIT,
    FOUNDED,
    GOLDEN,
    Town,
    approve,
    make_golden_town,
    make_indicators,
    make_periods,
    observations,
)
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute, recompute_golden, stored_score
from tests.evaluation.scoring.sample import documents, indicators
from tests.evaluation.scoring.test_hdi import COLUMNS, PUBLISHED
from units.models import Subject, Unit

pytestmark = pytest.mark.django_db

DIGEST = "5874beb24e3a34cf706264b6185d370540f6eedc4ca05e31ef1157dca1b8cf33"
"""Over all results of the golden city; a change of it is a change of the engine, of a document or of the facts."""


def test_golden_results_are_stored_through_the_door() -> None:
    town = make_golden_town()
    rows = [row for row in GOLDEN if row["row"] in {"total", "coverage", "band", "reason"}]

    recompute_golden()

    found = {}
    for row in rows:
        value = getattr(stored_score(town, row["document"], row["subject"]), row["row"])
        found[row["case"], row["row"]] = "" if value is None else str(value)
    assert found == {(row["case"], row["row"]): row["expected"] for row in rows}


def written() -> dict[str, int]:
    """Rows of everything that a run writes."""
    return {model.__name__: model.objects.count() for model in (Run, RunGroup, GroupResult, Score, Manifest, Current)}


def test_a_run_again_with_nothing_new_writes_no_row() -> None:
    make_golden_town()
    recompute("TGC-BANNER-HEAD")
    before, pointer = written(), Current.objects.get(scheme__code="TGC-BANNER-HEAD")

    again = recompute("TGC-BANNER-HEAD")

    assert again["runs"] == {}
    assert written() == before
    assert Current.objects.get(pk=pointer.pk).checked_at > pointer.checked_at


def test_an_entry_that_touches_nobody_moves_only_what_was_checked() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER")
    before, pointer = written(), Current.objects.get(scheme__code="TGC-BANNER")
    town.observe("150622104-V01", "DD01", "2026Q1", "90", "100")

    again = recompute("TGC-BANNER")

    now = Current.objects.get(pk=pointer.pk)
    assert (again["runs"], written()) == ({}, before)
    assert (now.run_id, now.checked_seq) == (pointer.run_id, pointer.checked_seq + 1)


def test_only_the_group_of_a_changed_value_is_scored_again() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER")
    first = dict(RunGroup.objects.values_list("group_key", "result_id"))
    town.observe("150622", "DD01", PERIOD, "50", "100")

    recompute("TGC-BANNER")

    second = dict(RunGroup.objects.filter(run=Run.objects.latest("number")).values_list("group_key", "result_id"))
    assert {key for key in first if first[key] != second[key]} == {"能源旗"}
    assert Score.objects.filter(result=second["能源旗"], subject=town.subject("150622")).get().total < 95_383_157


def test_persons_follow_their_units_in_the_same_request() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER-HEAD")
    before = stored_score(town, "TGC-BANNER-HEAD", "0900001").total
    town.observe("150622", "DD01", PERIOD, "50", "100")

    again = recompute("TGC-BANNER-HEAD")

    assert set(again["runs"]) == {f"TGC-BANNER:{PERIOD}", f"TGC-BANNER-HEAD:{PERIOD}"}
    assert stored_score(town, "TGC-BANNER-HEAD", "0900001").total < before
    upstream = RunUpstream.objects.filter(run=Run.objects.latest("number")).values_list("upstream__scheme__code")
    assert ("TGC-BANNER",) in upstream


def test_an_entry_that_comes_during_a_run_belongs_to_the_next() -> None:
    town = make_golden_town()
    job = request_run(scheme_code="TGC-BANNER", period_code=PERIOD, actor=SYSTEM)
    work_job(job.ref)  # the plan, and with it the cut
    town.observe("150622", "DD01", PERIOD, "50", "100")

    work_inline(job)
    first = stored_score(town, "TGC-BANNER", "150622").total
    recompute("TGC-BANNER")

    assert first == 95_383_157
    assert stored_score(town, "TGC-BANNER", "150622").total < first


def test_readers_see_the_old_run_until_the_new_one_is_whole() -> None:
    town = make_golden_town()
    recompute("TGC-BANNER-HEAD")
    shown = dict(Current.objects.values_list("scheme__code", "run_id"))
    town.observe("150622", "DD01", PERIOD, "50", "100")
    job = request_run(scheme_code="TGC-BANNER-HEAD", period_code=PERIOD, actor=SYSTEM)
    seen = []

    while Job.objects.get(pk=job.pk).is_open:
        seen.append(dict(Current.objects.values_list("scheme__code", "run_id")))
        free = Job.objects.filter(state__in=["queued", "closing"], worker="").order_by("pk")
        work_job(free[0].ref)

    assert all(each == shown for each in seen)
    assert len(seen) >= 4
    assert Current.objects.get(scheme__code="TGC-BANNER-HEAD").run_id != shown["TGC-BANNER-HEAD"]


def test_a_closing_step_done_twice_makes_one_run() -> None:
    make_golden_town()
    recompute("TGC-BANNER")
    job, runs = Job.objects.get(kind="evaluation.run"), Run.objects.count()
    outcomes = [
        PairOutcome(f"TGC-BANNER:{PERIOD}", run.manifest, list(run.groups.values_list("group_key", "result_id")), [])
        for run in Run.objects.all()
    ]

    closed = close_runs(job=job, actor=SYSTEM, cut_seq=last_committed_seq(), outcomes=outcomes)

    assert (closed.unchanged, Run.objects.count()) == ([f"TGC-BANNER:{PERIOD}"], runs)


def test_a_run_of_an_older_cut_never_moves_a_pointer_back() -> None:
    town = make_golden_town()
    old = request_run(scheme_code="TGC-BANNER", period_code=PERIOD, actor=SYSTEM)
    work_job(old.ref)
    town.observe("150622", "DD01", PERIOD, "50", "100")
    work_inline(request_all_runs(actor=SYSTEM))
    shown = Current.objects.get(scheme__code="TGC-BANNER", period__code=PERIOD)

    done = work_inline(old)

    assert done.outcome()["overtaken"] == [f"TGC-BANNER:{PERIOD}"]
    assert Current.objects.get(pk=shown.pk).run_id == shown.run_id


def test_the_golden_city_has_the_same_digest_on_both_databases() -> None:
    make_golden_town()

    recompute_golden()

    runs = Run.objects.select_related("scheme").order_by("scheme__code")
    told = "".join(f"{run.scheme.code} {run_digest(run)}\n" for run in runs)
    assert hashlib.sha256(told.encode()).hexdigest() == DIGEST


def test_a_run_counts_and_warns() -> None:
    make_golden_town()

    recompute("TGC-BANNER")

    run = Run.objects.get()
    assert (run.n_subjects, run.n_ranked, run.state, run.job.kind) == (9, 1, "done", "evaluation.run")
    assert {warning["code"] for warning in run.warnings} == {"no_values", "small_group"}


@pytest.mark.parametrize(
    ("scheme", "period", "code"),
    [
        ("NONE", PERIOD, "unknown_scheme"),
        ("TGC-BANNER", "2030Q1", "unknown_period"),
        ("TGC-BANNER", "2025Q2", "not_in_force"),
        ("TGC-BANNER", "2026", "wrong_period_kind"),
    ],
)
def test_what_cannot_be_computed_is_refused_before_any_job(scheme: str, period: str, code: str) -> None:
    make_golden_town(schemes=["TGC-BANNER"])

    with pytest.raises(EvaluationError) as refused:
        request_run(scheme_code=scheme, period_code=period, actor=SYSTEM)

    assert (refused.value.code, Job.objects.count()) == (code, 0)


def test_the_published_human_development_index_comes_out_of_a_run() -> None:
    town = make_world()

    recompute("HDI-2021", "2021")

    page = ranking_rows(WHOLE_CITY, scheme_code="HDI-2021", period_code="2021", query=RankingQuery(most=len(PUBLISHED)))
    assert page is not None
    found = {row.who.number: (row.rank, points_text(row.total, page.show)) for row in page.rows}
    assert found == {row["iso3"]: (int(row["published_rank"]), row["published_hdi"].ljust(5, "0")) for row in PUBLISHED}
    assert [(choice.label, choice.n) for choice in page.groups] == [("全部", 191)]
    switzerland = explanation(WHOLE_CITY, scheme_code="HDI-2021", period_code="2021", subject=town.subject("CHE"))
    assert switzerland is not None
    assert sum(line.contribution or 0 for line in switzerland.lines) == switzerland.total


def make_world() -> Town:
    """Countries as units of kind region, with the values of the published table."""
    town = Town()
    make_periods(town, years=(2021,))
    make_indicators(town, {code: each for code, each in indicators().items() if code in COLUMNS})
    approve(documents()["HDI-2021"], in_force_from=date(2021, 1, 1))
    for at, row in enumerate(PUBLISHED, FIRST_UNIT):
        subject = Subject.objects.create(pk=at, kind="unit")
        town.units[row["iso3"]] = Unit.objects.create(
            subject=subject, code=row["iso3"], name=row["country"], kind="region", starts_on=FOUNDED
        )
    rows = [
        {"subject": row["iso3"], "key": code, "period": "2021", "value": row[column], "target": ""}
        for row in PUBLISHED
        for code, column in COLUMNS.items()
    ]
    town.store(Observation, list(observations(town, rows)))
    return town
