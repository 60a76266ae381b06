"""Draw a chart as SVG with attributes only and no styles, as a strict content policy demands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from bot.core.model.chart import Arrow, Box, Chart
from bot.core.procedures.drawings import HERE
from bot.drawing.dot import Size
from bot.drawing.layout import Layout, Point, lay_out
from bot.drawing.lettering import break_evenly, width_of

FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
_EM, _LINE, _SMALL, _SMALL_LINE = 15, 20, 14, 18
_WIDEST_BOX, _WIDEST_LABEL, _WIDEST_TITLE = 8.0, 6.0, 18.0
"""In em: two boxes side by side, as the way of a setback needs them, fit on a phone of 360 pixels
without being made smaller.
"""
_TITLE, _TITLE_LINE = 16, 22
_PADDING, _MARGIN = 8, 8
_INK, _SOFT, _GROUND, _LINE_COLOUR = "#1a2321", "#55625e", "#ffffff", "#7f8c88"
_BOX, _HERE_BOX, _ACCENT, _WARN = "#f3f5f4", "#dff2ee", "#0f6e63", "#a33a1f"
_TIP = 7.0


def draw_svg(chart: Chart) -> str | None:
    """Return the picture; `None` if the layout cannot be computed."""
    layout = lay_out(chart, _box_size, _label_size)
    if layout is None:
        return None
    title = break_evenly(chart.title, _WIDEST_TITLE)
    width = max(layout.size[0], max(map(width_of, title)) * _TITLE) + 2 * _MARGIN
    above = _MARGIN + len(title) * _TITLE_LINE + _PADDING
    height = layout.size[1] + above + _MARGIN
    left = (width - layout.size[0]) / 2
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'font-family="{FONTS}" font-size="{_EM}" fill="{_INK}" text-anchor="middle">'
    )
    return "\n".join(
        [
            head,
            f"<title>{escape(chart.title)}</title>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="{_GROUND}"/>',
            *_heading(title, width / 2),
            f'<g transform="translate({left:.1f} {above:.1f})">',
            *_arrows(chart, layout),
            *_boxes(chart, layout),
            "</g>",
            "</svg>\n",
        ]
    )


def _heading(lines: Sequence[str], middle: float) -> Iterator[str]:
    for n, line in enumerate(lines):
        y = _MARGIN + _TITLE + n * _TITLE_LINE
        yield _text(line, middle, y, f'font-size="{_TITLE}"')


def _lines_of(box: Box) -> list[str]:
    return [
        *break_evenly(box.actor, _WIDEST_BOX),
        *break_evenly(box.action, _WIDEST_BOX),
        *_mark(box),
    ]


def _mark(box: Box) -> list[str]:
    return [HERE.removeprefix("◀ ")] if box.is_here else []


def _box_size(box: Box) -> Size:
    lines = _lines_of(box)
    width = max(map(width_of, lines)) * _EM
    return width + 2 * _PADDING, len(lines) * _LINE + _PADDING


def _label_size(arrow: Arrow) -> Size:
    lines = break_evenly(arrow.label, _WIDEST_LABEL)
    return max(map(width_of, lines)) * _SMALL + 6, len(lines) * _SMALL_LINE + 4


def _boxes(chart: Chart, layout: Layout) -> Iterator[str]:
    for box, (x, y) in zip(chart.boxes, layout.boxes, strict=True):
        width, height = _box_size(box)
        fill, stroke, weight = (_HERE_BOX, _ACCENT, 3) if box.is_here else (_BOX, _LINE_COLOUR, 1)
        yield (
            f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" rx="8" fill="{fill}" stroke="{stroke}" '
            f'stroke-width="{weight}"/>'
        )
        yield from _box_text(box, x, y - height / 2 + _PADDING / 2 + _EM)


def _box_text(box: Box, x: float, y: float) -> Iterator[str]:
    """Yield the lines of a box; the actor has another colour than the action."""
    for line in _lines_of(box):
        look = f'fill="{_SOFT}"' if line == box.actor else ""
        if line in _mark(box):
            look = f'fill="{_ACCENT}" font-weight="bold"'
        yield _text(line, x, y, look)
        y += _LINE


def _arrows(chart: Chart, layout: Layout) -> Iterator[str]:
    for arrow, curve in zip(chart.arrows, layout.curves, strict=True):
        colour = _WARN if arrow.is_setback else _LINE_COLOUR
        dashes = ' stroke-dasharray="6 4"' if arrow.is_setback else ""
        yield f'<path d="{_path(curve)}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'
        yield f'<polygon points="{_tip(curve)}" fill="{colour}"/>'
    for arrow, middle in zip(chart.arrows, layout.labels, strict=True):
        if middle:
            yield from _label(arrow, middle)


def _label(arrow: Arrow, middle: Point) -> Iterator[str]:
    """Yield the label of an arrow, with a background that hides other arrows behind the words."""
    (x, y), (width, height) = middle, _label_size(arrow)
    yield (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" fill="{_GROUND}"/>'
    )
    colour = _WARN if arrow.is_setback else _SOFT
    look = f'font-size="{_SMALL}" fill="{colour}"'
    for n, line in enumerate(break_evenly(arrow.label, _WIDEST_LABEL)):
        yield _text(line, x, y - height / 2 + _SMALL + 1 + n * _SMALL_LINE, look)


def _path(curve: Sequence[Point]) -> str:
    first, *rest = (f"{x:.1f} {y:.1f}" for x, y in curve)
    return f"M{first} C{', '.join(rest)}"


def _tip(curve: Sequence[Point]) -> str:
    """Return a triangle that extends the curve, in the space that graphviz leaves for it."""
    (fx, fy), (x, y) = curve[-2], curve[-1]
    length = ((x - fx) ** 2 + (y - fy) ** 2) ** 0.5 or 1.0
    dx, dy = (x - fx) / length * _TIP, (y - fy) / length * _TIP
    corners = ((x + dx, y + dy), (x - dy / 2, y + dx / 2), (x + dy / 2, y - dx / 2))
    return " ".join(f"{cx:.1f},{cy:.1f}" for cx, cy in corners)


def _text(words: str, x: float, y: float, look: str = "") -> str:
    attributes = f" {look}" if look else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(words)}</text>'
