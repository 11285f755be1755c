"""Home: what waits for me, and how fresh what I read is. Each role gets only what it may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.roles import ROLES
from accounts.scope import Scope
from cadres.models import Cadre
from evaluation.presenters.addresses import ranking_url
from evaluation.presenters.alarms import home_notes
from evaluation.selectors.alarms import count_alarms
from evaluation.selectors.explanations import SubjectResult, results_of
from evaluation.selectors.freshness import Freshness, freshness
from evaluation.selectors.overview import Overview, SchemeStanding, overview
from foundation.permissions import Permission
from foundation.web.figures import coverage_text, period_text, points_text
from foundation.web.parts import Action, BigFact, Empty, Note, Waiting, Words
from intake.selectors.batches import BatchRow, latest_batches, waiting_batches
from intake.selectors.withdrawals import deciding_withdrawals, withdrawal_rows

RECENT = 6


@dataclass(frozen=True)
class Recent:
    """Something that happened lately."""

    at: datetime
    text: str
    note: str
    url: str


@dataclass(frozen=True)
class SchemeRow:
    """A scheme of the newest period, with the way to its ranking; ``coverage`` is micro-percent."""

    name: str
    url: str
    n: int
    n_ranked: int
    n_groups: int
    counted: Words
    coverage: int | None


@dataclass(frozen=True)
class OwnRow:
    """A result of the reader's own."""

    period: str
    scheme: str
    url: str
    total: int | None
    show: int
    rank: int | None
    band: str


@dataclass(frozen=True)
class HomePage:
    """What dashboards/home.html reads."""

    notes: Sequence[Note]
    heading: Words
    finding: Words
    facts: Sequence[BigFact]
    schemes: Sequence[SchemeRow]
    schemes_heading: Words
    own: Sequence[OwnRow]
    has_desk: bool
    """Whether things can wait for this reader at all."""
    waiting: Sequence[Waiting]
    waiting_heading: Words
    recent: Sequence[Recent]
    actions: Sequence[Action]
    empty: Empty | None


def home_page(scope: Scope) -> HomePage:
    """The home of a reader, in a number of queries that no data change."""
    waiting, recent, seen, fresh = _waiting(scope), _recent(scope), overview(scope), freshness(scope)
    own = _own_results(scope)
    return HomePage(
        notes=home_notes(count_alarms(scope)),
        heading=_heading(seen, own, waiting),
        finding=_finding(scope, seen, fresh),
        facts=_facts(seen, own, fresh),
        schemes=[_scheme(each) for each in (*seen.personal, *_unit_schemes(seen))] if seen else (),
        schemes_heading=_("%(period)s的指数榜") % {"period": period_text(seen.period_code)} if seen else "",
        own=_own_rows(scope, own),
        has_desk=scope.may(Permission.UPLOAD_DATA),
        waiting=waiting,
        waiting_heading=_("待您处理 %(n)s 件") % {"n": len(waiting)} if waiting else _("没有待您处理的事"),
        recent=recent,
        actions=_actions(scope),
        empty=_empty(scope, waiting or recent or own or seen),
    )


def _unit_schemes(seen: Overview) -> list[SchemeStanding]:
    return [each for each in seen.schemes if not each.run.is_personal]


def _own_results(scope: Scope) -> list[SubjectResult]:
    if scope.self_subject is None or not scope.may(Permission.VIEW_OWN_RESULT):
        return []
    return results_of(scope, subject=scope.self_subject)


def _heading(seen: Overview | None, own: Sequence[SubjectResult], waiting: Sequence[Waiting]) -> str:
    if waiting:
        return _("待您处理 %(n)s 件") % {"n": len(waiting)}
    if seen and seen.personal:
        n, ranked = _people(seen)
        facts = {"period": period_text(seen.period_code), "n": n, "ranked": ranked}
        return _("%(period)s：%(n)s 名干部中 %(ranked)s 名参加排名") % facts
    if own and own[0].rank is not None:
        facts = {"period": period_text(own[0].period_code), "rank": own[0].rank}
        return _("%(period)s，您在同类组中排第 %(rank)s 名") % facts
    return _("首页")


def _people(seen: Overview) -> tuple[int, int]:
    return sum(each.n for each in seen.personal), sum(each.n_ranked for each in seen.personal)


def _finding(scope: Scope, seen: Overview | None, fresh: Freshness | None) -> str:
    if fresh is None or seen is None:
        purposes = [ROLES[role].purpose for role in Role if role in scope.roles]
        return " ".join(purposes)
    if fresh.waiting:
        return _("有 %(n)s 个新批次还没有算进指数，%(when)s自动核算。") % {"n": fresh.waiting, "when": fresh.next_run}
    return _("入库的数据都已算进指数。")


def _facts(seen: Overview | None, own: Sequence[SubjectResult], fresh: Freshness | None) -> list[BigFact]:
    if seen is not None:
        return _office_facts(seen, fresh)
    return _own_facts(own[0]) if own else []


