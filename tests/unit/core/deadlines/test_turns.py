"""The talk round a calculation, over the tiny pack and with words understood as told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.answering.entry_replies import entry_reply
from bot.core.deadlines import turns as deadline_turns
from bot.core.model.choices import Calculate
from bot.core.model.reminder import Reminder
from bot.core.model.reply import Answer, Document, Reason, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Asking, Session
from bot.core.model.spans import SaidDate, Span, month_span, year_span
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from tests.fakes import labels_of, slot, understood
from tests.tiny import ENTRIES, WITHIN, tiny_pack

TODAY = date(2026, 11, 22)
OTHER = replace(WITHIN, id="renew", title="延续期限", registration="延续注册", cues=(), entries=())
PACK = tiny_pack(calculators=[WITHIN, OTHER])
SCOPE = Scope(PACK, TODAY, {})
NOTHING = Reply(Status.ABSTAINED, (Text("超出范围"),), rule="nothing_close", is_unclear=True)
ON_FILE = Calculate("register", "2024-02-29", as_file=True)
PLAIN = Reply(Status.ANSWERED, (Text("三年内。"),))
ASKING = Session(asking=Asking("register"))


def on(year: int, month: int, day: int) -> Span:
    return Span(date(year, month, day), date(year, month, day))


def said(undated: str, *spans: Span, **slots: str) -> Understanding:
    dates = tuple(SaidDate(f"{span.first.year}年", (span,)) for span in spans)
    found = understood(slots=tuple(slot(kind, value) for kind, value in slots.items()))
    text = undated + "".join(date.surface for date in dates)
    return replace(found, text=text, utterance=undated, undated=undated, dates=dates)


FRESH = Session()


def spoken(
    understanding: Understanding, session: Session = FRESH, reply: Reply = NOTHING
) -> Turn | None:
    return deadline_turns.calculate_from_words(SCOPE, session, understanding, reply)


def rule_of(turn: Turn | None) -> str:
    return turn.reply.rule if turn else ""


def test_a_date_with_the_cues_of_a_calculator_is_worked_out() -> None:
    assert rule_of(spoken(said("拿的证超期没", on(2020, 1, 1)))) == "calculator:register:late"


def test_a_date_under_the_entry_of_a_calculator_is_worked_out() -> None:
    limits = replace(PLAIN, answers=(Answer("limits"),))
    assert rule_of(spoken(said("注册期限", on(2024, 1, 1)), reply=limits)) == (
        "calculator:register:open"
    )


@pytest.mark.parametrize(
    "understanding",
    [
        pytest.param(said("拿的证超期没"), id="no date"),
        pytest.param(said("拿的证", on(2020, 1, 1)), id="half of the cues"),
        pytest.param(said("拿的证超期没有延续", on(2020, 1, 1)), id="ruled out"),
        pytest.param(said("拿的证晚了在哪办", on(2020, 1, 1), aspect="入口"), id="another aspect"),
    ],
)
def test_other_words_are_left_alone(understanding: Understanding) -> None:
    assert spoken(understanding) is None


def test_neighbouring_certificates_are_left_alone() -> None:
    boundary = replace(NOTHING, reason=Reason.BOUNDARY)
    assert spoken(said("拿的一建证超期没", on(2020, 1, 1)), reply=boundary) is None


def test_a_date_alone_is_asked_what_for() -> None:
    turn = spoken(said("", on(2020, 1, 1)))
    assert turn
    assert [c.value for c in turn.reply.choices] == ["d:register:2020-01-01", "d:renew:2020-01-01"]


def test_a_date_alone_answers_the_question_for_it() -> None:
    turn = spoken(said("", on(2020, 1, 1)), ASKING)
    assert rule_of(turn) == "calculator:register:late"
    assert turn
    assert turn.session.asking is None


def test_a_question_with_a_date_is_not_the_answer_to_another() -> None:
    question = said("什么时候考试报名要准备什么", on(2026, 1, 1))
    assert spoken(question, ASKING, PLAIN) is None


def test_an_impossible_date_is_refused_with_a_sentence_and_asked_again() -> None:
    wrong = replace(said(""), dates=(SaidDate("2月30日", ()),))
    turn = spoken(wrong, ASKING)
    assert turn
    assert turn.reply.as_text().startswith("没有“2月30日”这个日期")
    assert turn.session.asking == Asking("register")


def test_a_date_to_come_is_refused_where_only_the_past_makes_sense() -> None:
    turn = spoken(said("", on(2027, 1, 1)), ASKING)
    assert turn
    assert "2027-01-01 还没有到（今天是 2026-11-22）" in turn.reply.as_text()


def test_a_date_that_cannot_be_takes_no_answer_away() -> None:
    limits = replace(PLAIN, answers=(Answer("limits"),))
    turn = spoken(said("几年内注册", on(2027, 1, 1)), reply=limits)
    assert turn
    assert turn.reply.as_text().endswith("三年内。")
    assert turn.reply.status is Status.ANSWERED


def test_a_date_outside_the_sources_is_not_worked_out() -> None:
    pack = tiny_pack(calculators=[replace(WITHIN, since=date(2007, 3, 1))])
    turn = deadline_turns.calculate(
        Scope(pack, TODAY, {}), Session(), Calculate("register", "2006")
    )
    assert turn
    assert (turn.reply.status, turn.reply.reason) == (Status.ABSTAINED, "no_data")
    assert "2007-03-01 以前" in turn.reply.as_text()


def test_a_date_without_a_year_is_asked_for_the_year() -> None:
    years = tuple(month_span(year, 3) for year in (2021, 2022, 2023, 2024, 2025, 2026, 2027))
    turn = spoken(replace(said(""), dates=(SaidDate("3月", years),)), ASKING)
    assert turn
    assert labels_of(turn.reply) == ["2023-03", "2024-03", "2025-03", "2026-03"]


def test_of_several_dates_the_right_one_is_asked_for() -> None:
    turn = spoken(said("拿的证超期没", year_span(2020), year_span(2024)))
    assert turn
    assert labels_of(turn.reply) == ["2020年", "2024年"]


def test_who_gets_an_answer_anyway_may_choose_among_the_dates() -> None:
    limits = replace(PLAIN, answers=(Answer("limits"),))
    turn = spoken(said("拿的证超期没", year_span(2020), year_span(2024)), reply=limits)
    assert turn
    assert labels_of(turn.reply) == ["按“2020年”算期限", "按“2024年”算期限"]


def test_the_day_is_asked_for_where_it_makes_the_difference_and_may_then_be_said() -> None:
    turn = spoken(said("拿的证超期没", year_span(2023)))
    assert turn
    assert turn.session.asking == Asking("register", span="2023")
    assert rule_of(spoken(said("", on(2023, 12, 31)), turn.session)) == "calculator:register:open"


def test_who_wants_something_worked_out_is_asked_for_the_date() -> None:
    turn = spoken(said("算一下", registration="延续注册"))
    assert rule_of(turn) == "calculate:renew"


def test_who_wants_anything_worked_out_may_choose() -> None:
    turn = spoken(said("算一下"))
    assert turn
    assert labels_of(turn.reply) == ["注册期限", "延续期限"]


@pytest.mark.parametrize("words", ["取消", "算了", "不算了"])
def test_the_question_for_a_date_can_be_called_off(words: str) -> None:
    turn = spoken(replace(said(words), utterance=words), ASKING)
    assert rule_of(turn) == "calculate_stop"
    assert turn
    assert turn.session.asking is None


def test_who_does_not_know_the_date_is_told_where_to_look() -> None:
    turn = spoken(said("不知道"), ASKING)
    assert turn
    assert "没认出日期" in turn.reply.as_text()


def test_a_digression_offers_to_go_on_and_after_three_the_matter_is_dropped() -> None:
    session, offers = ASKING, []
    for _ in range(4):
        turn = deadline_turns.offer_to_go_on(SCOPE, session, Turn(PLAIN, session))
        offers.append(labels_of(turn.reply))
        session = turn.session
    assert offers == [["接着算：注册期限"], ["接着算：注册期限"], [], []]
    assert session.asking is None


def test_a_card_ends_the_question_for_a_date() -> None:
    card = Turn(replace(PLAIN, status=Status.PROCEDURE), ASKING)
    assert deadline_turns.offer_to_go_on(SCOPE, ASKING, card).session.asking is None


@pytest.mark.parametrize(
    "target",
    [
        Calculate("gone"),
        Calculate(""),
        Calculate("register", "x"),
        Calculate("register", "2020-13"),
        Calculate("register", "", as_file=True),
    ],
    ids=str,
)
def test_old_and_forged_values_do_nothing(target: Calculate) -> None:
    assert deadline_turns.calculate(SCOPE, Session(), target) is None


def test_the_calendar_comes_as_a_file_where_something_can_write_it() -> None:
    def write(reminder: Reminder) -> str:
        return f"{reminder.uid}|{reminder.day}|{reminder.title}|{reminder.written_on}"

    scope = replace(SCOPE, calendar=write)
    turn = deadline_turns.calculate(scope, Session(), ON_FILE)
    assert turn
    assert turn.reply.parts == (
        Document(
            "register-2027-02-28.ics",
            "text/calendar",
            "tiny-register-2027-02-28|2027-02-28|该注册了|2026-11-22",
            "日历提醒：2027-02-28　该注册了",
        ),
    )


def test_without_a_writer_the_calendar_comes_in_words() -> None:
    turn = deadline_turns.calculate(SCOPE, Session(), ON_FILE)
    assert turn
    assert turn.reply.parts == (Text("日历提醒：2027-02-28　该注册了"),)


def test_an_entry_offers_its_calculator() -> None:
    assert "limits" in [entry.id for entry in ENTRIES]
    reply = entry_reply(SCOPE, PACK.entries["limits"], None, "")
    assert [(c.label, c.value) for c in reply.choices] == [("算一下期限", "d:register")]


def test_a_pack_without_calculators_works_nothing_out() -> None:
    scope = Scope(tiny_pack(), TODAY, {})
    assert (
        deadline_turns.calculate_from_words(scope, Session(), said("", on(2020, 1, 1)), NOTHING)
        is None
    )
