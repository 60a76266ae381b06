"""An update is answered once: copies, crashes, restarts, a store that is out."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from bot.adapters.delivery.outbox import MARK_EVERY_S
from bot.adapters.telegram import Options
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import Applied
from bot.errors import StoreUnavailable
from bot.storage import memory
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.conftest import talking
from tests.unit.adapters.telegram.stage import SECRET, Stage, set_up

pytestmark = pytest.mark.asyncio


async def unsent(stage: Stage) -> list[str]:
    return [out.reply.as_text() for out in await stage.conversation.unsent("telegram")]


async def test_copies_one_after_another_are_answered_once(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    for update in stage.waiting() * 5:
        await stage.handler.handle(update)
    assert len(stage.api.sent(user)) == 1


async def test_copies_at_once_are_answered_once(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    await asyncio.gather(*(stage.handler.handle(update) for update in stage.waiting() * 5))
    assert len(stage.api.sent(user)) == 1


async def test_a_copy_after_a_restart_is_not_answered_again(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    updates = stage.waiting()
    await stage.handler.handle(updates[0])
    await stage.handler.close()
    stage.handler = stage.new_handler()
    await stage.handler.handle(updates[0])
    await stage.handler.drain()
    assert len(stage.api.sent(user)) == 1


async def test_an_edit_that_comes_again_after_a_restart_is_not_answered_again(
    stage: Stage,
) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    user.edits(question, "重庆二建在哪注册")
    updates = stage.waiting()
    for update in updates:
        await stage.handler.handle(update)
    await stage.handler.close()
    stage.handler = stage.new_handler()
    said = len(stage.api.calls)
    for update in updates:
        await stage.handler.handle(update)
    await stage.handler.drain()
    assert stage.api.calls[said:] == []


async def test_many_people_copies_and_disorder(stage: Stage) -> None:
    people = [stage.api.user(f"{n}") for n in range(20)]
    for user in people:
        for _ in range(5):
            user.says("四川二建在哪注册")
    dice = random.Random(5)
    copies = [update for update in stage.waiting() for _ in range(dice.randint(1, 5))]
    dice.shuffle(copies)
    await asyncio.gather(*(stage.handler.handle(update) for update in copies))
    assert Counter(len(stage.api.sent(user)) for user in people) == {5: 20}


async def test_what_was_sent_is_noted_a_moment_later(stage: Stage) -> None:
    await stage.asked(stage.api.user(), "四川二建在哪注册")
    await asyncio.sleep(MARK_EVERY_S * 2)
    assert await unsent(stage) == []


async def test_closing_notes_what_was_sent_at_once(stage: Stage) -> None:
    await stage.asked(stage.api.user(), "四川二建在哪注册")
    await stage.handler.close()
    assert await unsent(stage) == []


async def test_what_a_crash_left_behind_is_sent_at_the_next_start(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    [update] = stage.waiting()
    rest = await stage.handler.accept(update)
    assert rest is not None
    rest.close()  # type: ignore[attr-defined]  # the process dies between storing and sending
    stage.handler = stage.new_handler()
    await stage.handler.drain()
    await stage.handler.handle(update)
    assert [message.text[:3] for message in stage.api.sent(user)] == ["四川："]


async def test_a_reply_into_a_topic_finds_its_way_after_a_crash(stage: Stage) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    topic = forum.opens_topic("注册", user)
    stage.waiting()
    question = user.says("/portal 四川", forum, topic=topic)
    rest = await stage.handler.accept(stage.waiting()[0])
    rest.close()  # type: ignore[union-attr]
    stage.handler = stage.new_handler()
    await stage.handler.drain()
    [message] = stage.api.sent(forum)
    assert (message.thread_id, message.reply_to_id) == (topic, question.id)


async def test_a_card_is_edited_after_a_crash(stage: Stage) -> None:
    user = stage.api.user()
    card = await stage.asked(user, "/steps 注销注册")
    await asyncio.sleep(MARK_EVERY_S * 2)
    user.presses("下一步", on=card)
    rest = await stage.handler.accept(stage.waiting()[0])
    rest.close()  # type: ignore[union-attr]
    stage.handler = stage.new_handler()
    await stage.handler.drain()
    assert "2/3" in user.chat.shown[-1].text
    assert user.chat.shown[-1].id == card.id


async def test_what_is_on_its_way_is_not_drained(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    rest = await stage.handler.accept(stage.waiting()[0])
    await stage.handler.drain()
    assert stage.api.sent(user) == []
    assert rest is not None
    await rest
    await stage.handler.drain()
    assert len(stage.api.sent(user)) == 1


async def test_a_reply_of_another_process_is_sent_when_that_is_silent(
    brain: Brain, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, options = FakeClock(), Options(SECRET, is_shared=True)
    with set_up(talking(brain, clock), clock=clock, options=options) as stage:
        monkeypatch.setattr(memory.time, "monotonic", stage.ticks)
        user = stage.api.user()
        user.says("四川二建在哪注册")
        await stage.handler.lease.beat()
        sends = await stage.handler.accept(stage.waiting()[0])
        other = stage.new_handler()
        await other.lease.beat()
        stage.ticks.now += 3
        await other.lease.beat()
        await other.drain()
        assert stage.api.sent(user) == []
        stage.ticks.now += 2.1
        await other.drain()
        assert len(stage.api.sent(user)) == 1
        assert sends
        await sends  # the first one lives after all, and keeps silent
        await stage.handler.lease.beat()
        await stage.handler.drain()
        assert len(stage.api.sent(user)) == 1


async def test_after_a_silence_nothing_is_claimed_until_the_others_were_heard(
    brain: Brain, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, options = FakeClock(), Options(SECRET, is_shared=True)
    with set_up(talking(brain, clock), clock=clock, options=options) as stage:
        monkeypatch.setattr(memory.time, "monotonic", stage.ticks)
        user, other = stage.api.user(), stage.new_handler()
        for handler in (stage.handler, other):
            await handler.lease.beat()
        user.says("四川二建在哪注册")
        (await stage.handler.accept(stage.waiting()[0])).close()  # type: ignore[union-attr]
        stage.ticks.now += 60  # the store was out
        await other.lease.beat()
        await other.drain()
        assert stage.api.sent(user) == []
        for _ in range(5):
            stage.ticks.now += 1
            await other.lease.beat()
        await other.drain()
        assert len(stage.api.sent(user)) == 1


@pytest.mark.parametrize("code", [429, 502])
async def test_what_cannot_be_sent_now_is_sent_later(stage: Stage, code: int) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    stage.api.refuse("sendMessage", code, retry_after=7 if code == 429 else 0)
    await stage.plays()
    assert stage.api.sent(user) == []
    stage.ticks.now += 8
    await stage.handler.drain()
    assert len(stage.api.sent(user)) == 1


async def test_nothing_is_sent_before_the_platform_allows_it(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    stage.api.refuse("sendMessage", 429, retry_after=7)
    await stage.plays()
    await stage.handler.drain()
    assert len(stage.calls("sendMessage")) == 1


async def test_a_reply_that_will_never_be_taken_is_not_tried_for_ever(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    stage.api.refuse("sendMessage", 400, "Bad Request: something is wrong", times=2)
    await stage.plays()
    await stage.handler.close()
    assert await unsent(stage) == []


async def test_steps_pressed_at_once_by_one_person_come_in_order(stage: Stage) -> None:
    user = stage.api.user()
    await stage.asked(user, "/steps 初始注册")
    for text in ("下一步", "下一步", "下一步", "上一步"):
        user.says(text)
    await stage.plays_at_once()
    places = [message.text.partition("第 ")[2][:3] for message in stage.api.sent(user)]
    assert places == ["1/8", "2/8", "3–7", "8/8", "3–7"]


async def test_the_same_update_number_of_another_bot_is_another_update(brain: Brain) -> None:
    clock = FakeClock()
    conversation = talking(brain, clock)
    for token in ("1:a", "2:b"):
        with set_up(conversation, clock=clock, token=token) as stage:
            user = stage.api.user()
            assert "四川" in (await stage.asked(user, "四川二建在哪注册")).text


class Outage(MemoryStore):
    """Cannot be reached until it is mended."""

    is_out = True

    async def transact(
        self, key: ConversationKey, update_id: str, now: object, work: Work
    ) -> Applied:
        if self.is_out:
            raise StoreUnavailable("out")
        return await super().transact(key, update_id, now, work)  # type: ignore[arg-type]

    async def forget(self, platform: str, user: str) -> int:
        if self.is_out:
            raise StoreUnavailable("out")
        return await super().forget(platform, user)


async def test_while_the_store_is_out_questions_are_answered_once(brain: Brain) -> None:
    clock, store = FakeClock(), Outage()
    conversation = Conversation(brain, store, clock)
    with set_up(conversation, clock=clock) as stage:
        user = stage.api.user()
        user.says("四川二建在哪注册")
        [update] = stage.waiting()
        await stage.handler.handle(update)
        await stage.handler.handle(update)
        store.is_out = False
        await stage.handler.handle(update)
        await stage.handler.drain()
        await stage.handler.close()
        assert len(stage.api.sent(user)) == 1
        assert await unsent(stage) == []


async def test_a_deletion_that_could_not_be_done_comes_again(brain: Brain) -> None:
    clock, store = FakeClock(), Outage()
    store.is_out = False
    conversation = Conversation(brain, store, clock)
    with set_up(conversation, clock=clock) as stage:
        user = stage.api.user()
        await stage.asked(user, "四川二建在哪注册")
        assert "已经删除" in (await stage.asked(user, "/forgetme")).text
        await stage.handler.close()
        assert store._sessions == {}
        assert [kept.is_sent for kept in store._replies.values()] == [True]
        assert "四川" not in repr(store._replies)


async def test_a_press_is_answered_even_if_something_breaks(brain: Brain) -> None:
    clock = FakeClock()
    with set_up(talking(brain, clock), clock=clock) as stage:
        user = stage.api.user()
        await stage.asked(user, "/portal")
        press = user.presses("安徽")

        async def broken(*_: object) -> None:
            raise RuntimeError("broken on purpose")

        stage.conversation.take = broken  # type: ignore[method-assign, assignment]
        with pytest.raises(RuntimeError, match="on purpose"):
            await stage.plays()
        assert press.notice.startswith("抱歉，这一步现在存不下来")
