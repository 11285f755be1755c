"""A run by touch gives what a run that looks at everything gives, whatever has happened in between, bit for bit."""

import contextlib
import os
from collections.abc import Callable
from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings

from cadres.models import Posting, Sanction, StatusSpell
from evaluation.matrices.basis import basis_of
from evaluation.matrices.outcomes import groups_at, totals_of
from evaluation.models import Current, Exemption, GroupMember, GroupSet, Occurrence, Run, RunGroup, RunUpstream
from evaluation.selectors.replays import replay_run
from evaluation.services.runs import request_all_runs, request_run
from foundation.actor import SYSTEM
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from foundation.ledger.models import Entry, Touch, TouchHorizon
from foundation.ledger.touches import clear_touches
from foundation.ledger.withdrawing import plan_withdrawal, withdraw
from tests.evaluation.factories import Town, add_peers, add_spell, make_golden_town, posting
from tests.evaluation.recompute import PERIOD, recompute

pytestmark = pytest.mark.django_db

SCHEMES = ("TGC-BANNER", "TGC-DEPARTMENT", "TGC-BANNER-HEAD", "TGC-DEPARTMENT-HEAD")
UNITS = ("150622", "150602", "市水利局", "市卫生健康委员会")
GROUPS = ("能源旗", "农牧旗", "综合")
PEOPLE = ("0900001", "0900003", "0900004", "0800000", "0800001")
PERIODS = ("2025Q4", "2026Q1", "2026Q2", "2026Q3")
NATIVE = {"quarter": PERIODS, "year": ("2025", "2024"), "month": ("2026-03", "2026-05"), "half": ("2025H2", "2026H1")}
UNIT_VALUES = ("DD01", "DD05", "CX01", "JY05")
OWN_VALUES = ("OT01", "JY03", "JY06", "JY04U")
EXAMPLES = int(os.environ.get("ORDOS_STATEFUL_EXAMPLES", "10"))
PAIRS = ("TGC-BANNER", "TGC-DEPARTMENT-HEAD", "TGC-BANNER-HEAD")

Deed = Callable[[Town, int], None]


def all_bits(run: Run, cut: int) -> dict[str, str]:
    """Input of every group as a run that looks at everything would read it at a cut."""
    basis = basis_of(run.manifest)
    upstreams = RunUpstream.objects.filter(run=run).select_related("upstream__scheme")
    results = {
        row.upstream.scheme.code: list(row.upstream.groups.values_list("group_key", "result_id")) for row in upstreams
    }
    found = groups_at(basis, cut_seq=cut, is_wanted=lambda _key: True, totals=totals_of(results))
    return {group.key: group.input_sha256 for group in found}


def assert_nothing_is_hidden() -> None:
    for current in Current.objects.select_related("run__manifest"):
        stored = dict(RunGroup.objects.filter(run=current.run).values_list("group_key", "result__input_sha256"))
        assert stored == all_bits(current.run, current.checked_seq), current


def work_all() -> Job:
    job = work_inline(request_all_runs(actor=SYSTEM))
    assert job.state == JobState.DONE, job.error
    return job


def measured(town: Town, subject: str, code: str, place: int, at: int) -> None:
    periods = NATIVE[town.indicators[code].native_period]
    town.observe(subject, code, periods[place % len(periods)], str(40 + at % 50), "100" if at % 3 else "80")


def moved(town: Town, number: str, unit: str, at: int) -> None:
    """The open post ends, a post in another unit begins: sometimes long ago, sometimes after the period."""
    old = Posting.objects.filter(cadre=town.cadres[number], seq_to=None).order_by("-starts_on").first()
    day = date(2025, 10, 1) + timedelta(days=at % 330)
    # Nobody is moved whose post was taken back, or begins later.
    if old is None or day <= old.starts_on:
        return
    since = {"ref": old.ref, "cadre_id": old.cadre_id, "unit_id": old.unit_id, "title": old.title}
    words = {"post_class": old.post_class, "post_level": old.post_level, "kind": old.kind, "front": old.front}
    town.store(Posting, [{**since, **words, "starts_on": old.starts_on, "ends_on": day - timedelta(days=1)}])
    row = posting(old.cadre_id, town.units[unit].pk, starts_on=day, level=old.post_level, post_class=old.post_class)
    town.store(Posting, [{**row, "ref": f"m{old.cadre_id % 1000:03}{at:08}"[:12]}])


