"""Place boxes and arrows with graphviz-pure, which takes a few milliseconds.

It is a program, not a module, and answers in the "plain" format
(https://graphviz.org/docs/outputs/plain/, read 2026-11): inches, counted from the bottom left.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.model.chart import Arrow, Box, Chart
from bot.drawing.dot import Size, as_sizes

PROGRAM = "graphviz-pure"
TIMEOUT_S = 5.0
_POINTS = 72.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """Points counted from the top left; boxes and arrows in the order of the chart."""

    size: Size
    boxes: tuple[Point, ...]
    """Their centres."""
    curves: tuple[tuple[Point, ...], ...]
    """For each arrow a start and then Bézier points in threes."""
    labels: tuple[Point | None, ...]
    """Their centres."""


def program() -> str | None:
    """Return the path of the program, which is installed beside Python."""
    beside = shutil.which(PROGRAM, path=sysconfig.get_path("scripts"))
    return beside or shutil.which(PROGRAM)


def lay_out(
    chart: Chart, box_size: Callable[[Box], Size], label_size: Callable[[Arrow], Size]
) -> Layout | None:
    """Lay out the chart; `None` if the program is missing or fails."""
    where = program()
    if where is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  our own words to a program of our own installation
            [where, "-Tplain"],
            input=as_sizes(chart, box_size, label_size),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return _read(chart, done.stdout)


def _read(chart: Chart, text: str) -> Layout:
    rows = [shlex.split(line) for line in text.replace("\\\n", "").splitlines()]
    width, height = (float(number) * _POINTS for number in rows[0][2:4])

    def point(x: str, y: str) -> Point:
        return float(x) * _POINTS, height - float(y) * _POINTS

    boxes = {row[1]: point(*row[2:4]) for row in rows if row[0] == "node"}
    edges: dict[tuple[str, str], list[list[str]]] = {}
    for row in rows:
        if row[0] == "edge":
            edges.setdefault((row[1], row[2]), []).append(row[3:])
    curves: list[tuple[Point, ...]] = []
    labels: list[Point | None] = []
    for arrow in chart.arrows:
        count, *rest = edges[arrow.source, arrow.target].pop(0)
        ends = 2 * int(count)
        curves.append(tuple(map(point, rest[0:ends:2], rest[1:ends:2])))
        labels.append(point(*rest[ends + 1 : ends + 3]) if arrow.label else None)
    middles = tuple(boxes[box.id] for box in chart.boxes)
    return Layout((width, height), middles, tuple(curves), tuple(labels))
