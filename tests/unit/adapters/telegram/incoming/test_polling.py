"""Fetching: nothing is acknowledged before it is stored, and nothing stops for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.adapters.delivery.health import Health
from bot.adapters.delivery.intake import Intake
from bot.adapters.telegram.errors import Conflict
from bot.adapters.telegram.incoming.polling import Polling
from bot.adapters.telegram.ports import Params
from bot.errors import DeliveryFailed, StoreUnavailable

pytestmark = pytest.mark.asyncio


class Queue:
    """Keeps updates until an offset acknowledges them, as the Bot API does."""

    def __init__(self, *ids: int) -> None:
        self.waiting = list(ids)
        self.acknowledged: list[int] = []
        self.asked: list[dict[str, Any]] = []
        self.failures: list[Exception] = []

    def has(self, method: str) -> bool:
        return True

    async def call(self, method: str, params: Params) -> Any:
        assert method == "getUpdates"
        self.asked.append(dict(params))
        if self.failures:
            raise self.failures.pop(0)
        self.acknowledged += [n for n in self.waiting if n < params.get("offset", 0)]
        self.waiting = [n for n in self.waiting if n not in self.acknowledged]
        if not self.waiting:
            await asyncio.sleep(params["timeout"])
        return [{"update_id": n} for n in self.waiting[: params["limit"]]]


class Storing:
    """A handler that stores what it is given, unless it is told to wait or to fail."""

    def __init__(self) -> None:
        self.stored: list[int] = []
        self.waits: dict[int, asyncio.Event] = {}
        self.outages: dict[int, int] = {}

    async def accept(self, update: Any) -> Awaitable[None] | None:
        number = int(update["update_id"])
        if number in self.waits:
            await self.waits[number].wait()
        if self.outages.get(number, 0):
            self.outages[number] -= 1
            raise StoreUnavailable("out")
        self.stored.append(number)
        return None


@asynccontextmanager
async def polling(
    queue: Queue, handler: Storing, health: Health | None = None
) -> AsyncIterator[Polling]:
    async def no_time(_: float) -> None:
        await asyncio.sleep(0)

    loop = Polling(
        queue, Intake(handler, lambda payload: payload), health or Health("Telegram"), no_time
    )
    running = asyncio.create_task(loop.run())
    try:
        yield loop
    finally:
        loop.stop()
        await running


async def until(happened: Any) -> None:
    async with asyncio.timeout(2):
        while not happened():  # noqa: ASYNC110  what is waited for tells nobody
            await asyncio.sleep(0)


async def test_what_waits_is_stored_and_then_acknowledged() -> None:
    queue, handler = Queue(7, 8, 9), Storing()
    async with polling(queue, handler):
        await until(lambda: queue.acknowledged == [7, 8, 9])
    assert handler.stored == [7, 8, 9]


async def test_nothing_is_acknowledged_while_it_is_not_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.incoming.polling.BATCH_WAIT_S", 0.01)
    queue, handler = Queue(7, 8, 9), Storing()
    handler.waits[8] = asyncio.Event()
    async with polling(queue, handler):
        await until(lambda: queue.acknowledged == [7])
        queue.waiting.append(10)
        await until(lambda: 10 in handler.stored)
        assert queue.waiting == [8, 9, 10]
        handler.waits[8].set()
        await until(lambda: queue.acknowledged == [7, 8, 9, 10])
    assert sorted(handler.stored) == [7, 8, 9, 10]


async def test_an_update_waits_for_the_store_to_come_back() -> None:
    queue, handler = Queue(7), Storing()
    handler.outages[7] = 3
    async with polling(queue, handler):
        await until(lambda: queue.acknowledged == [7])
    assert handler.stored == [7]


async def test_a_stop_ends_the_call_that_waits_and_acknowledges() -> None:
    queue, handler = Queue(7), Storing()
    async with polling(queue, handler) as loop:
        await until(lambda: handler.stored == [7])
        loop.stop()
    assert queue.acknowledged == [7]
    assert queue.asked[-1]["timeout"] == 0


async def test_only_what_is_understood_is_asked_for() -> None:
    queue = Queue(7)
    async with polling(queue, Storing()):
        await until(lambda: queue.asked)
    assert queue.asked[0]["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "inline_query",
        "chosen_inline_result",
        "my_chat_member",
        "guest_message",
    ]


@pytest.mark.parametrize(
    "failure",
    [DeliveryFailed("broken"), DeliveryFailed("slowly", 3.0), Conflict("terminated")],
    ids=["network", "429", "409"],
)
async def test_it_goes_on_after_a_failure(failure: Exception) -> None:
    queue, handler = Queue(7), Storing()
    queue.failures = [failure] * 6
    async with polling(queue, handler):
        await until(lambda: handler.stored == [7])


async def test_a_second_poller_is_named_when_nothing_comes_for_long() -> None:
    now = [0.0]
    health, queue = Health("Telegram", lambda: now[0]), Queue(7)
    queue.failures = [Conflict("terminated by other getUpdates request")] * 1000
    async with polling(queue, Storing(), health):
        await until(lambda: len(queue.asked) > 3)
        assert health.trouble() is None
        now[0] = 91.0
        assert "还有别的程序在取消息（409）" in str(health.trouble())
        queue.failures = []
        await until(lambda: queue.acknowledged == [7])
        assert health.trouble() is None
