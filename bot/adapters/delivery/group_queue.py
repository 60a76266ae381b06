"""What keeps groups quiet: the platform's limit, one place a person meanwhile, no repetition."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from cachetools import FIFOCache

from bot.adapters.delivery.sliding_window import SlidingWindow
from bot.adapters.delivery.waiting_room import WaitingRoom

MOST_A_MINUTE = 18
"""Below the platform's 20 a minute for each group
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits, read 2026-11)."""
MINUTE_S = 60.0
log = logging.getLogger(__name__)

T = TypeVar("T")


class GroupQueues(Generic[T]):
    """A queue for each group that has had its share; `post` is called for each item in its turn."""

    def __init__(
        self,
        ticks: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        post: Callable[[T, list[T]], Awaitable[None]],
    ) -> None:
        self._pace = SlidingWindow(MOST_A_MINUTE, MINUTE_S, ticks)
        self._sleep, self._post = sleep, post
        self._rooms: dict[Hashable, WaitingRoom[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def admit(self, chat: Hashable) -> bool:
        """Whether something may be sent into this group now; then it counts as sent."""
        if chat in self._rooms or self._pace.wait_s(chat) > 0:
            return False
        self._pace.count(chat)
        return True

    def add(self, chat: Hashable, user: Hashable, item: T) -> None:
        """Wait for a turn; nothing is waited for here."""
        room = self._rooms.get(chat)
        if room is None:
            room = self._rooms[chat] = WaitingRoom()
            task = asyncio.create_task(self._work_off(chat, room))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        room.add(user, item)

    def forget(self, chat: Hashable) -> list[T]:
        """Nobody is there any more: what waits is handed back."""
        room = self._rooms.get(chat)
        return list(room.leave()) if room else []

    async def idle(self) -> None:
        """Wait until nobody waits any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """What still waits stays in the store."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work_off(self, chat: Hashable, room: WaitingRoom[T]) -> None:
        try:
            while room:
                await self._sleep(self._pace.wait_s(chat))
                if not room:
                    break
                item, passed_over = room.next()
                self._pace.count(chat)
                await self._safely(item, passed_over)
        finally:
            del self._rooms[chat]

    async def _safely(self, item: T, passed_over: list[T]) -> None:
        """One that fails is left in the store and holds up no other."""
        try:
            await self._post(item, passed_over)
        except Exception:
            log.exception("a reply that had waited was not sent")


class RepeatedAnswers:
    """Where an answer was given last, for as long as it is near enough to be pointed to."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._given: FIFOCache[Hashable, tuple[int, float]] = FIFOCache(10_000)

    def remember(self, what: Hashable, message: int) -> None:
        self._given[what] = message, self._ticks()

    def find(self, what: Hashable) -> int | None:
        """The message that says the same and is less than a minute old."""
        found = self._given.get(what)
        if found is None or self._ticks() - found[1] > MINUTE_S:
            return None
        return found[0]

    def forget(self, what: Hashable) -> None:
        self._given.pop(what, None)
