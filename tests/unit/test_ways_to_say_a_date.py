"""Sixty and more ways to say when a certificate ends: read, asked about, or refused truly.

Today is 2026-11-22, a Sunday.  The last day to apply lies 30 days before the day that was said.
"""

from __future__ import annotations

import pytest

from bot.core.dialogue.decide import take_turn
from bot.core.model.reply import Reply
from bot.core.model.session import Session
from bot.core.model.update import Update
from bot.core.ports import Brain
from tests.fakes import NOON, SOMEONE, labels_of

ONE_DAY = {
    "2027-03-01": "2027-3-1 2027/3/1 2027.3.1 20270301 2027年3月1日 二〇二七年三月一日 27年3月1号"
    " ２０２７年３月１日 明年3月1日 明年三月一 2027年3月1 有效期2024-03-01至2027-03-01"
    " 2024年3月1日到2027年3月1日到期 2024-03-01~2027-03-01 2027年3月1日届满",
    "2027-01-23": "2027年一月二十三 2027年1月23",
    "2027-01-13": "13/1/2027 1/13/2027",
    "2026-11-25": "下周三 大后天",
    "2026-11-13": "上周五",
    "2026-11-21": "昨天",
    "2026-11-23": "明天",
    "2026-11-24": "后天",
    "2026-12-15": "下个月15号",
    "2026-12-12": "还有20天到期 还有二十天就到期 20天后",
    "2026-12-06": "两周后 还有两周到期",
    "2026-11-02": "过期20天了 已经过期20天",
}
IN_ENGLISH = ("March 1 2027", "March 1, 2027", "Mar. 1st 2027", "1 March 2027")
A_SPAN = {
    "2026-11-23,2026-11-29": "下周",
    "2026-11-21,2026-11-30": "这个月底",
    "2027": "2027 明年",
    "2027-03": "2027年3月 明年三月 2027-03",
    "2026-10": "上个月",
    "2027-01": "下下个月",
    "2027-02": "三个月后",
    "2027-05": "半年后",
    "2027-01-01,2027-03-31": "明年初",
    "2027-10-01,2027-12-31": "明年年底",
    "2027-03-01,2027-03-10": "2027年3月上旬",
    "2027-03-11,2027-03-20": "2027年3月中旬",
}
ASKED = {
    "3/1/2027": ["2027-01-03", "2027-03-01"],
    "3月1日": ["2024-03-01", "2025-03-01", "2026-03-01", "2027-03-01"],
    "三月": ["2024-03", "2025-03", "2026-03", "2027-03"],
    "1号": ["2026-10-01", "2026-11-01", "2026-12-01"],
    "2027年3月1日和2027年5月1日": ["2027年3月1日", "2027年5月1日"],
    "2027年3月1日或者3月2日": ["2027年3月1日", "3月2日"],
}
REFUSED = {
    "2027年2月30日": "没有“2027年2月30日”这个日期",
    "2027-13-01": "没有“2027-13-01”这个日期",
    "31/2/2027": "没有“31/2/2027”这个日期",
    "十十月": "没有“十十月”这个日期",
    "2127年3月1日": "“2127年3月1日”离现在太远",
    "2127-03-01": "“2127-03-01”离现在太远",
    "国庆节": "没认出日期",
    "不知道": "没认出日期",
    "忘了": "没认出日期",
    "还有一年": "没认出日期",
}


def replied(brain: Brain, said: str) -> Reply:
    session = Session()
    for text in ("/deadline 延续", said):
        turn = take_turn(brain, session, Update("1", SOMEONE, NOON, text=text), NOON)
        session = turn.session
    return turn.reply


def each(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(said, day) for day, ways in table.items() for said in ways.split()]


READ = [*each(ONE_DAY), *((said, "2027-03-01") for said in IN_ENGLISH), *each(A_SPAN)]


@pytest.mark.parametrize(("said", "day"), READ, ids=[said for said, _ in READ])
def test_it_is_read_and_said_again(brain: Brain, said: str, day: str) -> None:
    reply = replied(brain, said)
    assert reply.rule.startswith("calculator:renewal-deadline")
    assert f"1. 注册有效期届满的日期：{day}" in reply.as_text()


@pytest.mark.parametrize(("said", "days"), ASKED.items(), ids=ASKED)
def test_what_may_be_several_days_is_asked(brain: Brain, said: str, days: list[str]) -> None:
    reply = replied(brain, said)
    assert reply.rule == "calculate_which_date"
    assert labels_of(reply)[: len(days)] == days


@pytest.mark.parametrize(("said", "why"), REFUSED.items(), ids=REFUSED)
def test_what_is_no_day_is_refused_with_a_true_sentence(brain: Brain, said: str, why: str) -> None:
    reply = replied(brain, said)
    assert reply.as_text().startswith((why, f"这句话里我{why}"))
    assert labels_of(reply) == ["不算了"]


def test_there_are_sixty() -> None:
    assert len(READ) + len(ASKED) + len(REFUSED) >= 60