def retitled(town: Town, number: str, at: int) -> None:
    old = Posting.objects.filter(cadre=town.cadres[number], seq_to=None).order_by("-starts_on").first()
    if old is None:
        return
    names = [field.attname for field in Posting._meta.concrete_fields if field.name not in {"id", "said_by"}]
    row = {name: getattr(old, name) for name in names if not name.startswith("seq_")}
    town.store(Posting, [{**row, "title": f"职务{at}"}])


def handed_over(town: Town, at: int) -> None:
    """A correction leads an occurrence from one person to another."""
    old = Occurrence.objects.filter(seq_to=None).order_by("pk").first()
    if old is not None:
        row = {"ref": old.ref, "period_id": old.period_id, "code": old.code, "points": old.points}
        other = town.subject(PEOPLE[at % len(PEOPLE)])
        town.store(Occurrence, [{**row, "subject_id": other, "source_text": old.source_text, "is_void": at % 4 == 0}])


def booked(town: Town, subject: str, code: str, period: str, at: int) -> None:
    row = {"ref": f"x{at:08}", "subject_id": town.subject(subject), "period_id": town.periods[period].pk, "code": code}
    points = None if code.startswith("G") else (at % 3 + 1) * 500_000
    town.store(Occurrence, [{**row, "points": points, "source_text": "示例"}])


def exempted(town: Town, subject: str, period: str, at: int) -> None:
    indicator = None if at % 2 else town.indicators["OT01"].pk
    named = Occurrence.objects.filter(seq_to=None).order_by("-pk").values_list("ref", flat=True).first()
    if indicator or named:
        row = {"ref": f"e{at:08}", "case_number": f"容{at}", "subject_id": town.subject(subject)}
        ref = "" if indicator else named
        where = {"period_id": town.periods[period].pk, "indicator_id": indicator, "occurrence_ref": ref}
        town.store(Exemption, [{**row, **where, "gate": ""}])


def regrouped(town: Town, unit: str, group: str) -> None:
    code = "dept-2026" if unit.startswith("市") else "banner-2026"
    row = {"group_set_id": GroupSet.objects.get(code=code).pk, "unit_id": town.units[unit].pk, "group_key": group}
    town.store(GroupMember, [{**row, "starts_on": date(2025, 7, 1), "reason": "调整"}])


def taken_back(at: int) -> None:
    standing = Entry.objects.filter(withdraws=None, withdrawn_by=None, kind="test").order_by("-seq")
    entry = standing[min(at % 5, standing.count() - 1)]
    # Half of a move taken back would leave two main posts at once: the guard of the database refuses, nothing happens.
    with contextlib.suppress(IntegrityError), transaction.atomic():
        withdraw(entry=entry, actor=SYSTEM, reason="撤回", plan_sha256=plan_withdrawal(entry).sha256)


def sanctioned(town: Town, number: str, at: int) -> None:
    row = {"ref": f"z{at:08}", "cadre_id": town.cadres[number].pk, "starts_on": date(2026, 4, 1)}
    kinds = Sanction._meta.get_field("kind").choices or []
    town.store(Sanction, [{**row, "kind": next(iter(kinds))[0]}])


def absent(town: Town, number: str, at: int) -> None:
    since = date(2026, 3, 1) + timedelta(days=at % 60)
    if not StatusSpell.objects.filter(cadre=town.cadres[number], starts_on=since).exists():
        add_spell(town, number, "leave", since, since + timedelta(days=at % 90))


