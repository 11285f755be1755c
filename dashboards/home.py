"""Home: what waits for me, and how fresh what I read is. Each role gets only what it may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.roles import ROLES
from accounts.scope import Scope
from evaluation.selectors.freshness import freshness
from evaluation.selectors.runs import CurrentRun, current_runs
from foundation.permissions import Permission
from foundation.web.figures import period_text
from foundation.web.parts import Action, BigFact, Empty, Waiting, Words
from intake.selectors.batches import BatchRow, latest_batches, waiting_batches

RECENT = 6


@dataclass(frozen=True)
class Recent:
    """Something that happened lately."""

    at: datetime
    text: str
    url: str


@dataclass(frozen=True)
class HomePage:
    """What dashboards/home.html reads."""

    heading: Words
    finding: Words
    facts: Sequence[BigFact]
    waiting: Sequence[Waiting]
    waiting_heading: Words
    recent: Sequence[Recent]
    actions: Sequence[Action]
    empty: Empty | None


def home_page(scope: Scope) -> HomePage:
    """The home of a reader, in a number of queries that no data change."""
    waiting, recent, runs = _waiting(scope), _recent(scope), current_runs(scope)
    return HomePage(
        heading=_heading(waiting),
        finding=_finding(scope, runs),
        facts=_facts(runs),
        waiting=waiting,
        waiting_heading=_("待您处理 %(n)s 件") % {"n": len(waiting)} if waiting else _("没有待您处理的事"),
        recent=recent,
        actions=_actions(scope),
        empty=_empty(scope, waiting, recent, runs),
    )


def _heading(waiting: Sequence[Waiting]) -> str:
    return _("待您处理 %(n)s 件") % {"n": len(waiting)} if waiting else _("首页")


def _finding(scope: Scope, runs: Sequence[CurrentRun]) -> str:
    fresh = freshness(scope)
    if fresh is None or not runs:
        return ""
    if fresh.waiting:
        return _("有 %(n)s 个新批次还没有算进指数，%(when)s自动核算。") % {"n": fresh.waiting, "when": fresh.next_run}
    return _("入库的数据都已算进指数。")


def _facts(runs: Sequence[CurrentRun]) -> list[BigFact]:
    if not runs:
        return []
    newest = runs[0].period_code
    here = [run for run in runs if run.period_code == newest]
    return [
        BigFact(_("最近一期"), period_text(newest)),
        BigFact(
            _("已核算方案"), str(len(here)), note=_("其中干部方案 %(n)s 个") % {"n": sum(r.is_personal for r in here)}
        ),
    ]


def _waiting(scope: Scope) -> list[Waiting]:
    return [
        Waiting(batch.title, reverse("intake:batch-detail", args=[batch.ref]), batch.note)
        for batch in waiting_batches(scope)
    ]


def _recent(scope: Scope) -> list[Recent]:
    return [_batch(row) for row in latest_batches(scope, limit=RECENT)]


def _batch(row: BatchRow) -> Recent:
    facts = {"label": row.label, "state": row.state.label, "file": row.file_name}
    return Recent(row.at, _("%(label)s %(state)s：%(file)s") % facts, reverse("intake:batch-detail", args=[row.ref]))


def _actions(scope: Scope) -> list[Action]:
    actions = []
    if scope.may(Permission.UPLOAD_DATA):
        actions.append(Action(_("上传数据"), reverse("intake:batch-upload"), "upload", main=True))
    if scope.may(Permission.VIEW_RESULTS):
        actions.append(Action(_("看指数榜"), reverse("evaluation:ranking-list"), "ranking"))
    if scope.may(Permission.VIEW_OWN_RESULT):
        actions.append(Action(_("看我的得分"), reverse("evaluation:own-result"), "person", main=True))
    return actions


def _empty(scope: Scope, waiting: Sequence[object], recent: Sequence[object], runs: Sequence[object]) -> Empty | None:
    if waiting or recent or runs:
        return None
    purposes = " ".join(ROLES[role].purpose for role in Role if role in scope.roles)
    if scope.may(Permission.UPLOAD_DATA):
        return Empty(
            _("还没有数据"),
            _("上传第一个文件后，检查、入库、核算的进展都会显示在这里。"),
            icon="upload",
            action_label=_("上传数据"),
            action_url=reverse("intake:batch-upload"),
        )
    if not purposes:
        return Empty(_("您还没有授权"), _("请向安全管理员申请授权，批准后重新登录。"), icon="lock")
    return Empty(_("现在没有需要您处理的事"), purposes, icon="check-circle")
