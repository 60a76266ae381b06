"""Read a Mermaid flow chart as the steps of a procedure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LONGEST_LINE = 1000
_NODE = re.compile(
    r'(?P<id>[\w-]{1,60}) {0,9}[\[({]{1,3} {0,9}"?(?P<label>[^"\])}]{0,200})"? {0,9}[\])}]{1,3}'
)
_QUOTED_NODE = re.compile(
    r'(?P<id>[\w-]{1,60}) {0,9}[\[({]{1,3}"(?P<label>[^"]{0,200})"[\])}]{1,3}'
)
_EDGE = re.compile(
    r'\s{0,9}(?:--\s{0,9}"(?P<quoted>[^"]{1,200})"\s{0,9}-->?|--\s{0,9}(?P<plain>[^->"|][^>"|]{0,200}?)\s{0,9}-->?|-->|---)'
    r'(?:\|"?(?P<barred>[^"|]{1,200})"?\|)?\s{0,9}'
)
_BREAK = re.compile(r"<br */?>")
_ACTOR = re.compile(r"(?P<actor>[^:：「]{1,20})[:：]\s*(?P<action>.+)", re.DOTALL)


@dataclass(slots=True)
class Chart:
    """The nodes of a chart by their ids, in order, and the edges with their labels."""

    nodes: dict[str, str] = field(default_factory=dict)
    edges: list[tuple[str, str, str]] = field(default_factory=list)
    """From, label, to; without a label it is empty."""


def read_chart(text: str) -> Chart:
    """Return the chart of a Mermaid text; what is no node and no edge is passed over."""
    chart = Chart()
    for line in text.splitlines():
        bare = line.strip().rstrip(";")[:LONGEST_LINE]
        for pattern in (_QUOTED_NODE, _NODE):
            for found in pattern.finditer(bare):
                chart.nodes.setdefault(found["id"], _BREAK.sub("", found["label"]).strip())
            bare = pattern.sub(lambda node: node["id"], bare)
        chart.edges += _edges(bare)
    for source, _, target in chart.edges:
        for name in (source, target):
            chart.nodes.setdefault(name, name)
    return chart


def _edges(line: str) -> Iterator[tuple[str, str, str]]:
    """Yield the edges of a line that may chain several: `a --> b -- no --> c`."""
    last, at = "", 0
    label = ""
    for found in [*_EDGE.finditer(line), None]:
        name = line[at : found.start() if found else len(line)].strip()
        if not re.fullmatch(r"[\w-]+", name):
            return
        if last:
            yield last, label, name
        if found:
            told = found["quoted"] or found["plain"] or found["barred"] or ""
            last, label, at = name, _BREAK.sub(" ", told).strip(), found.end()


def procedure_of(
    chart: Chart, name: str, title: str, sources: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return a procedure, as plain data; a labelled edge is an outcome, a bare one the rest."""
    ids = {node: f"step-{number}" for number, node in enumerate(chart.nodes, 1)}
    targets = {target for _, _, target in chart.edges}
    start = next((node for node in chart.nodes if node not in targets), next(iter(chart.nodes)))
    steps = []
    for node, label in chart.nodes.items():
        found = _ACTOR.fullmatch(label)
        step: dict[str, Any] = {"id": ids[node]}
        step |= found.groupdict() if found else {"action": label}
        ways = [(told, target) for source, told, target in chart.edges if source == node]
        if ways:
            step["next"] = [_way(told, ids[target], len(ways)) for told, target in ways]
        steps.append(step)
    return {"id": name, "title": title, "start": ids[start], "sources": sources, "steps": steps}


def _way(label: str, target: str, count: int) -> dict[str, Any]:
    if label:
        return {"to": target, "label": label, "outcome": label}
    return {"to": target, "otherwise": True} if count > 1 else {"to": target}
