"""Withdrawals as people see them: what would close and open again, who asked, who must decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.scope import Scope
from foundation.actor import actor_names
from foundation.ledger.withdrawing import WithdrawalPlan, plan_withdrawal, reopening
from foundation.permissions import Permission
from foundation.tabular.table import column_letter
from foundation.web.parts import Said, Tag
from intake.contents import content_text
from intake.enums import OPEN_WITHDRAWALS, BatchState, WithdrawalState
from intake.models import Batch, Observation, Repeat, Withdrawal
from intake.selectors.batches import batch_label, number_label, visible_batches
from intake.selectors.corrections import Saying, sayings_of
from intake.selectors.naming import names_of

_TAGS = {
    WithdrawalState.WAITING: "watch",
    WithdrawalState.APPROVED: "accent",
    WithdrawalState.DONE: "good",
    WithdrawalState.REFUSED: "bad",
    WithdrawalState.CANCELLED: "",
    WithdrawalState.LAPSED: "",
}

Key = tuple[int, int, int, str]


@dataclass(frozen=True)
class WithdrawalPanel:
    """A request and what became of it."""

    ref: str
    state: Tag
    heading: str
    facts: tuple[Said, ...]
    is_waiting: bool
    may_decide: bool
    may_cancel: bool


@dataclass(frozen=True)
class RepeatedIn:
    """Another batch that sent, unchanged, some of the values that a withdrawal takes away."""

    batch: str
    ref: str
    count: int


@dataclass(frozen=True)
class WithdrawalPage:
    """The preview of a withdrawal."""

    batch: Batch
    title: str
    plan: WithdrawalPlan
    open: WithdrawalPanel | None
    is_as_asked: bool
    """Whether the preview still shows what was asked for; True where nothing was asked."""
    may_ask: bool
    repeated: tuple[RepeatedIn, ...]


@dataclass(frozen=True)
class PreviewRow:
    """One value of the batch: what it is now and what it would be after the withdrawal."""

    cell: str
    subject: str
    what: str
    now: str
    after: str
    is_gone: bool
    said: Saying | None
    """Who said the value that stands afterwards."""
    repeated_in: str


@dataclass(frozen=True)
class WithdrawalRow:
    """One request in a list."""

    batch: str
    batch_ref: str
    file_name: str
    state: Tag
    counts: str
    reason: str
    who: str
    at: datetime


def visible_withdrawals(scope: Scope) -> QuerySet[Withdrawal]:
    """Requests about batches that a reader may look at."""
    found = Withdrawal.objects.filter(batch__in=visible_batches(scope))
    return found.select_related("batch__file", "batch__entry", "entry")


def deciding_withdrawals(scope: Scope) -> QuerySet[Withdrawal]:
    """Requests that wait for this reader: asked for by somebody else."""
    if not scope.may(Permission.APPROVE_WITHDRAWALS):
        return Withdrawal.objects.none()
    waiting = visible_withdrawals(scope).filter(state=WithdrawalState.WAITING)
    return waiting.exclude(asked_by=scope.actor_key)


def withdrawal_page(scope: Scope, *, ref: str) -> WithdrawalPage | None:
    """The preview for a stored batch that the reader may look at; None for any other."""
    batch = visible_batches(scope).filter(ref=ref, state=BatchState.COMMITTED).first()
    if batch is None or batch.entry is None:
        return None
    asked = Withdrawal.objects.filter(batch=batch, state__in=OPEN_WITHDRAWALS).first()
    plan = plan_withdrawal(batch.entry)
    return WithdrawalPage(
        batch=batch,
        title=_("撤回%(batch)s") % {"batch": batch_label(batch)},
        plan=plan,
        open=_panel(scope, asked) if asked else None,
        is_as_asked=asked is None or asked.plan_sha256 == plan.sha256,
        may_ask=asked is None and scope.may(Permission.WITHDRAW_DATA),
        repeated=_repeated(scope, batch),
    )


def withdrawal_panel(scope: Scope, batch: Batch) -> WithdrawalPanel | None:
    """The newest request about a batch, for its page."""
    found = Withdrawal.objects.filter(batch=batch).select_related("entry").order_by("-pk").first()
    return _panel(scope, found) if found else None


def closing_rows(batch: Batch) -> QuerySet[Observation]:
    """Values that a withdrawal would take away."""
    return Observation.objects.filter(said_by=_seq(batch), seq_to=None)


def kept_rows(batch: Batch) -> QuerySet[Observation]:
    """Values of a batch that were corrected later, so that a withdrawal leaves what stands."""
    said = Observation.objects.filter(said_by=_seq(batch), seq_from=_seq(batch))
    still = closing_rows(batch).filter(
        period=OuterRef("period"), subject=OuterRef("subject"), indicator=OuterRef("indicator"), facet=OuterRef("facet")
    )
    return said.filter(~Exists(still))


def closing_preview(scope: Scope, batch: Batch, rows: Sequence[Observation]) -> list[PreviewRow]:
    """Rows of `closing_rows`, in the order of their key, with what would stand instead."""
    if not rows or batch.entry is None:
        return []
    keys = [_key(row) for row in rows]
    earlier = reopening(Observation, batch.entry, first=min(keys), last=max(keys))
    opened = {
        _key(row): row
        for row in _rows_of(keys).filter(seq_from__in={seq for seq in earlier.values() if seq})
        if earlier.get(_key(row)) == row.seq_from
    }
    return _preview(scope, rows, opened, _repeats_of(batch, keys))


def kept_preview(scope: Scope, batch: Batch, rows: Sequence[Observation]) -> list[PreviewRow]:
    """Rows of `kept_rows`, with what stands now and stays."""
    standing = {_key(row): row for row in _rows_of([_key(row) for row in rows]).filter(seq_to=None)}
    return _preview(scope, rows, standing, {})


def withdrawal_rows(withdrawals: Iterable[Withdrawal]) -> list[WithdrawalRow]:
    """Rows of a list; one more query for the names."""
    withdrawals = list(withdrawals)
    names = actor_names(each.asked_by for each in withdrawals)
    return [
        WithdrawalRow(
            batch=batch_label(each.batch),
            batch_ref=each.batch.ref,
            file_name=each.batch.file.name,
            state=_tag(each),
            counts=counts_text(each.n_reopened, each.n_removed, each.n_kept),
            reason=each.reason,
            who=names[each.asked_by],
            at=each.asked_at,
        )
        for each in withdrawals
    ]


def counts_text(reopened: int, removed: int, kept: int) -> str:
    """What a withdrawal does, in one line."""
    return _("恢复旧值 %(reopened)s 条，收回 %(removed)s 条，不变 %(kept)s 条") % {
        "reopened": f"{reopened:,}",
        "removed": f"{removed:,}",
        "kept": f"{kept:,}",
    }


def _preview(
    scope: Scope, rows: Sequence[Observation], after: dict[Key, Observation], repeated: dict[Key, int]
) -> list[PreviewRow]:
    names = names_of((row.period_id, row.subject_id, row.indicator_id) for row in rows)
    sayings = sayings_of(scope, (row.said_by for row in after.values()))
    return [
        PreviewRow(
            cell=f"{column_letter(row.col)}{row.row}" if row.col else "",
            subject=names.subject(row.subject_id),
            what=names.what(indicator=row.indicator_id, period=row.period_id, facet=row.facet),
            now=_text(row, names.places(row.indicator_id)),
            after=_text(after[_key(row)], names.places(row.indicator_id)) if _key(row) in after else _("没有数据"),
            is_gone=_key(row) not in after,
            said=sayings.get(after[_key(row)].said_by) if _key(row) in after else None,
            repeated_in=number_label(repeated[_key(row)]) if _key(row) in repeated else "",
        )
        for row in rows
    ]


def _seq(batch: Batch) -> int:
    assert batch.entry_id is not None
    return batch.entry_id


def _text(row: Observation, places: int) -> str:
    return content_text((row.value, row.flag, row.vintage), places)


def _key(row: Observation | Repeat) -> Key:
    return (row.period_id, row.subject_id, row.indicator_id, row.facet)


def _rows_of(keys: Sequence[Key]) -> QuerySet[Observation]:
    """All rows whose key may be among these: narrowed by index, matched by the caller."""
    return Observation.objects.filter(
        period__in={key[0] for key in keys},
        subject__in={key[1] for key in keys},
        indicator__in={key[2] for key in keys},
    )


def _standing_repeats(batch: Batch) -> QuerySet[Repeat]:
    """Repetitions, by batches that stand, of what this batch said and what a withdrawal would take away."""
    closing = closing_rows(batch).filter(
        period=OuterRef("period"), subject=OuterRef("subject"), indicator=OuterRef("indicator"), facet=OuterRef("facet")
    )
    standing = Batch.objects.filter(state=BatchState.COMMITTED, entry=OuterRef("seq"))
    return Repeat.objects.filter(Exists(closing), Exists(standing), said_by=_seq(batch))


def _repeated(scope: Scope, batch: Batch) -> tuple[RepeatedIn, ...]:
    counts = dict(_standing_repeats(batch).values("seq").annotate(n=Count("subject")).values_list("seq", "n"))
    sayings = sayings_of(scope, counts)
    return tuple(RepeatedIn(sayings[seq].batch, sayings[seq].batch_ref, counts[seq]) for seq in sorted(counts))


def _repeats_of(batch: Batch, keys: Sequence[Key]) -> dict[Key, int]:
    """By key: the number of the newest other batch that sent the same."""
    found = _standing_repeats(batch).filter(period__in={key[0] for key in keys}, subject__in={key[1] for key in keys})
    rows = list(found.order_by("seq"))
    numbers = dict(Batch.objects.filter(entry__in={row.seq for row in rows}).values_list("entry_id", "number"))
    return {_key(row): numbers[row.seq] for row in rows}


def _tag(withdrawal: Withdrawal) -> Tag:
    state = WithdrawalState(withdrawal.state)
    return Tag(state.label, _TAGS[state])


def _panel(scope: Scope, withdrawal: Withdrawal) -> WithdrawalPanel:
    is_mine = withdrawal.asked_by == scope.actor_key
    names = actor_names({withdrawal.asked_by, withdrawal.decided_by} - {""})
    is_waiting = withdrawal.state == WithdrawalState.WAITING
    return WithdrawalPanel(
        ref=withdrawal.ref,
        state=_tag(withdrawal),
        heading=_heading(withdrawal, names),
        facts=_facts(withdrawal, names),
        is_waiting=is_waiting,
        may_decide=is_waiting and not is_mine and scope.may(Permission.APPROVE_WITHDRAWALS),
        may_cancel=withdrawal.state in OPEN_WITHDRAWALS and is_mine,
    )


def _heading(withdrawal: Withdrawal, names: dict[str, str]) -> str:
    who = names[withdrawal.asked_by]
    sentences = {
        WithdrawalState.WAITING: _("%(who)s 申请撤回，等待另一人批准"),
        WithdrawalState.APPROVED: _("%(who)s 申请的撤回已获批准，正在撤回"),
        WithdrawalState.DONE: _("%(who)s 申请，已经撤回"),
        WithdrawalState.REFUSED: _("%(who)s 申请的撤回没有获得批准"),
        WithdrawalState.CANCELLED: _("%(who)s 取消了撤回申请"),
        WithdrawalState.LAPSED: _("%(who)s 申请的撤回已失效：批准之后库中数据有了变化，没有撤回"),
    }
    return sentences[WithdrawalState(withdrawal.state)] % {"who": who}


def _person(name: str, at: datetime) -> str:
    return f"{name} · {localtime(at):%Y-%m-%d %H:%M}"


def _facts(withdrawal: Withdrawal, names: dict[str, str]) -> tuple[Said, ...]:
    receipt = withdrawal.entry
    facts = [
        Said(_("原因"), withdrawal.reason),
        Said(_("申请人"), _person(names[withdrawal.asked_by], withdrawal.asked_at)),
    ]
    if withdrawal.decided_at:
        facts.append(Said(_("决定人"), _person(names[withdrawal.decided_by], withdrawal.decided_at)))
    if withdrawal.answer:
        facts.append(Said(_("不批准的原因"), withdrawal.answer))
    if receipt is None:
        counts = counts_text(withdrawal.n_reopened, withdrawal.n_removed, withdrawal.n_kept)
        facts.append(Said(_("撤回的后果"), counts))
    else:
        facts.append(Said(_("撤回回执"), _("回执 %(seq)s") % {"seq": receipt.seq}))
        facts.append(Said(_("撤回了什么"), counts_text(receipt.n_changed, receipt.n_removed, receipt.n_same)))
        facts.append(Said(_("内容指纹"), receipt.rows_sha256))
    return tuple(facts)
