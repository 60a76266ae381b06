"""What a calculator says: the verdict, the working, what is unsure and what has expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.deadlines.result import compute, period_text, reminder_day, result_reply
from bot.core.model.calculator import Calculator, CalculatorLine
from bot.core.model.date_rules import Period, Rule
from bot.core.model.entry import Confidence
from bot.core.model.reply import ListPart, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.spans import Span, month_span, year_span
from tests.tiny import RULE, SEED, WITHIN, fact, tiny_pack

TODAY = date(2026, 11, 22)


def setting_of(calculator: Calculator, **slots: str) -> Scope:
    return Scope(tiny_pack(calculators=[calculator]), TODAY, slots)


def told(span: Span, calculator: Calculator = WITHIN, **slots: str) -> Reply:
    return result_reply(setting_of(calculator, **slots), calculator, span)


def day(year: int, month: int, number: int) -> Span:
    return Span(date(year, month, number), date(year, month, number))


def working(reply: Reply) -> tuple[str, ...]:
    return next(part.items for part in reply.parts if isinstance(part, ListPart))


def test_the_verdict_comes_first_and_the_working_line_by_line() -> None:
    reply = told(day(2024, 2, 29))
    assert reply.parts[0] == Text("最晚 2027-02-28，还有 98 天")
    assert working(reply) == (
        "拿证日期：2024-02-29",
        "三年内注册。（管理规定）",
        "2024-02-29 ＋ 3 年 ＝ 2027-02-28（最后一天）",
        "今天：2026-11-22（北京时间）",
    )


def test_what_is_said_to_be_true_only_when_late_is_said_only_then() -> None:
    assert "要补课" in told(day(2020, 1, 1)).as_text()
    assert "要补课" not in told(day(2024, 2, 29)).as_text()


def test_what_is_not_sure_is_marked() -> None:
    assert "待核实：要补课。" in told(day(2020, 1, 1)).as_text()


def test_what_is_fairly_sure_says_so_behind() -> None:
    rule, late = WITHIN.working[0].fact, WITHIN.advice[0].fact
    fairly = replace(
        WITHIN,
        working=(CalculatorLine(replace(rule, confidence=Confidence.MEDIUM)),),
        advice=(CalculatorLine(replace(late, confidence=Confidence.MEDIUM)),),
    )
    reply = told(day(2020, 1, 1), fairly)
    assert "三年内注册。（管理规定；把握中等）" in working(reply)
    assert "要补课。（把握中等）" in reply.as_text()


def test_a_line_names_its_article() -> None:
    citation = replace(fact("甲", RULE).citations[0], article="第7条")
    line = CalculatorLine(replace(fact("甲"), citations=(citation,)))
    assert "甲（管理规定 第7条）" in working(
        told(day(2024, 1, 1), replace(WITHIN, working=(line,)))
    )


def test_of_a_month_both_ends_are_shown() -> None:
    reply = told(month_span(2024, 2))
    assert reply.parts[0] == Text("最晚 2027-02-01～2027-02-28，还有 71～98 天")
    assert working(reply)[0] == (
        "拿证日期：2024-02，没说是哪一天，按最早 2024-02-01、最晚 2024-02-29 两头算"
    )


def test_where_the_day_makes_the_difference_it_is_asked_for_and_both_are_shown() -> None:
    reply = told(year_span(2023))
    assert (reply.status, reply.reason) == (Status.CLARIFY, "ambiguous")
    assert "如果是 2023-01-01：2026-01-01 过了 325 天" in reply.as_text()
    assert "如果是 2023-12-31：最晚 2026-12-31，还有 39 天" in reply.as_text()


def test_the_answer_names_the_calculator_its_sources_and_the_date() -> None:
    [answer] = told(month_span(2024, 2)).answers
    assert (answer.entry, answer.slots) == (
        "register",
        {"registration": "初始注册", "date": "2024-02"},
    )
    assert [note.title for note in answer.sources] == ["管理规定"]


def test_an_old_source_is_said_to_be_old_and_whose_it_is() -> None:
    seed = replace(WITHIN, working=(CalculatorLine(fact("三年。", SEED)),))
    text = told(day(2024, 1, 1), seed, region="浙江").as_text()
    assert "核对于 2021-12-08，2021 年资料" in text
    assert "讲的是四川，浙江另问" in text


def test_a_rule_that_has_expired_works_nothing_out() -> None:
    line = CalculatorLine(fact("三年。", RULE, valid_until=date(2025, 1, 1)))
    reply = told(day(2024, 1, 1), replace(WITHIN, working=(line,)))
    assert (reply.status, reply.reason) == (Status.ABSTAINED, "expired")
    assert "2027" not in reply.as_text()


def test_a_file_for_the_calendar_is_offered_while_there_is_something_to_wait_for() -> None:
    offered = [choice.value for choice in told(day(2024, 2, 29)).choices]
    assert offered == ["d:register:2024-02-29:ics", "d:register", "e:limits"]
    assert [c.value for c in told(day(2020, 1, 1)).choices] == ["d:register", "e:limits"]


@pytest.mark.parametrize(
    ("rule", "remembered"),
    [(Rule.WITHIN, date(2027, 2, 1)), (Rule.NOT_BEFORE, date(2027, 3, 1))],
)
def test_of_several_days_the_calendar_has_the_safe_one(rule: Rule, remembered: date) -> None:
    ends = compute(replace(WITHIN, rule=rule), month_span(2024, 2), setting_of(WITHIN))
    assert reminder_day(rule, ends) == remembered


@pytest.mark.parametrize(
    ("period", "text"),
    [(Period(years=3), "3 年"), (Period(months=6), "6 个月"), (Period(days=30), "30 天")],
)
def test_a_period_is_said_in_its_unit(period: Period, text: str) -> None:
    assert period_text(setting_of(WITHIN), period) == text
