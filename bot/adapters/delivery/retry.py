"""Wait and repeat calls that failed, so that the code behind need not.

A call whose connection broke may have had its effect all the same; repeating it then sends the
message twice.  Platforms that take an idempotency key should be given one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar

from bot.adapters.delivery.errors import Gone, Migrated, NotModified, Refused
from bot.errors import DeliveryFailed

T = TypeVar("T")
PAUSES_S = (0.3, 1.0, 3.0)
"""Pauses between the attempts of one call; there is one attempt more than pauses."""
LONGEST_WAIT_S = 30.0
"""A longer wait is not waited for: the reply stays in the store and is sent later."""
CALLS_AT_ONCE = 256
"""Calls on their way; what waits for its chat is not one of them."""
_FINAL = (Gone, Migrated, NotModified, Refused)


class Patience:
    """Obeys a `retry_after_s` for that chat only, and repeats what did not come through."""

    def __init__(
        self,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        begin: Callable[[], Callable[[], bool]] = lambda: lambda: True,
    ) -> None:
        """`begin` is asked at each call, and its answer before each attempt: may it be made?"""
        self._sleep, self._monotonic, self._begin = sleep, monotonic, begin
        self._held_until: dict[Hashable, float] = {}
        self._places = asyncio.Semaphore(CALLS_AT_ONCE)

    async def carry(self, chat: Hashable | None, attempt: Callable[[], Awaitable[T]]) -> T:
        """Make the call to a chat, several times if need be; `None` if it is to no chat.

        Raises:
            DeliveryFailed: not now, or one of its subclasses: never in this form.
        """
        is_ours = self._begin()
        for pause in PAUSES_S:
            try:
                return await self._when_free(chat, attempt, is_ours)
            except _FINAL:
                raise
            except DeliveryFailed as failed:
                if (failed.retry_after_s or 0) > LONGEST_WAIT_S:
                    raise
                await self._sleep(max(pause, failed.retry_after_s or 0))
        return await self._when_free(chat, attempt, is_ours)

    async def _when_free(
        self,
        chat: Hashable | None,
        attempt: Callable[[], Awaitable[T]],
        is_ours: Callable[[], bool],
    ) -> T:
        await self._until_free(chat)
        if not is_ours():
            raise DeliveryFailed("it waited for so long that another process may have sent it")
        try:
            async with self._places:
                return await attempt()
        except DeliveryFailed as failed:
            if failed.retry_after_s and chat is not None:
                self._held_until[chat] = self._monotonic() + failed.retry_after_s
            raise

    async def _until_free(self, chat: Hashable | None) -> None:
        """Wait until the chat may be written to.

        Raises:
            DeliveryFailed: the server asked for a longer pause than `LONGEST_WAIT_S`.
        """
        if chat not in self._held_until:
            return
        left_s = self._held_until[chat] - self._monotonic()
        if left_s > LONGEST_WAIT_S:
            raise DeliveryFailed("the server asked for a longer pause", left_s)
        if left_s > 0:
            await self._sleep(left_s)
        self._held_until.pop(chat, None)
