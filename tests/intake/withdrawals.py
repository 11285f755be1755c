"""Withdrawals for the tests, by the services of the office."""

from accounts.enums import Role
from accounts.models import User
from foundation.jobs.models import Job
from foundation.jobs.services import work_inline
from foundation.ledger.withdrawing import plan_withdrawal
from intake.models import Batch, Withdrawal
from intake.services.withdrawals import approve_withdrawal, ask_withdrawal
from tests.cast import CITY_LEVELS, actor, make_user

REASON = "统计口径有误"


def second_officer() -> User:
    """Another HR officer of the whole city."""
    return make_user("hr.second", "示寒露", Role.HR_OFFICER, levels=CITY_LEVELS)


def third_officer() -> User:
    """And one more."""
    return make_user("hr.third", "示霜降", Role.HR_OFFICER, levels=CITY_LEVELS)


def plan_of(batch: Batch) -> str:
    assert batch.entry is not None
    return plan_withdrawal(batch.entry).sha256


def ask(user: User, batch: Batch, *, reason: str = REASON, plan_sha256: str = "") -> Withdrawal:
    """Ask for the withdrawal of a batch as it stands now."""
    batch = fresh(batch)
    plan = plan_sha256 or plan_of(batch)
    return ask_withdrawal(batch=batch, actor=actor(user), reason=reason, plan_sha256=plan).withdrawal


def approve(user: User, withdrawal: Withdrawal, *, plan_sha256: str = "") -> Job:
    """Approve as asked; the job is asked for and not yet worked."""
    plan = plan_sha256 or withdrawal.plan_sha256
    return approve_withdrawal(withdrawal=withdrawal, actor=actor(user), plan_sha256=plan)


def withdraw_by_two(asker: User, approver: User, batch: Batch) -> Withdrawal:
    """Ask, approve, work."""
    withdrawal = ask(asker, batch)
    work_inline(approve(approver, withdrawal))
    return Withdrawal.objects.select_related("batch__entry", "entry").get(pk=withdrawal.pk)


def fresh(batch: Batch) -> Batch:
    return Batch.objects.select_related("file", "entry").get(pk=batch.pk)
