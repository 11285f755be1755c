"""Rows that are no data, on the page of their batch: what they say, and the button that settles them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.web.parts import Confirm
from intake.selectors.batch_pages import BatchPage, NoteLine


@dataclass(frozen=True)
class NotesPanel:
    """A heading, the rows, and one button; without it where nothing can be changed any more."""

    heading: str
    note: str
    rows: tuple[NoteLine, ...]
    confirm: Confirm | None


def notes_panels(shown: BatchPage) -> list[NotesPanel]:
    """The rows that wait for the officer's word, and those that were left out."""
    found = [_offered(shown)] if shown.note_rows else []
    return [*found, _left_out(shown)] if shown.left_out else found


def _offered(shown: BatchPage) -> NotesPanel:
    numbers = ",".join(str(line.row) for line in shown.note_rows)
    confirm = Confirm(
        url=reverse("intake:batch-leave-out", args=[shown.batch.ref]),
        label=_("这些行不是数据"),
        consequence=_("其余各行重新检查，通过后由您提交。您的决定随批次留存，提交之前可以撤销。"),
        fields=[("rows", numbers)],
        main=False,
    )
    return NotesPanel(
        heading=_("数据之下有 %(count)s 行不像数据") % {"count": len(shown.note_rows)},
        note=_("合计、注、填表人这类行不入库，系统也不替您略过。请看清每一行再点。"),
        rows=shown.note_rows,
        confirm=confirm if shown.may_settle_rows else None,
    )


def _left_out(shown: BatchPage) -> NotesPanel:
    confirm = Confirm(
        url=reverse("intake:batch-take-back", args=[shown.batch.ref]),
        label=_("这些行是数据，重新读取"),
        main=False,
    )
    return NotesPanel(
        heading=_("按您的决定，%(count)s 行没有作为数据读取") % {"count": len(shown.left_out)},
        note=_("这些行不检查、不入库，原件照样留存。"),
        rows=shown.left_out,
        confirm=confirm if shown.may_settle_rows else None,
    )
