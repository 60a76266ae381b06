"""Repeat calls of the Bot API that failed.  It takes no idempotency key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.adapters.delivery.retry import Patience
from bot.adapters.telegram.ports import Caller, Params


class RetryingCaller:
    """Implements `Caller` with the patience that is common to all platforms."""

    def __init__(
        self,
        caller: Caller,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        begin: Callable[[], Callable[[], bool]] = lambda: lambda: True,
    ) -> None:
        """Carry calls through `caller`; the rest as for `Patience`."""
        self._caller = caller
        self._patience = Patience(sleep, monotonic, begin)

    def has(self, method: str) -> bool:
        return self._caller.has(method)

    async def call(self, method: str, params: Params) -> Any:
        return await self._patience.carry(
            params.get("chat_id"), lambda: self._caller.call(method, params)
        )
