"""Choose answers that stand for all others, so that every case of a procedure can be tried.

Two answers to a step are alike if no transition of the procedure tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain, combinations

from bot.core.model.conditions import AnswerTest
from bot.core.model.procedure import NO, YES, Procedure, Question, QuestionKind, Step, joined
from bot.core.procedures.conditions import number_of, passes
from bot.core.words.folding import folded

MOST_TOLD_APART = 14
"""Options that transitions may tell apart where several can be chosen: 16,384 cases."""
AT_LEAST_ONE = AnswerTest(least="1")
_SOME_TEXT = "…"
_SOME_DAY = date(2020, 1, 1)


@lru_cache(maxsize=64)
def samples(procedure: Procedure) -> Mapping[str, tuple[str, ...]]:
    """Return for every step the answers that have to be tried, at least one where it asks.

    A step without a question has the outcomes that its transitions name.
    """
    tests = tests_on(procedure)
    return {step.id: _told_apart(step, tests.get(step.id, ())) for step in procedure.steps.values()}


def tests_on(procedure: Procedure) -> Mapping[str, Sequence[AnswerTest]]:
    """Return for every step all tests of its answer in the procedure."""
    found: dict[str, dict[AnswerTest, None]] = {}
    for step in procedure.steps.values():
        for way in step.transitions:
            if way.outcome is not None:
                found.setdefault(step.id, {})[AnswerTest(way.outcome)] = None
            for condition in way.when:
                for other, tests in condition.items():
                    found.setdefault(other, {}).update(dict.fromkeys(tests))
        if step.each:
            found.setdefault(step.each, {})[AT_LEAST_ONE] = None
    return {name: tuple(tests) for name, tests in found.items()}


def _told_apart(step: Step, tests: Sequence[AnswerTest]) -> tuple[str, ...]:
    """Return the first candidate of each kind that the tests tell apart."""
    kept: dict[tuple[bool, ...], str] = {}
    for answer in _candidates(step, tests):
        kept.setdefault(tuple(passes(test, step.question, answer) for test in tests), answer)
    return tuple(kept.values())


def _candidates(step: Step, tests: Sequence[AnswerTest]) -> Iterable[str]:
    question = step.question
    if question is None:
        return dict.fromkeys(way.outcome for way in step.transitions if way.outcome)
    match question.kind:
        case QuestionKind.YES_NO:
            return YES, NO
        case QuestionKind.CHOICE:
            named = [option.name for option in question.options]
            return named or dict.fromkeys(w.outcome for w in step.transitions if w.outcome)
        case QuestionKind.SEVERAL:
            return _sets(question, tests)
        case QuestionKind.NUMBER:
            return _numbers(question, tests)
        case QuestionKind.DATE:
            return _days(tests)
        case QuestionKind.TEXT:
            return [*(test.answer for test in tests if test.answer), _SOME_TEXT]


def _sets(question: Question, tests: Sequence[AnswerTest]) -> Iterator[str]:
    """Yield every set of the options that are told apart, with one that stands for the others."""
    named = told_apart_in_sets(question, tests)[:MOST_TOLD_APART]
    names = [*named, *_kinds(question, tests).get((), [])[:1]]
    sizes = (combinations(names, size) for size in range(len(names) + 1))
    return map(joined, chain.from_iterable(sizes))


def told_apart_in_sets(question: Question, tests: Iterable[AnswerTest]) -> list[str]:
    """Return the options that some test tells from others, in the order of the question.

    Of options that are always named together, as in `any: [...]`, the first stands for all; where
    all of them have to be chosen, or no others, each counts.
    """
    return [names[0] for kind, names in _kinds(question, tests).items() if kind]


def _kinds(
    question: Question, tests: Iterable[AnswerTest]
) -> Mapping[tuple[int, ...] | str, list[str]]:
    """Return the options by the lists that name them; by their own name where each counts."""
    tests = list(tests)
    alone = {folded(name) for test in tests for name in (*test.all_of, test.answer or "")}
    lists = [set(map(folded, names)) for test in tests for names in (test.any_of, test.none_of)]
    found: dict[tuple[int, ...] | str, list[str]] = {}
    for option in question.options:
        name = folded(option.name)
        places = tuple(n for n, names in enumerate(lists) if name in names)
        found.setdefault(name if name in alone else places, []).append(option.name)
    return found


def _numbers(question: Question, tests: Sequence[AnswerTest]) -> list[str]:
    unit = Decimal(1).scaleb(-question.decimals)
    low, high = (number_of(bound) if bound else None for bound in (question.least, question.most))
    found = {bound for bound in (low, high) if bound is not None} or {Decimal(1)}
    for bound in (number_of(text) for test in tests for text in _bounds(test)):
        found |= {bound - unit, bound, bound + unit} if bound is not None else set()
    inside = (
        number
        for number in found
        if (low is None or low <= number) and (high is None or number <= high)
    )
    return [written(number) for number in sorted(inside)]


def written(number: Decimal) -> str:
    """Write a number without exponent and without zeros that say nothing: 1.50 is 1.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bounds(test: AnswerTest) -> Iterator[str]:
    return (text for text in (test.least, test.below, test.answer) if text is not None)


def _days(tests: Sequence[AnswerTest]) -> list[str]:
    found = {_SOME_DAY}
    for bound in (date.fromisoformat(text) for test in tests for text in _bounds(test)):
        found |= {bound - timedelta(days=1), bound, bound + timedelta(days=1)}
    return [day.isoformat() for day in sorted(found)]
