"""Corrections that wait for a confirmation: old and new, by how much, and who said the old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.scope import Scope
from foundation.actor import actor_names
from foundation.ledger.models import Entry
from foundation.web.parts import Accept, Tag
from intake.corrections import Change
from intake.enums import Facet
from intake.models import Batch
from intake.reports import Report
from intake.selectors.batches import number_label, visible_batches


@dataclass(frozen=True)
class Saying:
    """Who said a value: the batch (its page only for who may see it), the person, the time."""

    batch: str
    batch_ref: str
    who: str
    at: datetime


@dataclass(frozen=True)
class CorrectionRow:
    """One correction on the page."""

    ref: str
    subject: str
    what: str
    before: str
    after: str
    difference: str
    jump: Tag | None
    said: Saying | None


@dataclass(frozen=True)
class CorrectionPanel:
    """All corrections of a batch: how many, the first of them, and the box that accepts them."""

    heading: str
    note: str
    rows: tuple[CorrectionRow, ...]
    cut: str
    accept: Accept


def correction_panel(scope: Scope, report: Report) -> CorrectionPanel | None:
    """What a commit would correct; None where it corrects nothing."""
    if not report.n_changed:
        return None
    sayings = sayings_of(scope, (change.said_by for change in report.changes))
    counts = {"count": f"{report.n_changed:,}", "jumps": f"{report.n_jumps:,}"}
    cut = report.n_changed - len(report.changes)
    return CorrectionPanel(
        heading=_("提交后会更正 %(count)s 条已有数据") % counts,
        note=_("其中 %(jumps)s 条变动较大，列在前面，请逐条核对。旧值留存，随时可查。") % counts
        if report.n_jumps
        else _("请核对旧值和新值。旧值留存，随时可查。"),
        rows=tuple(_row(change, sayings.get(change.said_by)) for change in report.changes),
        cut=_("另有 %(count)s 条更正没有逐条列出。") % {"count": f"{cut:,}"} if cut else "",
        accept=Accept(
            "accepted_corrections",
            str(report.n_changed),
            _("我已核对，确认更正这 %(count)s 条已有数据，其中 %(jumps)s 条变动较大") % counts
            if report.n_jumps
            else _("我已核对，确认更正这 %(count)s 条已有数据") % counts,
        ),
    )


def sayings_of(scope: Scope, seqs: Iterable[int]) -> dict[int, Saying]:
    """By entry: which batch said it, who, when; a number of queries that no row changes."""
    entries = Entry.objects.in_bulk({seq for seq in seqs if seq})
    numbers = dict(Batch.objects.filter(entry__in=entries).values_list("entry_id", "number"))
    refs = dict(visible_batches(scope).filter(entry__in=entries).values_list("entry_id", "ref"))
    names = actor_names(entry.actor_key for entry in entries.values())
    return {
        seq: Saying(
            batch=number_label(numbers[seq]) if seq in numbers else _("回执 %(seq)s") % {"seq": seq},
            batch_ref=refs.get(seq, ""),
            who=names[entry.actor_key],
            at=entry.at,
        )
        for seq, entry in entries.items()
    }


def _row(change: Change, said: Saying | None) -> CorrectionRow:
    return CorrectionRow(
        ref=change.ref,
        subject=change.subject,
        what=_("%(indicator)s %(period)s %(facet)s")
        % {"indicator": change.indicator, "period": change.period, "facet": Facet(change.facet).label},
        before=change.before,
        after=change.after,
        difference=change.difference,
        jump=Tag(_("变动较大"), "watch") if change.is_jump else None,
        said=said,
    )
