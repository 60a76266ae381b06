"""Read the answer to a step's question from the person's words.

Only words that are nothing but an answer count: everything else may be a question of the person's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from bot.core.model.procedure import MOST_ON_A_CARD, NO, YES, Question, QuestionKind, Step, joined
from bot.core.model.spans import SaidDate, Span
from bot.core.procedures.conditions import number_of
from bot.core.procedures.graph import open_ways, outcomes
from bot.core.procedures.samples import written
from bot.core.words.amounts import read_amount
from bot.core.words.date_roles import meant
from bot.core.words.folding import folded
from bot.core.words.moves import asks, stripped
from bot.core.words.numerals import FULL_WIDTH_DIGITS, read_number
from bot.core.words.unsure import UNSURE, says_unsure, with_and_without_softening

_YES = frozenset(
    "是 是的 对 对的 有 有的 嗯 嗯嗯 好 可以 会 要 没错 当然 yes y".split()  # noqa: SIM905  a line of words
)
_NO = frozenset(
    "否 不 不是 不是的 没 没有 没有的 不对 不会 不要 不用 不可以 无 no n".split()  # noqa: SIM905  the same
)
_NONE = frozenset(
    "都不是 这些都不是 以上都不是 全都不是 都没有 一个都没有 一个也没有 一样都没有 都不 都不对"  # noqa: SIM905  the same
    " 都不符合 都不选 没有一个 没有 无 none".split()
)
_ALL = frozenset("都有 都是 全部 全都有 全都是 全选 都选 都符合 所有 all".split())  # noqa: SIM905  the same
_NONE_NAMES = ("都不是", "以上都不是", "都没有", "以上都没有", "其他", "其它", "没有", "无")
"""How a list names what is not on it."""
_UNSURE_NAMES = ("不知道", "不清楚", "不确定", "说不好")
_BEFORE_A_NUMBER = re.compile(
    r"^(?:我们?|今年|一共|总共|共|有|就|是|大概|大约|差不多|快|满|约|每月|每年|月薪|年薪)+"
)
_AFTER_A_NUMBER = re.compile(r"(?:了|吧|左右|的样子){1,4}$")
_CHOSEN = re.compile(r"(?:我?(?:要|想要|选|办|就要|就选)|我?是|就|有)?(.+?)(?:吧|的)?")
_BETWEEN = re.compile(r"(?:[、，,;；和跟与及\s+&]|\band\b|还有|以及)+")
_MOST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Impossible:
    """An answer of the right form that cannot be true: the 30th of February, an age of 900.

    `phrase` is the key of the sentence to reply; `date` is the date as it was said, if it is about
    one, and `count` the digits after the point that a number may have.
    """

    phrase: str
    date: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Partial:
    """A date that is not yet one day: the days it may be, in one span or in several."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Several options that hold the words, by their numbers in the question, from 0."""

    options: tuple[int, ...]


Read = str | Impossible | Partial | Matches | None
"""The answer as it is stored, why it is not one (yet), or `None` for words of another form."""


def is_yes_or_no(said: str) -> bool:
    return folded(said) in _YES | _NO


def read_answer(step: Step, registration: str, said: str) -> Read:
    """Read an answer to a step; a question for a date is left to `read_date`.

    `said` has no punctuation round it.  A step without a question takes the name of an outcome.
    """
    question = step.question
    if question is None:
        return _chosen(step, registration, said)
    read = _by_kind(step, question, registration, said)
    return _no_answer(step, registration, said) if read is None else read


def _by_kind(step: Step, question: Question, registration: str, said: str) -> Read:
    match question.kind:
        case QuestionKind.CHOICE:
            return _chosen(step, registration, said) or _searched(question, said)
        case QuestionKind.SEVERAL:
            return _several(step, question, registration, said)
        case QuestionKind.YES_NO:
            return _yes_or_no(said) or _chosen(step, registration, said)
        case QuestionKind.NUMBER:
            return _number(question, said)
        case QuestionKind.DATE:
            return None
        case QuestionKind.TEXT:
            is_told = said and len(said) <= _MOST_TEXT and not asks(said) and not says_unsure(said)
            return said if is_told else None
        case _:
            assert_never(question.kind)


def _yes_or_no(said: str) -> str | None:
    words = with_and_without_softening(said)
    return YES if words & _YES else NO if words & _NO else None


