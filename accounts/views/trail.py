"""Pages of the auditor: the trail, one event, whether it is whole, and what leaves the house."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.presenters.trail import DAYS, Asked, EventRow, event_page, event_rows, filters, trail_state
from accounts.request import Request
from accounts.selectors import EventFilter, newest_event_number, newest_verification, visible_events
from accounts.services.trail import export_events, export_trail, request_verification
from foundation.audit.anchors import Anchor, last_anchor
from foundation.audit.errors import AuditError
from foundation.audit.models import AuditEvent
from foundation.audit.words import objects_named
from foundation.clock import now, today
from foundation.permissions import Permission
from foundation.tabular.writing import SheetColumn, Written
from foundation.web.job_page import job_views
from foundation.web.keyset import Keyset
from foundation.web.list_page import ListPage, sheet_answer
from foundation.web.page import page
from foundation.web.parts import Confirm, Empty, Pager, Stop, Tab
from foundation.web.typed import typed


class EventList(ListPage[AuditEvent, EventRow]):
    """审计记录: who did what, newest first."""

    permissions = (Permission.READ_AUDIT,)
    template_name = "accounts/event_list.html"
    fragment_name = "accounts/_event_table.html"
    keyset = Keyset(("seq",), descending=True)
    page_size = 50
    request: Request

    def queryset(self) -> QuerySet[AuditEvent]:
        """Events under the filters of the address."""
        return visible_events(self.request.scope, _chosen(_asked(self.request.GET)))

    def present(self, rows: Sequence[AuditEvent]) -> list[EventRow]:
        """One line an event."""
        return event_rows(rows)

    def context(self, rows: list[EventRow], pager: Pager) -> dict[str, Any]:
        """Filters, exports, and what to do where nothing is found."""
        asked = _asked(self.request.GET)
        chips, search = filters(asked)
        sheet = Confirm(
            reverse("accounts:event-export"),
            _("导出查到的记录"),
            fields=[("days", str(asked.days)), ("kind", asked.kind), ("ref", asked.ref), ("q", asked.text)],
            main=False,
        )
        empty = Empty(
            _("没有符合条件的记录"),
            _("换一个时间、对象或检索词再看。"),
            icon="search",
            action_label=_("看全部记录"),
            action_url=reverse("accounts:event-list"),
        )
        return {"chips": chips, "search": search, "sheet": sheet, "tabs": _tabs("events"), "empty": not rows and empty}


@page(Permission.READ_AUDIT)
@require_GET
def event_detail(request: Request, seq: int) -> HttpResponse:
    """One event with what was before and after."""
    event = get_object_or_404(visible_events(request.scope, EventFilter()), seq=seq)
    trail = [Stop(_("审计记录"), reverse("accounts:event-list")), Stop(_("第 %(seq)s 条") % {"seq": seq})]
    shown = event_page(event, last=newest_event_number())
    return render(request, "accounts/event_detail.html", {"page": shown, "trail": trail})


@page(Permission.READ_AUDIT)
@require_GET
def trail_verification(request: Request) -> HttpResponse:
    """Whether the trail is whole: the last reading, the newest anchor, and how to look without this program."""
    newest = newest_verification()
    job = newest if newest and not newest.is_ended else None
    busy = _("正在核验") if job else ""
    context = {
        "state": trail_state(newest, _anchor(), at=now()),
        "job": job_views([job], reader=request.scope.actor_key)[0] if job else None,
        "verify": Confirm(reverse("accounts:trail-verify"), _("现在核验"), disabled_reason=busy),
        "export": Confirm(reverse("accounts:trail-export"), _("导出整条链"), main=False),
        "n": newest_event_number(),
        "tabs": _tabs("verification"),
    }
    return render(request, "accounts/trail_verification.html", context)


@page(Permission.READ_AUDIT)
@require_POST
def trail_verify(request: Request) -> HttpResponse:
    """Start a reading of the whole trail."""
    request_verification(actor=request.actor)
    return redirect("accounts:trail-verification")


@page(Permission.READ_AUDIT)
@require_POST
def trail_export(request: Request) -> HttpResponseBase:
    """The whole trail as a file for tools/verify.py; taking it is recorded."""
    export = export_trail(actor=request.actor, on=timezone.localtime(now()))
    answer = StreamingHttpResponse(export.lines, content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=export.name) or ""
    return answer


@page(Permission.READ_AUDIT)
@require_POST
def event_export(request: Request) -> HttpResponseBase:
    """All events under the filters as a sheet; taking it is recorded."""
    asked = _asked(request.POST)
    try:
        events = export_events(scope=request.scope, chosen=_chosen(asked), actor=request.actor)
    except AuditError as refusal:
        messages.error(request, refusal.message)
        return redirect(asked.query())
    return sheet_answer(_("审计记录"), _columns(), _sheet_rows(events))


def _columns() -> list[SheetColumn]:
    heads = [(_("序号"), 10), (_("时间"), 20), (_("操作"), 20), (_("代码"), 26), (_("操作人"), 14), (_("账号"), 18)]
    heads += [(_("当时角色"), 14), (_("对象"), 30), (_("请求编号"), 20), (_("本条指纹"), 66)]
    return [SheetColumn(label, width) for label, width in heads]


def _sheet_rows(events: Iterable[AuditEvent]) -> Iterator[list[Written]]:
    for event in events:
        (row,) = event_rows([event])
        at = timezone.localtime(event.at)
        what = (row.seq, f"{at:%Y-%m-%d %H:%M:%S}", row.action, row.code)
        yield [*what, row.who, event.actor_key, row.role, row.object, event.request_id, event.hash]


def _asked(query: Any) -> Asked:
    days, kind = query.get("days", ""), query.get("kind", "")
    return Asked(
        days=next((each for each in DAYS if str(each) == days), 0),
        kind=kind if kind in objects_named() else "",
        ref=typed(query.get("ref", "")),
        text=typed(query.get("q", "")),
    )


def _anchor() -> Anchor | AuditError | None:
    try:
        return last_anchor()
    except AuditError as fault:
        return fault


def _chosen(asked: Asked) -> EventFilter:
    since = today() - timedelta(days=asked.days - 1) if asked.days else None
    return EventFilter(text=asked.text, since=since, object_kind=asked.kind, object_ref=asked.ref)


def _tabs(current: str) -> list[Tab]:
    return [
        Tab(_("记录"), reverse("accounts:event-list"), current == "events"),
        Tab(_("核验与锚点"), reverse("accounts:trail-verification"), current == "verification"),
    ]
