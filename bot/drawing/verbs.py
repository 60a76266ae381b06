"""Draw procedures and list their paths for the command line."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model.chart import Chart
from bot.core.model.procedure import Procedure, Transition
from bot.core.procedures.drawings import chart_of, condition_text, draw_mermaid, draw_text
from bot.core.procedures.graph import all_paths
from bot.drawing.dot import as_dot
from bot.drawing.layout import program
from bot.drawing.png import can_write_chinese, draw_png
from bot.drawing.svg import draw_svg


class NotDrawableError(Exception):
    """This machine lacks what the form needs; the text says what."""


def drawing_of(procedure: Procedure, form: str, at: str | None) -> bytes:
    """Draw the whole graph in one of the forms, with a step marked.

    Raises:
        NotDrawableError: a program or a font is missing.
    """
    chart = chart_of(procedure, at)
    match form:
        case "text":
            return draw_text(chart).encode()
        case "mermaid":
            return draw_mermaid(procedure, at).encode()
        case "dot":
            return as_dot(chart).encode()
        case _:
            return _picture(chart, form)


def _picture(chart: Chart, form: str) -> bytes:
    svg = draw_svg(chart)
    if svg is None:
        what = "没有装 graphviz-pure" if program() is None else "graphviz-pure 没有画成"
        raise NotDrawableError(f"{what}；请装 zhuce[pictures]，或者用 --format text")
    if form == "svg":
        return svg.encode()
    return _png(svg)


def _png(svg: str) -> bytes:
    drawn = draw_png(svg)
    if drawn is None:
        what = "图画不出来" if can_write_chinese() else "没有装 resvg-py，或者这台机器没有中文字体"
        raise NotDrawableError(f"{what}（Debian 上是 fonts-noto-cjk）；可以用 --format svg 或 text")
    return drawn


@dataclass(frozen=True, slots=True)
class Path:
    """One path to an end: ids of steps, and the labels of the arrows between them, often empty."""

    registration: str
    steps: tuple[str, ...]
    labels: tuple[str, ...]

    def __str__(self) -> str:
        words = [self.steps[0]]
        for label, step in zip(self.labels, self.steps[1:], strict=True):
            words.append(f"→ [{label}] {step}" if label else f"→ {step}")
        return (f"{self.registration}：" if self.registration else "") + " ".join(words)


def paths_of(procedure: Procedure) -> list[Path]:
    """Return every path to an end, for every registration."""
    return [
        _path(procedure, kind, ways)
        for kind in procedure.kinds
        for ways in all_paths(procedure, kind)
    ]


def _path(procedure: Procedure, kind: str, ways: tuple[Transition, ...]) -> Path:
    steps = (procedure.start, *(way.to for way in ways))
    labels = (
        way.label or way.outcome or condition_text(procedure.steps[step], way)
        for step, way in zip(steps, ways, strict=False)
    )
    return Path(kind, steps, tuple(labels))
