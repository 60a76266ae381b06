"""How the loopback Bot API delivers to a webhook; the receiver is a plain server, or aiogram's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.e2e.bot_api import BotApi
from tests.e2e.bot_api.clients import LIBRARIES, aiogram_bot, connected

pytestmark = pytest.mark.asyncio
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as running:
        yield running


@dataclass
class Receiver:
    """Answers with the next of `answers`, then with 200; remembers what came."""

    answers: list[web.Response] = field(default_factory=list)
    takes_s: float = 0.0
    updates: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.updates.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.takes_s)
        self.at_once -= 1
        return self.answers.pop(0) if self.answers else web.Response()


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_webhook_is_set_called_with_its_secret_and_deleted(
    api: BotApi, library: str
) -> None:
    receiver, wang = Receiver(), api.user()
    wang.says("早")
    async with listening(receiver.handle) as url, connected(api, library) as client:
        await client.call("setWebhook", url=url, secret_token="s-1", max_connections=7)
        await api.until(lambda: receiver.updates)
        info = await client.call("getWebhookInfo")
        assert (info.url, info.max_connections) == (url, 7)
        await client.call("deleteWebhook")
        await asyncio.sleep(0.05)
        wang.says("晚")
        [update] = await client.call("getUpdates")
    assert (receiver.texts, receiver.secrets) == (["早"], ["s-1"])
    assert update.message.text == "晚"


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://zhuce.example", "secret_token": "四川"},
            "secret token contains unallowed characters or is too long",
        ),
    ],
)
async def test_a_wrong_webhook_is_refused(
    api: BotApi, library: str, params: dict[str, str], sentence: str
) -> None:
    async with connected(api, library) as client:
        await client.refused("setWebhook", **params)
    assert api.calls[-1].description == f"Bad Request: {sentence}"


async def test_what_fails_comes_again_and_holds_back_its_own_chat_only(api: BotApi) -> None:
    receiver = Receiver([web.Response(status=500), web.Response(status=404)])
    wang, li = api.user(), api.user()
    wang.says("一")
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url, max_connections=1)
        await api.until(lambda: len(receiver.updates) == 2)
        wang.says("二")
        li.says("三")
        await api.until(lambda: not api.pending)
        info = await client.call("getWebhookInfo")
    assert receiver.texts[:2] == ["一", "一"]
    assert receiver.texts.index("二") > 2
    assert sorted(receiver.texts[2:]) == ["一", "三", "二"]
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"


async def test_a_webhook_can_ask_to_wait(api: BotApi) -> None:
    receiver = Receiver([web.Response(status=503, headers={"Retry-After": "3"})])
    api.options.webhook_second_s = 0.1
    api.user().says("一")
    started = time.monotonic()
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url)
        await api.until(lambda: not api.pending)
    assert time.monotonic() - started > 0.3


async def test_an_update_waits_for_a_webhook_that_is_not_there_yet(api: BotApi) -> None:
    receiver = Receiver()
    async with connected(api, "ptb") as client:
        async with listening(receiver.handle) as url:
            await client.call("setWebhook", url=url)
        api.user().says("一")
        await api.until(lambda: api.deliveries >= 2)
        assert api.pending == 1
        async with listening(receiver.handle) as url:
            await client.call("setWebhook", url=url)
            await api.until(lambda: not api.pending)
    assert receiver.texts == ["一"]


@pytest.mark.parametrize("most", [1, 4])
async def test_chats_are_delivered_side_by_side_up_to_the_limit(api: BotApi, most: int) -> None:
    receiver = Receiver(takes_s=0.02)
    for _ in range(10):
        api.user().says("四")
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url, max_connections=most)
        await api.until(lambda: not api.pending)
    assert (len(receiver.updates), receiver.most_at_once) == (10, most)


async def test_one_chat_is_delivered_in_order_one_at_a_time(api: BotApi) -> None:
    receiver, wang = Receiver(takes_s=0.01), api.user()
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url)
        for number in range(8):
            wang.says(str(number))
        await api.until(lambda: not api.pending)
    assert (receiver.texts, receiver.most_at_once) == (list("01234567"), 1)


@pytest.mark.parametrize("in_order", [True, False])
async def test_copies_come_shuffled_and_if_wanted_at_once(api: BotApi, in_order: bool) -> None:
    receiver, wang = Receiver(takes_s=0.02), api.user()
    api.hold()
    for number in range(8):
        wang.says(str(number))
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url)
        deliveries = api.deliver(copies=(2, 3), seed=3, in_order=in_order)
        await api.until(lambda: len(receiver.updates) == deliveries)
    counts = {receiver.texts.count(str(number)) for number in range(8)}
    assert counts == {2, 3}
    assert receiver.texts != sorted(receiver.texts)
    assert (receiver.most_at_once > 1) is not in_order


async def test_a_method_in_the_answer_is_called(api: BotApi) -> None:
    wang = api.user()
    said = {
        "method": "sendMessage",
        "chat_id": wang.id,
        "text": "<b>门户</b>",
        "parse_mode": "HTML",
    }
    ignored = {"method": "getMe"}
    receiver = Receiver([web.json_response(said), web.json_response(ignored)])
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url)
        wang.says("一")
        wang.says("二")
        await api.until(lambda: not api.pending)
    assert [message.marked("bold") for message in api.sent(wang)] == [["门户"]]
    assert [call.over for call in api.of("sendMessage")] == ["webhook"]


async def test_the_handler_of_aiogram_answers_in_the_response(api: BotApi) -> None:
    dispatcher, bot, wang = Dispatcher(), aiogram_bot(api), api.user()

    @dispatcher.message()
    async def echo(message: Message) -> SendMessage:
        return message.answer(f"{message.text}：门户")

    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token="s-1")
    async with bot, listening(handler.handle) as url:
        await bot.set_webhook(url, secret_token="s-1")
        wang.says("四川")
        await api.until(lambda: api.sent(wang))
    assert api.sent(wang)[0].text == "四川：门户"


async def test_a_restarted_server_keeps_its_webhook(api: BotApi) -> None:
    receiver, wang = Receiver(), api.user()
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url)
        api.stop()
        wang.says("四川")
        api.start()
        await api.until(lambda: receiver.updates)
    assert receiver.texts == ["四川"]


async def test_copies_that_a_stop_interrupted_are_delivered_afterwards(api: BotApi) -> None:
    receiver = Receiver(takes_s=0.05)
    api.hold()
    for _ in range(6):
        api.user().says("四")
    async with listening(receiver.handle) as url, connected(api, "ptb") as client:
        await client.call("setWebhook", url=url, max_connections=2)
        deliveries = api.deliver(copies=(3, 3), seed=1)
        await api.until(lambda: len(receiver.updates) > 4)
        api.stop()
        assert 0 < api.pending <= deliveries - 3  # of five that came two may be on their way
        api.start()
        await api.until(lambda: not api.pending)
    assert 18 <= len(receiver.updates) <= 20
