"""Draw line and dot charts as SVG: axes, marks and a legend, and nothing else.

The colours are those of Okabe and Ito, which people with colour blindness can tell apart; every
series also has marks of its own shape.  All text is dark on white.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]
COLOURS = (
    "#0072b2",
    "#56b4e9",
    "#009e73",
    "#d55e00",
    "#e69f00",
    "#cc79a7",
    "#000000",
    "#7f7f7f",
    "#8c6d1f",
    "#882255",
)
SHAPES = (
    *("circle", "ring", "square", "triangle", "diamond", "cross"),
    *("plus", "box", "down", "star", "hourglass"),
)
INK, GRID = "#222", "#ddd"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 330, 260, 62, 34, 46, 84
ROW = TOP + HEIGHT + BOTTOM
LINE, LETTER, KEY = 19, 6.6, 34
"""Of the legend: the height of a line, the maximum width of a letter, and the width of the mark."""
COLUMNS = 2
STEPS = (1, 2, 5)
FONT = 'font-family="sans-serif" font-size="12"'


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction; a logarithmic one has ticks at powers of ten, in small ranges at 1, 2, 5."""

    title: str
    low: float
    high: float
    is_log: bool = False
    ticks: tuple[float, ...] = ()

    def at(self, value: float) -> float:
        """Return the position of a value, from 0 to 1."""
        low, high, here = (
            (math.log10(v) if self.is_log else v) for v in (self.low, self.high, value)
        )
        return (here - low) / (high - low)

    def marks(self) -> tuple[float, ...]:
        if self.ticks or not self.is_log:
            return self.ticks
        steps = STEPS if self.high / self.low <= 100 else (1,)
        inside = (step for step in _ladder(steps) if self.low <= step <= self.high)
        return tuple(inside)


@dataclass(frozen=True, slots=True)
class Series:
    """Points in one colour and shape, `style` counted from 0; joined by a line unless loose."""

    label: str
    points: Sequence[Point]
    style: int
    is_dashed: bool = False
    is_loose: bool = False
    is_heavy: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    x: Axis
    y: Axis
    series: Sequence[Series]
    bar: float | None = None
    """A level to keep, drawn as a dashed line."""
    rows: Sequence[str] = ()
    """The labels of the whole numbers of a vertical axis, from the top."""


def _ladder(steps: Sequence[int]) -> list[float]:
    """Return 1, 2, 5, 10 …, or powers of ten, from a millionth to a billion."""
    return [float(f"{step}e{power}") for power in range(-6, 10) for step in steps]


def around(values: Sequence[float]) -> tuple[float, float]:
    """Return the nearest steps of 1, 2, 5, 10 … below and above some positive values."""
    low = max(step for step in _ladder(STEPS) if step <= min(values))
    return low, min(step for step in _ladder(STEPS) if step >= max(values) and step > low)


