"""Why somebody has no total or is not ranked, and the way back, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evaluation.scoring import Reason, Scheme

REASONS: dict[str, str | Promise] = {
    Reason.LEFT_OUT_PROBATION: _("试用期内"),
    Reason.LEFT_OUT_ABSENT: _("本期离岗超过半数天数"),
    Reason.TENURE_SHORT: _("任职时间不满方案的要求"),
    Reason.NO_GROUP: _("所在单位没有编入同类组"),
    Reason.REQUIRED_MISSING: _("必须具备的数据缺失"),
    Reason.LOW_COVERAGE: _("数据完整度低于方案的下限"),
    Reason.SECONDED_OUT: _("挂职满本期半数天数，由挂职单位考核"),
}
REMEDIES: dict[str, str | Promise] = {
    Reason.LEFT_OUT_PROBATION: _("试用期满后自动参加"),
    Reason.LEFT_OUT_ABSENT: _("按规则不参加本期考核"),
    Reason.TENURE_SHORT: _("任职满规定时间后自动参加"),
    Reason.NO_GROUP: _("编入同类组后，下一次核算自动参加"),
    Reason.REQUIRED_MISSING: _("补齐数据后，下一次核算自动参加"),
    Reason.LOW_COVERAGE: _("补齐数据后，下一次核算自动参加"),
    Reason.SECONDED_OUT: _("挂职结束或不满半数天数后，回原单位参加"),
}


def reason_text(reason: str, scheme: Scheme) -> str:
    """The reason in words; a void gate speaks by the scheme's own sentence."""
    gates = {gate.code: gate.reason for gate in scheme.gates}
    return gates.get(reason) or str(REASONS.get(reason, reason))


def remedy_text(reason: str) -> str:
    """What lets the subject take part again."""
    return str(REMEDIES.get(reason, _("由干部主管部门按规定处理")))
