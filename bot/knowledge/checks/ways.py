"""Prove for every step that exactly one way is open, whatever was answered before.

The procedure is walked with every answer that some way tells apart (`samples`), by the code that
walks it for people.  So only cases that can happen are looked at, and what is found is one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.model.procedure import Procedure, QuestionKind, Step, Transition, split_up
from bot.core.procedures.conditions import Answers, number_of
from bot.core.procedures.graph import answers_at, open_ways, taken
from bot.core.procedures.samples import (
    MOST_TOLD_APART,
    tests_on,
    told_apart_in_sets,
)
from bot.knowledge.checks.ahead import Ahead, ahead_of
from bot.knowledge.reading.located import Trail

MOST_CASES = 50_000
"""Cases of one registration; a procedure with more cannot be proved."""
MOST_OF_A_STEP = 6
"""Mistakes that are told of one step."""
Found = tuple[str, Trail]


def check_ways(procedure: Procedure) -> Iterator[Found]:
    """Yield every overlap, gap and circle with a case that shows it, and its place."""
    numbers = {step: n for n, step in enumerate(procedure.steps)}
    too_many = list(_told_apart_too_often(procedure, numbers))
    yield from too_many
    told = {step: set[str]() for step in numbers}
    ahead = ahead_of(procedure)
    for registration in () if too_many else procedure.kinds:
        for step, message, trail in _Proof(procedure, registration, ahead).run():
            if message not in told[step] and len(told[step]) < MOST_OF_A_STEP:
                told[step].add(message)
                yield message, ("steps", numbers[step], *trail)


def _told_apart_too_often(procedure: Procedure, numbers: Mapping[str, int]) -> Iterator[Found]:
    for name, tests in tests_on(procedure).items():
        question = procedure.steps[name].question
        if question and question.kind is QuestionKind.SEVERAL:
            count = len(told_apart_in_sets(question, tests))
            if count > MOST_TOLD_APART:
                message = f"按“{name}”里的 {count} 个选项分路，最多 {MOST_TOLD_APART} 个"
                yield message, ("steps", numbers[name], "question")


State = tuple[str, frozenset[str], frozenset[tuple[str, str]], int]
"""A step, the steps told of that still matter, the answers that may yet change, and a bit for every
condition to come that the other answers have closed."""


@dataclass(slots=True)
class _Proof:
    """One registration of a procedure, walked in every case.

    Answers are forgotten as soon as no condition to come tells them apart.
    """

    procedure: Procedure
    registration: str
    ahead: Mapping[str, Ahead]
    following: dict[State, set[State]] = field(default_factory=dict)
    """Maps every state that can be reached to those that follow without a setback."""
    examples: dict[State, Answers] = field(default_factory=dict)
    """Maps every state to the answers with which it was reached first."""

    def run(self) -> Iterator[tuple[str, str, Trail]]:
        """Yield step, message and place inside the step."""
        waiting = [self._noted(self.procedure.start, {})]
        while waiting:
            state = waiting.pop()
            step = self.procedure.steps[state[0]]
            for told in answers_at(self.procedure, step, self.examples[state]):
                ways = taken(self.procedure, step, self.registration, told)
                yield from self._mistakes(step, told, ways)
                for way in ways:
                    count = len(self.following)
                    there = self._noted(way.to, told)
                    waiting += [there] if len(self.following) > count else []
                    if not way.is_setback:
                        self.following[state].add(there)
            if len(self.following) > MOST_CASES:
                yield step.id, f"情况太多（超过 {MOST_CASES} 种），证明不了；请拆成几个流程", ()
                return
        yield from self._circles()

    def _noted(self, step_id: str, told: Answers) -> State:
        """Return the state of a step that was reached with these answers, and note it if new."""
        ahead = self.ahead[step_id]
        names = frozenset(name for name in ahead.questions if name in told)
        changing = names & ahead.steps
        closed = 0
        for name in names - changing:
            closed |= ahead.closed_by(name, told[name])
        state = (step_id, names, frozenset((name, told[name]) for name in changing), closed)
        if state not in self.following:
            self.following[state] = set()
            self.examples[state] = {name: told[name] for name in names}
        return state

    def _mistakes(
        self, step: Step, told: Answers, ways: tuple[Transition, ...]
    ) -> Iterator[tuple[str, str, Trail]]:
        open_here = open_ways(step, self.registration)
        is_left_open = step.question is None and step.id not in told
        has_to_go_on = any(not way.is_setback or way.outcome is None for way in open_here)
        if not ways and has_to_go_on and (step.question or is_left_open):
            yield step.id, f"{self._case(step, told)}时没有路；请补一条 next", ("next",)
        same = tuple(way for way in ways if not is_left_open or way.outcome is None)
        if len(same) > 1:
            both = "”和“".join(way.to for way in same)
            message = f"{self._case(step, told)}时有 {len(same)} 条路：“{both}”；请分清"
            yield step.id, message, ("next", step.transitions.index(same[1]))
        for way in ways:
            each = self.procedure.steps[way.to].each
            rounds = number_of(told.get(each, "1")) if each and each != step.each else None
            if rounds is not None and rounds < 1:
                message = f"{self._case(step, told, each)}时一遍也不用走，却走到“{way.to}”"
                yield step.id, message, ("next", step.transitions.index(way))

    def _case(self, step: Step, told: Answers, *more: str) -> str:
        """Describe what was answered, as far as the ways of the step depend on it."""
        names = [name for way in step.transitions for condition in way.when for name in condition]
        names += [step.id] if step.question or step.id in told else []
        said = [f"办“{self.registration}”"] if self.registration else []
        said += [_told(self.procedure.steps[n], told) for n in dict.fromkeys((*names, *more))]
        return "，".join(said) or "不管答什么"

    def _circles(self) -> Iterator[tuple[str, str, Trail]]:
        """Yield a way that leads back to where it has been although nothing went wrong."""
        left = set(self.following)
        while ends := {state for state in left if not self.following[state] & left}:
            left -= ends
        for state in self.following:
            if state in left:
                step = self.procedure.steps[state[0]]
                case = self._case(step, self.examples[state])
                yield step.id, f"{case}时走下去又回到这一步，一直绕圈；没办成的路要写 setback", ()
                return


def _told(step: Step, told: Answers) -> str:
    """Say what was answered to a step."""
    name = step.question.text if step.question else step.action
    answer = told.get(step.id)
    if answer is None:
        return f"“{name}”没有问到" if step.question else f"“{name}”没有说结果"
    if step.question and step.question.kind is QuestionKind.SEVERAL:
        answer = "、".join(split_up(answer)) or "都没有"
    return f"“{name}”答“{answer}”"
