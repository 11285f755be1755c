"""自检 as pages show it: what holds, what does not, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.invariants import Invariant, invariant_named
from foundation.jobs.enums import JobState
from foundation.jobs.models import Job
from foundation.jobs.services.checkup import Verdict
from foundation.web.parts import Tag


@dataclass(frozen=True)
class FindingView:
    """One invariant: its code, its sentence, how it fared, and where it is broken."""

    code: str
    sentence: str
    tag: Tag
    lines: Sequence[str]


@dataclass(frozen=True)
class CheckupView:
    """The newest 自检, what is broken first. ``findings`` is empty where it was not done; ``trouble`` says why."""

    at: datetime
    is_whole: bool
    summary: str
    trouble: str
    findings: Sequence[FindingView]
    url: str


def checkup_view(job: Job | None) -> CheckupView | None:
    """Turn the job of a 自检 into words; None before the first."""
    if job is None or job.ended_at is None:
        return None
    error = job.error or {}
    kept = job.outcome() if job.state == JobState.DONE else (error.get("facts") or {}).get("checkup", {})
    findings = [view for row in kept.get("findings", ()) if (view := _finding(row)) is not None]
    findings.sort(key=lambda finding: finding.tag.kind != "bad")
    is_whole = bool(kept.get("is_whole"))
    trouble = "" if findings else str(error.get("message", ""))
    return CheckupView(job.ended_at, is_whole, _summary(kept), trouble, findings, reverse("jobs:checkup-detail"))


def _summary(kept: Mapping[str, Any]) -> str:
    rows = kept.get("findings", ())
    looked_at = sum(row["verdict"] != Verdict.NOT_YET for row in rows)
    broken = sum(row["verdict"] in {Verdict.BROKEN, Verdict.UNREADABLE} for row in rows)
    if not looked_at:
        return _("没有做成")
    if broken:
        return _("%(looked)s 项中有 %(broken)s 项不成立") % {"looked": looked_at, "broken": broken}
    return _("%(looked)s 项全部成立") % {"looked": looked_at}


def _finding(row: Mapping[str, Any]) -> FindingView | None:
    invariant = invariant_named(row["name"])
    if invariant is None:
        return None
    return FindingView(row["code"], str(invariant.sentence), _tag(row["verdict"]), _lines(row, invariant))


def _lines(row: Mapping[str, Any], invariant: Invariant) -> list[str]:
    if invariant.not_yet:
        return [str(invariant.not_yet)]
    lines = [invariant.told(facts) for facts in row["places"]]
    if row["broken"] > len(lines):
        lines.append(_("共 %(n)s 处") % {"n": row["broken"]})
    if row["verdict"] == Verdict.UNREADABLE:
        lines.append(_("数据已损坏到无法检查，详情见运行日志。"))
    return lines


def _tag(verdict: str) -> Tag:
    return {
        Verdict.HOLDS: Tag(_("成立"), "good"),
        Verdict.BROKEN: Tag(_("不成立"), "bad"),
        Verdict.UNREADABLE: Tag(_("查不了"), "bad"),
        Verdict.NOT_YET: Tag(_("尚无")),
    }[Verdict(verdict)]
