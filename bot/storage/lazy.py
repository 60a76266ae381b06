"""Open a store at its first use, for applications that have no place to open it in.

Once an hour, before a turn, it also deletes what has outlived its time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import Applied, Outgoing, SessionStore, Stored
from bot.storage import open_store

EXPIRY_INTERVAL = timedelta(hours=1)


class LazyStore:
    """Implements `bot.core.ports.SessionStore`; the first call raises what opening raises."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._store: SessionStore | None = None
        self._opening = asyncio.Lock()
        self._open = AsyncExitStack()
        self._expired_at: datetime | None = None

    async def _opened(self) -> SessionStore:
        async with self._opening:
            if self._store is None:
                self._store = await self._open.enter_async_context(open_store(self._url))
            return self._store

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        if self._expired_at is None or now - self._expired_at >= EXPIRY_INTERVAL:
            self._expired_at = now
            await self.expire(now)
        return await (await self._opened()).transact(key, update_id, now, work)

    async def load(self, key: ConversationKey, now: datetime) -> Stored | None:
        return await (await self._opened()).load(key, now)

    async def unsent(self, platform: str, limit: int = 100) -> Sequence[Outgoing]:
        return await (await self._opened()).unsent(platform, limit)

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        await (await self._opened()).mark_sent(updates)

    async def forget(self, platform: str, user: str) -> int:
        return await (await self._opened()).forget(platform, user)

    async def expire(self, now: datetime) -> int:
        return await (await self._opened()).expire(now)

    async def ping(self) -> None:
        await (await self._opened()).ping()

    async def close(self) -> None:
        await self._open.aclose()
        self._store = None
