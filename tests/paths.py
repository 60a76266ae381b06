"""Ways through a procedure, for tests that walk all of them."""

from __future__ import annotations

from bot.core.model.pack import Procedure, Transition


def answers_of(procedure: Procedure, taken: tuple[Transition, ...]) -> dict[str, str]:
    """The answers that lead along these transitions."""
    at, answers = procedure.start, dict[str, str]()
    for way in taken:
        if way.outcome:
            answers[at] = way.outcome
        at = way.to
    return answers
