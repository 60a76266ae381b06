"""Let people take turns: however much one address sends, others wait for two of its messages.

Without this the messages of sixteen connections stand in one line, and whoever comes then stands
behind all of them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.adapters.web.conversation_ids import PLATFORM
from bot.core.ports import Held, Meter, Uncounted

AT_ONCE = 2
"""Messages of one caller that are being answered at a time: one is decided, one waits for the
store.
"""
SHARE = 4
"""One caller may have this part of all places: a quarter."""


class BusyError(Exception):
    """Too many messages wait; the caller alone has too many if `is_theirs`."""

    def __init__(self, *, is_theirs: bool) -> None:
        super().__init__("too many messages wait")
        self.is_theirs = is_theirs


class FairTurns:
    """Holds `most` places; a caller gets `AT_ONCE` messages answered at a time, in order."""

    def __init__(self, most: int, meter: Meter | None = None) -> None:
        self._most, self._most_of_one = most, max(1, most // SHARE)
        self._places: Counter[str] = Counter()
        self._running: dict[str, asyncio.Semaphore] = {}
        self._meter = meter or Uncounted()

    @asynccontextmanager
    async def of(self, caller: str) -> AsyncIterator[None]:
        """Wait for the caller's turn and hold it.

        Raises:
            BusyError: there is no place to wait in.
        """
        if self._places.total() >= self._most:
            self._meter.held(Held.LIMITED, PLATFORM, "turns")
            raise BusyError(is_theirs=False)
        if self._places[caller] >= self._most_of_one:
            self._meter.held(Held.LIMITED, PLATFORM, "turns_of_one")
            raise BusyError(is_theirs=True)
        self._places[caller] += 1
        try:
            async with self._running.setdefault(caller, asyncio.Semaphore(AT_ONCE)):
                yield
        finally:
            self._leave(caller)

    def _leave(self, caller: str) -> None:
        self._places[caller] -= 1
        if not self._places[caller]:
            del self._places[caller], self._running[caller]
