"""Find the path that one registration takes through a procedure.

What a newcomer would get wrong: a path depends on the answers given so far and on nothing else. The
same answers give the same path, so going back, changing an answer and carrying answers over to
another registration are replays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from bot.core.model.pack import NO, YES, Procedure, QuestionKind, Step, Transition

Answers = Mapping[str, str]
"""Maps a step id to the answer given there or to the outcome of the step."""
NOTHING: Answers = {}


def path(procedure: Procedure, registration: str, answers: Answers = NOTHING) -> tuple[Step, ...]:
    """Return the steps of one registration from start to end; empty if the graph has no path for
    it.

    Steps without an answer take the transition that is no setback.  After a setback the path ends
    before it would reach a step for the second time.

    Raises:
        ValueError: the path runs in a circle without any setback.
    """
    return _path(procedure, registration, tuple(sorted(answers.items())))


@lru_cache(maxsize=1024)
def _path(
    procedure: Procedure, registration: str, given: tuple[tuple[str, str], ...]
) -> tuple[Step, ...]:
    """Cached: a card needs its path about a dozen times, and many people walk the same one."""
    if registration not in procedure.kinds:
        return ()
    answers = dict(given)
    steps = {procedure.start: procedure.steps[procedure.start]}
    step, went_wrong = steps[procedure.start], False
    while way := way_on(step, registration, answers):
        went_wrong = went_wrong or way.is_setback
        if way.to in steps:
            if went_wrong:
                break
            raise ValueError(f"procedure {procedure.id} runs in a circle for {registration}")
        step = steps[way.to] = procedure.steps[way.to]
    return tuple(steps.values())


def way_on(step: Step, registration: str, answers: Answers = NOTHING) -> Transition | None:
    """Return the transition taken after a step, or `None` at an end."""
    ways = open_ways(step, registration)
    answer = answers.get(step.id)
    if answer is not None:
        for way in ways:
            if way.outcome == answer:
                return way
    usual = [way for way in ways if not way.is_setback]
    return next(iter((*(way for way in usual if way.outcome is None), *usual)), None)


def open_ways(step: Step, registration: str) -> tuple[Transition, ...]:
    """Return the transitions open to one registration, whatever the outcome."""
    return tuple(way for way in step.transitions if _is_open(way, registration))


def setbacks(step: Step, registration: str) -> tuple[Transition, ...]:
    """Return the transitions taken when something went wrong at this step."""
    return tuple(way for way in open_ways(step, registration) if way.is_setback)


def _is_open(way: Transition, registration: str) -> bool:
    return not way.registrations or registration in way.registrations


def outcomes(step: Step, registration: str) -> tuple[str, ...]:
    """Return the answers to a step that a choice can give, in the order of the pack."""
    named = [way.outcome for way in open_ways(step, registration) if way.outcome]
    if step.question and step.question.kind is QuestionKind.YES_NO:
        named = [YES, NO]
    return tuple(dict.fromkeys(named))


def all_paths(procedure: Procedure, registration: str) -> Iterator[tuple[Transition, ...]]:
    """Yield every path from the start to an end as its transitions; none visits a step twice.

    A procedure whose first step is its last yields one empty path.
    """
    yield from _ways_from(procedure, registration, procedure.start, ())


def _ways_from(
    procedure: Procedure, registration: str, step_id: str, taken: tuple[Transition, ...]
) -> Iterator[tuple[Transition, ...]]:
    seen = {procedure.start, *(way.to for way in taken)}
    ways = open_ways(procedure.steps[step_id], registration)
    onward = [way for way in ways if way.to not in seen]
    if not onward:
        yield taken
    for way in onward:
        yield from _ways_from(procedure, registration, way.to, (*taken, way))