def _office_facts(seen: Overview, fresh: Freshness | None) -> list[BigFact]:
    n, ranked = _people(seen)
    facts = []
    if n:
        rest = _("其余 %(n)s 人列明原因") % {"n": n - ranked} if n > ranked else ""
        facts.append(BigFact(_("参加排名"), str(ranked), _("/ %(n)s 人") % {"n": n}, note=rest))
    facts.append(BigFact(_("最近一期"), period_text(seen.period_code)))
    if seen.coverage is not None:
        note = _("%(n)s 名干部平均") % {"n": n}
        facts.append(BigFact(_("数据完整"), coverage_text(seen.coverage).removesuffix("%"), "%", note=note))
    kinds = {"persons": len(seen.personal), "units": len(_unit_schemes(seen))}
    schemes = _("干部 %(persons)s 个，单位 %(units)s 个") % kinds
    facts.append(BigFact(_("已核算方案"), str(len(seen.schemes)), _("个"), note=schemes))
    if fresh is not None:
        note = _("%(when)s自动核算") % {"when": fresh.next_run} if fresh.waiting else _("都已算进指数")
        facts.append(BigFact(_("待核算批次"), str(fresh.waiting), _("批"), note=note))
    return facts


def _own_facts(newest: SubjectResult) -> list[BigFact]:
    total = _("没有得分") if newest.total is None else points_text(newest.total, newest.show)
    facts = [BigFact(_("我的三好指数"), total, note=period_text(newest.period_code))]
    if newest.rank is not None:
        facts.append(BigFact(_("组内名次"), str(newest.rank), note=newest.scheme_name))
    if newest.band_label:
        facts.append(BigFact(_("指数档次"), newest.band_label, note=_("年度等次由考核委员会决定")))
    return facts


def _scheme(each: SchemeStanding) -> SchemeRow:
    return SchemeRow(
        name=each.run.scheme_name,
        url=ranking_url(each.run.scheme_code, each.run.period_code),
        n=each.n,
        n_ranked=each.n_ranked,
        n_groups=each.n_groups,
        counted=_("人") if each.run.is_personal else _("个单位"),
        coverage=each.coverage,
    )


def _own_rows(scope: Scope, results: Sequence[SubjectResult]) -> list[OwnRow]:
    ref = Cadre.objects.filter(pk=scope.self_subject).values_list("ref", flat=True).first() if results else None
    return [_own(each, ref) for each in results] if ref else []


def _own(each: SubjectResult, ref: str) -> OwnRow:
    url = reverse("evaluation:cadre-result", args=[ref, each.scheme_code, each.period_code])
    return OwnRow(each.period_code, each.scheme_name, url, each.total, each.show, each.rank, each.band_label)


def _waiting(scope: Scope) -> list[Waiting]:
    to_decide = [
        Waiting(
            _("%(who)s 申请撤回%(batch)s，等您决定") % {"who": row.who, "batch": row.batch},
            reverse("intake:batch-withdraw", args=[row.batch_ref]),
            row.counts,
        )
        for row in withdrawal_rows(deciding_withdrawals(scope).order_by("-pk")[:RECENT])
    ]
    return to_decide + [
        Waiting(batch.title, reverse("intake:batch-detail", args=[batch.ref]), batch.note)
        for batch in waiting_batches(scope)
    ]


def _recent(scope: Scope) -> list[Recent]:
    return [_batch(row) for row in latest_batches(scope, limit=RECENT)]


def _batch(row: BatchRow) -> Recent:
    told = _("%(label)s %(state)s") % {"label": row.label, "state": row.state.label}
    return Recent(row.at, told, row.file_name, reverse("intake:batch-detail", args=[row.ref]))


def _actions(scope: Scope) -> list[Action]:
    actions = []
    if scope.may(Permission.UPLOAD_DATA):
        actions.append(Action(_("上传数据"), reverse("intake:batch-upload"), "upload", main=True))
    if scope.may(Permission.VIEW_RESULTS):
        actions.append(Action(_("看指数榜"), reverse("evaluation:ranking-list"), "ranking"))
    if scope.may(Permission.VIEW_OWN_RESULT):
        actions.append(Action(_("看我的得分"), reverse("evaluation:own-result"), "person", main=True))
    if scope.may(Permission.READ_AUDIT):
        actions.append(Action(_("看审计记录"), reverse("accounts:event-list"), "shield", main=True))
    return actions


def _empty(scope: Scope, shown: object) -> Empty | None:
    if shown:
        return None
    if scope.may(Permission.UPLOAD_DATA):
        return Empty(
            _("还没有数据"),
            _("上传第一个文件后，检查、入库、核算的进展都会显示在这里。"),
            icon="upload",
            action_label=_("上传数据"),
            action_url=reverse("intake:batch-upload"),
        )
    if not scope.roles:
        return Empty(_("您还没有授权"), _("请向安全管理员申请授权，批准后重新登录。"), icon="lock")
    return Empty(_("现在没有需要您处理的事"), _("您能打开的页面都列在导航里。"), icon="check-circle")
