"""Say which answers still matter at a step, so that cases alike from there on are one case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.model.conditions import Condition
from bot.core.model.procedure import Procedure, Question
from bot.core.procedures.conditions import passes
from bot.core.procedures.samples import AT_LEAST_ONE


@dataclass(slots=True)
class Ahead:
    """What lies ahead of a step, itself included."""

    steps: frozenset[str]
    conditions: tuple[Condition, ...]
    questions: Mapping[str, Question | None]
    """The questions of the steps whose answers decide there."""
    closed: dict[tuple[str, str], int] = field(default_factory=dict)
    """What `closed_by` has found."""

    def closed_by(self, step_id: str, answer: str) -> int:
        """Return a bit for every condition that this answer does not meet."""
        key = step_id, answer
        if key not in self.closed:
            question = self.questions[step_id]
            self.closed[key] = sum(
                1 << number
                for number, condition in enumerate(self.conditions)
                if step_id in condition
                and not any(passes(test, question, answer) for test in condition[step_id])
            )
        return self.closed[key]


def ahead_of(procedure: Procedure) -> Mapping[str, Ahead]:
    """Return for every step what lies ahead of it."""
    every = _conditions(procedure)
    return {step: _seen_from(procedure, steps, every) for step, steps in _reachable(procedure)}


def _seen_from(
    procedure: Procedure, steps: frozenset[str], every: Sequence[tuple[str, Condition]]
) -> Ahead:
    found = tuple(condition for at, condition in every if at in steps)
    names = {name for condition in found for name in condition}
    return Ahead(steps, found, {name: procedure.steps[name].question for name in names})


def _conditions(procedure: Procedure) -> list[tuple[str, Condition]]:
    """Return every condition with the step where it decides."""
    found: list[tuple[str, Condition]] = []
    for step in procedure.steps.values():
        for way in step.transitions:
            found += [(step.id, condition) for condition in way.when]
            if each := procedure.steps[way.to].each:
                found.append((step.id, {each: (AT_LEAST_ONE,)}))
    return found


def _reachable(procedure: Procedure) -> Iterable[tuple[str, frozenset[str]]]:
    """Return every step with those that a way from it can pass, itself included."""
    found = {step: frozenset({step}) for step in procedure.steps}
    is_growing = True
    while is_growing:
        before = sum(map(len, found.values()))
        for step in procedure.steps.values():
            found[step.id] = found[step.id].union(*(found[way.to] for way in step.transitions))
        is_growing = sum(map(len, found.values())) > before
    return found.items()
