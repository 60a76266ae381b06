"""Keep within a group's rate: queue the excess, one place per person, and repeat no answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from cachetools import FIFOCache

from bot.adapters.delivery.sliding_window import SlidingWindow
from bot.adapters.delivery.waiting_room import WaitingRoom

MINUTE_S = 60.0
log = logging.getLogger(__name__)

T = TypeVar("T")


class GroupQueues(Generic[T]):
    """Holds a queue for each group at its limit; calls `post` for each item in its turn."""

    def __init__(
        self,
        most_a_minute: int,
        ticks: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        post: Callable[[T, list[T]], Awaitable[None]],
    ) -> None:
        self._pace = SlidingWindow(most_a_minute, MINUTE_S, ticks)
        self._sleep, self._post = sleep, post
        self._rooms: dict[Hashable, WaitingRoom[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def admit(self, chat: Hashable) -> bool:
        """Return whether a message may be sent into this group now, and count it if so."""
        if chat in self._rooms or self._pace.wait_s(chat) > 0:
            return False
        self._pace.count(chat)
        return True

    def add(self, chat: Hashable, user: Hashable, item: T) -> None:
        """Queue an item; return at once."""
        room = self._rooms.get(chat)
        if room is None:
            room = self._rooms[chat] = WaitingRoom()
            task = asyncio.create_task(self._work_off(chat, room))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        room.add(user, item)

    def forget(self, chat: Hashable) -> list[T]:
        """Empty the queue of a group that nobody is in; return its items."""
        room = self._rooms.get(chat)
        return list(room.leave()) if room else []

    async def idle(self) -> None:
        """Wait until all queues are empty."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Cancel the queues; their items stay in the store."""
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
                await self._post_or_log(item, passed_over)
        finally:
            del self._rooms[chat]

    async def _post_or_log(self, item: T, passed_over: list[T]) -> None:
        """Post one item; log a failure, so that it stays in the store and the next ones go on."""
        try:
            await self._post(item, passed_over)
        except Exception:
            log.exception("a reply that had waited was not sent")


class RepeatedAnswers:
    """Remembers for a minute where an answer was given last, so that it can be pointed to."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._given: FIFOCache[Hashable, tuple[int, float]] = FIFOCache(10_000)

    def remember(self, what: Hashable, message: int) -> None:
        self._given[what] = message, self._ticks()

    def find(self, what: Hashable) -> int | None:
        """Return the message with the same content if it is less than a minute old."""
        found = self._given.get(what)
        if found is None or self._ticks() - found[1] > MINUTE_S:
            return None
        return found[0]

    def forget(self, what: Hashable) -> None:
        self._given.pop(what, None)
