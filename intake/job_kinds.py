"""Names of the jobs of intake, for those who ask for them and those who look for them."""

CHECK_JOB = "intake.check_batch"
COMMIT_JOB = "intake.commit_batch"
WITHDRAW_JOB = "intake.withdraw_batch"
MARK_JOB = "intake.mark_batch"


def job_key(kind: str, ref: str) -> str:
    """Key under which a batch has one open job of a kind."""
    return f"{kind}:{ref}"
