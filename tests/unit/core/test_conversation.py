"""The way of one update: once, one at a time, and forgotten on request."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.conversation import Conversation
from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Applied, Brain
from bot.errors import StoreUnavailable
from bot.storage import open_journal
from bot.storage.memory import MemoryStore
from tests.fakes import (
    NOON,
    SOMEONE,
    FakeClock,
    ScriptedUnderstander,
    ScriptedUser,
    candidate,
    slot,
    understood,
    user_of,
)
from tests.tiny import tiny_pack

pytestmark = pytest.mark.asyncio

SCRIPT = {
    "期限": understood(candidate("limits", 0.9)),
    "初始": understood(
        candidate("initial-materials", 0.9), slots=(slot("registration", "初始注册"),)
    ),
}


def talking(store: MemoryStore | None = None) -> ScriptedUser:
    return user_of(tiny_pack(), ScriptedUnderstander(SCRIPT), store=store)


async def test_a_repeated_update_gets_the_same_reply_and_moves_nothing() -> None:
    user = talking()
    await user.says("/steps 初始")
    first = await user.presses("w:next", update_id="tap").sees("第 2/3 步")
    again = await user.presses("w:next", update_id="tap")
    assert again == first
    await user.presses("w:here").sees("第 2/3 步")


async def test_the_same_id_from_two_people_is_two_updates() -> None:
    user = talking()
    await user.says("/steps 初始", update_id="1").sees("第 1/3 步")
    await user.elsewhere("another").says("期限", update_id="1").sees("三年内。")


async def test_a_repeat_is_told_from_the_first_time() -> None:
    user = talking()
    update = Update("1", user.key, NOON, text="期限", route="here")
    first, again = await user.conversation.take(update), await user.conversation.take(update)
    assert [(one.version, one.is_repeat) for one in (first, again)] == [(1, False), (1, True)]


async def test_what_was_not_sent_waits_with_its_route() -> None:
    user = talking()
    for name in ("1", "2"):
        await user.conversation.take(Update(name, user.key, NOON, text="期限", route=f"to {name}"))
    await user.conversation.mark_sent([(user.key, "1")])
    assert [(out.update_id, out.route) for out in await user.conversation.unsent("test")] == [
        ("2", "to 2")
    ]


async def test_people_do_not_walk_in_each_others_procedures() -> None:
    user = talking()
    await user.says("/steps 初始").sees("第 1/3 步")
    await user.elsewhere("another").says("下一步").sees("没有在办").misses("第 ")


@dataclass
class SlowStore(MemoryStore):
    """Lets others run in the middle of each unit of work, and notes who is inside."""

    inside: list[str] = field(default_factory=list)
    seen: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        self.inside.append(update_id)
        self.seen.append(list(self.inside))
        for _ in range(3):
            await asyncio.sleep(0)
        applied = await super().transact(key, update_id, now, work)
        self.inside.remove(update_id)
        return applied


async def test_updates_of_one_conversation_are_answered_one_at_a_time_and_in_order() -> None:
    store = SlowStore()
    user = talking(store)
    await user.says("/steps 初始", update_id="start")
    texts = ["下一步", "下一步", "上一步"]
    replies = await asyncio.gather(*(_answer(user, text, n) for n, text in enumerate(texts)))
    assert [line for reply in replies for line in reply.split("\n") if line.startswith("第")] == [
        "第 2/3 步",
        "第 3/3 步",
        "第 2/3 步",
    ]
    assert store.seen == [["start"], ["0"], ["1"], ["2"]]


async def _answer(user: ScriptedUser, text: str, number: int) -> str:
    return (await user.says(text, update_id=str(number))).as_text()


async def test_conversations_do_not_wait_for_each_other() -> None:
    store = SlowStore()
    user = talking(store)
    await asyncio.gather(_answer(user, "期限", 1), _answer(user.elsewhere("another"), "期限", 2))
    assert store.seen == [["1"], ["1", "2"]]


async def test_no_lock_is_kept_after_the_last_word() -> None:
    user = talking()
    await asyncio.gather(*(_answer(user, "期限", n) for n in range(5)))
    assert user.conversation._turns._locks == {}


async def test_a_turn_that_fails_lets_the_next_one_in() -> None:
    @dataclass
    class Failing(ScriptedUnderstander):
        def understand(self, text: str, *rest: object) -> object:  # type: ignore[override]
            if text == "炸":
                raise RuntimeError("broken on purpose")
            return super().understand(text, *rest)  # type: ignore[arg-type]

    user = user_of(tiny_pack(), Failing(SCRIPT))
    with pytest.raises(RuntimeError, match="on purpose"):
        await user.says("炸")
    await user.says("期限").sees("三年内。")


async def test_forgetme_deletes_sessions_and_replies_of_that_person_only() -> None:
    store = MemoryStore()
    user = talking(store)
    another = user.elsewhere("another")
    await user.says("/steps 初始")
    await another.says("/steps 初始")
    await user.says("/forgetme").sees("已删除").gets("smalltalk")
    assert await store.load(user.key, NOON) is None
    assert await store.load(another.key, NOON) is not None
    left = {(one.key.user, one.reply.rule) for one in await store.unsent("test")}
    assert {rule for user, rule in left if user == "someone"} == {"command:forgetme"}
    assert {user for user, _ in left} == {"someone", "another"}


async def test_forgetting_says_how_many_conversations_went() -> None:
    user = talking()
    await user.says("期限")
    assert await user.conversation.forget("test", "someone") == 1
    assert await user.conversation.forget("test", "someone") == 0


async def test_a_week_later_the_procedure_is_gone() -> None:
    user = talking()
    await user.says("/steps 初始")
    user.clock.forward(days=7, seconds=1)
    await user.says("下一步").sees("没有在办").misses("第 ")


async def test_within_the_week_it_can_be_resumed() -> None:
    user = talking()
    await user.says("/steps 初始")
    user.clock.forward(days=6, hours=23)
    await user.says("继续").sees("第 1/3 步").gets("procedure")


LENGTHY = "期限" * 20
"""More than is thought of in the loop."""


@dataclass
class Thoughtful(ScriptedUnderstander):
    """Notes in which thread each text was understood."""

    threads: list[str] = field(default_factory=list)

    def understand(self, text: str, *rest: object) -> object:  # type: ignore[override]
        self.threads.append(threading.current_thread().name)
        return super().understand(text, *rest)  # type: ignore[arg-type]


def thinking_user(store: MemoryStore) -> tuple[ScriptedUser, Thoughtful]:
    script = SCRIPT | {LENGTHY: understood(candidate("limits", 0.9))}
    understander = Thoughtful(script)
    return user_of(tiny_pack(), understander, store=store), understander


async def test_long_words_are_thought_of_once_and_not_in_the_loop() -> None:
    user, understander = thinking_user(MemoryStore())
    await user.says("期限", update_id="1").sees("三年内。")
    await user.says(LENGTHY, update_id="2").sees("三年内。")
    await user.says(LENGTHY, update_id="2").sees("三年内。")
    here = threading.current_thread().name
    assert [name == here for name in understander.threads] == [True, False]


class Overtaken(MemoryStore):
    """Another process answers in the same conversation while long words are thought of."""

    overtake = False

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        if self.overtake and update_id == "long":
            self.overtake = False
            try:
                return await super().transact(key, update_id, now, work)
            finally:
                await talking(self).says("/steps 初始", update_id="other")
        return await super().transact(key, update_id, now, work)


async def test_long_words_are_thought_of_again_where_another_process_went_on() -> None:
    store = Overtaken()
    user, understander = thinking_user(store)
    store.overtake = True
    await user.says(LENGTHY, update_id="long").sees("三年内。")
    assert len(understander.threads) == 2
    await user.presses("w:next").sees("第 2/3 步")


class Outage(MemoryStore):
    """Cannot be reached until it is mended."""

    is_out = True

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        if self.is_out:
            raise StoreUnavailable("out")
        return await super().transact(key, update_id, now, work)

    async def forget(self, platform: str, user: str) -> int:
        if self.is_out:
            raise StoreUnavailable("out")
        return await super().forget(platform, user)

    async def ping(self) -> None:
        if self.is_out:
            raise StoreUnavailable("out")


async def test_questions_are_answered_while_the_store_is_out() -> None:
    user = talking(Outage())
    await user.says("期限").sees("三年内。").gets("answered")
    assert user.conversation.trouble == "out"


@pytest.mark.parametrize(
    "said", ["/steps 初始", "下一步", "第 2 步", "结束", "2", "第二种", "是", "改成增项", "/cancel"]
)
async def test_what_leans_on_words_before_is_put_off_while_the_store_is_out(said: str) -> None:
    await talking(Outage()).says(said).sees("请稍后再试").gets("clarify", "ambiguous")


@pytest.mark.parametrize("value", ["w:next", "context:clear", "old"])
async def test_a_button_of_a_card_is_put_off_while_the_store_is_out(value: str) -> None:
    await talking(Outage()).presses(value).sees("请稍后再试")


async def test_a_button_that_shows_an_entry_works_while_the_store_is_out() -> None:
    await talking(Outage()).presses("e:limits").sees("三年内。").gets("answered")


async def test_what_could_not_be_stored_has_no_version() -> None:
    user = talking(Outage())
    applied = await user.conversation.take(Update("1", user.key, NOON, text="期限"))
    assert (applied.version, applied.is_repeat) == (0, False)


async def test_trouble_is_over_with_the_first_turn_that_was_stored() -> None:
    store = Outage()
    user = talking(store)
    await user.says("期限")
    store.is_out = False
    await user.says("期限")
    assert user.conversation.trouble is None


async def test_an_outage_and_its_end_are_seen_when_nobody_says_anything() -> None:
    store = Outage()
    conversation = talking(store).conversation
    await conversation.look()
    assert conversation.trouble == "out"
    store.is_out = False
    await conversation.look()
    assert conversation.trouble is None


async def test_nothing_is_said_to_be_deleted_while_the_store_is_out() -> None:
    try:
        told = (await talking(Outage()).says("/forgetme")).as_text()
    except StoreUnavailable:
        told = ""
    assert "已删除" not in told


async def test_the_clock_decides_what_day_it_is_not_the_update() -> None:
    clock = FakeClock(datetime.fromisoformat("2024-05-01T12:00+08:00"))
    offer = ScriptedUnderstander({"缓交": understood(candidate("offer", 0.9))})
    conversation = Conversation(Brain(tiny_pack(), offer), MemoryStore(), clock)
    update = Update("1", ConversationKey("test", "chat", "me"), NOON, text="缓交")
    assert (await conversation.handle(update)).as_text().startswith("可以缓交。")


async def test_the_journal_takes_note_of_each_update_once(tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path / 'journal.db'}") as journal:
        conversation = Conversation(
            Brain(tiny_pack(), ScriptedUnderstander({})), MemoryStore(), FakeClock(), journal
        )
        for update_id in ("1", "2", "2"):
            await conversation.take(Update(update_id, SOMEONE, NOON, text="补办多少钱"))
        [found] = await journal.missed(NOON - timedelta(days=1), 10)
        assert (found.words, found.times) == ("补办多少钱", 2)
        await conversation.take(Update("3", SOMEONE, NOON, text="/forgetme"))
        assert await journal.missed(NOON - timedelta(days=1), 10) == []
