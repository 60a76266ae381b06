"""Open a store at its first use: for programs that have no place to open it in.

It tends itself as well: once an hour, before a turn, what has outlived its time is deleted.

What a newcomer would get wrong: connections belong to the event loop that made them.  A store is
opened anew in the next loop once the last one has ended; `asyncio.run` closes what was opened in
its own, because `open_store` is an asynchronous generator, and those are closed at its end.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from datetime import datetime, timedelta

from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import Applied, Claim, Outgoing, SessionStore, Stored, Told
from bot.errors import LifetimeError
from bot.storage import open_store
from bot.storage.memory import MemoryStore

EXPIRY_INTERVAL = timedelta(hours=1)


class Home:
    """The thread and the event loop that something belongs to: those that use it first."""

    def __init__(self) -> None:
        self._claim = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_open = False
        """Opened on purpose, and not closed since."""
        self._is_closed = False

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the running loop, if it may use what lives here.

        Raises:
            LifetimeError: it was closed, or belongs to another thread or loop.
        """
        running = asyncio.get_running_loop()
        if running is not self._loop or self._is_closed:
            with self._claim:
                self._admit(running)
        return running

    def open(self) -> None:
        """Belong to the running loop from now on, also after it was closed. Raises as `loop`."""
        with self._claim:
            if self.is_open and not self._has_ended():
                raise LifetimeError("这个对话已经打开了，不能再打开一次")
            if self.is_open or self._has_ended():
                self._thread = self._loop = None
            self.is_open = self._is_closed = False
            self._admit(asyncio.get_running_loop())
            self.is_open = True

    def is_here(self) -> bool:
        """Return whether something may be open here; not if its loop has ended.

        Raises:
            LifetimeError: it is in use in another thread or loop.
        """
        with self._claim:
            if self._is_closed or self._has_ended():
                return False
            self._admit(asyncio.get_running_loop())
            return True

    def close(self) -> None:
        with self._claim:
            self._thread = self._loop = None
            self.is_open, self._is_closed = False, True

    def _has_ended(self) -> bool:
        return self._loop is not None and self._loop.is_closed()

    def _admit(self, running: asyncio.AbstractEventLoop) -> None:
        thread, owner = threading.current_thread(), self._thread
        if self._is_closed or (self.is_open and self._has_ended()):
            raise LifetimeError(
                "这个对话已经关闭；要接着用，就再进一次 async with，或再 open() 一次"
            )
        if owner is not None and owner is not thread:
            raise LifetimeError(
                f"这个对话归线程 {owner.name} 里的事件循环用；"
                "在别的线程里请用 asyncio.run_coroutine_threadsafe(…, 那个循环)，"
                "或者每个线程各用一个 embedded()"
            )
        if self._loop not in (None, running) and not self._has_ended():
            raise LifetimeError(
                "这个对话归另一个还没有关闭的事件循环用；请先关闭那个循环，"
                "或者给这个循环另用一个 embedded()"
            )
        self._thread, self._loop = thread, running


class LazyStore:
    """Implements `bot.core.ports.SessionStore`; the first call raises what opening raises."""

    def __init__(self, url: str, home: Home | None = None) -> None:
        self._home, self._opener = home or Home(), _opener(url)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._expired_at: datetime | None = None
        self._begin()

    def _begin(self) -> None:
        self._store: SessionStore | None = None
        self._opening, self._open = asyncio.Lock(), AsyncExitStack()

    async def opened(self) -> SessionStore:
        """Return the open store; raises as `open_store` and `Home.loop`."""
        loop = self._home.loop()
        if loop is not self._loop:
            self._loop = loop
            self._begin()
        async with self._opening:
            if self._store is None:
                self._store = await self._open.enter_async_context(self._opener())
            return self._store

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        if self._expired_at is None or now - self._expired_at >= EXPIRY_INTERVAL:
            await self.expire(now)
        return await (await self.opened()).transact(key, update_id, now, work)

    async def load(self, key: ConversationKey, now: datetime) -> Stored | None:
        return await (await self.opened()).load(key, now)

    async def replies(self, key: ConversationKey, limit: int = 100) -> Sequence[Told]:
        return await (await self.opened()).replies(key, limit)

    async def unsent(self, platform: str, limit: int = 100) -> Sequence[Outgoing]:
        return await (await self.opened()).unsent(platform, limit)

    async def claim_unsent(self, claim: Claim) -> Sequence[Outgoing]:
        return await (await self.opened()).claim_unsent(claim)

    async def begin_sending(
        self, holder: str, updates: Sequence[tuple[ConversationKey, str]]
    ) -> None:
        await (await self.opened()).begin_sending(holder, updates)

    async def release(
        self,
        holder: str,
        updates: Sequence[tuple[ConversationKey, str]],
        *,
        keeps_begun: bool = False,
    ) -> None:
        await (await self.opened()).release(holder, updates, keeps_begun=keeps_begun)

    async def beat(self, holder: str) -> None:
        await (await self.opened()).beat(holder)

    async def shared(self, name: str, now: datetime) -> str | None:
        return await (await self.opened()).shared(name, now)

    async def share(self, name: str, value: str, until: datetime) -> None:
        await (await self.opened()).share(name, value, until)

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        await (await self.opened()).mark_sent(updates)

    async def forget(self, platform: str, user: str) -> int:
        return await (await self.opened()).forget(platform, user)

    async def expire(self, now: datetime) -> int:
        gone = await (await self.opened()).expire(now)
        self._expired_at = now  # only now: an expiry that failed is tried again
        return gone

    async def ping(self) -> None:
        await (await self.opened()).ping()

    async def close(self) -> None:
        """Let go of what was opened in the running loop; it opens itself again when it is used."""
        opened = self._open
        self._begin()
        await opened.aclose()


def _opener(url: str) -> Callable[[], AbstractAsyncContextManager[SessionStore]]:
    if url != "memory://":
        return lambda: open_store(url)
    store = MemoryStore()  # needs no connection, and outlives every loop
    return lambda: nullcontext(store)
