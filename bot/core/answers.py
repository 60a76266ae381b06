"""The answer to the question of a step, read from what somebody said.

Only what plainly is an answer counts: everything else may be a question of theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from bot.core.numerals import CHARACTERS, read_number
from bot.core.pack import NO, YES, Question, QuestionKind, Step
from bot.core.procedure import open_ways

_YES = frozenset(
    "是 是的 对 对的 有 有的 嗯 嗯嗯 好 可以 会 要 没错 当然 yes y".split()  # noqa: SIM905  a line of words
)
_NO = frozenset(
    "否 不 不是 不是的 没 没有 没有的 不对 不会 不要 不用 不可以 无 no n".split()  # noqa: SIM905  the same
)
_NUMBER = re.compile(rf"(?:大概|大约|差不多)?(\d+|[０-９]+|[{CHARACTERS}]+)")
_DATE = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?号?|(\d{4})(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True)
class Impossible:
    """Something of the right form that cannot be: the 30th of February, an age of 900."""

    phrase: str


Read = str | Impossible | None
"""The answer as it is kept, why it cannot be one, or nothing that looks like an answer."""


def is_yes_or_no(said: str) -> bool:
    return said.casefold() in _YES | _NO


def read_answer(step: Step, registration: str, said: str) -> Read:
    """What was said as an answer to the question of a step; `said` has no punctuation round it."""
    question = step.question
    if question is None:
        return None
    match question.kind:
        case QuestionKind.CHOICE:
            return _chosen(step, registration, said)
        case QuestionKind.YES_NO:
            word = said.casefold()
            return YES if word in _YES else NO if word in _NO else None
        case QuestionKind.NUMBER:
            return _number(question, said)
        case QuestionKind.DATE:
            return _date(said)
        case _:
            assert_never(question.kind)


def _chosen(step: Step, registration: str, said: str) -> Read:
    for way in open_ways(step, registration):
        if way.outcome and said in (way.outcome, way.label):
            return way.outcome
    return None


def _number(question: Question, said: str) -> Read:
    found = _NUMBER.fullmatch(said.removesuffix(question.unit) if question.unit else said)
    number = read_number(found[1]) if found else None
    if number is None:
        return Impossible("answer_out_of_range") if found else None
    low, high = question.least, question.most
    if (low is not None and number < low) or (high is not None and number > high):
        return Impossible("answer_out_of_range")
    return str(number)


def _date(said: str) -> Read:
    found = _DATE.fullmatch(re.sub(r"\s", "", said))
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return Impossible("answer_no_such_day")
