"""What a replay found, in words and as facts for a machine."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.scoring import ENGINE_VERSION
from evaluation.selectors.replays import Compared, GroupCompared, Replayed, SubjectCompared, Verdict, Why
from evaluation.selectors.replays import subject_codes as codes_of
from foundation.web.figures import decimal_text

WORDS: dict[str, str | Promise] = {
    "manifest": gettext_lazy("核算依据"),
    "n_subjects": gettext_lazy("对象数"),
    "n_ranked": gettext_lazy("参加排名数"),
    "input": gettext_lazy("输入摘要"),
    "output": gettext_lazy("结果摘要"),
    "stats": gettext_lazy("组统计"),
    "scores": gettext_lazy("得分"),
    "unit_id": gettext_lazy("单位"),
    "level": gettext_lazy("职务层次"),
    "total": gettext_lazy("总分"),
    "rank": gettext_lazy("名次"),
    "is_tied": gettext_lazy("并列"),
    "band": gettext_lazy("指数档次"),
    "coverage": gettext_lazy("数据完整度"),
    "reason": gettext_lazy("不参加排名的原因"),
    "parts": gettext_lazy("各项得分"),
}
SHOWN_DIGITS = 12
NONE = "—"


def difference_lines(replayed: Replayed) -> Iterable[str]:
    """One line for whatever differs: of the unit runs first, then of the run, its groups, their subjects."""
    for upstream in replayed.upstreams:
        yield from difference_lines(upstream)
    number = replayed.run.number
    for each in replayed.compared:
        if not each.is_same:
            yield _("核算 %(run)s：%(difference)s") % {"run": number, "difference": _difference(each)}
    codes = codes_of(replayed)
    for group in replayed.groups:
        named = {"run": number, "group": group.key or _("未分组")}
        for each in group.compared:
            if not each.is_same:
                yield _("核算 %(run)s，%(group)s组：%(difference)s") % {**named, "difference": _difference(each)}
        for subject in group.subjects:
            yield _("核算 %(run)s，%(group)s组，%(subject)s：%(difference)s") % {
                **named,
                "subject": codes.get(subject.subject, str(subject.subject)),
                "difference": _columns(subject),
            }


def verdict_line(replayed: Replayed) -> str:
    """The verdict in one sentence."""
    run = replayed.run
    named = {"run": run.number, "scheme": run.scheme.code, "period": run.period.code, "cut": run.cut_seq}
    if replayed.verdict is Verdict.CANNOT:
        return _("核算 %(run)s（%(scheme)s %(period)s）无法复算：%(why)s") % {**named, "why": _why(replayed)}
    found = {**named, "groups": len(replayed.groups), "n": replayed.n_subjects}
    if replayed.verdict is Verdict.SAME:
        return (
            _("核算 %(run)s（%(scheme)s %(period)s，切点 %(cut)s）复算一致：%(groups)s 组 %(n)s 个对象逐位相同。")
            % found
        )
    differing = sum(not group.is_same for group in replayed.groups)
    return _(
        "核算 %(run)s（%(scheme)s %(period)s，切点 %(cut)s）复算不一致：%(groups)s 组中 %(differing)s 组不同，"
        "请保留现场并核查。"
    ) % {**found, "differing": differing}


def replay_facts(replayed: Replayed) -> dict[str, Any]:
    """All of it for a machine."""
    run = replayed.run
    return {
        "run": run.ref,
        "number": run.number,
        "scheme": run.scheme.code,
        "period": run.period.code,
        "cut": run.cut_seq,
        "engine": run.engine,
        "verdict": replayed.verdict.value,
        "why": replayed.why.value if replayed.why else "",
        "compared": _compared_facts(replayed.compared),
        "groups": [_group_facts(group) for group in replayed.groups],
        "upstreams": [replay_facts(each) for each in replayed.upstreams],
    }


def _group_facts(group: GroupCompared) -> dict[str, Any]:
    return {
        "group": group.key,
        "n_subjects": group.n_subjects,
        "is_same": group.is_same,
        "compared": _compared_facts(group.compared),
        "subjects": [
            {"subject": each.subject, "columns": {name: list(pair) for name, pair in each.columns.items()}}
            for each in group.subjects
        ],
    }


def _compared_facts(compared: Iterable[Compared]) -> dict[str, dict[str, str]]:
    return {each.what: {"stored": each.stored, "computed": each.computed} for each in compared}


def _difference(each: Compared) -> str:
    told = {"what": WORDS[each.what], "stored": _short(each.stored), "computed": _short(each.computed)}
    return _("%(what)s 库中 %(stored)s，复算 %(computed)s") % told


def _columns(subject: SubjectCompared) -> str:
    return "；".join(
        _("%(what)s 库中 %(stored)s，复算 %(computed)s")
        % {"what": WORDS[name], "stored": _value(name, stored), "computed": _value(name, computed)}
        for name, (stored, computed) in subject.columns.items()
        if name in WORDS
    )


def _value(name: str, value: Any) -> str:
    if value is None or value == "":
        return NONE
    if name in {"total", "coverage"}:
        return decimal_text(value, 6)
    return _short(str(value)) if name == "parts" else str(value)


def _short(text: str) -> str:
    return text[:SHOWN_DIGITS] if text else NONE


def _why(replayed: Replayed) -> str:
    if replayed.why is Why.OTHER_ENGINE:
        told = {"stored": replayed.run.engine, "here": ENGINE_VERSION}
        return _("由引擎版本 %(stored)s 计算，本程序的引擎版本是 %(here)s。请用当时的程序复算。") % told
    if replayed.why is Why.NOT_FINISHED:
        return _("它没有完成，没有结果可比。")
    behind = next(each for each in replayed.upstreams if each.verdict is Verdict.CANNOT)
    return _("它所依据的单位核算 %(run)s 无法复算。") % {"run": behind.run.number}
