"""Where a walk through a procedure stands, and where each move takes it.

Everything is a replay: a walk is the answers given and the step it stands at, the rest follows from
the procedure.  So a walk of last week finds its place in the procedure of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.model.pack import Procedure, QuestionKind, Step
from bot.core.model.session import Walk
from bot.core.procedures.graph import outcomes, path, way_on


def begun(
    procedure: Procedure, registration: str, region: str | None, earlier: Walk | None = None
) -> Walk:
    """A walk at its first step; papers that were at hand `earlier` still are."""
    ticks = earlier.ticks if earlier else {}
    return Walk(procedure.id, registration, (procedure.start,), ticks=ticks, region=region)


def steps_of(procedure: Procedure, walk: Walk) -> tuple[Step, ...]:
    """The way that the answers of a walk lead."""
    return path(procedure, walk.registration, walk.answers)


def position(procedure: Procedure, walk: Walk) -> int:
    """Where the walk stands on its way, from 1.

    If its step is gone, the last one before it that is still there counts.
    """
    ids = [step.id for step in steps_of(procedure, walk)]
    for step in reversed(walk.trail):
        if step in ids:
            return ids.index(step) + 1
    return 1


def current(procedure: Procedure, walk: Walk) -> Step:
    return steps_of(procedure, walk)[position(procedure, walk) - 1]


def at_number(procedure: Procedure, walk: Walk, number: int) -> Walk | None:
    """The walk at a step of its way, counted from 1; `None` if there is no such step.

    What went wrong there or later has not happened yet; answers to questions stay.
    """
    steps = steps_of(procedure, walk)
    if not 1 <= number <= len(steps):
        return None
    undone = [step.id for step in steps[number - 1 :] if step.question is None]
    return _standing(replace(walk, answers=_without(walk.answers, undone)), steps[:number])


def at_step(procedure: Procedure, walk: Walk, step: str) -> Walk | None:
    """The walk at the step of an id; `None` if its way does not lead there."""
    ids = [s.id for s in steps_of(procedure, walk)]
    return at_number(procedure, walk, ids.index(step) + 1) if step in ids else None


def _standing(walk: Walk, steps: Sequence[Step]) -> Walk:
    return replace(walk, trail=tuple(step.id for step in steps), is_aside=False)


def is_open(procedure: Procedure, walk: Walk) -> bool:
    """Whether the current step has a question that was not answered yet."""
    step = current(procedure, walk)
    return step.question is not None and step.id not in walk.answers


def moved_on(procedure: Procedure, walk: Walk) -> Walk | None:
    """One step further, all having gone well at this one; `None` past the end."""
    walk = at_number(procedure, walk, position(procedure, walk)) or walk
    if further := at_number(procedure, walk, position(procedure, walk) + 1):
        return further
    way = way_on(current(procedure, walk), walk.registration, walk.answers)
    return at_step(procedure, walk, way.to) if way else None


def moved_back(procedure: Procedure, walk: Walk) -> Walk:
    """One step back; the first step stays."""
    number = max(1, position(procedure, walk) - 1)
    return at_number(procedure, walk, number) or walk


def answered(procedure: Procedure, walk: Walk, answer: str) -> Walk:
    """The walk after the current step was answered, or had an outcome.

    Questions behind it that were answered before are not asked again.
    """
    step = current(procedure, walk)
    number = position(procedure, walk)
    walk = replace(walk, answers={**walk.answers, step.id: answer})
    steps = steps_of(procedure, walk)
    following = number
    for n, later in enumerate(steps[number:], number):
        if later.question and later.id not in walk.answers:
            break
        if later.question:
            following = n + 1
    return _standing(walk, steps[: min(following, len(steps) - 1) + 1])


def ticked(walk: Walk, step: str, paper: str) -> Walk:
    """The walk with a paper at hand, or no longer at hand if it was."""
    before = walk.ticks.get(step, ())
    after = tuple(p for p in before if p != paper) if paper in before else (*before, paper)
    return replace(walk, ticks={**walk.ticks, step: after})


def switched(procedure: Procedure, walk: Walk, registration: str) -> Walk:
    """The same walk for another registration, as far as both go the same way."""
    walk = replace(walk, registration=registration)
    steps = steps_of(procedure, walk)
    shared = 0
    while shared < min(len(steps), len(walk.trail)) and steps[shared].id == walk.trail[shared]:
        shared += 1
    return _standing(walk, steps[: max(1, shared)])


def renamed(procedure: Procedure, walk: Walk) -> Walk:
    """The walk with the ids that its steps have now."""
    now = procedure.renamed
    return replace(
        walk,
        trail=tuple(now.get(step, step) for step in walk.trail),
        answers={now.get(step, step): answer for step, answer in walk.answers.items()},
        ticks={now.get(step, step): papers for step, papers in walk.ticks.items()},
    )


def migrated(procedure: Procedure, walk: Walk) -> Walk:
    """The walk in terms of the procedure as it is now, at the nearest step that there is."""
    walk = renamed(procedure, walk)
    fitting = {
        step: answer
        for step, answer in walk.answers.items()
        if step in procedure.steps and _is_answer(procedure.steps[step], walk.registration, answer)
    }
    walk = replace(walk, answers=fitting)
    steps = steps_of(procedure, walk)
    return replace(walk, trail=tuple(s.id for s in steps[: position(procedure, walk)]))


def _is_answer(step: Step, registration: str, answer: str) -> bool:
    """Whether an answer that was right once still is one of those that can be given."""
    if step.question and step.question.kind in (QuestionKind.NUMBER, QuestionKind.DATE):
        return True
    return answer in outcomes(step, registration)


def _without(answers: Mapping[str, str], steps: Sequence[str]) -> dict[str, str]:
    return {step: answer for step, answer in answers.items() if step not in steps}