def _no_answer(step: Step, registration: str, said: str) -> str | Impossible | None:
    """Read words that belong to the question and do not answer it: 不知道, 都不是.

    An option of that name is chosen by them.
    """
    assert step.question is not None  # the caller has looked
    words = with_and_without_softening(said)
    for heard, names, phrase in (
        (UNSURE, _UNSURE_NAMES, "answer_unsure"),
        (_NONE, _NONE_NAMES, "answer_none_fits"),
    ):
        if words & heard:
            named = outcomes(step, registration)
            fitting = next((name for name in named if name in names), None)
            if fitting:
                return fitting
            is_list = step.question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO)
            if heard is UNSURE or is_list:
                return Impossible(phrase)
    return None


def _chosen(step: Step, registration: str, said: str) -> str | None:
    found = _CHOSEN.fullmatch(said)
    words = {folded(said), folded(found[1])} if found else {folded(said)}
    return next((name for name, forms in _named(step, registration) if words & forms), None)


def _named(step: Step, registration: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the answers of a step that have names, each with all its folded forms."""
    for way in open_ways(step, registration):
        if way.outcome:
            yield way.outcome, _forms(way.outcome, way.label or "", *way.also)
    for option in step.question.options if step.question else ():
        yield option.name, _forms(option.name, *option.also)


def _forms(*names: str) -> set[str]:
    """Return the folded forms of names, also without the punctuation that words are stripped of."""
    return {folded(form) for name in names for form in (name, stripped(name))} - {""}


def _searched(question: Question, said: str) -> str | Matches | None:
    """Find the options of a long list that the words are a part of."""
    word = folded(said)
    if not word or not question.is_long:
        return None
    found = tuple(
        n
        for n, option in enumerate(question.options)
        if any(word in folded(form) for form in (option.name, *option.also))
    )
    if len(found) == 1:
        return question.options[found[0]].name
    return Matches(found[:MOST_ON_A_CARD]) if found else None


def _several(step: Step, question: Question, registration: str, said: str) -> str | None:
    """Read the options that are named one after another; all of the words have to be options."""
    names = [option.name for option in question.options]
    if one := _chosen(step, registration, said):
        return one
    word = folded(said)
    if word in _NONE:
        return joined(())
    if word in _ALL:
        return joined(names)
    parts = _named_parts(word, {form for _, forms in _named(step, registration) for form in forms})
    if len(parts) > 2 * len(names):
        return None
    chosen = {_chosen(step, registration, part) or _numbered(names, part) for part in parts}
    return joined(n for n in names if n in chosen) if chosen and None not in chosen else None


def _named_parts(said: str, forms: Collection[str]) -> list[str]:
    """Cut words where one thing ends and the next begins; a name may hold 和 or a comma itself.

    Both are folded.
    """
    longest = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    between = _BETWEEN.pattern
    whole = re.compile(rf"(?:{longest})(?={between}|$)|(?:(?!{between}).)+")
    parts, at = [], 0
    while at < len(said):
        if found := _BETWEEN.match(said, at):
            at = found.end()
        elif found := whole.match(said, at):
            parts.append(found[0])
            at = found.end()
    return parts


def _numbered(names: Sequence[str], said: str) -> str | None:
    number = read_number(said) if said.isascii() else None
    return names[number - 1] if number and number <= len(names) else None


def _number(question: Question, said: str) -> str | Impossible | None:
    plain = _AFTER_A_NUMBER.sub("", _BEFORE_A_NUMBER.sub("", said))
    number = read_amount(plain, question.unit)
    if number is None:
        is_long = plain.translate(FULL_WIDTH_DIGITS).replace(",", "").isdecimal()
        return Impossible("answer_out_of_range") if is_long else None
    if number != round(number, question.decimals):
        key = "answer_too_exact" if question.decimals else "answer_not_whole"
        return Impossible(key, count=question.decimals)
    low, high = (number_of(bound) if bound else None for bound in (question.least, question.most))
    if (low is not None and number < low) or (high is not None and number > high):
        return Impossible("answer_out_of_range")
    return written(number)


def read_date(
    question: Question, dates: Sequence[SaidDate], known: Span | None, today: date
) -> Read:
    """Read an answer to a question for a date from the dates found in the words.

    `known` is the month or year that was said before and that the new words may complete.
    """
    dates = meant(dates, question.text)
    dates = [said.settled(known) if known else said for said in dates]
    for said in dates:
        if said.is_impossible:
            return Impossible(said.why_impossible, said.surface)
    spans = tuple(dict.fromkeys(span for said in dates for span in said.spans))
    if not question.allows_future:
        past = tuple(span for span in spans if span.first <= today)
        if spans and not past:
            return Impossible("answer_in_future", dates[0].surface)
        spans = past
    if len(spans) == 1 and spans[0].is_day:
        return spans[0].first.isoformat()
    return Partial(spans) if spans else None
