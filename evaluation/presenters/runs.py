"""Runs in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.enums import RunState
from evaluation.presenters.addresses import ranking_url, run_url
from evaluation.selectors.runs import RunGroupRow, RunPage, RunRow
from foundation.web.figures import period_text
from foundation.web.parts import BigFact, Said, Tag

TAGS = {RunState.DONE.value: "good", RunState.FAILED.value: "bad", RunState.RUNNING.value: ""}


@dataclass(frozen=True)
class ShownRunRow:
    """A line of evaluation/_run_table.html."""

    number: int
    url: str
    scheme: str
    period: str
    state: Tag
    started_at: datetime
    duration: str
    n_people: int
    groups: str
    who: str
    current: bool


@dataclass(frozen=True)
class ShownRunGroup:
    """A line of evaluation/_run_groups.html."""

    name: str
    url: str
    n: int
    n_ranked: int
    median: int | None
    least: int | None
    most: int | None
    fresh: bool


@dataclass(frozen=True)
class RunHead:
    """What evaluation/run_detail.html reads as ``run``."""

    number: str
    finding: str
    ranking_url: str


def run_row(row: RunRow) -> ShownRunRow:
    """A line of the list of runs."""
    return ShownRunRow(
        number=row.number,
        url=run_url(row.ref),
        scheme=row.scheme_name,
        period=row.period_code,
        state=Tag(row.state_label, TAGS[row.state]),
        started_at=row.started_at,
        duration=duration_text(row.duration),
        n_people=row.n_subjects,
        groups=_("%(n)s 组，新算 %(fresh)s 组") % {"n": row.n_groups, "fresh": row.n_fresh},
        who=row.who,
        current=row.is_current,
    )


def run_head(page: RunPage) -> RunHead:
    """Number and finding of a run."""
    facts = {
        "scheme": page.row.scheme_name,
        "period": period_text(page.row.period_code),
        "ranked": _counted(page, page.row.n_ranked),
        "rest": _counted(page, page.row.n_subjects - page.row.n_ranked),
    }
    finding = _("%(scheme)s，%(period)s：%(ranked)s参加排名，%(rest)s不参加。") % facts
    if not page.row.is_current:
        finding += _("页面上显示的已是另一次核算的结果。")
    url = ranking_url(page.row.scheme_code, page.row.period_code) if page.row.is_current else ""
    return RunHead(_("核算 %(number)s") % {"number": page.row.number}, finding, url)


def _counted(page: RunPage, n: int) -> str:
    if page.shown.basis.is_personal:
        return ngettext("%(n)s 人", "%(n)s 人", n) % {"n": n}
    return ngettext("%(n)s 个单位", "%(n)s 个单位", n) % {"n": n}


def run_facts(page: RunPage) -> list[BigFact]:
    """The strip of a run."""
    return [
        BigFact(_("参加排名"), str(page.row.n_ranked), f"/ {_counted(page, page.row.n_subjects)}"),
        BigFact(_("同类组"), str(page.row.n_groups), note=_("新算 %(n)s 组，其余输入没变") % {"n": page.row.n_fresh}),
        BigFact(_("用时"), duration_text(page.row.duration)),
        BigFact(_("账面截至"), str(page.cut_seq), note=_("入库回执号")),
    ]


def run_inputs(page: RunPage) -> list[Said]:
    """What a run used: enough to compute it again."""
    upstream = [
        Said(_("引用的单位核算"), f"{each.number} {each.scheme_name}", run_url(each.ref)) for each in page.upstreams
    ]
    data_as_of = f"{localtime(page.data_as_of):%Y-%m-%d\u00a0%H:%M}" if page.data_as_of else "—"
    return [
        Said(_("方案"), _("%(code)s 第 %(version)s 版") % {"code": page.row.scheme_code, "version": page.version}),
        Said(_("数据截至"), _("回执 %(seq)s，%(at)s") % {"seq": page.cut_seq, "at": data_as_of}),
        *upstream,
        Said(_("计分引擎"), _("第 %(engine)s 版") % {"engine": page.engine}),
        Said(_("依据指纹"), page.manifest_sha256[:16]),
        Said(_("由谁"), page.row.who),
    ]


def run_group(page: RunPage, group: RunGroupRow) -> ShownRunGroup:
    """One peer group of a run."""
    url = ranking_url(page.row.scheme_code, page.row.period_code) if page.row.is_current else ""
    return ShownRunGroup(
        name=group.label,
        url=f"{url}?{urlencode({'group': group.key})}" if url else "",
        n=group.n,
        n_ranked=group.n_ranked,
        median=group.median,
        least=group.least,
        most=group.most,
        fresh=group.is_fresh,
    )


def duration_text(duration: timedelta | None) -> str:
    """How long it took: tenths of a second below a minute."""
    if duration is None:
        return "—"
    seconds = duration.total_seconds()
    if seconds < 60:
        return _("%(seconds).1f 秒") % {"seconds": seconds}
    return _("%(minutes)s 分 %(seconds)s 秒") % {"minutes": int(seconds) // 60, "seconds": int(seconds) % 60}