def drawing(panels: Sequence[Panel], *, left: int = LEFT) -> str:
    """Draw panels in rows of two; one legend for all is in the last row if it fits, or beside."""
    seen = {series.label: series for panel in panels for series in panel.series}
    places = [(_x(n % COLUMNS, left), n // COLUMNS * ROW) for n in range(len(panels))]
    right = max(x for x, _ in places) + WIDTH + GAP // 2
    bottom = places[-1][1]
    has_room = bottom > 0 and len(panels) % COLUMNS == 1
    beside, top = (places[-1][0] + WIDTH + GAP // 2, bottom) if has_room else (right, 0)
    wide = max(right, beside + KEY + round(LETTER * max(map(len, seen))))
    parts = [
        f'<g transform="translate({x},{y})">\n{_panel(panel)}\n</g>'
        for panel, (x, y) in zip(panels, places, strict=True)
    ]
    ordered = sorted(seen.values(), key=lambda series: (series.is_dashed, series.style))
    parts.append(_legend(ordered, beside, top))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {bottom + ROW}" '
        f'{FONT} fill="{INK}">\n<rect width="100%" height="100%" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _x(column: int, left: int) -> int:
    return left + column * (WIDTH + GAP)


def _panel(panel: Panel) -> str:
    """Draw a panel with the left edge of its frame at 0."""
    parts = [
        _text(WIDTH / 2, TOP - 14, panel.title, "middle", 'font-weight="bold"'),
        *_grid(panel),
        f'<rect x="0" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888"/>',
        _text(WIDTH / 2, TOP + HEIGHT + 36, panel.x.title, "middle"),
    ]
    if panel.y.title:
        turned = f'transform="translate(-46,{TOP + HEIGHT / 2}) rotate(-90)"'
        parts.append(f'<text {turned} text-anchor="middle">{escape(panel.y.title)}</text>')
    if panel.bar is not None:
        y = TOP + HEIGHT * (1 - panel.y.at(panel.bar))
        parts.append(f'<path d="M0 {y:.1f}H{WIDTH}" stroke="{INK}" stroke-dasharray="6 4"/>')
    parts += [_series(panel, series) for series in panel.series]
    return "\n".join(parts)


def _grid(panel: Panel) -> list[str]:
    parts = []
    for value in panel.x.marks():
        x = WIDTH * panel.x.at(value)
        parts.append(f'<path d="M{x:.1f} {TOP}V{TOP + HEIGHT}" stroke="{GRID}"/>')
        parts.append(_text(x, TOP + HEIGHT + 17, shown(value), "middle"))
    for n, row in enumerate(panel.rows):
        y = TOP + HEIGHT * (1 - panel.y.at(n))
        parts.append(f'<path d="M0 {y:.1f}H{WIDTH}" stroke="{GRID}"/>')
        parts.append(_text(-8, y + 4, row, "end"))
    for value in () if panel.rows else panel.y.marks():
        y = TOP + HEIGHT * (1 - panel.y.at(value))
        parts.append(f'<path d="M0 {y:.1f}H{WIDTH}" stroke="{GRID}"/>')
        parts.append(_text(-6, y + 4, shown(value), "end"))
    return parts


def _series(panel: Panel, series: Series) -> str:
    places = [(WIDTH * panel.x.at(x), TOP + HEIGHT * (1 - panel.y.at(y))) for x, y in series.points]
    parts = []
    if not series.is_loose:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        width = 2.4 if series.is_heavy else 1.3
        parts.append(f'<path d="M{path}" {_stroke(series)} stroke-width="{width}"/>')
    every = max(1, len(places) // 9)
    parts += [_mark(series.style, x, y) for x, y in places[:: every or 1]]
    return "\n".join(parts)


def _stroke(series: Series) -> str:
    dashes = ' stroke-dasharray="5 3"' if series.is_dashed else ""
    return f'fill="none" stroke="{_colour(series.style)}"{dashes}'


def _legend(series: Sequence[Series], x: float, top: float) -> str:
    parts = []
    for n, one in enumerate(series):
        y = top + TOP + 8 + n * LINE
        if not one.is_loose:
            width = 2.4 if one.is_heavy else 1.3
            parts.append(f'<path d="M{x} {y}h24" {_stroke(one)} stroke-width="{width}"/>')
        parts += [_mark(one.style, x + 12, y), _text(x + 31, y + 4, one.label, "start")]
    return "\n".join(parts)


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(text)}</text>'


def shown(value: float) -> str:
    """Write a tick as people do: 0.01, 1,000, 20k, 1M."""
    for unit, letter in ((1_000_000, "M"), (1000, "k")):
        if value >= unit and value >= 10_000:
            return f"{value / unit:g}{letter}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _colour(style: int) -> str:
    return COLOURS[style % len(COLOURS)]


def _mark(style: int, x: float, y: float) -> str:
    colour = _colour(style)
    shape = SHAPES[style % len(SHAPES)]
    return _MARKS[shape](x, y, colour)


def _filled(path: str) -> Callable[[float, float, str], str]:
    return lambda x, y, colour: f'<path d="M{x:.1f} {y:.1f}{path}" fill="{colour}"/>'


def _lined(path: str) -> Callable[[float, float, str], str]:
    return lambda x, y, colour: (
        f'<path d="M{x:.1f} {y:.1f}{path}" fill="#fff" stroke="{colour}" stroke-width="1.6"/>'
    )


_ROUND = "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
_MARKS: dict[str, Callable[[float, float, str], str]] = {
    "circle": _filled(_ROUND),
    "ring": _lined(_ROUND),
    "square": _filled("m-3.5 -3.5h7v7h-7z"),
    "triangle": _filled("m0 -4.5l4.5 8h-9z"),
    "diamond": _filled("m0 -5l5 5l-5 5l-5 -5z"),
    "cross": _lined("m-3.5 -3.5l7 7m-7 0l7 -7"),
    "plus": _lined("m-4.5 0h9m-4.5 -4.5v9"),
    "box": _lined("m-3.5 -3.5h7v7h-7z"),
    "down": _filled("m0 4.5l4.5 -8h-9z"),
    "hourglass": _lined("m-4 -4h8l-8 8h8z"),
    "star": _lined("m-4.5 0h9m-7 -4l5 8m0 -8l-5 8"),
}
