"""Judge whether answers open a transition.

A verdict has three values: `None` means that it depends on a question which is not yet answered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from bot.core.model.conditions import AnswerTest, Condition
from bot.core.model.procedure import Procedure, Question, QuestionKind, Step, split_up
from bot.core.words.folding import folded

Answers = Mapping[str, str]
"""Maps a step id to the answer given there or to the outcome of the step."""
ROUND = ","
"""Separates a step id from the round, from the second on: `age`, `age,2`, `age,3`."""


def base_of(step_id: str) -> str:
    """Return the id of a step as the pack has it, without the round."""
    return step_id.partition(ROUND)[0]


def round_of(step_id: str) -> int:
    """Return the round of a repeated step, from 1."""
    number = step_id.partition(ROUND)[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1


def in_round(step_id: str, number: int) -> str:
    return step_id if number < 2 else f"{step_id}{ROUND}{number}"


def key_seen_from(procedure: Procedure, step: Step, other: str) -> str:
    """Return where the answer of another step is stored, as seen from a step in its round."""
    there = procedure.steps.get(other)
    if step.each and there and there.each == step.each:
        return in_round(other, round_of(step.id))
    return other


def is_met(
    conditions: Iterable[Condition],
    procedure: Procedure,
    step: Step,
    told: Answers,
    unanswered: Collection[str],
) -> bool | None:
    """Return whether one of the conditions holds; `None` if open questions decide.

    `told` has the answers on the way to the step, `unanswered` the questions that it passed.
    """
    verdicts = [_holds(one, procedure, step, told, unanswered) for one in conditions]
    if not verdicts or True in verdicts:
        return True
    return None if None in verdicts else False


def _holds(
    condition: Condition,
    procedure: Procedure,
    step: Step,
    told: Answers,
    unanswered: Collection[str],
) -> bool | None:
    is_open = False
    for other, tests in condition.items():
        key = key_seen_from(procedure, step, other)
        if key in unanswered:
            is_open = True
        elif not any(
            passes(test, procedure.steps[other].question, told.get(key)) for test in tests
        ):
            return False
    return None if is_open else True


def passes(test: AnswerTest, question: Question | None, answer: str | None) -> bool:
    """Return whether an answer, or the lack of one, is what the test expects."""
    if answer is None or test.is_unasked:
        return test.is_unasked and answer is None
    if test.answer is not None and not _is_same(test.answer, question, answer):
        return False
    if test.group is not None and not (question and _is_in_group(test.group, question, answer)):
        return False
    return _is_in_range(test, question, answer) and _is_chosen(test, answer)


def _is_same(expected: str, question: Question | None, answer: str) -> bool:
    if question and question.kind is QuestionKind.NUMBER:
        one, other = number_of(expected), number_of(answer)
        return one is not None and one == other
    if question and question.kind is QuestionKind.SEVERAL:
        return {folded(expected)} == _parts(answer)
    return folded(expected) == folded(answer)


def _is_in_group(group: str, question: Question, answer: str) -> bool:
    names = {folded(option.name) for option in question.options if option.group == group}
    return folded(answer) in names


def _is_in_range(test: AnswerTest, question: Question | None, answer: str) -> bool:
    if test.least is None and test.below is None:
        return True
    if question and question.kind is QuestionKind.DATE:
        return (test.least or "") <= answer and (test.below is None or answer < test.below)
    number = number_of(answer)
    low, high = (number_of(bound) if bound else None for bound in (test.least, test.below))
    if number is None:
        return False
    return (low is None or low <= number) and (high is None or number < high)


def _is_chosen(test: AnswerTest, answer: str) -> bool:
    if not (test.any_of or test.all_of or test.none_of):
        return True
    chosen = _parts(answer)
    return (
        (not test.any_of or not chosen.isdisjoint(_folded(test.any_of)))
        and (not test.all_of or chosen.issuperset(_folded(test.all_of)))
        and (not test.none_of or chosen.isdisjoint(_folded(test.none_of)))
    )


@lru_cache(maxsize=4096)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, names))


@lru_cache(maxsize=512)
def _parts(answer: str) -> frozenset[str]:
    return frozenset(map(folded, split_up(answer)))


def number_of(text: str) -> Decimal | None:
    """Return the number that a bound or a stored answer is; `None` for other text."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
