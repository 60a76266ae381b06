"""What a verified account sends behind an answer, and what it never sends twice or too much of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.delivery import sending
from bot.adapters.wechat import receiver
from bot.adapters.wechat.chats import route_to
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply, Status, Text
from bot.core.model.turn import Turn
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Applied
from bot.storage.memory import MemoryStore
from tests.e2e.tencent import WeChat
from tests.e2e.tencent.indoors import Indoors, indoors
from tests.e2e.tencent.readers import SITE, wechat_service
from tests.e2e.tencent.wechat import ACCOUNT, SECRET
from tests.fakes import NOON, FakeClock

SEND = "/cgi-bin/message/custom/send"


def lengthy(sentences: int) -> Reply:
    return Reply(Status.ANSWERED, (Text("四川的答案。" * sentences), Text("终")))


class Lengthy(Conversation):
    reply = lengthy(200)

    async def take(self, update: Update, holder: str = "") -> Applied:
        return replace(await super().take(update, holder), reply=self.reply)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "BUDGET_S", 30.0)
    monkeypatch.setattr(sending, "BEHIND_ANSWER_S", 0.05)


@contextmanager
def verified(talks: Conversation) -> Iterator[tuple[WeChat, Indoors]]:
    clock = FakeClock()
    with WeChat(callback=SITE, is_verified=True, now=lambda: clock.now().timestamp()) as platform:
        service = wechat_service(talks, clock, secret=SECRET, api_url=platform.url)
        with indoors(service) as bot:
            platform.push = bot.push
            yield platform, bot


def test_the_rest_follows_the_answer_once_though_the_call_is_repeated(brain: Brain) -> None:
    with verified(Lengthy(brain, MemoryStore(), FakeClock())) as (platform, bot):
        said = platform.message("a", "text", Content="问")
        first = {platform.pushes(said)[-1] for _ in range(3)}
        platform.wait(lambda: platform.called(SEND), 20)
        platform.wait(bot.is_idle)
        sent = [call.body["text"]["content"] for call in platform.called(SEND)]
    assert len(first) == 1
    assert "".join([*first, *sent]).replace("\n", "") == "四川的答案。" * 200 + "终"
    assert len(sent) == 1


def test_a_short_answer_is_the_whole_of_it(brain: Brain) -> None:
    with verified(Conversation(brain, MemoryStore(), FakeClock())) as (platform, bot):
        platform.asks("a", "四川二建在哪注册")
        platform.wait(bot.is_idle)
        assert platform.called(SEND) == []


def test_what_would_take_too_many_messages_leads_to_the_page(brain: Brain) -> None:
    class Endless(Lengthy):
        reply = lengthy(2_000)

    with verified(Endless(brain, MemoryStore(), FakeClock())) as (platform, bot):
        assert "查看全文：https://" in platform.asks("a", "问")
        platform.wait(bot.is_idle)
        assert platform.called(SEND) == []


@pytest.mark.asyncio
async def test_an_answer_that_a_death_cut_off_is_sent_whole(
    brain: Brain,
) -> None:
    store = MemoryStore()
    for user, age in (("late", 30), ("unverified", 30)):
        way = route_to("a").as_text() if user == "late" else ""
        turn = Turn(lengthy(10), session=None, route=way, holder="dead")  # type: ignore[arg-type]
        key = ConversationKey("wechat", ACCOUNT, user)
        at = NOON - timedelta(seconds=age)
        await store.transact(
            key, "1", at, lambda session, turn=turn: replace(turn, session=session)
        )
    with verified(Conversation(brain, store, FakeClock())) as (platform, _):
        platform._active.update(late=0, unverified=0)
        platform.wait(lambda: platform.seen.get("late"), 20)
        assert platform.seen["late"] == [lengthy(10).as_text()]
        platform.wait(lambda: all(kept.is_sent for kept in store._replies.values()))
        assert "unverified" not in platform.seen
