"""Work out where a walk through a procedure stands and where each move takes it.

Everything is a replay: a walk is the answers given and the step it stands at, and the rest follows
from the procedure.  A walk of last week thus finds its place in the procedure of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.model.procedure import Procedure, QuestionKind, Step, Transition, split_up
from bot.core.model.session import Walk
from bot.core.procedures.conditions import base_of, in_round, round_of
from bot.core.procedures.graph import Route, outcomes, route


def begun(
    procedure: Procedure, registration: str, region: str | None, earlier: Walk | None = None
) -> Walk:
    """Return a walk at its first step, with the ticks of an `earlier` one."""
    ticks = earlier.ticks if earlier else {}
    return Walk(procedure.id, registration, (procedure.start,), ticks=ticks, region=region)


def with_picks(walk: Walk, step: str, options: tuple[str, ...]) -> Walk:
    """Return the walk with these options ticked at a step."""
    return replace(walk, picks={**walk.picks, step: options})


def steps_of(procedure: Procedure, walk: Walk) -> tuple[Step, ...]:
    """Return the path that the answers of a walk lead along, as far as they decide."""
    return route_of(procedure, walk).steps


def route_of(procedure: Procedure, walk: Walk) -> Route:
    return route(procedure, walk.registration, walk.answers)


def came_by(procedure: Procedure, walk: Walk) -> Transition | None:
    """Return the transition that led to the current step; `None` at the first one."""
    number = position(procedure, walk)
    return route_of(procedure, walk).ways[number - 2] if number > 1 else None


def can_go_on(procedure: Procedure, walk: Walk) -> bool:
    """Return whether it is certain what follows the step, or those that are shown with it."""
    return len(route_of(procedure, walk).ways) >= span_of(procedure, walk)[1]


def position(procedure: Procedure, walk: Walk) -> int:
    """Return the number of the current step on its path, from 1.

    If the step no longer exists, the last one of the trail that does is the current one.
    """
    ids = [step.id for step in steps_of(procedure, walk)]
    for step in reversed(walk.trail):
        if step in ids:
            return ids.index(step) + 1
    return 1


def current(procedure: Procedure, walk: Walk) -> Step:
    return steps_of(procedure, walk)[position(procedure, walk) - 1]


def at_number(procedure: Procedure, walk: Walk, number: int) -> Walk | None:
    """Return the walk at a step of its path, counted from 1; `None` if there is no such step.

    Outcomes of that step and of later ones are removed; answers to questions stay.
    """
    steps = steps_of(procedure, walk)
    if not 1 <= number <= len(steps):
        return None
    undone = [step.id for step in steps[number - 1 :] if step.question is None]
    return _stand_at(replace(walk, answers=_without(walk.answers, undone)), steps[:number])


def at_step(procedure: Procedure, walk: Walk, step: str) -> Walk | None:
    """Return the walk at the step with this id; `None` if it is not on the path."""
    ids = [s.id for s in steps_of(procedure, walk)]
    return at_number(procedure, walk, ids.index(step) + 1) if step in ids else None


def _stand_at(walk: Walk, steps: Sequence[Step]) -> Walk:
    return replace(walk, trail=tuple(step.id for step in steps), is_aside=False)


def span_of(procedure: Procedure, walk: Walk) -> tuple[int, int]:
    """Return the numbers of the first and the last step that the card shows together.

    Steps on which the person only waits are shown together with those around them.
    """
    steps, number = steps_of(procedure, walk), position(procedure, walk)
    if not steps[number - 1].is_wait:
        return number, number
    first = last = number
    while first > 1 and steps[first - 2].is_wait:
        first -= 1
    while last < len(steps) and steps[last].is_wait:
        last += 1
    return first, last


def is_open(procedure: Procedure, walk: Walk) -> bool:
    """Return whether the current step has a question without an answer."""
    step = current(procedure, walk)
    return step.question is not None and step.id not in walk.answers


def moved_on(procedure: Procedure, walk: Walk) -> Walk | None:
    """Return the walk past what the card shows, without a setback there; `None` past the end."""
    walk = at_number(procedure, walk, span_of(procedure, walk)[0]) or walk
    number = span_of(procedure, walk)[1]
    if further := at_number(procedure, walk, number + 1):
        return further
    ways = route_of(procedure, walk).ways[number - 1 :]
    return at_step(procedure, walk, ways[0].to) if ways else None


def moved_back(procedure: Procedure, walk: Walk) -> Walk:
    """Return the walk at the card before; at the first one it stays there."""
    number = max(1, span_of(procedure, walk)[0] - 1)
    before = at_number(procedure, walk, number) or walk
    return at_number(procedure, before, span_of(procedure, before)[0]) or before


def answered(procedure: Procedure, walk: Walk, answer: str) -> Walk:
    """Return the walk after the current step got an answer or an outcome.

    It stands after the last of the following questions that were answered before.
    """
    step = current(procedure, walk)
    number = position(procedure, walk)
    answers = {**walk.answers, step.id: answer}
    walk = replace(walk, answers=answers, picks=_without_picks(walk, step.id))
    steps = steps_of(procedure, walk)
    following = number
    for n, later in enumerate(steps[number:], number):
        if later.question and later.id not in walk.answers:
            break
        if later.question:
            following = n + 1
    return _stand_at(walk, steps[: min(following, len(steps) - 1) + 1])


def ticked(walk: Walk, step: str, paper: str) -> Walk:
    """Return the walk with the paper ticked, or unticked if it was ticked."""
    before = walk.ticks.get(step, ())
    after = tuple(p for p in before if p != paper) if paper in before else (*before, paper)
    return replace(walk, ticks={**walk.ticks, step: after})


def switched(procedure: Procedure, walk: Walk, registration: str) -> Walk:
    """Return the walk for another registration, as far as both paths are the same."""
    walk = replace(walk, registration=registration)
    steps = steps_of(procedure, walk)
    shared = 0
    while shared < min(len(steps), len(walk.trail)) and steps[shared].id == walk.trail[shared]:
        shared += 1
    return _stand_at(walk, steps[: max(1, shared)])


def renamed(procedure: Procedure, walk: Walk) -> Walk:
    """Return the walk with the current ids of its steps (`Procedure.renamed` maps old to new)."""

    def now(step: str) -> str:
        base = base_of(step)
        return in_round(procedure.renamed.get(base, base), round_of(step))

    return replace(
        walk,
        trail=tuple(map(now, walk.trail)),
        answers={now(step): answer for step, answer in walk.answers.items()},
        ticks={now(step): papers for step, papers in walk.ticks.items()},
    )


def migrated(procedure: Procedure, walk: Walk) -> Walk:
    """Return the walk in terms of the current procedure, at the nearest step that exists."""
    walk = renamed(procedure, walk)
    fitting = {
        step: answer
        for step, answer in walk.answers.items()
        if (there := procedure.steps.get(base_of(step)))
        and _is_answer(there, walk.registration, answer)
    }
    walk = replace(walk, answers=fitting)
    steps = steps_of(procedure, walk)
    return replace(walk, trail=tuple(s.id for s in steps[: position(procedure, walk)]))


def _is_answer(step: Step, registration: str, answer: str) -> bool:
    """Return whether a stored answer is still one that can be given."""
    known = outcomes(step, registration)
    match step.question.kind if step.question else None:
        case QuestionKind.NUMBER | QuestionKind.DATE | QuestionKind.TEXT:
            return True
        case QuestionKind.SEVERAL:
            return set(split_up(answer)) <= set(known)
        case _:
            return answer in known


def _without_picks(walk: Walk, step: str) -> dict[str, tuple[str, ...]]:
    return {other: options for other, options in walk.picks.items() if other != step}


def _without(answers: Mapping[str, str], steps: Sequence[str]) -> dict[str, str]:
    return {step: answer for step, answer in answers.items() if step not in steps}
