"""Long work of intake, for the workers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.actor import Actor
from foundation.clock import today
from foundation.jobs.context import JobContext
from foundation.jobs.registry import register_kind
from intake.checks import entry_rights_of
from intake.enums import BackFile
from intake.job_kinds import CHECK_JOB, COMMIT_JOB, MARK_JOB, WITHDRAW_JOB
from intake.models import Batch, Withdrawal
from intake.services.back_files import keep_file
from intake.services.batches import check_batch, commit_batch
from intake.services.withdrawals import withdraw_batch


def work_check(ctx: JobContext) -> dict[str, Any]:
    """Check the batch that the job names."""
    return check_batch(batch=_batch(ctx), actor=ctx.actor, progress=ctx.progress).to_json()


def work_commit(ctx: JobContext) -> dict[str, Any]:
    """Store the batch that the job names, as it was confirmed."""
    outcome = commit_batch(
        batch=_batch(ctx), actor=ctx.actor, plan_sha256=ctx.args["plan_sha256"], progress=ctx.progress
    )
    return outcome.to_json()


def work_mark(ctx: JobContext) -> dict[str, Any]:
    """Make the file that the job names and keep it for whoever asked."""
    file = keep_file(
        batch=_batch(ctx),
        actor=ctx.actor,
        what=BackFile(ctx.args["what"]),
        language=ctx.args["language"],
        progress=ctx.progress,
    )
    return {"batch": ctx.args["batch"], "what": ctx.args["what"], "file": file.ref}


def work_withdraw(ctx: JobContext) -> dict[str, Any]:
    """Withdraw what the job names, as it was approved."""
    withdrawal = Withdrawal.objects.select_related("batch__entry").get(ref=ctx.args["withdrawal"])
    return withdraw_batch(withdrawal=withdrawal, actor=ctx.actor)


def _batch(ctx: JobContext) -> Batch:
    return Batch.objects.select_related("file", "entry").get(ref=ctx.args["batch"])


def _may(actor: Actor) -> bool:
    return entry_rights_of(actor, on=today()).may_upload


register_kind(CHECK_JOB, work=work_check, title=_("检查上传批次"), may=_may)
register_kind(WITHDRAW_JOB, work=work_withdraw, title=_("撤回批次"), may=_may)
register_kind(MARK_JOB, work=work_mark, title=_("准备标注文件"), may=_may)
register_kind(COMMIT_JOB, work=work_commit, title=_("批次入库"), may=_may)
