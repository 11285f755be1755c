"""Files that were made for the readers of a batch."""

from accounts.scope import Scope
from foundation.files.models import StoredFile
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from intake.enums import BackFile
from intake.job_kinds import MARK_JOB
from intake.models import Batch


def kept_back_file(scope: Scope, batch: Batch, *, what: BackFile, job: str) -> StoredFile | None:
    """The file that a job of this reader made of this batch; whoever calls has found the batch in scope."""
    made = Job.objects.filter(ref=job, kind=MARK_JOB, owner_key=scope.actor_key, state=JobState.DONE).first()
    if made is None or made.args != {**made.args, "batch": batch.ref, "what": what.value}:
        return None
    return StoredFile.objects.filter(ref=made.outcome().get("file", ""), kind=what.value).first()
