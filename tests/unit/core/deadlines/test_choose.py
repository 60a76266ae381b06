"""Which calculators words call for, where the end of something is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.deadlines.choose import by_words, is_beside
from bot.core.model.date_rules import Rule
from bot.core.model.entry import Verdict
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Answer, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.spans import SaidDate, Span
from bot.core.model.understanding import Candidate, Understanding
from tests.fakes import slot, understood
from tests.tiny import WITHIN, entry, fact, tiny_pack

DAY = date(2027, 1, 9)
RENEWAL = replace(
    WITHIN, id="renew", rule=Rule.BEFORE_EXPIRY, registration="延续注册", cues=(), unless=("在审",)
)
RULES = (Verdict(fact("三十日前。")), Verdict(fact("北京九十天。", regions=("北京",))))
PACK = tiny_pack(
    replace(entry("limits", "期限"), verdicts=RULES),
    calculators=[replace(RENEWAL, entries=("limits",))],
)
NOTHING = Reply(Status.ABSTAINED, (Text("没有写"),))


def told(text: str, asked: QuestionType | None, **more: object) -> Understanding:
    end = SaidDate("还有40天到期", (Span(DAY, DAY),), role="end")
    words = replace(understood(slots=(slot("registration", "延续注册"),)), asked=asked)
    return replace(words, text=text, undated=text, dates=(end,), **more)


@pytest.mark.parametrize(
    ("text", "asked", "region", "names"),
    [
        pytest.param("能延续吗", QuestionType.YES_NO, None, ["renew"], id="is there time"),
        pytest.param("能延续吗", QuestionType.YES_NO, "四川", ["renew"], id="no rule of its own"),
        pytest.param("能延续吗", QuestionType.YES_NO, "北京", [], id="a rule of its own"),
        pytest.param("延续要什么", QuestionType.LIST, None, [], id="something else is asked"),
        pytest.param("在审能延续吗", QuestionType.YES_NO, None, [], id="ruled out"),
    ],
)
def test_an_end_that_is_told_is_reckoned_with_if_it_is_asked_whether_there_is_time(
    text: str, asked: QuestionType, region: str | None, names: list[str]
) -> None:
    scope = Scope(PACK, date(2026, 11, 30), {"region": region} if region else {})
    assert [c.id for c in by_words(scope, told(text, asked), NOTHING)] == names


def test_without_the_end_nothing_is_reckoned() -> None:
    words = replace(told("能延续吗", QuestionType.YES_NO), dates=())
    assert by_words(Scope(PACK, date(2026, 11, 30), {}), words, NOTHING) == []


ANSWER = Reply(Status.ANSWERED, (Text("可以委托。"),), answers=(Answer("agents"),))


@pytest.mark.parametrize(
    ("text", "asked", "score", "is_so"),
    [
        pytest.param("六月到期，他今年63了，还能延续吗", QuestionType.YES_NO, 0.5, True, id="age"),
        pytest.param("他今年63了，最晚哪天延续", QuestionType.WHEN, 0.5, False, id="a time"),
        pytest.param("六月到期，能委托别人办吗", QuestionType.YES_NO, 0.75, True, id="sure"),
        pytest.param("六月到期，能委托别人办吗", QuestionType.YES_NO, 0.6, False, id="unsure"),
        pytest.param("到期，能托人吗", QuestionType.YES_NO, 0.75, False, id="few words"),
    ],
)
def test_what_is_asked_beside_a_date_is_answered_and_not_reckoned(
    text: str, asked: QuestionType, score: float, is_so: bool
) -> None:
    words = told(text, asked, candidates=(Candidate("agents", score, ""),))
    scope = Scope(PACK, date(2026, 11, 30), {})
    assert is_beside(scope, words, ANSWER) is is_so
    assert not is_beside(scope, words, replace(ANSWER, answers=(Answer("limits"),)))
    assert not is_beside(scope, words, NOTHING)
