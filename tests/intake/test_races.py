"""Two at once: numbers are unique, and a plan is written only as it was confirmed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from foundation.errors import DomainError
from foundation.jobs.services import work_inline
from foundation.ledger.models import Entry
from intake.models import Batch, Observation, Withdrawal
from intake.services.batches import receive_upload, request_commit
from tests.cast import Cast, actor, make_cast
from tests.intake.factories import csv_bytes, make_indicators, send, store
from tests.intake.withdrawals import approve, ask, second_officer, third_officer

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]


@pytest.fixture
def town(copied_database: str) -> Cast:
    cast = make_cast()
    make_indicators()
    return cast


def at_once(*functions: Callable[[], Any]) -> list[Any]:
    """Run functions at the same moment, each on a connection of its own."""
    barrier = Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result() for future in [pool.submit(run, function) for function in functions]]


def test_batches_received_at_once_get_numbers_of_their_own(town: Cast) -> None:
    someone = actor(town.hr_city)

    at_once(*[lambda: receive_upload(chunks=[csv_bytes([ROW])], name="data.csv", actor=someone) for _ in range(4)])

    assert sorted(Batch.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_two_commits_about_one_key_store_one_and_send_the_other_back(town: Cast) -> None:
    sent = [send(town.hr_city, [*ROW[:4], value]) for value in ("90", "80")]
    before, someone = Entry.objects.count(), actor(town.hr_city)
    jobs = [request_commit(batch=one.batch, actor=someone, plan_sha256=one.batch.plan_sha256).job for one in sent]

    at_once(*[lambda job=job: work_inline(job) for job in jobs])

    batches = Batch.objects.order_by("number")
    assert sorted(batch.state for batch in batches) == ["checked", "committed"]
    back = next(batch for batch in batches if batch.state == "checked")
    assert (back.report["changed_since"], back.report["n_changed"]) == (True, 1)
    assert (Observation.objects.count(), Entry.objects.count()) == (1, before + 1)


def test_two_workers_on_one_commit_store_it_once(town: Cast) -> None:
    sent = send(town.hr_city, ROW)
    before = Entry.objects.count()
    job = request_commit(batch=sent.batch, actor=actor(town.hr_city), plan_sha256=sent.batch.plan_sha256).job

    ended = at_once(lambda: work_inline(job), lambda: work_inline(job))

    assert [one.result for one in ended] == [ended[0].result] * 2
    assert (Observation.objects.count(), Entry.objects.count()) == (1, before + 1)


def test_same_file_committed_twice_at_once_has_one_receipt(town: Cast) -> None:
    sent = [send(town.hr_city, ROW) for _ in range(2)]
    before, someone = Entry.objects.count(), actor(town.hr_city)
    jobs = [request_commit(batch=one.batch, actor=someone, plan_sha256=one.batch.plan_sha256).job for one in sent]

    at_once(*[lambda job=job: work_inline(job) for job in jobs])

    assert (Observation.objects.count(), Entry.objects.count()) == (1, before + 1)
    late = Batch.objects.exclude(state="committed").get()
    assert late.report["same_as"] == Batch.objects.get(state="committed").ref


def test_of_two_approvals_at_once_one_counts_and_withdraws_once(town: Cast) -> None:
    batch = store(town.hr_city, ROW).batch
    withdrawal, officers = ask(town.hr_city, batch), [second_officer(), third_officer()]
    before = Entry.objects.count()

    def decide(number: int) -> str:
        try:
            return work_inline(approve(officers[number], withdrawal)).result["state"]
        except DomainError as refusal:
            return refusal.code

    assert sorted(at_once(lambda: decide(0), lambda: decide(1))) == ["decided_already", "done"]
    assert (Entry.objects.count(), Withdrawal.objects.get().state) == (before + 1, "done")
    assert Observation.objects.filter(seq_to=None).count() == 0


def test_a_correction_and_a_withdrawal_at_once_leave_one_order(town: Cast) -> None:
    batch = store(town.hr_city, ROW).batch
    job = approve(second_officer(), ask(town.hr_city, batch))
    sent = send(town.hr_city, [*ROW[:4], "90"])
    commit = request_commit(
        batch=sent.batch, actor=actor(town.hr_city), plan_sha256=sent.batch.plan_sha256, accepted_corrections=1
    ).job

    at_once(lambda: work_inline(job), lambda: work_inline(commit))

    ended = (Withdrawal.objects.get().state, Batch.objects.latest("number").state)
    assert ended in {("done", "checked"), ("lapsed", "committed")}
    assert Observation.objects.filter(seq_to=None).count() == (1 if ended[0] == "lapsed" else 0)
