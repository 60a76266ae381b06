"""The flow chart of the seed, its procedure and its drawing are one and the same graph.

Line breaks of the chart (`<br>`) and spaces are layout; every other character has to be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, Step, Transition
from bot.core.procedures.drawings import draw_mermaid
from tests.conftest import KNOWLEDGE

SEED = KNOWLEDGE / "sources" / "2021-12-08-registration.md"
NODE = re.compile(r'([\w-]+)\("([^"]*)"\)')
EDGE = re.compile(
    r'(?P<source>[\w-]+) *--(?:"(?P<quoted>[^"]+)"--|(?P<plain>[^">-]+)--)?>'
    r'(?:\|"(?P<barred>[^"]+)"\|)? *(?P<target>[\w-]+)'
)


@dataclass(frozen=True)
class Graph:
    """Labels of nodes; edges as (from, label or "", to), by the labels of their ends."""

    nodes: frozenset[str]
    edges: frozenset[tuple[str, str, str]]


def plain(label: str) -> str:
    return re.sub(r"\s", "", label.replace("<br>", ""))


def read_mermaid(text: str) -> Graph:
    """The graph of a Mermaid text, whose nodes may be declared where they are first used."""
    labels: dict[str, str] = {}
    edges: set[tuple[str, str, str]] = set()
    for line in text.splitlines():
        for name, label in NODE.findall(line):
            assert labels.setdefault(name, plain(label)) == plain(label), f"{name} has two labels"
        if found := EDGE.fullmatch(NODE.sub(r"\1", line).strip()):
            label = found["quoted"] or found["plain"] or found["barred"] or ""
            edges.add((found["source"], plain(label), found["target"]))
    named = frozenset((labels[a], label, labels[b]) for a, label, b in edges)
    return Graph(frozenset(labels.values()), named)


def graph_of(procedure: Procedure) -> Graph:
    return Graph(
        frozenset(plain(step.label) for step in procedure.steps.values()),
        frozenset(_edges(procedure)),
    )


def _edges(procedure: Procedure) -> Iterator[tuple[str, str, str]]:
    for step in procedure.steps.values():
        for way in step.transitions:
            target = procedure.steps[way.to]
            yield plain(step.label), plain(way.label or ""), plain(target.label)


@pytest.fixture(scope="module")
def chart() -> Graph:
    text = Path(SEED).read_text(encoding="utf-8")
    found = re.search(r"\{\{< mermaid >\}\}(.*?)\{\{< /mermaid >\}\}", text, re.DOTALL)
    assert found
    return read_mermaid(found[1])


@pytest.fixture
def procedure(pack: Pack) -> Procedure:
    return pack.procedures["sichuan-registration"]


def test_the_chart_of_the_seed_has_thirteen_nodes_and_fourteen_edges(chart: Graph) -> None:
    assert (len(chart.nodes), len(chart.edges)) == (13, 14)


def test_the_chart_of_the_seed_is_read_with_these_labels(chart: Graph) -> None:
    assert {label for _, label, _ in chart.edges} == {
        "",
        "企业名称变更",
        "注销注册",
        "符合受理要求",
        "不符合受理要求",
        "初始、重新注册",
        "个人基本信息修改增项、延续注册",
        "遗失补办或污损更换（仅持有纸质证书人员）",
    }


def test_the_procedure_is_the_chart_of_the_seed(procedure: Procedure, chart: Graph) -> None:
    assert graph_of(procedure) == chart


def test_the_drawing_is_the_chart_of_the_seed(procedure: Procedure, chart: Graph) -> None:
    assert read_mermaid(draw_mermaid(procedure)) == chart


def test_no_two_steps_or_transitions_are_one_in_the_graph(procedure: Procedure) -> None:
    ways = [way for step in procedure.steps.values() for way in step.transitions]
    assert (len(procedure.steps), len(ways)) == (13, 14)


def with_step(procedure: Procedure, step: Step) -> Procedure:
    return replace(procedure, steps={**procedure.steps, step.id: step})


def dropped(procedure: Procedure) -> Procedure:
    step = procedure.steps["examine"]
    return with_step(procedure, replace(step, transitions=step.transitions[:-1]))


def redirected(procedure: Procedure) -> Procedure:
    step = procedure.steps["approve"]
    return with_step(procedure, replace(step, transitions=(Transition("generate-certificate"),)))


def relabelled(procedure: Procedure) -> Procedure:
    step = procedure.steps["accept"]
    first, second = step.transitions
    return with_step(procedure, replace(step, transitions=(replace(first, label="符合"), second)))


def unlabelled(procedure: Procedure) -> Procedure:
    step = procedure.steps["employer-review"]
    ways = tuple(replace(way, label=None) for way in step.transitions)
    return with_step(procedure, replace(step, transitions=ways))


def reworded(procedure: Procedure) -> Procedure:
    return with_step(procedure, replace(procedure.steps["approve"], action="审核"))


@pytest.mark.parametrize(
    "change", [dropped, redirected, relabelled, unlabelled, reworded], ids=lambda f: f.__name__
)
def test_one_change_to_the_procedure_is_noticed(
    procedure: Procedure, chart: Graph, change: Callable[[Procedure], Procedure]
) -> None:
    changed = change(procedure)
    assert graph_of(changed) != chart
    assert read_mermaid(draw_mermaid(changed)) != chart
