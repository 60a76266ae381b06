"""Whose door is asked for: another office's is never answered with ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.app import Brain
from bot.core.model.reply import Reason, Status
from bot.runtime.replay import Replayer

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def replayer(brain: Brain) -> Replayer:
    return Replayer(brain, NOON)


@pytest.mark.parametrize("office", ["挂号", "不动产", "买房", "租房", "教育局", "法院", "二手车"])
@pytest.mark.parametrize(
    "words", ["{place}{office}网站", "{place}的{office}官网", "{place}和昆明的{office}网站"]
)
def test_another_offices_door_is_not_ours(replayer: Replayer, office: str, words: str) -> None:
    reply = replayer.run((words.format(place="长沙", office=office),)).reply
    doors = {door.id for door in replayer.brain.pack.portals}
    assert doors.isdisjoint(answer.entry for answer in reply.answers), reply.as_text()


@pytest.mark.parametrize(
    "words",
    [
        "四川网站",
        "四川的官网",
        "湖南去哪里办",
        "山东申报系统",
        "云南要在哪个网站报",
        "福建审批网站",
    ],
)
def test_our_own_door_is_told_without_our_name(replayer: Replayer, words: str) -> None:
    reply = replayer.run((words,)).reply
    assert reply.status is Status.ANSWERED
    assert reply.answers[0].entry.startswith("portal-")


@pytest.mark.parametrize(
    ("words", "door", "errand"),
    [
        ("广东的注册证书遗失了去哪里补", "portal-guangdong", "replacement"),
        ("河北二建过期了去哪办", "portal-hebei", "renewal-expired"),
        ("湖南重新注册在哪里办", "portal-hunan", "reregistration"),
    ],
)
def test_what_to_do_is_told_before_where(
    replayer: Replayer, words: str, door: str, errand: str
) -> None:
    reply, pack = replayer.run((words,)).reply, replayer.brain.pack
    assert [answer.entry for answer in reply.answers] == [door, errand]
    verdict = pack.entries[errand].verdict_on(NOON.date())
    assert verdict is not None
    assert reply.as_text().startswith(verdict.fact.text)


def test_what_to_do_is_told_before_it_is_admitted_that_the_door_is_not_known(
    replayer: Replayer,
) -> None:
    reply = replayer.run(("青海的二建注册证丢了去哪里补",)).reply
    assert [answer.entry for answer in reply.answers] == ["replacement"]
    assert reply.reason is Reason.NO_DATA_FOR_REGION


def test_who_only_asks_for_the_door_is_told_nothing_else(replayer: Replayer) -> None:
    reply = replayer.run(("湖南二建初始注册去哪个网站办",)).reply
    assert "reregistration" not in [answer.entry for answer in reply.answers]
    assert len(reply.answers) == 1
