"""The buttons under the problems of a batch: its marked file and its bad rows."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.web.job_page import JobView, job_views
from intake.enums import BackFile
from intake.selectors.batch_pages import BatchPage


@dataclass(frozen=True)
class BackButton:
    """One file: the address that makes it, or that of the one which lies ready."""

    label: str
    url: str
    is_ready: bool
    is_main: bool


@dataclass(frozen=True)
class BackButtons:
    """What intake/_back_files.html reads; the main button stands last."""

    note: str
    buttons: tuple[BackButton, ...]
    job: JobView | None


def back_buttons(shown: BatchPage, *, reader: str) -> BackButtons | None:
    """The files that the reader may have of a batch; None where there is nothing to mark."""
    if shown.back is None:
        return None
    wanted = [BackFile.BAD_ROWS] if shown.back.has_bad_rows else []
    return BackButtons(
        note=shown.back.note,
        buttons=tuple(_button(shown, what) for what in [*wanted, BackFile.MARKED]),
        job=job_views([shown.back.job], reader=reader)[0] if shown.back.job else None,
    )


def _button(shown: BatchPage, what: BackFile) -> BackButton:
    assert shown.back is not None
    labels = {BackFile.MARKED: _("下载标注文件"), BackFile.BAD_ROWS: _("下载问题行")}
    job = shown.back.ready.get(what.value)
    place = [shown.batch.ref, what.value]
    return BackButton(
        label=labels[what],
        url=reverse("intake:batch-kept-file", args=[*place, job])
        if job
        else reverse("intake:batch-back-file", args=place),
        is_ready=job is not None,
        is_main=what is BackFile.MARKED and shown.back.is_next,
    )
