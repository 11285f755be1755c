"""A withdrawal from the request to the receipt: waiting → approved → done, by two persons where the setting says so.

What is withdrawn is what both saw: the digest of the plan is part of the request and is taken again
under the lock of the ledger. Lock order: ledger head → batch → withdrawal → job → audit head.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.scope import scope_of
from accounts.selectors import user_for_key
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.clock import now, today
from foundation.faults import fault
from foundation.jobs.enums import OPEN_STATES
from foundation.jobs.models import Job
from foundation.jobs.services import request_job
from foundation.ledger.errors import LedgerError
from foundation.ledger.withdrawing import plan_withdrawal, withdraw
from foundation.permissions import Permission
from foundation.plain_text import text_fault
from intake.checks import count_out_of_reach, entry_rights_of
from intake.enums import OPEN_WITHDRAWALS, BatchState, WithdrawalState
from intake.errors import WithdrawalError
from intake.job_kinds import WITHDRAW_JOB, job_key
from intake.models import Batch, Withdrawal

_WORDS_MOST = 500


@dataclass(frozen=True)
class Asked:
    """A withdrawal, and the job that does it if nobody else must approve."""

    withdrawal: Withdrawal
    job: Job | None


@use_case
def ask_withdrawal(*, batch: Batch, actor: Actor, reason: str, plan_sha256: str) -> Asked:
    """Ask that what a batch said be taken back, as the preview showed it.

    Where the setting wants no second person, the work begins at once.
    """
    if text_fault(reason, most=_WORDS_MOST) is not None:
        raise WithdrawalError("reason_wrong")
    batch = _locked(batch)
    if batch.state != BatchState.COMMITTED or batch.entry is None:
        raise WithdrawalError("not_committed", batch=str(batch), state=BatchState(batch.state).label)
    _require(actor, Permission.WITHDRAW_DATA, batch)
    if Withdrawal.objects.filter(batch=batch, state__in=OPEN_WITHDRAWALS).exists():
        raise WithdrawalError("open_already", batch=str(batch))
    plan = plan_withdrawal(batch.entry)
    if plan.sha256 != plan_sha256:
        raise WithdrawalError("plan_moved_on")
    withdrawal = Withdrawal.objects.create(
        batch=batch,
        is_by_two=settings.WITHDRAWAL_NEEDS_SECOND_PERSON,
        reason=reason,
        plan_sha256=plan.sha256,
        n_reopened=plan.n_reopened,
        n_removed=plan.n_removed,
        n_kept=plan.n_kept,
        asked_by=actor.key,
        asked_at=now(),
    )
    record("withdrawal.asked", withdrawal, after={**_named(withdrawal), "reason": reason, "plan_sha256": plan.sha256})
    return Asked(withdrawal, None if withdrawal.is_by_two else _approve(withdrawal, actor))


@use_case
def approve_withdrawal(*, withdrawal: Withdrawal, actor: Actor, plan_sha256: str) -> Job:
    """Approve what somebody else asked for; the worker withdraws it.

    ``plan_sha256`` is that of the preview the approver looked at: it must be the one that was asked for.
    """
    withdrawal = _locked_open(withdrawal, WithdrawalState.WAITING)
    if actor.key == withdrawal.asked_by:
        raise WithdrawalError("own_request")
    _require(actor, Permission.APPROVE_WITHDRAWALS, withdrawal.batch)
    assert withdrawal.batch.entry is not None
    if not plan_sha256 == withdrawal.plan_sha256 == plan_withdrawal(withdrawal.batch.entry).sha256:
        raise WithdrawalError("plan_moved_on")
    return _approve(withdrawal, actor)


@use_case
def refuse_withdrawal(*, withdrawal: Withdrawal, actor: Actor, answer: str) -> Withdrawal:
    """Refuse what somebody else asked for, with the reason."""
    if text_fault(answer, most=_WORDS_MOST) is not None:
        raise WithdrawalError("answer_wrong")
    withdrawal = _locked_open(withdrawal, WithdrawalState.WAITING)
    if actor.key == withdrawal.asked_by:
        raise WithdrawalError("own_request")
    _require(actor, Permission.APPROVE_WITHDRAWALS, withdrawal.batch)
    withdrawal.answer = answer
    _decide(withdrawal, WithdrawalState.REFUSED, actor)
    record("withdrawal.refused", withdrawal, after={**_named(withdrawal), "answer": answer})
    return withdrawal


@use_case
def cancel_withdrawal(*, withdrawal: Withdrawal, actor: Actor) -> Withdrawal:
    """Take a request back; also one that was approved and whose job came to nothing."""
    withdrawal = _locked_open(withdrawal, *OPEN_WITHDRAWALS)
    if actor.key != withdrawal.asked_by:
        raise WithdrawalError("not_yours_to_cancel")
    key = job_key(WITHDRAW_JOB, withdrawal.ref)
    if Job.objects.filter(key=key, state__in=OPEN_STATES).exists():
        raise WithdrawalError("at_work")
    _decide(withdrawal, WithdrawalState.CANCELLED, actor)
    record("withdrawal.cancelled", withdrawal, after=_named(withdrawal))
    return withdrawal


def withdraw_batch(*, withdrawal: Withdrawal, actor: Actor) -> dict[str, Any]:
    """Do an approved withdrawal; worked a second time after a lost worker, it finds the receipt.

    Where the ledger moved on after both persons looked, nothing is withdrawn and the request lapses.
    """
    if withdrawal.state == WithdrawalState.APPROVED:
        try:
            withdrawal = take_back(withdrawal=withdrawal, actor=actor)
            fault("withdraw.after_commit")
        except LedgerError as error:
            withdrawal = _after_refusal(withdrawal, actor, error)
    return {"batch": withdrawal.batch.ref, "state": withdrawal.state, "receipt": withdrawal.entry_id}


def _after_refusal(withdrawal: Withdrawal, actor: Actor, error: LedgerError) -> Withdrawal:
    if error.code == "withdrawal_moved_on":
        return lapse(withdrawal=withdrawal, actor=actor)
    fresh = Withdrawal.objects.select_related("batch").get(pk=withdrawal.pk)
    if fresh.state != WithdrawalState.DONE:
        raise error
    return fresh  # a worker that was believed lost has done it


@use_case
def take_back(*, withdrawal: Withdrawal, actor: Actor) -> Withdrawal:
    """Withdraw the entry of a batch as it was approved."""
    entry = withdrawal.batch.entry
    assert entry is not None
    receipt = withdraw(entry=entry, actor=actor, reason=withdrawal.reason, plan_sha256=withdrawal.plan_sha256)
    withdrawal = _locked_open(withdrawal, WithdrawalState.APPROVED)
    batch = withdrawal.batch
    _require(actor, Permission.APPROVE_WITHDRAWALS if withdrawal.is_by_two else Permission.WITHDRAW_DATA, batch)
    batch.state = BatchState.WITHDRAWN
    batch.save(update_fields=["state"])
    withdrawal.state, withdrawal.entry = WithdrawalState.DONE, receipt
    withdrawal.save(update_fields=["state", "entry"])
    counts = {"reopened": receipt.n_changed, "removed": receipt.n_removed, "kept": receipt.n_same}
    record(
        "batch.withdrawn",
        batch,
        before={"receipt": entry.seq},
        after={"number": batch.number, "receipt": receipt.seq, **counts, "asked_by": withdrawal.asked_by},
        rows_sha256=receipt.rows_sha256,
    )
    fault("withdraw.before_commit")
    return withdrawal


@use_case
def lapse(*, withdrawal: Withdrawal, actor: Actor) -> Withdrawal:
    """Close a request whose consequences are not any more what both persons saw."""
    withdrawal = _locked_open(withdrawal, WithdrawalState.APPROVED)
    withdrawal.state = WithdrawalState.LAPSED
    withdrawal.save(update_fields=["state"])
    record("withdrawal.lapsed", withdrawal, after=_named(withdrawal))
    return withdrawal


def _approve(withdrawal: Withdrawal, actor: Actor) -> Job:
    _decide(withdrawal, WithdrawalState.APPROVED, actor)
    job = request_job(
        kind=WITHDRAW_JOB,
        key=job_key(WITHDRAW_JOB, withdrawal.ref),
        actor=actor,
        args={"withdrawal": withdrawal.ref},
    )
    record(
        "withdrawal.approved",
        withdrawal,
        after={**_named(withdrawal), "plan_sha256": withdrawal.plan_sha256, "job": job.ref},
    )
    return job


def _decide(withdrawal: Withdrawal, state: WithdrawalState, actor: Actor) -> None:
    withdrawal.state, withdrawal.decided_by, withdrawal.decided_at = state, actor.key, now()
    withdrawal.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def _require(actor: Actor, permission: Permission, batch: Batch) -> None:
    user = user_for_key(actor.key)
    if user is None or not scope_of(user, on=today()).may(permission):
        is_asking = permission is Permission.WITHDRAW_DATA
        raise WithdrawalError("may_not_withdraw" if is_asking else "may_not_approve")
    assert batch.entry is not None
    outside = count_out_of_reach(entry_rights_of(actor, on=today()), entry=batch.entry)
    if outside:
        raise WithdrawalError("rows_out_of_reach", batch=str(batch), count=outside)


def _locked(batch: Batch) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).select_related("entry").get(pk=batch.pk)


def _locked_open(withdrawal: Withdrawal, *states: WithdrawalState) -> Withdrawal:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("entry").get(pk=withdrawal.batch_id)
    withdrawal = Withdrawal.objects.select_for_update(of=("self",)).get(pk=withdrawal.pk)
    withdrawal.batch = batch
    if withdrawal.state not in states:
        raise WithdrawalError("decided_already", state=WithdrawalState(withdrawal.state).label)
    return withdrawal


def _named(withdrawal: Withdrawal) -> dict[str, Any]:
    return {"batch": withdrawal.batch.ref, "number": withdrawal.batch.number}
