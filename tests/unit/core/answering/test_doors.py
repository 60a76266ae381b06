"""Whose door is asked for: another office's is never answered with ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.app import Brain
from bot.core.model.reply import Status
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