ONE = st.sampled_from
DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.builds(lambda u, c, p: lambda t, at: measured(t, u, c, p, at), ONE(UNITS), ONE(UNIT_VALUES), st.integers(0, 3)),
    st.builds(lambda n, c, p: lambda t, at: measured(t, n, c, p, at), ONE(PEOPLE), ONE(OWN_VALUES), st.integers(0, 3)),
    st.builds(lambda n, u, d: lambda t, at: moved(t, n, u, at + d), ONE(PEOPLE), ONE(UNITS), st.integers(0, 400)),
    st.builds(lambda n: lambda t, at: retitled(t, n, at), ONE(PEOPLE)),
    st.builds(lambda n, d: lambda t, at: absent(t, n, at + d), ONE(PEOPLE), st.integers(0, 400)),
    st.builds(lambda n: lambda t, at: sanctioned(t, n, at), ONE(PEOPLE)),
    st.builds(
        lambda n, c, p: lambda t, at: booked(t, n, c, p, at), ONE(PEOPLE), ONE(("A01", "A02", "G01")), ONE(PERIODS[1:3])
    ),
    st.builds(lambda: handed_over),
    st.builds(lambda n, p: lambda t, at: exempted(t, n, p, at), ONE(PEOPLE), ONE(PERIODS[1:3])),
    st.builds(lambda u, g: lambda t, _at: regrouped(t, u, g), ONE(UNITS), ONE(GROUPS)),
    st.builds(lambda: lambda _t, at: taken_back(at)),
    st.builds(lambda c: lambda _t, _at: recompute(c) and None, ONE(PAIRS)),
    st.builds(lambda: lambda _t, _at: work_all() and None),
)


def test_whatever_happens_a_run_by_touch_hides_nothing() -> None:
    town = make_golden_town(schemes=SCHEMES)
    add_peers(town, "0900001", 3)
    work_all()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(DEEDS, min_size=1, max_size=8))
    def holds(deeds: list[Deed]) -> None:
        savepoint = transaction.savepoint()
        for at, deed in enumerate(deeds, 1):
            deed(town, at)
        recompute("TGC-BANNER-HEAD")
        assert_nothing_is_hidden()
        work_all()
        assert_nothing_is_hidden()
        transaction.savepoint_rollback(savepoint)

    holds()


def scored_groups(job: Job) -> dict[str, list[str]]:
    """Which groups the children of a run were sent to, by pair."""
    rows = Job.objects.filter(parent=job).values_list("args__pair", "args__groups")
    return dict(rows)


def work(code: str, period: str = PERIOD) -> Job:
    job = work_inline(request_run(scheme_code=code, period_code=period, actor=SYSTEM))
    assert job.state == JobState.DONE, job.error
    return job


def test_one_changed_value_sends_a_child_to_one_group_of_the_units_and_one_of_their_persons() -> None:
    town = make_golden_town()
    work_all()
    town.observe("150622", "DD01", PERIOD, "50", "100")

    job = work("TGC-BANNER-HEAD")

    sent = scored_groups(job)
    assert sent == {f"TGC-BANNER:{PERIOD}": ["能源旗"], f"TGC-BANNER-HEAD:{PERIOD}": ["能源旗"]}
    assert_nothing_is_hidden()


def test_a_value_that_is_carried_over_reaches_the_later_periods() -> None:
    town = make_golden_town(schemes=SCHEMES)
    work_all()
    town.observe("0900001", "JY06", "2025", "50")

    job = work("TGC-BANNER-HEAD")

    assert scored_groups(job) == {f"TGC-BANNER-HEAD:{PERIOD}": ["能源旗"]}


def test_a_new_title_or_sanction_reaches_no_group() -> None:
    town = make_golden_town(schemes=SCHEMES)
    work_all()
    retitled(town, "0900001", 1)
    sanctioned(town, "0900001", 1)

    job = work("TGC-BANNER-HEAD")

    assert scored_groups(job) == {}
    assert job.outcome()["runs"] == {}


