"""Walk a procedure and draw it.

A path is what a person of one registration goes through if nothing goes wrong; setbacks are drawn
but never part of a path.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.pack import Procedure, Step, Transition


def path(procedure: Procedure, registration: str) -> tuple[Step, ...]:
    """The steps of one registration from start to end; empty if the graph has no path for it."""
    if registration not in procedure.registrations:
        return ()
    steps = [procedure.steps[procedure.start]]
    while way := _way_on(steps[-1], registration):
        steps.append(procedure.steps[way.to])
        if len(steps) > len(procedure.steps):
            raise ValueError(f"procedure {procedure.id} runs in a circle for {registration}")
    return tuple(steps)


def setbacks(step: Step, registration: str) -> tuple[Transition, ...]:
    """The ways on that are taken when something went wrong at this step."""
    return tuple(way for way in step.transitions if way.is_setback and _is_open(way, registration))


def _way_on(step: Step, registration: str) -> Transition | None:
    return next(
        (way for way in step.transitions if not way.is_setback and _is_open(way, registration)),
        None,
    )


def _is_open(way: Transition, registration: str) -> bool:
    return not way.registrations or registration in way.registrations


def draw_mermaid(procedure: Procedure) -> str:
    """The graph as Mermaid text; every edge that has a label shows it."""
    lines = ["graph TB"]
    lines += [f'    {step.id}("{_quoted(step.label)}")' for step in procedure.steps.values()]
    lines += [f"    {line}" for line in _mermaid_edges(procedure)]
    return "\n".join(lines) + "\n"


def _mermaid_edges(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps.values():
        for way in step.transitions:
            label = f'|"{_quoted(way.label)}"|' if way.label else ""
            yield f"{step.id} -->{label} {way.to}"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def draw_text(procedure: Procedure) -> str:
    """The graph as an indented tree for terminals and screen readers.

    A step reached a second time is named again with ↑ and not followed, so the tree stays finite.
    """
    return (
        "\n".join([procedure.title, *_branches(procedure, procedure.start, None, 0, set())]) + "\n"
    )


def _branches(
    procedure: Procedure, step_id: str, label: str | None, depth: int, seen: set[str]
) -> Iterator[str]:
    step = procedure.steps[step_id]
    lead = "  " * depth + (f"[{label}] " if label else "")
    if step_id in seen:
        yield f"{lead}↑ {step.label}"
        return
    seen.add(step_id)
    yield lead + step.label
    inner = depth + (len(step.transitions) > 1)
    for way in step.transitions:
        yield from _branches(procedure, way.to, way.label, inner, seen)
