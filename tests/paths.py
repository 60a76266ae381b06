"""Ways through a procedure, for tests that walk all of them."""

from __future__ import annotations

from bot.core.model.procedure import Procedure, Transition


def answers_of(procedure: Procedure, taken: tuple[Transition, ...]) -> dict[str, str]:
    """The answers that lead along these transitions."""
    at, answers = procedure.start, dict[str, str]()
    for way in taken:
        if way.outcome:
            answers[at] = way.outcome
        at = way.to
    return answers


def cards_along(procedure: Procedure, steps: list[str]) -> list[str]:
    """The steps that have a card of their own: of those on which one waits the first in a row."""
    waits = [procedure.steps[step].is_wait for step in steps]
    return [step for n, step in enumerate(steps) if not (n and waits[n - 1] and waits[n])]
