"""A peer group in two runs, in words."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evaluation.presenters.addresses import difference_url, run_url, subject_difference_url
from evaluation.selectors.group_differences import (
    MOVED_TEXTS,
    DifferenceQuery,
    EntryRow,
    GroupDifference,
    Moved,
    NamedRow,
    Standing,
)
from evaluation.selectors.reasons import reason_text
from foundation.ledger.withdrawing import WITHDRAWAL_KIND
from foundation.web.figures import period_text, points_text, signed_text
from foundation.web.keyset import write_cursor
from foundation.web.parts import Chip, Empty, Option, Pager, Search, Stop, Tag

KINDS: dict[str, str | Promise] = {
    "": gettext_lazy("全部"),
    "moved": gettext_lazy("得分或名次变动"),
    "entered": gettext_lazy("进入"),
    "left": gettext_lazy("退出"),
}
ENTRY_KINDS: dict[str, str | Promise] = {
    WITHDRAWAL_KIND: gettext_lazy("撤回"),
    "upload": gettext_lazy("上传"),
    "occurrences": gettext_lazy("加减分事项"),
    "exemptions": gettext_lazy("免责"),
    "postings": gettext_lazy("任职"),
    "statusspells": gettext_lazy("在岗状态"),
    "groupmembers": gettext_lazy("分组"),
}


@dataclass(frozen=True)
class ShownMove:
    """A line of evaluation/_difference_table.html."""

    name: str
    url: str
    place: str
    rank_before: str
    rank_after: str
    places: int | None
    before: str
    after: str
    change: int | None
    tag: Tag | None


@dataclass(frozen=True)
class ShownEntry:
    """An entry between the cuts."""

    text: str
    url: str
    at: datetime
    n: int


@dataclass(frozen=True)
class ShownGroupDifference:
    """What evaluation/difference_list.html reads as ``page``."""

    finding: str
    chips: tuple[Chip, ...]
    search: Search
    export_url: str
    empty: Empty | None
    entries: tuple[ShownEntry, ...]
    entries_note: str
    is_personal: bool
    show: int
    older_name: str
    newer_name: str


def difference_head(
    found: GroupDifference, query: DifferenceQuery, *, export_url: str, compare: Chip
) -> ShownGroupDifference:
    """Heading, filters, and what was written in between."""
    runs = found.runs
    return ShownGroupDifference(
        finding=_finding(found),
        chips=(_group_chip(found, query), compare, _kind_chip(found, query)),
        search=_search(found, query),
        export_url=export_url,
        empty=None if found.rows else _empty(found),
        entries=tuple(_entry(each) for each in found.entries),
        entries_note="" if runs.is_same_period else _("两次核算属于两个期间，数据本来就不同，不列批次。"),
        is_personal=runs.newer.basis.is_personal,
        show=_show(found),
        older_name=run_name(found, newer=False),
        newer_name=run_name(found, newer=True),
    )


def run_name(found: GroupDifference, *, newer: bool) -> str:
    """A run as the head of a column calls it."""
    shown = found.runs.newer if newer else found.runs.older
    told = {"number": shown.run.number, "period": period_text(shown.basis.period.code)}
    return _("核算 %(number)s") % told if found.runs.is_same_period else str(told["period"])


def difference_trail(found: GroupDifference) -> list[Stop]:
    """The way up: the runs, the newer of the two."""
    older, newer = found.runs.older.run, found.runs.newer.run
    return [
        Stop(_("核算"), reverse("evaluation:run-list")),
        Stop(_("核算 %(number)s") % {"number": newer.number}, run_url(newer.ref)),
        Stop(_("与核算 %(number)s 比较") % {"number": older.number}),
    ]


def move_row(found: GroupDifference, named: NamedRow) -> ShownMove:
    """A line of the table."""
    row, show = named.row, _show(found)
    label = MOVED_TEXTS.get(row.moved)
    change = None
    if row.older and row.newer and row.older.total is not None and row.newer.total is not None:
        change = row.newer.total - row.older.total
    return ShownMove(
        name=named.who.name,
        url=subject_difference_url(named.who, found.runs.newer.run.ref, found.runs.older.run.ref),
        place=named.who.place,
        rank_before=str(row.older.rank or "—") if row.older else "—",
        rank_after=str(row.newer.rank or "—") if row.newer else "—",
        places=row.places,
        before=_half(found, row.older, newer=False, show=show),
        after=_half(found, row.newer, newer=True, show=show),
        change=change,
        tag=Tag(label, "watch" if row.moved in {Moved.LEFT, Moved.WENT} else "accent", _from_to(row.older, row.newer))
        if label
        else None,
    )


def _half(found: GroupDifference, half: Standing | None, *, newer: bool, show: int) -> str:
    if half is None:
        return "—"
    scheme = (found.runs.newer if newer else found.runs.older).scheme
    return reason_text(half.reason, scheme) if half.total is None else points_text(half.total, show)


def _from_to(old: Standing | None, new: Standing | None) -> str:
    if old is None or new is None or old.group == new.group:
        return ""
    return f"{old.group or _('未分组')} → {new.group or _('未分组')}"


def difference_pager(found: GroupDifference, query: DifferenceQuery) -> Pager:
    """The neighbours of the page."""
    kept = _kept(found, query)
    start = f"?{urlencode(kept)}" if query.after else ""
    summary = _("共 %(n)s 行，变动大的在前") % {"n": found.n_chosen}
    next_url = ""
    if found.next_after is not None:
        cursor = write_cursor(found.next_after, bound(found.runs.newer.run.ref, found.runs.older.run.ref))
        next_url = f"?{urlencode({**kept, 'after': cursor})}"
    return Pager(summary, start, next_url, _("回到开头"), _("后面的"))


def bound(ref: str, other: str) -> str:
    """What a cursor of this list is tied to: both runs, in whatever order the address names them."""
    return ":".join(sorted([ref, other]))


def _kept(found: GroupDifference, query: DifferenceQuery) -> dict[str, str]:
    kept = {"group": found.group, "kind": query.kind, "q": query.text}
    return {name: value for name, value in kept.items() if value}


def _show(found: GroupDifference) -> int:
    return found.runs.newer.scheme.output.show


def _finding(found: GroupDifference) -> str:
    facts = {
        "group": _("%(key)s组") % {"key": found.group} if found.group else _("未分组的"),
        "n": _counted(found, found.n),
        "moved": found.n_changed,
        "entered": found.n_entered,
        "left": found.n_left,
    }
    if found.largest is None or found.largest.row.change is None:
        return _("%(group)s %(n)s中 %(moved)s 个变动，%(entered)s 个进入，%(left)s 个退出。") % facts
    facts |= {"name": found.largest.who.name, "change": signed_text(found.largest.row.change, _show(found))}
    return (
        _("%(group)s %(n)s中 %(moved)s 个变动，%(entered)s 个进入，%(left)s 个退出；变动最大的是%(name)s，%(change)s。")
        % facts
    )


def _counted(found: GroupDifference, n: int) -> str:
    if found.runs.newer.basis.is_personal:
        return ngettext("%(n)s 人", "%(n)s 人", n) % {"n": n}
    return ngettext("%(n)s 个单位", "%(n)s 个单位", n) % {"n": n}


def _here(found: GroupDifference, **chosen: str) -> str:
    here = difference_url(found.runs.newer.run.ref, found.runs.older.run.ref)
    kept = {name: value for name, value in chosen.items() if value}
    return f"{here}?{urlencode(kept)}" if kept else here


def _group_chip(found: GroupDifference, query: DifferenceQuery) -> Chip:
    options = [
        Option(each.label, _here(found, group=each.key, kind=query.kind), each.is_shown) for each in found.groups
    ]
    shown = next(each for each in found.groups if each.is_shown)
    return Chip(_("可比组"), shown.label, options, main=True)


def _kind_chip(found: GroupDifference, query: DifferenceQuery) -> Chip:
    counts = {"moved": found.n_changed, "entered": found.n_entered, "left": found.n_left}
    options = [
        Option(label, _here(found, group=found.group, kind=kind, q=query.text), kind == query.kind, counts.get(kind))
        for kind, label in KINDS.items()
    ]
    return Chip(_("看哪些"), KINDS[query.kind], options)


def _search(found: GroupDifference, query: DifferenceQuery) -> Search:
    kept = [(name, value) for name, value in _kept(found, query).items() if name != "q"]
    words = _("姓名或工号") if found.runs.newer.basis.is_personal else _("单位名称或代码")
    return Search(_here(found), query.text, words, kept)


def _empty(found: GroupDifference) -> Empty:
    return Empty(
        _("没有符合条件的对象"),
        _("换一个条件再看。两次核算之间没有变动的组，也列在“全部”里。"),
        icon="search",
        action_label=_("看本组全部"),
        action_url=_here(found, group=found.group),
    )


def _entry(row: EntryRow) -> ShownEntry:
    kind = ENTRY_KINDS.get(row.kind, row.kind)
    if row.batch_number:
        facts = {"number": row.batch_number, "kind": kind}
        text = _("批次 %(number)s %(kind)s") % facts
    else:
        text = _("回执 %(seq)s %(kind)s") % {"seq": row.seq, "kind": kind}
    url = reverse("intake:batch-detail", args=[row.batch_ref]) if row.batch_ref else ""
    return ShownEntry(text, url, row.at, row.n)


def chosen_kind(text: str) -> str:
    """A filter value that exists; anything else is all."""
    return text if text in KINDS else ""
