"""Files on Telegram: behind the words, and never in their place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.app import Brain, write_calendar
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.stage import LIBRARIES, Stage, set_up

pytestmark = pytest.mark.asyncio


@pytest.fixture(params=LIBRARIES)
def stage(request: pytest.FixtureRequest, brain: Brain) -> Iterator[Stage]:
    clock = FakeClock()
    conversation = Conversation(brain, MemoryStore(), clock, calendar=write_calendar)
    with set_up(conversation, request.param, clock=clock) as found:
        yield found


async def to_the_calendar(stage: Stage) -> list[str]:
    """What is said to somebody who wants a deadline in the calendar, files by their names."""
    user = stage.api.user()
    await stage.asked(user, "/deadline 延续 2027-3-1")
    before = len(stage.api.sent())
    user.presses("加进日历")
    await stage.plays()
    sent = stage.api.sent()[before:]
    return [m.text or m.raw["document"]["file_name"] for m in sent]


async def test_the_file_comes_behind_its_words(stage: Stage) -> None:
    assert await to_the_calendar(stage) == [
        "日历提醒：2027-01-30　二建申请延续（续期）注册的最后一天",
        "renewal-deadline-2027-01-30.ics",
    ]


async def test_where_files_are_refused_the_words_are_there_and_nothing_is_sent_again(
    stage: Stage,
) -> None:
    stage.api.refuse("sendDocument", 400)
    assert await to_the_calendar(stage) == [
        "日历提醒：2027-01-30　二建申请延续（续期）注册的最后一天"
    ]
    await stage.handler.drain()
    assert len(stage.calls("sendDocument")) == 1


async def test_the_file_of_a_topic_that_was_deleted_meanwhile_comes_too(stage: Stage) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    topic = forum.opens_topic("注册", user)
    await stage.asked(user, "/deadline 延续 2027-3-1", forum, topic=topic)
    user.presses("加进日历", forum)
    forum.deletes_topic(topic)
    await stage.plays()
    assert [call.ok for call in stage.calls("sendDocument")] == [False, True]
