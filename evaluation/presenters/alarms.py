"""Alarms in words: for who starts runs, and for who looks after the jobs."""

from django.utils.translation import gettext as _

from evaluation.selectors.alarms import OpenAlarm
from foundation.web.figures import period_text
from foundation.web.parts import Note


def home_notes(n_alarms: int) -> list[Note]:
    """The banner of the home page; no name stands in it."""
    if not n_alarms:
        return []
    text = _("全量复核发现 %(n)s 组结果与现有的不一致。页面上仍是原来的结果，没有自动改动；请核查。")
    return [Note(text % {"n": n_alarms}, "bad")]


def alarm_notes(alarms: list[OpenAlarm]) -> list[Note]:
    """The banner of the page of runs: pair, group, subject and what is wrong."""
    return [Note(_told(each), "bad") for each in alarms]


def _told(alarm: OpenAlarm) -> str:
    facts = {
        "scheme": alarm.scheme_name,
        "period": period_text(alarm.period_code),
        "group": alarm.group or _("未分组"),
        "run": alarm.run_number,
        "kind": alarm.kind_label,
        "n": alarm.n_subjects,
        "subject": alarm.subject_name,
    }
    if alarm.subject_name:
        return (
            _(
                "%(scheme)s %(period)s“%(group)s”组的全量复核与核算 %(run)s 不一致（%(kind)s）：%(n)s 个对象不同，"
                "其中 %(subject)s。页面上仍是原来的结果；核查后可下令全部重新核算。"
            )
            % facts
        )
    return (
        _(
            "%(scheme)s %(period)s“%(group)s”组的全量复核与核算 %(run)s 不一致（%(kind)s）：%(n)s 个对象不同。"
            "页面上仍是原来的结果；核查后可下令全部重新核算。"
        )
        % facts
    )
