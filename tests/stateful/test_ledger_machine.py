"""Any interleaving of uploads, corrections, withdrawals, transfers, occurrences, exemptions and runs.

After it, every key has the value that a plain dict model says, now and at every earlier cut; receipts count
what the model counts; what readers see equals a fresh full computation at the newest cut; every earlier run
replays to the last bit. All writes go through the doors of the office. ``ORDOS_STATEFUL_EXAMPLES=200`` looks
further and at other interleavings each time.
"""

import os
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.enums import Role
from accounts.models import User
from cadres.enums import PostClass, PostLevel
from cadres.models import Posting
from cadres.services.postings import PostingRow, transfer_cadre
from evaluation.models import Current, Exemption, Occurrence, Run
from evaluation.selectors.replays import Verdict, replay_run
from evaluation.services.exemptions import ExemptionRow, grant_exemptions, void_exemption
from evaluation.services.occurrences import OccurrenceRow, book_occurrences, void_occurrence
from foundation.actor import SYSTEM
from foundation.invariants import invariants
from foundation.jobs.services import work_inline
from foundation.ledger.models import Entry, in_force, last_committed_seq
from intake.enums import BatchState
from intake.models import Batch, Observation
from intake.selectors.withdrawals import withdrawal_page
from tests.cast import CITY_LEVELS, make_user, scope
from tests.evaluation.factories import Town, make_golden_town
from tests.evaluation.recompute import PERIOD, recompute
from tests.intake.factories import commit, csv_bytes, upload
from tests.intake.withdrawals import approve, ask
from tests.stateful.model import Content, Counts, Key, Model, stands

