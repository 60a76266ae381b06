"""Calls are repeated where that helps, and no sooner than the server asked."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.delivery.errors import Gone, Migrated, NotModified, Refused
from bot.adapters.telegram.ports import Params
from bot.adapters.telegram.retry import RetryingCaller
from bot.errors import DeliveryFailed

pytestmark = pytest.mark.asyncio


class Server:
    def __init__(self, *outcomes: Exception | str) -> None:
        self.outcomes = list(outcomes)
        self.calls = 0

    def has(self, method: str) -> bool:
        return True

    async def call(self, method: str, params: Params) -> Any:
        self.calls += 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Clock:
    """Nobody waits; the time passes all the same."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def patient(server: Server, clock: Clock) -> RetryingCaller:
    return RetryingCaller(server, clock.sleep, lambda: clock.now)


async def send(server: Server, clock: Clock | None = None) -> Any:
    message = {"chat_id": 1, "text": "好"}
    return await patient(server, clock or Clock()).call("sendMessage", message)


async def test_a_broken_connection_is_tried_again_after_growing_pauses() -> None:
    clock, broken = Clock(), DeliveryFailed("broken")
    assert await send(Server(broken, broken, "sent"), clock) == "sent"
    assert clock.now == 1.3


async def test_it_gives_up_after_four_tries() -> None:
    server = Server(*[DeliveryFailed("broken")] * 9)
    with pytest.raises(DeliveryFailed):
        await send(server)
    assert server.calls == 4


@pytest.mark.parametrize(
    "final", [Gone("blocked"), Refused("bad"), NotModified("same"), Migrated("moved", -100)]
)
async def test_what_would_not_help_is_not_tried_again(final: Exception) -> None:
    server = Server(final)
    with pytest.raises(type(final)):
        await send(server)
    assert server.calls == 1


async def test_a_wait_that_the_server_asks_for_is_kept() -> None:
    clock = Clock()
    assert await send(Server(DeliveryFailed("slowly", 7.0), "sent"), clock) == "sent"
    assert clock.now == 7.0


async def test_a_chat_that_is_to_wait_for_long_is_left_to_the_store() -> None:
    server, clock = Server(DeliveryFailed("slowly", 300.0), "sent"), Clock()
    caller = patient(server, clock)
    for _ in range(2):
        with pytest.raises(DeliveryFailed):
            await caller.call("sendMessage", {"chat_id": 1})
    assert (server.calls, clock.now) == (1, 0.0)
    assert await caller.call("sendMessage", {"chat_id": 2}) == "sent"


async def test_other_messages_to_a_chat_that_is_to_wait_wait_too() -> None:
    server, clock = Server(DeliveryFailed("slowly", 31.0), "second"), Clock()
    caller = patient(server, clock)
    with pytest.raises(DeliveryFailed):
        await caller.call("sendMessage", {"chat_id": 1})
    clock.now = 20.0
    assert await caller.call("sendMessage", {"chat_id": 1}) == "second"
    assert clock.now == 31.0
