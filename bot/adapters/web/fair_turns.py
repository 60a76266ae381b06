"""Let people take turns: however much one address sends, others wait for two of its messages.

Without this the messages of sixteen connections stand in one line, and whoever comes then stands
behind all of them.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.adapters.web.conversation_ids import PLATFORM
from bot.core.locks import Turn
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
        self._taken = 0
        self._places: Counter[str] = Counter()
        self._running: dict[str, asyncio.Semaphore] = {}
        self._meter = meter or Uncounted()

    def of(self, caller: str) -> Turn[str]:
        """Return what waits for the caller's turn and holds it.

        Raises (on entering):
            BusyError: there is no place to wait in.
        """
        return Turn(self, caller)

    def line_up(self, caller: str) -> asyncio.Semaphore:
        """Take a place; return what to wait for."""
        if self._taken >= self._most:
            self._meter.held(Held.LIMITED, PLATFORM, "turns")
            raise BusyError(is_theirs=False)
        if self._places[caller] >= self._most_of_one:
            self._meter.held(Held.LIMITED, PLATFORM, "turns_of_one")
            raise BusyError(is_theirs=True)
        self._taken += 1
        self._places[caller] += 1
        return self._running.setdefault(caller, asyncio.Semaphore(AT_ONCE))

    def leave(self, caller: str) -> None:
        """Give the place back."""
        self._taken -= 1
        self._places[caller] -= 1
        if not self._places[caller]:
            del self._places[caller], self._running[caller]
