"""Tables of evaluation."""

from evaluation.models.alarms import Alarm, AlarmKind
from evaluation.models.exemptions import Exemption
from evaluation.models.groups import GroupMember, GroupSet
from evaluation.models.occurrences import Occurrence
from evaluation.models.results import Current, GroupResult, Score
from evaluation.models.runs import Manifest, Run, RunGroup, RunUpstream

__all__ = [
    "Alarm",
    "AlarmKind",
    "Current",
    "Exemption",
    "GroupMember",
    "GroupResult",
    "GroupSet",
    "Manifest",
    "Occurrence",
    "Run",
    "RunGroup",
    "RunUpstream",
    "Score",
]
