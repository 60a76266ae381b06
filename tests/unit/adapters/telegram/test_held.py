"""A chat that may not be written to keeps nothing from the others."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.adapters.delivery.intake import MOST_AT_ONCE, Intake
from bot.adapters.telegram.retry import RetryingCaller
from bot.core.ports import Held as Fate
from bot.core.ports import Uncounted
from bot.errors import DeliveryFailed
from tests.unit.adapters.telegram.stage import Stage

pytestmark = pytest.mark.asyncio


class Held:
    """Accepts everything; its replies never come to their turn."""

    def __init__(self) -> None:
        self.accepted = 0

    async def accept(self, update: object) -> asyncio.Future[None]:
        self.accepted += 1
        return asyncio.get_running_loop().create_future()


async def test_replies_that_wait_hold_no_place() -> None:
    handler = Held()
    intake = Intake(handler, lambda payload: payload)
    async with asyncio.timeout(5):
        for number in range(2 * MOST_AT_ONCE):
            await intake.take({"update_id": number})
        await intake.finish(0.1)
    assert handler.accepted == 2 * MOST_AT_ONCE


async def test_a_429_without_a_chat_holds_no_other_call() -> None:
    class Once:
        calls = 0

        def has(self, method: str) -> bool:
            return True

        async def call(self, method: str, params: object) -> str:
            self.calls += 1
            if self.calls == 1:
                raise DeliveryFailed("Too Many Requests", 20)
            return "done"

    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    caller = RetryingCaller(Once(), sleep, lambda: 0.0)
    first = asyncio.create_task(caller.call("answerCallbackQuery", {}))
    await asyncio.sleep(0)
    assert await caller.call("answerCallbackQuery", {}) == "done"
    assert await first == "done"
    assert slept == [20]


async def test_what_is_left_for_one_chat_waits_for_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free = stage.api.user(), stage.api.user()
    stage.api.refuse("sendMessage", retry_after=99, times=2)
    held.says("/portal 四川")
    free.says("/portal 四川")
    await stage.plays()
    again, never = stage.new_handler(), asyncio.Event()
    send = again._platform.send

    async def send_unless_held(message: object, route: object) -> tuple[int, ...]:
        if route.chat == held.chat.id:  # type: ignore[attr-defined]
            await never.wait()
        return await send(message, route)  # type: ignore[arg-type]

    monkeypatch.setattr(again._platform, "send", send_unless_held)
    draining = asyncio.create_task(again.drain())
    await asyncio.sleep(0.1)
    assert stage.api.sent(free)
    assert not stage.api.sent(held)
    never.set()
    await draining
    assert stage.api.sent(held)


class Counting(Uncounted):
    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def held(self, held: Fate, platform: str, reason: str) -> None:
        self.found[f"{platform} {held} {reason}"] += 1


async def test_what_is_limited_delayed_sent_late_and_refused_is_counted(stage: Stage) -> None:
    counting = stage.conversation.meter = Counting()
    held, many, gone = stage.api.user(), stage.api.user(), stage.api.user()
    stage.api.refuse("sendMessage", retry_after=99, times=1)
    held.says("/portal 四川")
    await stage.plays()
    assert counting.found == {"telegram delayed told_to_wait": 1}
    await stage.new_handler().drain()
    assert stage.api.sent(held)
    for _ in range(22):
        many.says("谢谢")
    gone.says("/portal 四川")
    gone.blocks()
    await stage.plays()
    assert counting.found == {
        "telegram delayed told_to_wait": 1,
        "telegram sent_late left_behind": 1,
        "telegram limited person": 2,
        "telegram refused nobody_there": 1,
    }
