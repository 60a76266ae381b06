"""Wait and repeat calls that failed, so that the code behind need not.

A call whose connection broke may have had its effect all the same; repeating it then sends the
message twice.  The Bot API takes no idempotency key that would prevent that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.adapters.delivery.errors import Gone, Migrated, NotModified, Refused
from bot.adapters.telegram.ports import Caller, Params
from bot.errors import DeliveryFailed

PAUSES_S = (0.3, 1.0, 3.0)
"""Pauses between the attempts of one call; there is one attempt more than pauses."""
LONGEST_WAIT_S = 30.0
"""A longer wait is not waited for: the reply stays in the store and is sent later."""
CALLS_AT_ONCE = 256
"""Calls on their way; what waits for its chat is not one of them."""
_FINAL = (Gone, Migrated, NotModified, Refused)


class RetryingCaller:
    """Implements `Caller`: obeys 429 for that chat only, repeats what did not come through."""

    def __init__(
        self,
        caller: Caller,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        begin: Callable[[], Callable[[], bool]] = lambda: lambda: True,
    ) -> None:
        """`begin` is asked at each call, and its answer before each attempt: may it be made?"""
        self._caller, self._sleep, self._monotonic = caller, sleep, monotonic
        self._begin = begin
        self._held_until: dict[object, float] = {}
        self._places = asyncio.Semaphore(CALLS_AT_ONCE)

    def has(self, method: str) -> bool:
        return self._caller.has(method)

    async def call(self, method: str, params: Params) -> Any:
        is_ours = self._begin()
        for pause in PAUSES_S:
            try:
                return await self._call_when_free(method, params, is_ours)
            except _FINAL:
                raise
            except DeliveryFailed as failed:
                if (failed.retry_after_s or 0) > LONGEST_WAIT_S:
                    raise
                await self._sleep(max(pause, failed.retry_after_s or 0))
        return await self._call_when_free(method, params, is_ours)

    async def _call_when_free(
        self, method: str, params: Params, is_ours: Callable[[], bool]
    ) -> Any:
        chat = params.get("chat_id")
        await self._until_free(chat)
        if not is_ours():
            raise DeliveryFailed("it waited for so long that another process may have sent it")
        try:
            async with self._places:
                return await self._caller.call(method, params)
        except DeliveryFailed as failed:
            if failed.retry_after_s and chat is not None:
                self._held_until[chat] = self._monotonic() + failed.retry_after_s
            raise

    async def _until_free(self, chat: object) -> None:
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
