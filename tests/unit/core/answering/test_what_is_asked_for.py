"""What is asked for decides whether an entry answers, whatever its score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.answering.free_text import decide_words
from bot.core.model.entry import Verdict
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Status
from bot.core.model.scope import Scope
from tests.fakes import candidate, slot, understood
from tests.tiny import fact, tiny_pack

AMOUNT = (QuestionType.HOW_MUCH, QuestionType.YES_NO)
RULE = (QuestionType.YES_NO, QuestionType.WHEN)


@pytest.mark.parametrize(
    ("asked", "answers", "status"),
    [
        pytest.param(QuestionType.CONSEQUENCE, AMOUNT, Status.ABSTAINED, id="an amount"),
        pytest.param(QuestionType.CONSEQUENCE, RULE, Status.ANSWERED, id="a rule"),
        pytest.param(QuestionType.CONSEQUENCE, (), Status.ANSWERED, id="it does not say"),
        pytest.param(QuestionType.HOW_MUCH, RULE, Status.ABSTAINED, id="no amount"),
        pytest.param(QuestionType.HOW_MUCH, AMOUNT, Status.ANSWERED, id="the amount"),
        pytest.param(QuestionType.YES_NO, (QuestionType.LIST,), Status.ANSWERED, id="a list"),
    ],
)
def test_an_amount_says_what_it_costs_and_not_what_follows(
    asked: QuestionType, answers: tuple[QuestionType, ...], status: Status
) -> None:
    pack = tiny_pack()
    told = (Verdict(fact("三年内。")),)
    limits = replace(pack.entries["limits"], answers=answers, verdicts=told)
    pack = replace(pack, entries={**pack.entries, "limits": limits})
    heard = replace(understood(candidate("limits", 0.85)), asked=asked)
    assert decide_words(Scope(pack, date(2026, 11, 22), {}), heard).status is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("三个加起来多少", Status.ANSWERED, id="a number"),
        pytest.param("三个加起来多少钱", Status.ABSTAINED, id="money"),
    ],
)
def test_how_much_without_money_may_be_a_count(text: str, status: Status) -> None:
    pack = tiny_pack()
    told = (Verdict(fact("三年内。")),)
    limits = replace(pack.entries["limits"], answers=(QuestionType.HOW_MANY,), verdicts=told)
    pack = replace(pack, entries={**pack.entries, "limits": limits})
    heard = replace(understood(candidate("limits", 0.85)), asked=QuestionType.HOW_MUCH, text=text)
    assert decide_words(Scope(pack, date(2026, 11, 22), {}), heard).status is status


@pytest.mark.parametrize(
    ("score", "beside", "parts"),
    [
        pytest.param(0.95, 0.2, 1, id="one is surely meant"),
        pytest.param(0.85, 0.2, 2, id="not surely"),
        pytest.param(0.95, 0.6, 2, id="the other comes near"),
    ],
)
def test_two_aspects_of_one_thing_are_one_question(score: float, beside: float, parts: int) -> None:
    pack = tiny_pack()
    entries = {
        name: replace(pack.entries[name], slots={"aspect": aspect})
        for name, aspect in (("limits", "时限"), ("rumour", "条件"))
    }
    pack = replace(pack, entries={**pack.entries, **entries})
    slots = tuple(slot("aspect", value, listed=True) for value in ("时限", "条件"))
    heard = understood(candidate("limits", score), candidate("rumour", beside), slots=slots)
    reply = decide_words(Scope(pack, date(2026, 11, 22), {}), heard)
    assert reply.topics == parts
