"""Find the path that one registration takes through a procedure.

What a newcomer would get wrong: a path depends on the answers given so far and on nothing else, and
it ends where they no longer decide.  The same answers give the same path, so going back, changing
an answer and carrying answers over to another registration are replays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.core.model.procedure import NO, YES, Procedure, QuestionKind, Step, Transition
from bot.core.procedures.conditions import (
    Answers,
    in_round,
    is_met,
    number_of,
    round_of,
)
from bot.core.procedures.samples import samples
from bot.core.words.folding import folded

NOTHING: Answers = {}
MOST_ROUNDS = 20
"""A step is repeated so often at most."""


@dataclass(frozen=True, slots=True)
class Route:
    """The steps that are certain, and the transitions between them.

    There may be one transition more than that: it leads back to a step of the route.
    """

    steps: tuple[Step, ...] = ()
    ways: tuple[Transition, ...] = ()
    is_complete: bool = False
    """It reaches an end; otherwise it goes on in a way that depends on answers to come."""


def path(procedure: Procedure, registration: str, answers: Answers = NOTHING) -> tuple[Step, ...]:
    """Return the steps of one registration as far as they are certain.

    It is empty if the graph has no path for the registration.

    Raises:
        ValueError: the path runs in a circle without any setback.
    """
    return route(procedure, registration, answers).steps


def route(procedure: Procedure, registration: str, answers: Answers = NOTHING) -> Route:
    """Return the path with its transitions, from the start to an end or to an open question.

    A step without a question takes the transition that is no setback.  After a setback the path
    ends before it would reach a step for the second time.

    Raises:
        ValueError: the path runs in a circle without any setback.
    """
    return _route(procedure, registration, tuple(sorted(answers.items())))


@lru_cache(maxsize=1024)
def _route(procedure: Procedure, registration: str, given: tuple[tuple[str, str], ...]) -> Route:
    """Cached: a card needs its path about a dozen times, and many people walk the same one."""
    if registration not in procedure.kinds:
        return Route()
    answers, told, unanswered = dict(given), dict[str, str](), set[str]()
    step, entry = instance(procedure, procedure.start, 1), procedure.start
    steps, ways = {step.id: step}, list[Transition]()
    went_wrong = False
    while True:
        if step.id in answers:
            told[step.id] = answers[step.id]
        elif step.question:
            unanswered.add(step.id)
        possible = taken(procedure, step, registration, told, unanswered)
        if len({way.to for way in possible}) != 1:
            return Route((*steps.values(),), (*ways,), not possible)
        ways.append(possible[0])
        went_wrong = went_wrong or possible[0].is_setback
        following, entry = _next_step(procedure, step, entry, possible[0], told)
        if following is None:
            return Route((*steps.values(),), (*ways[:-1],), is_complete=False)
        if following.id in steps:
            if went_wrong:
                return Route((*steps.values(),), (*ways,), is_complete=True)
            raise ValueError(f"procedure {procedure.id} runs in a circle for {registration}")
        step = steps[following.id] = following


def instance(procedure: Procedure, step_id: str, number: int) -> Step:
    """Return a step as it is in one round, with the number in its texts."""
    step = procedure.steps[step_id]
    if not step.each:
        return step
    shown = replace(step, id=in_round(step_id, number), action=_numbered(step.action, number))
    if step.question is None:
        return shown
    text = _numbered(step.question.text, number)
    return replace(shown, question=replace(step.question, text=text))


def _numbered(text: str, number: int) -> str:
    return text.replace("{n}", str(number))


def _next_step(
    procedure: Procedure, step: Step, entry: str, way: Transition, told: Answers
) -> tuple[Step | None, str]:
    """Return the step that a transition leads to, and the step where the repeated ones begin.

    It leads back to that one as long as rounds are left.  Without a step it is not known how many
    there are.
    """
    target = procedure.steps[way.to]
    if step.each and target.each != step.each and not way.is_setback:
        number = round_of(step.id)
        if number < _rounds(told, step.each):
            return instance(procedure, entry, number + 1), entry
    if target.each == step.each:
        return instance(procedure, target.id, round_of(step.id)), entry
    if target.each and target.each not in told:
        return None, entry
    return instance(procedure, target.id, 1), target.id


def _rounds(told: Answers, step_id: str) -> int:
    number = number_of(told.get(step_id, "1"))
    return min(int(number), MOST_ROUNDS) if number is not None else 1


def taken(
    procedure: Procedure,
    step: Step,
    registration: str,
    told: Answers,
    unanswered: Collection[str] = (),
) -> tuple[Transition, ...]:
    """Return the transitions that may be taken after a step; one if the answers decide.

    `told` are the answers on the way to the step, its own included.  A transition that names the
    answer goes before one that names none.
    """
    ways = open_ways(step, registration)
    judged = [
        (way, _is_taken(way, procedure, step, told, unanswered))
        for way in ways
        if not way.is_otherwise
    ]
    sure = tuple(way for way, verdict in judged if verdict)
    maybe = tuple(way for way, verdict in judged if verdict is None)
    rest = tuple(way for way in ways if way.is_otherwise)
    if step.id in unanswered:
        return (*sure, *maybe, *rest)
    return tuple(way for way in sure if way.outcome is not None) or sure or (*maybe, *rest)


def _is_taken(
    way: Transition,
    procedure: Procedure,
    step: Step,
    told: Answers,
    unanswered: Collection[str],
) -> bool | None:
    is_open = is_met(way.when, procedure, step, told, unanswered)
    if way.outcome is None or is_open is False:
        return False if way.is_setback and way.outcome is None and not way.when else is_open
    answer = told.get(step.id)
    if answer is not None:
        return is_open if folded(way.outcome) == folded(answer) else False
    return False if way.is_setback and step.question is None else None


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
    if step.question and step.question.options:
        named = [option.name for option in step.question.options]
    return tuple(dict.fromkeys(named))


def all_paths(procedure: Procedure, registration: str) -> Iterator[tuple[Transition, ...]]:
    """Yield every path from the start to an end as its transitions; none visits a step twice.

    A procedure whose first step is its last yields one empty path.  Repeated steps are passed once.
    """
    seen: set[tuple[int, ...]] = set()
    for ways, _ in all_walks(procedure, registration):
        name = tuple(map(id, ways))
        if name not in seen:
            seen.add(name)
            yield ways


def all_walks(
    procedure: Procedure, registration: str
) -> Iterator[tuple[tuple[Transition, ...], Answers]]:
    """Yield the paths of `all_paths`, each with answers that lead along it; some several times."""
    yield from _ways_from(procedure, registration, procedure.start, (), {})


def _ways_from(
    procedure: Procedure,
    registration: str,
    step_id: str,
    passed: tuple[Transition, ...],
    told: Answers,
) -> Iterator[tuple[tuple[Transition, ...], Answers]]:
    seen = {procedure.start, *(way.to for way in passed)}
    onward = [
        (way, answers)
        for way, answers in cases_at(procedure, registration, step_id, told)
        if way.to not in seen
    ]
    if not onward:
        yield passed, told
    for way, answers in onward:
        yield from _ways_from(procedure, registration, way.to, (*passed, way), answers)


def cases_at(
    procedure: Procedure, registration: str, step_id: str, told: Answers
) -> Iterator[tuple[Transition, Answers]]:
    """Yield the transitions of a step in the order of the pack, each with every answer for it."""
    step = procedure.steps[step_id]
    cases = [
        (taken(procedure, step, registration, answers), answers)
        for answers in answers_at(procedure, step, told)
    ]
    for way in open_ways(step, registration):
        for ways, answers in cases:
            if way in ways:
                yield way, answers


def answers_at(procedure: Procedure, step: Step, told: Answers) -> Iterator[Answers]:
    """Yield `told` with each answer to a step that has to be tried.

    A step without a question is also tried without an outcome.
    """
    if step.question is None:
        yield told
    for answer in samples(procedure)[step.id]:
        yield {**told, step.id: answer}
