"""Write a chart in DOT, the language of graphviz: for people to edit, or for the layout.

Graphviz does not know the width of Chinese characters, so for the layout it gets sizes and no
words.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.core.model.chart import Arrow, Box, Chart
from bot.core.procedures.drawings import HERE

Size = tuple[float, float]
"""Width and height in points."""
_EMPTY = (
    '<<table border="0" cellborder="0" cellspacing="0" cellpadding="0"><tr>'
    '<td fixedsize="true" width="{:.0f}" height="{:.0f}"></td></tr></table>>'
)
_POINTS = 72


def as_dot(chart: Chart) -> str:
    """Write the chart with its words."""
    lines = [f"digraph {_quoted(chart.title)} {{", "  node [shape=box];"]
    for box in chart.boxes:
        mark = f"\n{HERE}" if box.is_here else ""
        look = ", penwidth=3" if box.is_here else ""
        lines.append(f"  {_quoted(box.id)} [label={_quoted(box.label + mark)}{look}];")
    for arrow in chart.arrows:
        looks = [f"label={_quoted(arrow.label)}"] if arrow.label else []
        looks += ["style=dashed"] if arrow.is_setback else []
        lines.append(_edge(arrow, looks))
    return "\n".join([*lines, "}"]) + "\n"


def as_sizes(
    chart: Chart, box_size: Callable[[Box], Size], label_size: Callable[[Arrow], Size]
) -> str:
    """Write the chart without words, for a program that places boxes of these sizes."""
    lines = ["digraph {", "  graph [nodesep=0.3, ranksep=0.35];"]
    lines.append('  node [shape=box, fixedsize=true, label=""];')
    for box in chart.boxes:
        width, height = (side / _POINTS for side in box_size(box))
        lines.append(f"  {_quoted(box.id)} [width={width:.3f}, height={height:.3f}];")
    for arrow in chart.arrows:
        label = [f"label={_EMPTY.format(*label_size(arrow))}"] if arrow.label else []
        lines.append(_edge(arrow, label))
    return "\n".join([*lines, "}"]) + "\n"


def _edge(arrow: Arrow, looks: list[str]) -> str:
    attributes = f" [{', '.join(looks)}]" if looks else ""
    return f"  {_quoted(arrow.source)} -> {_quoted(arrow.target)}{attributes};"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
