"""Turn a procedure into a chart of boxes and arrows, and write a chart as text or Mermaid.

Pictures of the same `Chart` are made in `bot.drawing`.  Mermaid shows only the labels that the
source gives, so that importing and drawing the seed's chart gives the same text back; the other
forms label every arrow where a step has several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from bot.core.model.chart import Arrow, Box, Chart
from bot.core.model.conditions import AnswerTest
from bot.core.model.procedure import Procedure, Step, Transition
from bot.core.procedures.conditions import Answers
from bot.core.procedures.graph import path, setbacks

HERE = "◀ 您在这里"


def chart_of(procedure: Procedure, at: str | None = None) -> Chart:
    """Chart the whole graph, with the step `at` marked."""
    boxes = tuple(_box(step, at, is_away=False) for step in procedure.steps.values())
    arrows = tuple(
        Arrow(step.id, way.to, label_of(step, way), way.is_setback)
        for step in procedure.steps.values()
        for way in step.transitions
    )
    return Chart(procedure.title, boxes, arrows)


def chart_of_path(
    procedure: Procedure,
    registration: str,
    answers: Answers,
    at: str | None = None,
    *,
    is_away: bool = False,
) -> Chart:
    """Chart the path of one registration with the setbacks that leave it.

    `is_away` uses the steps' `elsewhere` texts, without the websites of the procedure's own
    regions.
    """
    steps = path(procedure, registration, answers)
    shown = {step.id: step for step in steps}
    arrows = [
        Arrow(one.id, other.id, _label_between(one, other.id, registration))
        for one, other in pairwise(steps)
    ]
    for step in steps:
        for way in setbacks(step, registration):
            arrow = Arrow(step.id, way.to, label_of(step, way), is_setback=True)
            if way.to not in shown or all(
                (a.source, a.target) != (step.id, way.to) for a in arrows
            ):
                arrows.append(arrow)
            shown.setdefault(way.to, procedure.steps[way.to])
    title = f"{procedure.title} · {registration}" if registration else procedure.title
    return Chart(
        title, tuple(_box(step, at, is_away=is_away) for step in shown.values()), tuple(arrows)
    )


def _box(step: Step, at: str | None, *, is_away: bool) -> Box:
    action = step.elsewhere if is_away and step.elsewhere else step.action
    return Box(step.id, step.actor or "", action, step.id == at)


def label_of(step: Step, way: Transition) -> str:
    """Return the text on an arrow; never empty where a step has several transitions."""
    if way.label or len(step.transitions) == 1:
        return way.label or ""
    return way.outcome or condition_text(step, way) or "、".join(way.registrations)


def condition_text(step: Step, way: Transition) -> str:
    """Return the answers to the step itself that open a transition; empty if none decides."""
    unit = step.question.unit if step.question else ""
    texts = [
        _test_text(test, unit) for condition in way.when for test in condition.get(step.id, ())
    ]
    return "、".join(dict.fromkeys(texts))


def _test_text(test: AnswerTest, unit: str) -> str:
    """Write a test with signs only, so that it needs no phrase: ≥18岁 <65岁."""
    texts = [test.answer or "", test.group or ""]
    texts += [f"≥{test.least}{unit}"] if test.least else []
    texts += [f"<{test.below}{unit}"] if test.below else []
    texts += ["/".join(test.any_of), "+".join(test.all_of)]
    texts += ["≠" + "/".join(test.none_of)] if test.none_of else []
    return " ".join(filter(None, texts))


def _label_between(one: Step, target: str, registration: str) -> str:
    """Return the text on an arrow of one registration's path, without naming the registration."""
    for way in one.transitions:
        if way.to == target and (not way.registrations or registration in way.registrations):
            own = way.label or way.outcome or condition_text(one, way)
            return "" if way.registrations else own
    return ""


def draw_mermaid(procedure: Procedure, at: str | None = None) -> str:
    """Write the graph as Mermaid text with the labels that the source gives."""
    lines = ["graph TB"]
    lines += [f'    {step.id}("{_quoted(step.label)}")' for step in procedure.steps.values()]
    lines += [f"    {line}" for line in _mermaid_edges(procedure)]
    if at:
        lines += ["    classDef here stroke-width:4px", f"    class {at} here"]
    return "\n".join(lines) + "\n"


def _mermaid_edges(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps.values():
        for way in step.transitions:
            label = f'|"{_quoted(way.label)}"|' if way.label else ""
            yield f"{step.id} -->{label} {way.to}"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def draw_text(chart: Chart) -> str:
    """Write the chart as an indented tree for terminals and screen readers.

    A step that is reached a second time is named with ↑ and not followed, so the tree is finite.
    """
    boxes = {box.id: box for box in chart.boxes}
    arrows: dict[str, list[Arrow]] = {box.id: [] for box in chart.boxes}
    for arrow in chart.arrows:
        arrows[arrow.source].append(arrow)
    tree = _branches(boxes, arrows, Arrow("", chart.boxes[0].id), 0, set())
    return "\n".join([chart.title, *tree]) + "\n"


def _branches(
    boxes: Mapping[str, Box],
    arrows: Mapping[str, Sequence[Arrow]],
    arrow: Arrow,
    depth: int,
    seen: set[str],
) -> Iterator[str]:
    box = boxes[arrow.target]
    lead = "  " * depth + (f"[{arrow.label}] " if arrow.label else "")
    if box.id in seen:
        yield f"{lead}↑ {box.label}"
        return
    seen.add(box.id)
    yield lead + box.label + (f" {HERE}" if box.is_here else "")
    ways = arrows[box.id]
    inner = depth + (len(ways) > 1)
    for way in ways:
        yield from _branches(boxes, arrows, way, inner, seen)
