"""Figures inside tables as inline SVG: geometry in attributes, colour in classes, integers only.

The content policy drops every ``style`` attribute, so nothing here may use one. Positions are tenths of a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from foundation.web.figures import points_text

AXIS_MICRO = 100_000_000
FULL = 100_000
"""Width of a proportional bar in its own units. Browsers lay out no more than 2²⁵ of them."""
LEAST = 250
"""What there is at all gets this much of it: one bad row among a million must be seen."""

WATERFALL_WIDTH = 180
WATERFALL_HEIGHT = 30
LOST_SAID_FROM = 100
"""A loss is written in figures from this part of the whole on (one point of a hundred): below, the digits
would be louder than the loss."""

DIMENSIONS = ("d1", "d2", "d3", "d4", "d0")


def tenths(value: int, *, axis: int, width: int) -> int:
    """Place ``value`` of ``axis`` on ``width`` pixels, in tenths of a pixel, kept inside the drawing."""
    return min(max(value, 0), axis) * width * 10 // axis if axis > 0 else 0


def px(position: int) -> str:
    """Write tenths of a pixel as an SVG number."""
    whole, part = divmod(position, 10)
    return f"{whole}.{part}" if part else str(whole)


def dimension_class(dimension: str) -> str:
    """Colour class of a dimension; whatever is not one of the fixed keys is drawn without meaning."""
    return f"figure-{dimension}" if dimension in DIMENSIONS else "figure-d0"


def svg(width: int, height: int, body: SafeString, *, css: str, label: str = "") -> SafeString:
    """Wrap drawn parts; without a label the drawing is hidden from readers, for its figures stand beside it."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 {} {}" focusable="false" {}>{}</svg>',
        *(css, width, height, width, height, role, body),
    )


def rect(x: int, y: int, width: int, height: int, css: str, *, radius: str = "0") -> SafeString:
    """A rectangle; x and width in tenths of a pixel, y and height in pixels."""
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" class="{}"/>', px(x), y, px(width), height, radius, css
    )


def dimension_bar(value: int, *, dimension: str, axis: int = AXIS_MICRO, width: int = 64) -> SafeString:
    """The 64 × 4 bar of a dimension in a table. It starts at 0: a bar that starts at 50 lies."""
    fill = tenths(value, axis=axis, width=width)
    body = rect(0, 0, width * 10, 4, "figure-track", radius="2") + rect(
        0, 0, fill, 4, dimension_class(dimension), radius="2"
    )
    return svg(width, 4, body, css="dimension-bar")


def dimension_mark(dimension: str) -> SafeString:
    """■ ● ◆ as a drawing: a dimension is never told by its colour alone. What is none has no mark."""
    css = dimension_class(dimension)
    shapes = {
        "d1": '<rect x="0" y="1" width="8" height="8" class="{}"/>',
        "d2": '<circle cx="4" cy="5" r="4" class="{}"/>',
        "d3": '<path d="M4.5 0.5 9 5 4.5 9.5 0 5z" class="{}"/>',
    }
    if dimension not in shapes:
        return mark_safe("")
    return svg(9, 10, format_html(shapes[dimension], css), css="dimension-mark")


def waterfall_bar(
    start: int, length: int, lost: int, *, dimension: str, axis: int = AXIS_MICRO, shown: int = 2
) -> SafeString:
    """One line of the waterfall: what it brought from where it begins, and in grey what it did not bring."""
    scale = WATERFALL_WIDTH - 14
    left = tenths(min(start, start + length), axis=axis, width=scale)
    right = tenths(max(start, start + length), axis=axis, width=scale)
    end = tenths(max(start, start + length) + lost, axis=axis, width=scale)
    parts = [_grid(scale), rect(left, 9, max(right - left, 8), 12, dimension_class(dimension))]
    if end > right:
        parts.append(rect(right, 9, end - right, 12, "figure-lost"))
    if lost * LOST_SAID_FROM >= axis:
        parts.append(_lost_figure(left, max(end, right), points_text(-lost, shown)))
    return svg(WATERFALL_WIDTH, WATERFALL_HEIGHT, _joined(parts), css="waterfall-bar")


def _lost_figure(left: int, right: int, text: str) -> SafeString:
    """The figure stands right of the bar while there is room, else left of it."""
    fits_right = right <= (WATERFALL_WIDTH - 46) * 10
    x, anchor = (right + 50, "start") if fits_right else (left - 50, "end")
    return format_html('<text x="{}" y="19" text-anchor="{}" class="figure-text">{}</text>', px(x), anchor, text)