def test_a_kind_of_fact_that_nobody_has_thought_of_is_looked_at_in_full() -> None:
    make_golden_town(schemes=SCHEMES)
    work_all()
    entry = Entry.objects.latest("seq")
    Current.objects.update(checked_seq=entry.seq - 1)
    Touch.objects.create(seq=entry.seq, period_id=None, subject_id=None, what="novelty")
    TouchHorizon.objects.update(seq=0)

    job = work("TGC-BANNER")

    assert len(scored_groups(job)[f"TGC-BANNER:{PERIOD}"]) > 1


def test_a_pair_that_last_looked_before_touches_were_cleared_looks_at_everything() -> None:
    town = make_golden_town(schemes=SCHEMES)
    work_all()
    town.observe("150622", "DD01", PERIOD, "50", "100")
    clear_touches(Entry.objects.latest("seq").seq)

    job = work("TGC-BANNER")

    assert len(scored_groups(job)[f"TGC-BANNER:{PERIOD}"]) > 1
    assert_nothing_is_hidden()


def test_touches_stay_until_every_pair_has_seen_them() -> None:
    town = make_golden_town(schemes=SCHEMES)
    work_all()
    town.observe("150622", "DD01", PERIOD, "50", "100")
    seq = Entry.objects.latest("seq").seq

    work("TGC-BANNER")
    kept = Touch.objects.filter(seq=seq).count()
    work_all()

    assert (kept, Touch.objects.count(), TouchHorizon.objects.get().seq) == (1, 0, seq)


def test_a_run_that_came_in_between_does_not_lose_touches_for_persons_of_an_older_plan() -> None:
    """The units of a request are at work while a night clears what it has seen: the persons then look at everything."""
    town = make_golden_town(schemes=SCHEMES)
    work_all()
    town.observe("0900001", "OT01", PERIOD, "50", "100")
    town.observe("150622", "DD01", PERIOD, "60", "100")
    job = request_run(scheme_code="TGC-BANNER-HEAD", period_code=PERIOD, actor=SYSTEM)
    from_before = Job.objects.get(pk=job.pk)
    Current.objects.update(checked_seq=Entry.objects.latest("seq").seq - 2)
    clear_touches(Entry.objects.latest("seq").seq)

    done = work_inline(from_before)

    assert done.state == JobState.DONE
    assert_nothing_is_hidden()


def test_a_narrowed_run_keeps_the_warnings_of_the_groups_it_did_not_look_at() -> None:
    town = make_golden_town(schemes=SCHEMES)
    work("TGC-BANNER")
    before = Run.objects.get(scheme__code="TGC-BANNER").warnings
    town.observe("150622", "DD01", PERIOD, "50", "100")

    work("TGC-BANNER")

    now = Run.objects.filter(scheme__code="TGC-BANNER").latest("number").warnings
    assert sorted(map(str, now)) == sorted(map(str, before))


def test_an_upload_of_everything_is_not_followed_touch_by_touch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foundation.ledger.touches.MOST_TOUCHES", 1)
    town = make_golden_town(schemes=SCHEMES)
    work_all()
    town.observe("150622", "DD01", PERIOD, "50", "100")
    town.observe("150602", "DD01", PERIOD, "50", "100")

    job = work("TGC-BANNER")

    assert len(scored_groups(job)[f"TGC-BANNER:{PERIOD}"]) > 2


def test_a_narrowed_run_can_be_replayed() -> None:
    town = make_golden_town(schemes=SCHEMES)
    work("TGC-BANNER-HEAD")
    town.observe("150622", "DD01", PERIOD, "50", "100")
    work("TGC-BANNER-HEAD")

    replayed = replay_run(Run.objects.select_related("manifest", "scheme", "period").latest("number"))

    assert replayed.verdict == "same"
