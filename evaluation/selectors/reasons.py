"""Why somebody has no total or is not ranked, and the way back with who can do it, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.scoring import Reason, Scheme
from evaluation.scoring.types import Tenure

REASONS: dict[str, str | Promise] = {
    Reason.LEFT_OUT_PROBATION: gettext_lazy("试用期内"),
    Reason.LEFT_OUT_ABSENT: gettext_lazy("本期离岗超过半数天数"),
    Reason.TENURE_SHORT: gettext_lazy("任职时间不满方案的要求"),
    Reason.NO_GROUP: gettext_lazy("所在单位没有编入同类组"),
    Reason.REQUIRED_MISSING: gettext_lazy("必须具备的数据缺失"),
    Reason.LOW_COVERAGE: gettext_lazy("数据完整度低于方案的下限"),
    Reason.SECONDED_OUT: gettext_lazy("挂职满本期半数天数，由挂职单位考核"),
}
REMEDIES: dict[str, str | Promise] = {
    Reason.LEFT_OUT_PROBATION: gettext_lazy("试用期满后自动参加；期满而仍显示试用的，请干部主管部门更正试用记录"),
    Reason.LEFT_OUT_ABSENT: gettext_lazy("按规则不参加本期考核；离岗起止有误的，请干部主管部门更正离岗记录"),
    Reason.TENURE_SHORT: gettext_lazy("任职满规定时间后自动参加；任职起止有误的，请干部主管部门更正任职记录"),
    Reason.NO_GROUP: gettext_lazy("请考核主管部门把所在单位编入同类组，下一次核算自动参加"),
    Reason.REQUIRED_MISSING: gettext_lazy("请数据责任单位补报，下一次核算自动参加"),
    Reason.LOW_COVERAGE: gettext_lazy("请数据责任单位补报，下一次核算自动参加"),
    Reason.SECONDED_OUT: gettext_lazy(
        "在挂职单位参加；挂职结束或不满半数天数后，回原单位参加。挂职起止有误的，请干部主管部门更正任职记录"
    ),
}


def reason_text(reason: str, scheme: Scheme) -> str:
    """The reason in words; a void gate speaks by the scheme's own sentence."""
    gates = {gate.code: gate.reason for gate in scheme.gates}
    if reason == Reason.TENURE_SHORT and scheme.tenure:
        return _tenure_text(scheme.tenure)
    return gates.get(reason) or str(REASONS.get(reason, reason))


def remedy_text(reason: str) -> str:
    """What lets the subject take part again, and who can do it; all but the known reasons are gates."""
    void = _("指数已作废；有异议的可以向作出认定的机关申请复核，认定撤销后，下一次核算自动恢复")
    return str(REMEDIES.get(reason, void))


def _tenure_text(tenure: Tenure) -> str:
    facts = {"days": tenure.in_post_days, "percent": f"{float(100 * tenure.in_period):g}"}
    if tenure.in_post_days and tenure.in_period:
        return _("连续任职不满 %(days)s 天，或在任天数不满本期的 %(percent)s%%") % facts
    if tenure.in_post_days:
        return _("连续任职不满 %(days)s 天") % facts
    return _("在任天数不满本期的 %(percent)s%%") % facts
