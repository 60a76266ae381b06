"""Draw numbers as lines with bars, as one SVG that is read by day and by night.

Unlike a chart of a procedure it is a file of its own and never part of a page, so it may have a
style: whoever looks at it in the dark gets dark colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from bot.drawing.lettering import width_of
from bot.drawing.svg import FONTS

_WIDTH, _MARGIN, _LINE, _BAR, _EM = 720, 20, 26, 14, 14
_NAMES, _NUMBERS = 250, 70
_HEAD = 34
_STYLE = """
.ground { fill: #ffffff } text { fill: #1a2321 } .soft { fill: #55625e }
.bar { fill: #0f6e63 } .bad { fill: #c4573a }
@media (prefers-color-scheme: dark) {
  .ground { fill: #1b2124 } text { fill: #e7ecea } .soft { fill: #a3b0ac }
  .bar { fill: #6fcdbd } .bad { fill: #ffa88f }
}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line; `bad` of the `times` have another colour."""

    name: str
    times: int
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines under one heading; their longest bar takes the whole width."""

    title: str
    bars: Sequence[Bar]


def draw_bars(title: str, note: str, panels: Sequence[Panel]) -> str:
    """Return the picture; `note` says what the colours mean, below the title."""
    drawn, y = list[str](), float(2 * _MARGIN + _HEAD)
    for panel in panels:
        drawn += _panel(panel, y)
        y += _HEAD + len(panel.bars) * _LINE + _MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_WIDTH}" height="{y:.0f}" '
        f'viewBox="0 0 {_WIDTH} {y:.0f}" font-family="{FONTS}" font-size="{_EM}">'
    )
    return "\n".join(
        [
            head,
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" width="{_WIDTH}" height="{y:.0f}"/>',
            _text(title, _MARGIN, _MARGIN + 16, 'font-size="18" font-weight="bold"'),
            _text(note, _MARGIN, _MARGIN + 38, 'class="soft"'),
            *drawn,
            "</svg>\n",
        ]
    )


def _panel(panel: Panel, top: float) -> Iterator[str]:
    yield _text(panel.title, _MARGIN, top + 20, 'font-size="15" font-weight="bold"')
    most = max((bar.times for bar in panel.bars), default=0) or 1
    room = _WIDTH - 2 * _MARGIN - _NAMES - _NUMBERS
    for number, bar in enumerate(panel.bars):
        y = top + _HEAD + number * _LINE
        yield _text(_cut(bar.name), _MARGIN, y + _BAR - 2)
        good, bad = (room * n / most for n in (bar.times - bar.bad, bar.bad))
        yield _rect("bar", _MARGIN + _NAMES, y, good)
        yield _rect("bad", _MARGIN + _NAMES + good, y, bad)
        numbers = f"{bar.times}（{bar.bad}）" if bar.bad else f"{bar.times}"
        yield _text(numbers, _MARGIN + _NAMES + good + bad + 6, y + _BAR - 2, 'class="soft"')


def _rect(name: str, x: float, y: float, width: float) -> str:
    return f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BAR}"/>'


def _cut(name: str) -> str:
    """Return as much of a name as there is room for."""
    most = _NAMES / _EM - 1
    if width_of(name) <= most:
        return name
    while width_of(name) > most - 1:
        name = name[:-1]
    return name + "…"


def _text(words: str, x: float, y: float, look: str = "") -> str:
    attributes = f" {look}" if look else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(words)}</text>'
