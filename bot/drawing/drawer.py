"""Implement `bot.core.ports.Drawer`."""

from __future__ import annotations

from functools import lru_cache

from bot.core.model.chart import Chart
from bot.core.ports import PictureForm
from bot.drawing.png import draw_png
from bot.drawing.svg import draw_svg


class ChartDrawer:
    """Draws, and caches what it has drawn: the same few paths are viewed repeatedly."""

    def draw(self, chart: Chart, form: PictureForm) -> bytes | None:
        """Draw the chart as a file; `None` where this machine cannot."""
        svg = _svg(chart)
        if svg is None:
            return None
        return svg.encode() if form == "svg" else _png(svg)


@lru_cache(maxsize=256)
def _svg(chart: Chart) -> str | None:
    return draw_svg(chart)


@lru_cache(maxsize=64)
def _png(svg: str) -> bytes | None:
    return draw_png(svg)
