"""The auditor's pages: events in words, one event with before and after, and whether the trail is whole."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from foundation.audit.anchors import Anchor
from foundation.audit.errors import AuditError
from foundation.audit.models import AuditEvent
from foundation.audit.verifying import Verdict
from foundation.audit.words import action_word, object_word, objects_named
from foundation.jobs.selectors import JobProgress
from foundation.web.parts import Chip, Option, Said, Search, Tag, Words

ANCHOR_IS_LATE = timedelta(hours=2)


@dataclass(frozen=True)
class EventRow:
    """One line of the list."""

    seq: int
    at: datetime
    action: str
    code: str
    who: str
    role: str
    object: str
    url: str


def event_rows(events: Sequence[AuditEvent]) -> list[EventRow]:
    """Turn events into lines; nothing is asked of the database."""
    return [
        EventRow(
            seq=event.seq,
            at=event.at,
            action=action_word(event.action),
            code=event.action,
            who=event.actor_name,
            role=role_word(event.actor_role),
            object=object_text(event),
            url=reverse("accounts:event-detail", args=[event.seq]),
        )
        for event in events
    ]


def role_word(role: str) -> str:
    """Words of the role that stood on an event."""
    if role in Role.values:
        return str(Role(role).label)
    return {"system": _("系统"), "none": _("没有授权")}.get(role, role)


def object_text(event: AuditEvent) -> str:
    """Kind and reference of the object, as text."""
    return f"{object_word(event.object_kind)} {event.object_ref}".strip()


@dataclass(frozen=True)
class Change:
    """One field before and after; a value that was not there is a dash on the page."""

    field: str
    before: str | None
    after: str | None

    @property
    def is_changed(self) -> bool:
        """Whether it stood before and stands differently now."""
        return self.before is not None and self.after is not None and self.before != self.after


@dataclass(frozen=True)
class EventPage:
    """What accounts/event_detail.html reads."""

    row: EventRow
    facts: Sequence[Said]
    changes: Sequence[Change]
    has_before: bool
    same_object_url: str
    previous_url: str
    next_url: str


def event_page(event: AuditEvent, *, last: int) -> EventPage:
    """One event with all that is chained of it; ``last`` is the number of the newest."""
    (row,) = event_rows([event])
    same = {"kind": event.object_kind, "ref": event.object_ref}
    return EventPage(
        row=row,
        facts=_facts(event, row),
        changes=changes_of(event.before, event.after),
        has_before=event.before is not None,
        same_object_url=f"{reverse('accounts:event-list')}?{urlencode(same)}",
        previous_url=reverse("accounts:event-detail", args=[event.seq - 1]) if event.seq > 1 else "",
        next_url=reverse("accounts:event-detail", args=[event.seq + 1]) if event.seq < last else "",
    )


def _facts(event: AuditEvent, row: EventRow) -> list[Said]:
    facts = [
        Said(_("操作"), f"{row.action} {event.action}"),
        Said(_("操作人"), f"{event.actor_name} {event.actor_key}"),
        Said(_("当时角色"), row.role),
        Said(_("对象"), row.object),
    ]
    if event.request_id:
        facts.append(Said(_("请求编号"), event.request_id))
    if event.rows_sha256:
        facts.append(Said(_("成批数据指纹"), event.rows_sha256))
    return [*facts, Said(_("上一条指纹"), event.prev_hash or "—"), Said(_("本条指纹"), event.hash)]


def changes_of(before: Any, after: Any) -> list[Change]:
    """Fields of both sides, nested ones by their path, in the order of their names."""
    old, new = _flat(before), _flat(after)
    return [Change(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if value is None and not path:
        return {}
    if isinstance(value, dict) and value:
        return {
            k: v for name, each in value.items() for k, v in _flat(each, f"{path}.{name}" if path else name).items()
        }
    return {path: value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)}


@dataclass(frozen=True)
class TrailState:
    """Whether the trail was found whole, and how far anchors reach."""

    tag: Tag
    text: str
    at: datetime | None
    anchor: Tag
    anchor_text: str


def trail_state(newest: JobProgress | None, anchor: Anchor | AuditError | None, *, at: datetime) -> TrailState:
    """The last reading of the trail and the newest anchor, or why none can be read, in words."""
    tag, text = _finding(newest)
    late, told = _anchored(anchor, at)
    return TrailState(tag, text, newest.ended_at if newest else None, late, told)


def _finding(newest: JobProgress | None) -> tuple[Tag, str]:
    if newest is None:
        return Tag(_("未核验")), _("还没有核验过。核验从第一条读到最后一条，逐条核对指纹。")
    if not newest.is_ended:
        return Tag(_("核验中"), "accent"), newest.note
    if not newest.result:
        return Tag(_("没有完成"), "bad"), newest.error_text
    verdict = Verdict(**newest.result)
    if verdict.is_whole:
        facts = {"n": f"{verdict.n:,}", "anchored": f"{verdict.n_anchored:,}"}
        return Tag(_("完整"), "good"), _("%(n)s 条逐条核对无误，其中 %(anchored)s 条与锚点一致。") % facts
    return Tag(_("不完整"), "bad"), verdict.text


def _anchored(anchor: Anchor | AuditError | None, at: datetime) -> tuple[Tag, str]:
    if isinstance(anchor, AuditError):
        return Tag(_("读不出来"), "bad"), anchor.message
    if anchor is None:
        return Tag(_("没有锚点"), "watch"), _("后台进程每小时写入一次锚点；还没有写入过。")
    facts = {"last": f"{anchor.last:,}", "hash": anchor.hash}
    told = _("锚点到第 %(last)s 条，指纹 %(hash)s。请定期抄录或另存，与系统分开保管。") % facts
    if at - anchor.written_at > ANCHOR_IS_LATE:
        return Tag(_("锚点停了"), "bad"), told
    return Tag(_("按时"), "good"), told


DAYS: dict[int, Words] = {
    0: gettext_lazy("全部"),
    1: gettext_lazy("今天"),
    7: gettext_lazy("近 7 天"),
    30: gettext_lazy("近 30 天"),
    365: gettext_lazy("近一年"),
}
"""How far back a list may go: days, the present one inside; 0 is all of it."""


@dataclass(frozen=True)
class Asked:
    """The filters of the list as the address holds them."""

    days: int = 0
    kind: str = ""
    ref: str = ""
    text: str = ""

    def query(self, **other: str | int) -> str:
        """The address of the list with some filters changed."""
        said = {"days": self.days, "kind": self.kind, "ref": self.ref, "q": self.text, **other}
        kept = {name: value for name, value in said.items() if value}
        base = reverse("accounts:event-list")
        return f"{base}?{urlencode(kept)}" if kept else base


def filters(asked: Asked) -> tuple[list[Chip], Search]:
    """Chips and search field of the list."""
    days = Chip(_("时间"), DAYS[asked.days], [Option(w, asked.query(days=n), n == asked.days) for n, w in DAYS.items()])
    kinds = {"": _("全部"), **dict(sorted(objects_named().items(), key=lambda each: each[1]))}
    options = [Option(words, asked.query(kind=kind, ref=""), kind == asked.kind) for kind, words in kinds.items()]
    chosen = object_word(asked.kind) if asked.kind else _("全部")
    chips = [days, Chip(_("对象"), f"{chosen} {asked.ref}".strip(), options)]
    keep = [(n, str(v)) for n, v in (("days", asked.days), ("kind", asked.kind), ("ref", asked.ref)) if v]
    return chips, Search(reverse("accounts:event-list"), asked.text, _("姓名、账号、编号、序号"), keep)
