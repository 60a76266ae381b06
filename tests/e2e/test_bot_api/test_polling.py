"""The loopback Bot API keeps its updates; real bots of both libraries poll them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiogram.exceptions
import pytest
import telegram
import telegram.error
from aiogram import Dispatcher
from aiogram.types import Message as AiogramMessage
from aiogram.utils.backoff import BackoffConfig
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.e2e.bot_api import BotApi
from tests.e2e.bot_api.clients import LIBRARIES, Client, aiogram_bot, connected

pytestmark = pytest.mark.asyncio

Connect = Callable[[], AbstractAsyncContextManager[Client]]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as running:
        yield running


@pytest.fixture(params=LIBRARIES)
def connect(api: BotApi, request: pytest.FixtureRequest) -> Connect:
    return lambda: connected(api, request.param)


@asynccontextmanager
async def aiogram_echo(api: BotApi) -> AsyncIterator[None]:
    dispatcher, bot = Dispatcher(), aiogram_bot(api)

    @dispatcher.message()
    async def echo(message: AiogramMessage) -> None:
        await message.answer(message.text or "?")

    backoff = BackoffConfig(min_delay=0.05, max_delay=0.2, factor=1.5, jitter=0.0)
    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, backoff_config=backoff)
    )
    try:
        yield
    finally:
        await dispatcher.stop_polling()
        await polling


@asynccontextmanager
async def ptb_echo(api: BotApi) -> AsyncIterator[None]:
    builder = Application.builder().token(api.token).base_url(f"{api.url}/bot")
    application = builder.build()

    async def echo(update: telegram.Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message
        await update.effective_message.reply_text(update.effective_message.text or "?")

    application.add_handler(MessageHandler(filters.ALL, echo))
    async with application:
        await application.start()
        assert application.updater
        await application.updater.start_polling()
        yield
        await application.updater.stop()
        await application.stop()


Echo = Callable[[BotApi], AbstractAsyncContextManager[None]]
both_echo = pytest.mark.parametrize("echo", [aiogram_echo, ptb_echo], ids=["aiogram", "ptb"])


@both_echo
async def test_a_real_bot_answers_what_was_said_before_and_during(api: BotApi, echo: Echo) -> None:
    wang = api.user()
    wang.says("早")
    async with echo(api):
        await api.until(lambda: api.sent(wang))
        wang.says("晚")
        await api.until(lambda: len(api.sent(wang)) == 2)
        await api.until(lambda: not api.pending)
    assert [message.text for message in wang.chat.shown] == ["早", "早", "晚", "晚"]


@both_echo
async def test_every_copy_reaches_the_bot_in_any_order(api: BotApi, echo: Echo) -> None:
    api.hold()
    people = [api.user() for _ in range(60)]
    for person in people:
        person.says("四川")
    deliveries = api.deliver(copies=(1, 5), seed=7)
    async with echo(api):
        await api.until(lambda: len(api.sent()) == deliveries, within_s=20)
        await api.until(lambda: not api.pending)
    assert set(Counter(message.chat_id for message in api.sent()).values()) == {1, 2, 3, 4, 5}
    batches = [call.result for call in api.of("getUpdates")]
    order = [update["update_id"] for batch in batches for update in batch]
    assert (len(order), order == sorted(order)) == (deliveries, False)


@both_echo
async def test_a_bot_survives_a_server_that_comes_back(api: BotApi, echo: Echo) -> None:
    wang = api.user()
    async with echo(api):
        wang.says("早")
        await api.until(lambda: api.sent(wang))
        api.stop()
        wang.says("晚")
        await asyncio.sleep(0.05)
        api.start()
        await api.until(lambda: len(api.sent(wang)) == 2, within_s=10)


async def ids(client: Client, **params: Any) -> list[int]:
    return [update.update_id for update in await client.call("getUpdates", **params)]


async def test_what_is_not_acknowledged_comes_again(api: BotApi, connect: Connect) -> None:
    for word in ("一", "二", "三"):
        api.user().says(word)
    async with connect() as client:
        first = await ids(client, limit=2)
    async with connect() as client:
        assert await ids(client) == [first[0], first[0] + 1, first[0] + 2]
        assert await ids(client, offset=first[-1] + 1) == [first[0] + 2]
        assert await ids(client) == [first[0] + 2]
        assert await ids(client, offset=first[0] + 3) == []
    assert api.pending == 0


async def test_copies_whose_answer_was_lost_come_again(api: BotApi, connect: Connect) -> None:
    api.hold()
    for word in ("一", "二", "三"):
        api.user().says(word)
    assert api.deliver(copies=(2, 2), seed=5) == 6
    async with connect() as client:
        first = await ids(client, limit=4)
        assert await ids(client, limit=4) == first
        rest = await ids(client, limit=4, offset=first[-1] + 1)
        assert await ids(client, offset=rest[-1] + 1) == []
    assert sorted(first + rest) == [500001, 500001, 500002, 500002, 500003, 500003]


async def test_a_negative_offset_keeps_the_last(api: BotApi, connect: Connect) -> None:
    for word in ("一", "二", "三"):
        api.user().says(word)
    async with connect() as client:
        assert len(await ids(client, offset=-1)) == 1
    assert api.pending == 1


async def test_a_poll_waits_for_something_new(api: BotApi, connect: Connect) -> None:
    wang = api.user()
    async with connect() as client:
        started = time.monotonic()
        waiting = asyncio.create_task(ids(client, timeout=5))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        wang.says("四川")
        assert len(await waiting) == 1
    assert time.monotonic() - started < 3


async def test_a_poll_ends_with_its_time(api: BotApi) -> None:
    async with connected(api, "ptb") as client:
        started = time.monotonic()
        assert await ids(client, timeout=1) == []
    assert 0.9 < time.monotonic() - started < 3


async def test_only_the_kinds_that_were_asked_for_are_kept(api: BotApi, connect: Connect) -> None:
    wang = api.user()
    async with connect() as client:
        await ids(client, allowed_updates=["inline_query"])
        wang.says("四川")
        wang.inline("四川")
        [update] = await client.call("getUpdates")
    assert update.inline_query.query == "四川"


async def test_what_waits_can_be_dropped(api: BotApi, connect: Connect) -> None:
    api.user().says("四川")
    async with connect() as client:
        await client.call("deleteWebhook", drop_pending_updates=True)
        assert await ids(client) == []


async def test_every_kind_of_update_is_read_by_both_libraries(api: BotApi) -> None:
    wang = api.user()
    group = api.group("二建", wang, kind="group")
    wang.edits(wang.says("四"), "五")
    group.adds_bot(wang)
    group.mutes_bot(wang)
    group.promotes_bot(wang)
    new = group.becomes_supergroup(wang)
    forum = api.group("论坛", wang, kind="forum")
    wang.says("/help", forum, topic=forum.opens_topic("四川", wang))
    new.removes_bot(wang)
    wang.forges("x", wang.says("六"))
    wang.inline("四")
    wang.summons("@zhuce_bot 四", api.foreign_group())
    for kind in ("sticker", "voice", "photo", "document", "location"):
        wang.sends(kind)
    async with connected(api, "ptb") as ptb, connected(api, "aiogram") as other:
        left = await ptb.call("getUpdates")
        right = await other.call("getUpdates")
    assert [_kind(update) for update in left] == [update.event_type for update in right]
    assert Counter(update.event_type for update in right) == {
        "message": 12,
        "edited_message": 1,
        "my_chat_member": 4,
        "callback_query": 1,
        "inline_query": 1,
        "guest_message": 1,
    }


def _kind(update: telegram.Update) -> str:
    return next(name for name in telegram.Update.ALL_TYPES if getattr(update, name) is not None)


async def test_of_two_polls_the_older_gets_409(api: BotApi, connect: Connect) -> None:
    async with connect() as first, connect() as second:
        waiting = asyncio.create_task(first.refused("getUpdates", timeout=5))
        await asyncio.sleep(0.1)
        assert await second.call("getUpdates", timeout=0) in ([], ())
        error = await waiting
    assert isinstance(error, telegram.error.Conflict | aiogram.exceptions.TelegramConflictError)
    [call] = [call for call in api.of("getUpdates") if not call.ok]
    assert call.description == (
        "Conflict: terminated by other getUpdates request;"
        " make sure that only one bot instance is running"
    )


async def test_a_webhook_ends_the_poll_and_forbids_the_next(api: BotApi, connect: Connect) -> None:
    async with connect() as client, connect() as other:
        waiting = asyncio.create_task(client.refused("getUpdates", timeout=5))
        await asyncio.sleep(0.1)
        await other.call("setWebhook", url="http://127.0.0.1:9/hook")
        await waiting
        await client.refused("getUpdates")
        await other.call("deleteWebhook")
        await client.call("getUpdates")
    first, second = [call.description for call in api.of("getUpdates") if not call.ok]
    assert first == "Conflict: terminated by setWebhook request"
    assert second.startswith("Conflict: can't use getUpdates method while webhook is active")
