"""Template tags of the whole product: ``{% load ordos %}``.

Numbers come from :mod:`foundation.web.figures`, drawings from :mod:`foundation.web.drawing`; here they get names.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from foundation.web import drawing, figures

register = template.Library()


@register.filter
def points(micro: int | None, shown: int = 2) -> str:
    """Micro-points as points with fixed decimals; nothing at all is a dash."""
    return figures.DASH if micro is None else figures.points_text(micro, shown)


@register.filter
def signed_points(micro: int | None, shown: int = 2) -> str:
    """Micro-points with their sign."""
    return figures.DASH if micro is None else figures.signed_text(micro, shown)


@register.filter
def lost_points(micro: int | None, shown: int = 2) -> str:
    """What was not earned, as a negative figure."""
    return figures.DASH if micro is None else figures.points_text(-micro, shown)


@register.filter
def percent_micro(micro: int | None, shown: int = 1) -> str:
    """Micro-percent as percent."""
    return figures.DASH if micro is None else figures.percent_text(micro, shown)


@register.filter
def scaled(value: int | None, places: int = 0) -> str:
    """An observation's integer with the indicator's decimals."""
    return figures.DASH if value is None else figures.decimal_text(value, places)


@register.filter
def grouped(count: int | None) -> str:
    """A count with thousands separators: 1,248."""
    return figures.DASH if count is None else figures.decimal_text(count, 0, grouped=True)


@register.filter
def period_label(code: str | None) -> str:
    """A period's code in words."""
    return figures.period_text(str(code)) if code else figures.DASH


@register.filter
def nowrap(value: object) -> SafeString:
    """Keep a date, a number, a name or a number with its unit on one line."""
    return format_html('<span class="nowrap">{}</span>', conditional_escape(str(value)))


@register.filter
def unbroken(sentence: object) -> str:
    """Keep each number of a sentence on one line with what stands around it: ``第 9 名``, ``47 人``."""
    return figures.unbroken_text(str(sentence))


@register.simple_tag
def cell_ref(row: int | None, column: int | None) -> SafeString:
    """The address of a cell, never broken and never spaced by the browser."""
    return format_html('<span class="cell-ref nowrap">{}</span>', figures.cell_ref_text(row, column))


@register.simple_tag
def score(micro: int | None, extra_places: int = 0, shown: int = 2) -> SafeString | str:
    """A total; where neighbours show the same, the digits that decide hang outside the column."""
    if micro is None:
        return figures.DASH
    text = figures.points_text(micro, shown + extra_places)
    cut = len(text) - extra_places
    if not extra_places:
        return format_html('<span class="score">{}</span>', text)
    return format_html('<span class="score">{}<span class="score-tail">{}</span></span>', text[:cut], text[cut:])


@register.simple_tag
def coverage(micro: int | None, low: int = 95_000_000) -> SafeString | str:
    """Completeness: faint when complete, amber below ``low``, always in figures."""
    if micro is None:
        return figures.DASH
    css = "coverage-full" if micro >= figures.FULL_COVERAGE else "coverage-low" if micro < low else "coverage-some"
    return format_html('<span class="{}">{}</span>', css, figures.coverage_text(micro))


@register.simple_tag
def rank_change(places: int | None) -> SafeString:
    """Places gained (positive) or lost since the last period, in grey: a change of place is no news by itself."""
    if not places:
        return format_html('<span class="faint">{}</span>', figures.DASH)
    word, path = (_("上升"), "M4 1 8 8H0z") if places > 0 else (_("下降"), "M0 1H8L4 8z")
    arrow = format_html('<path d="{}" fill="currentColor"/>', path)
    return format_html(
        '<span class="rank-change">{}<span class="visually-hidden">{}</span>{}</span>',
        *(drawing.svg(8, 9, arrow, css="rank-arrow"), word, abs(places)),
    )


@register.simple_tag
def bar(micro: int | None, dimension: str = "d0", axis: int = drawing.AXIS_MICRO) -> SafeString | str:
    """The small bar of a dimension."""
    return "" if micro is None else drawing.dimension_bar(micro, dimension=dimension, axis=axis)


@register.simple_tag
def dimension_mark(dimension: str) -> SafeString:
    """The drawn mark of a dimension."""
    return drawing.dimension_mark(dimension)


@register.simple_tag
def waterfall_bar(
    start: int,
    length: int,
    lost: int = 0,
    dimension: str = "d0",
    axis: int = drawing.AXIS_MICRO,
    *,
    shown: int = 2,
) -> SafeString:
    """The bar of one line."""
    return drawing.waterfall_bar(start, length, lost, dimension=dimension, axis=axis, shown=shown)


@register.simple_tag
def waterfall_bracket(start: int, length: int, axis: int = drawing.AXIS_MICRO) -> SafeString:
    """The bracket of one dimension."""
    return drawing.waterfall_bracket(start, length, axis=axis)


@register.simple_tag
def waterfall_total(total: int, median: int | None = None, axis: int = drawing.AXIS_MICRO) -> SafeString:
    """The bar of the sum."""
    return drawing.waterfall_total(total, median, axis=axis)


@register.simple_tag
def waterfall_axis(axis: int = drawing.AXIS_MICRO) -> SafeString:
    """The axis in the head of the column of bars."""
    return drawing.waterfall_axis(axis)


@register.simple_tag
def place_strip(own: int, spread: Sequence[int], dimension: str, low: int, high: int) -> SafeString:
    """Where one value stands in its group."""
    return drawing.place_strip(own, spread, dimension=dimension, low=low, high=high)


@register.simple_tag
def step_bar(ok: int, bad: int, watch: int) -> SafeString:
    """Rows without a problem, with an error, with a reminder: to scale."""
    label = _("没有问题 %(ok)s 行，错误 %(bad)s 行，提醒 %(watch)s 行") % {"ok": ok, "bad": bad, "watch": watch}
    return drawing.proportion_bar(((ok, "ok"), (bad, "bad"), (watch, "watch")), label=label)


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """A symbol of the own sprite; with a label it speaks, without one it is ornament."""
    href = f"{static('icons/sprite.svg')}#{name}"
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="{}" height="{}" viewBox="0 0 24 24" focusable="false" {}><use href="{}"/></svg>',
        *(size, size, voice, href),
    )


@register.simple_tag
def vendor_stylesheet(path: str) -> SafeString | str:
    """Link a style sheet that comes from the package registry, if it is there: pages stand without it."""
    if not _is_served(path):
        return ""
    return format_html('<link rel="stylesheet" href="{}">', static(path))


@lru_cache(maxsize=8)
def _is_served(path: str) -> bool:
    return finders.find(path) is not None or staticfiles_storage.exists(path)