EXAMPLES = int(os.environ.get("ORDOS_STATEFUL_EXAMPLES", "0"))
SETTINGS = settings(
    max_examples=EXAMPLES or 12,
    stateful_step_count=40 if EXAMPLES else 16,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    phases=(Phase.generate, Phase.shrink) if EXAMPLES else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
HEADING = ("工号", "单位代码", "指标代码", "期间", "数值", "目标值", "口径")
SUBJECTS = (("", "150602", "DD01"), ("", "150622", "DD01"), ("0900001", "", "OT01"))
"""Employee number, unit code and indicator of the rows that files hold."""
HEADS = ("0900001", "0900009", "0900011")
BANNERS = ("150602", "150622", "150627")
SCHEME = "TGC-BANNER-HEAD"
VALUES = st.sampled_from(["90", "91", "92", "作废"])
TARGETS = st.sampled_from(["", "90", "作废"])
VINTAGES = st.sampled_from(["终核", "终核", "初核"])
ROWS = st.dictionaries(st.integers(0, len(SUBJECTS) - 1), st.tuples(VALUES, TARGETS, VINTAGES), min_size=1)


class LedgerMachine(RuleBasedStateMachine):
    """The office at work on one small city; every example is undone at its end."""

    town: Town
    officers: tuple[User, User]

    def __init__(self) -> None:
        super().__init__()
        self.block: Any = transaction.atomic()
        # Use cases insist on being the outermost transaction; the tests' own is passed over.
        self.block._from_testcase = True
        self.block.__enter__()
        self.base = last_committed_seq()
        self.model = Model(base=self.open_rows(self.base), first_seq=self.base)
        self.batches: list[Batch] = []
        self.files: dict[int, bytes] = {}
        self.remember()

    def teardown(self) -> None:
        """Look at every cut and every run again; then undo everything."""
        try:
            for cut in range(self.base, last_committed_seq() + 1):
                assert self.open_rows(cut) == self.model.all_effective(cut), f"cut {cut}"
                assert self.others_at(cut) == self.model.others[cut], f"cut {cut}"
            for run in Run.objects.select_related("manifest", "scheme"):
                assert replay_run(run).verdict is Verdict.SAME, f"run {run.number}"
            for each in invariants(["I1", "I2", "I3"]):
                assert list(each.look(timezone.now())) == [], each.name
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @rule(files=st.lists(ROWS, min_size=1, max_size=3))
    def upload(self, files: list[dict[int, tuple[str, str, str]]]) -> None:
        """An office sends files: new values, corrections, repetitions, all at once."""
        for rows in files:
            self.send(rows)

    def send(self, rows: dict[int, tuple[str, str, str]]) -> None:
        """Send one file and commit it, if it may be stored at all."""
        said, expected = self.contents(rows), self.model.expected(self.contents(rows))
        lines = [[*SUBJECTS[at][:3], PERIOD, *row] for at, row in sorted(rows.items())]
        data = csv_bytes(lines, HEADING)
        sent = upload(self.officers[0], data)
        if any(self.is_reversed(key, content) for key, content in said.items()):
            assert {code for code, *_ in sent.problems} == {"vintage_reversed"}
            return
        assert (sent.batch.state, sent.problems) == (BatchState.CHECKED, [])
        done = commit(self.officers[0], sent).batch
        is_known = any(self.files[b.pk] == data and not self.model.is_gone(seq_of(b)) for b in self.batches)
        if is_known and not expected.new + expected.changed:
            assert (done.state, done.entry) == (BatchState.CHECKED, None)
            return
        assert done.entry is not None
        assert counts_of(done.entry) == expected
        self.model.say(done.entry.seq, said)
        self.batches.append(done)
        self.files[done.pk] = data
        self.remember()

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def withdraw(self, data: Any) -> None:
        """Some batches are withdrawn, one after the other."""
        batches = st.lists(st.sampled_from(self.standing()), min_size=1, max_size=3, unique_by=seq_of)
        for batch in data.draw(batches, "batches"):
            self.take_back(batch)

    def take_back(self, batch: Batch) -> None:
        """One officer asks, another approves, the worker withdraws."""
        seq = seq_of(batch)
        expected, asker = self.model.expected_withdrawal(seq), scope(self.officers[0])
        page = withdrawal_page(asker, ref=batch.ref)
        assert page is not None
        warned = {each.batch: each.count for each in page.repeated}
        numbers = {seq_of(each): f"批次 {each.number}" for each in self.batches}
        assert warned == {numbers[other]: n for other, n in self.model.repeated_by(seq).items()}
        withdrawal = ask(self.officers[0], batch)
        work_inline(approve(self.officers[1], withdrawal))
        withdrawal.refresh_from_db()
        assert withdrawal.entry is not None
        assert counts_of(withdrawal.entry) == expected
        self.model.withdrawn[seq] = withdrawal.entry.seq
        self.remember()

    @rule(number=st.sampled_from(HEADS), unit=st.sampled_from(BANNERS), days=st.integers(1, 60))
    def transfer(self, number: str, unit: str, days: int) -> None:
        """A head moves to another banner."""
        last = Posting.objects.filter(cadre=self.town.cadres[number], seq_to=None).latest("starts_on")
        starts_on = max(last.starts_on, date(2026, 3, 1)) + timedelta(days)
        row = PostingRow(number, unit, "旗长", PostClass.HEAD, PostLevel.CHU_HEAD, starts_on)
        before = self.newest("posts")
        transfer_cadre(row=row, actor=SYSTEM, reason="交流")
        subject = self.town.cadres[number].pk
        ended = (subject, last.unit_id, last.starts_on, starts_on - timedelta(1))
        begun = (subject, self.town.units[unit].pk, starts_on, None)
        self.remember(posts=(before - {(subject, last.unit_id, last.starts_on, None)}) | {ended, begun})

    @rule(number=st.sampled_from(HEADS), code=st.sampled_from(["A01", "G04"]))
    def book(self, number: str, code: str) -> None:
        """A bonus or a gate is booked."""
        points = "" if code.startswith("G") else "1.5"
        row = OccurrenceRow(code, PERIOD, "示例文件", employee_no=number, points=points)
        entry = book_occurrences(rows=[row], actor=SYSTEM, reason="二季度")
        ref = Occurrence.objects.get(seq_from=entry.seq).ref
        self.remember(occurrences=self.newest("occurrences") | {(ref, self.town.cadres[number].pk, code)})

    @precondition(lambda self: self.newest("occurrences"))
    @rule(data=st.data())
    def void_booking(self, data: Any) -> None:
        """An occurrence is taken back."""
        booked = data.draw(st.sampled_from(sorted(self.newest("occurrences"))), "occurrence")
        void_occurrence(occurrence=Occurrence.objects.get(ref=booked[0], seq_to=None), actor=SYSTEM, reason="更正")
        self.remember(occurrences=self.newest("occurrences") - {booked})

    @rule(number=st.sampled_from(HEADS))
    def exempt(self, number: str) -> None:
        """A fault-tolerance case is upheld."""
        row = ExemptionRow("容〔2026〕1号", PERIOD, employee_no=number, indicator="OT01")
        entry = grant_exemptions(rows=[row], actor=SYSTEM, reason="容错")
        ref = Exemption.objects.get(seq_from=entry.seq).ref
        self.remember(exemptions=self.newest("exemptions") | {(ref, self.town.cadres[number].pk)})

    @precondition(lambda self: self.newest("exemptions"))
    @rule(data=st.data())
    def void_exemption(self, data: Any) -> None:
        """An exemption is taken back."""
        granted = data.draw(st.sampled_from(sorted(self.newest("exemptions"))), "exemption")
        void_exemption(exemption=Exemption.objects.get(ref=granted[0], seq_to=None), actor=SYSTEM, reason="更正")
        self.remember(exemptions=self.newest("exemptions") - {granted})

    @rule()
    def compute(self) -> None:
        """A run; what readers see afterwards equals a fresh full computation at the newest cut."""
        recompute(SCHEME)
        for shown in Current.objects.select_related("run__manifest", "run__scheme"):
            shown.run.cut_seq = last_committed_seq()
            replayed = replay_run(shown.run)
            assert all(group.is_same for group in replayed.groups), shown.run.scheme.code

    @invariant()
    def values_now(self) -> None:
        """Every key has the value of the model."""
        assert self.open_rows(last_committed_seq()) == self.model.all_effective()

    def remember(self, **changed: Any) -> None:
        """Keep what stands beside the values after the newest entry."""
        cut = last_committed_seq()
        before = self.model.others[max(self.model.others)] if self.model.others else self.others_at(cut)
        self.model.others[cut] = {**before, **changed}

    def newest(self, name: str) -> Any:
        """Postings, occurrences or exemptions as the model has them now."""
        return self.model.others[max(self.model.others)][name]

    def others_at(self, cut: int) -> dict[str, Any]:
        """Postings, occurrences and exemptions in force at a cut."""
        occurrences = in_force(Occurrence.objects.filter(is_void=False), cut)
        exemptions = in_force(Exemption.objects.filter(is_void=False), cut)
        return {
            "posts": set(
                in_force(Posting.objects.all(), cut).values_list("cadre_id", "unit_id", "starts_on", "ends_on")
            ),
            "occurrences": set(occurrences.values_list("ref", "subject_id", "code")),
            "exemptions": set(exemptions.values_list("ref", "subject_id")),
        }

    def open_rows(self, cut: int) -> dict[Key, Content]:
        """Values in force at a cut, as the database has them."""
        rows = in_force(Observation.objects.all(), cut)
        fields = ("period_id", "subject_id", "indicator_id", "facet", "value", "flag", "vintage")
        return stands((tuple(row[:4]), tuple(row[4:])) for row in rows.values_list(*fields))  # type: ignore[misc]  # sliced tuples lose their length

    def standing(self) -> list[Batch]:
        """Batches that may be withdrawn."""
        return [batch for batch in self.batches if not self.model.is_gone(seq_of(batch))]

    def contents(self, rows: dict[int, tuple[str, str, str]]) -> dict[Key, Content]:
        """What a file says, as the ledger has it; 初核 is of values only."""
        said: dict[Key, Content] = {}
        for at, (value, target, vintage) in rows.items():
            number, unit, indicator = SUBJECTS[at]
            where = (
                self.town.periods[PERIOD].pk,
                self.town.subject(number or unit),
                self.town.indicators[indicator].pk,
            )
            kept = "preliminary" if vintage == "初核" else "final"
            places = self.town.indicators[indicator].places
            for facet, text, of in (("value", value, kept), ("target", target, "final")):
                if text:
                    is_void = text == "作废"
                    said[(*where, facet)] = (None, "void", of) if is_void else (int(text) * 10**places, "value", of)
        return said

    def is_reversed(self, key: Key, content: Content) -> bool:
        """A final value is never replaced by a preliminary one; one that was taken back may be."""
        now = self.model.effective(key)
        return now is not None and now[2] == "final" and content[2] == "preliminary" and now[1] != "void"


def seq_of(batch: Batch) -> int:
    """The entry of a stored batch."""
    assert batch.entry_id is not None
    return batch.entry_id


def counts_of(entry: Entry) -> Counts:
    """What a receipt says."""
    return Counts(entry.n_new, entry.n_changed, entry.n_same, entry.n_removed)


@pytest.mark.django_db
def test_any_interleaving_gives_what_the_model_says() -> None:
    LedgerMachine.town = make_golden_town(schemes=["TGC-BANNER", SCHEME])
    LedgerMachine.officers = (
        make_user("officer", "干部甲", Role.HR_OFFICER, levels=CITY_LEVELS),
        make_user("officer.second", "干部乙", Role.HR_OFFICER, levels=CITY_LEVELS),
    )

    run_state_machine_as_test(LedgerMachine, settings=SETTINGS)
