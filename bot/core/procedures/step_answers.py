"""Read the answer to a step's question from the person's words.

Only words that are nothing but an answer count: everything else may be a question of the person's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from bot.core.model.pack import NO, YES, Question, QuestionKind, Step
from bot.core.model.spans import SaidDate, Span
from bot.core.procedures.graph import open_ways
from bot.core.words.numerals import CHARACTERS, read_number

_YES = frozenset(
    "是 是的 对 对的 有 有的 嗯 嗯嗯 好 可以 会 要 没错 当然 yes y".split()  # noqa: SIM905  a line of words
)
_NO = frozenset(
    "否 不 不是 不是的 没 没有 没有的 不对 不会 不要 不用 不可以 无 no n".split()  # noqa: SIM905  the same
)
_SOFTENING = "啊呀呢哦哈嘛"
_NUMBER = re.compile(rf"(?:我|今年|就|是|大概|大约|差不多|快|满)*(\d+|[０-９]+|[{CHARACTERS}]+)")
_AFTER_A_NUMBER = re.compile(r"(?:了|吧|左右){1,4}$")
_CHOSEN = re.compile(r"(?:我?(?:要|想要|选|办|就要|就选)|我?是|就)?(.+?)(?:吧|的)?")


@dataclass(frozen=True, slots=True)
class Impossible:
    """An answer of the right form that cannot be true: the 30th of February, an age of 900.

    `phrase` is the key of the sentence to reply; `date` is the date as it was said, if it is about
    one.
    """

    phrase: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Partial:
    """A date that is not yet one day: the days it may be, in one span or in several."""

    spans: tuple[Span, ...]


Read = str | Impossible | Partial | None
"""The answer as it is stored, why it is not one (yet), or `None` for words of another form."""


def is_yes_or_no(said: str) -> bool:
    return said.casefold() in _YES | _NO


def read_answer(step: Step, registration: str, said: str) -> str | Impossible | None:
    """Read an answer to a step; a question for a date is left to `read_date`.

    `said` has no punctuation round it.  A step without a question takes the name of an outcome.
    """
    question = step.question
    if question is None:
        return _chosen(step, registration, said)
    match question.kind:
        case QuestionKind.CHOICE:
            return _chosen(step, registration, said)
        case QuestionKind.YES_NO:
            word = said.casefold().rstrip(_SOFTENING)
            plain = YES if word in _YES else NO if word in _NO else None
            return plain or _chosen(step, registration, said)
        case QuestionKind.NUMBER:
            return _number(question, said)
        case QuestionKind.DATE:
            return None
        case _:
            assert_never(question.kind)


def _chosen(step: Step, registration: str, said: str) -> str | None:
    found = _CHOSEN.fullmatch(said)
    words = {said, found[1]} if found else {said}
    for way in open_ways(step, registration):
        if way.outcome and words & {way.outcome, way.label, *way.also}:
            return way.outcome
    return None


def _number(question: Question, said: str) -> str | Impossible | None:
    said = _AFTER_A_NUMBER.sub("", said)
    found = _NUMBER.fullmatch(said.removesuffix(question.unit) if question.unit else said)
    number = read_number(found[1]) if found else None
    if number is None:
        return Impossible("answer_out_of_range") if found else None
    low, high = question.least, question.most
    if (low is not None and number < low) or (high is not None and number > high):
        return Impossible("answer_out_of_range")
    return str(number)


def read_date(
    question: Question, dates: Sequence[SaidDate], known: Span | None, today: date
) -> Read:
    """Read an answer to a question for a date from the dates found in the words.

    `known` is the month or year that was said before and that the new words may complete.
    """
    dates = [said.settled(known) if known else said for said in dates]
    for said in dates:
        if said.is_impossible:
            return Impossible("no_such_day", said.surface)
    spans = tuple(dict.fromkeys(span for said in dates for span in said.spans))
    if not question.allows_future:
        past = tuple(span for span in spans if span.first <= today)
        if spans and not past:
            return Impossible("answer_in_future", dates[0].surface)
        spans = past
    if len(spans) == 1 and spans[0].is_day:
        return spans[0].first.isoformat()
    return Partial(spans) if spans else None