def waterfall_bracket(start: int, length: int, *, axis: int = AXIS_MICRO) -> SafeString:
    """The bracket over the lines of one dimension."""
    scale = WATERFALL_WIDTH - 14
    left, right = (tenths(at, axis=axis, width=scale) for at in (start, start + length))
    path = format_html('<path d="M{} 18V13.5H{}V18" class="figure-line"/>', px(left + 5), px(max(right - 5, left + 15)))
    return svg(WATERFALL_WIDTH, WATERFALL_HEIGHT, path, css="waterfall-bar")


def waterfall_total(total: int, median: int | None = None, *, axis: int = AXIS_MICRO) -> SafeString:
    """The sum as one ink bar, the median of the group as a white tick in it (grey when the bar ends before)."""
    scale = WATERFALL_WIDTH - 14
    end = tenths(total, axis=axis, width=scale)
    parts = [_grid(scale), rect(0, 8, end, 14, "figure-total")]
    if median is not None:
        at = tenths(median, axis=axis, width=scale)
        css = "figure-tick" if at <= end else "figure-line"
        parts.append(format_html('<path d="M{} 8V22" class="{}"/>', px(at), css))
    return svg(WATERFALL_WIDTH, WATERFALL_HEIGHT, _joined(parts), css="waterfall-bar")


def waterfall_axis(axis: int = AXIS_MICRO) -> SafeString:
    """The figures of the one axis in the table's head."""
    scale = WATERFALL_WIDTH - 14
    places = 0 if axis >= AXIS_MICRO else 2
    labels = [
        format_html(
            '<text x="{}" y="13" text-anchor="{}" class="figure-text">{}</text>',
            *(px(scale * 10 * step // 4), "start" if step == 0 else "middle", points_text(axis * step // 4, places)),
        )
        for step in range(5)
    ]
    return svg(WATERFALL_WIDTH, 18, _joined(labels), css="waterfall-axis")


def _grid(scale: int) -> SafeString:
    lines = "".join(f"M{px(scale * 10 * step // 4)} 0V{WATERFALL_HEIGHT}" for step in range(1, 5))
    return format_html('<path d="{}" class="figure-grid"/>', lines)


def proportion_bar(parts: Sequence[tuple[int, str]], *, label: str) -> SafeString:
    """A bar to scale over the whole width: what is fine is grey, so that the red part is seen first.

    ``parts`` are (count, colour key) from left to right; keys are ok, bad, watch.
    """
    drawn = []
    at = 0
    for share, key in _shares(parts):
        drawn.append(format_html('<rect x="{}" width="{}" height="8" class="figure-{}"/>', at, share, key))
        at += share
    track = format_html('<rect width="{}" height="8" class="figure-track"/>', FULL)
    return format_html(
        '<svg class="step-bar" viewBox="0 0 {} 8" preserveAspectRatio="none" role="img" aria-label="{}" '
        'focusable="false">{}{}</svg>',
        *(FULL, label, track, _joined(drawn)),
    )


def _shares(parts: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Widths that fill the bar: small parts are raised to LEAST, the largest gives what that takes."""
    whole = sum(count for count, _key in parts)
    shares = [(max(FULL * count // whole, LEAST), key) for count, key in parts if count > 0]
    if shares:
        largest = max(range(len(shares)), key=lambda index: shares[index][0])
        rest = FULL - sum(share for share, _key in shares)
        shares[largest] = (shares[largest][0] + rest, shares[largest][1])
    return shares


def place_strip(own: int, spread: Sequence[int], *, dimension: str, low: int, high: int) -> SafeString:
    """Where one value stands in its group: ``spread`` is (minimum, median, maximum), ``low``–``high`` the axis."""
    width, axis = 300, max(high - low, 1)
    least, median, most = (tenths(at - low, axis=axis, width=width - 12) + 60 for at in spread)
    here = tenths(own - low, axis=axis, width=width - 12) + 60
    body = (
        rect(least, 7, max(most - least, 10), 3, "figure-lost", radius="1.5")
        + format_html('<path d="M{} 3V14" class="figure-median"/>', px(median))
        + format_html('<circle cx="{}" cy="8.5" r="5" class="{}"/>', px(here), dimension_class(dimension))
    )
    return format_html(
        '<svg class="place-strip" width="{}" height="17" viewBox="0 0 {} 17" aria-hidden="true" focusable="false">'
        "{}</svg>",
        *(width, width, body),
    )


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
