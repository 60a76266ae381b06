"""Hold a conversation in somebody else's program: in which thread and loop, and for how long.

What a newcomer would get wrong: it is a conversation already when `embedded` returns it, for
libraries that want one before there is an event loop.  Opening it does what such a program has no
place for: the pack is read in a thread, the journal kept, and what is old deleted even when nobody
says anything.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self, cast

from bot.core.conversation import Conversation
from bot.core.dialogue.autocomplete import Suggestion
from bot.core.locks import KeyedLocks
from bot.core.model.update import Update
from bot.core.ports import Applied, Brain, Clock
from bot.drawing import ChartDrawer
from bot.errors import LifetimeError
from bot.runtime.chores import open_journal, running_chores
from bot.runtime.clock import calendar_writer
from bot.runtime.slices import thinking
from bot.storage.lazy import Home, LazyStore


class Embedded(Conversation):
    """A conversation for a program of yours; `embedded` makes it.

    Opened by `async with`, or by `open` and `close`, it tends what it keeps and closes what it
    opened.  Used without that, it opens its store at the first message and keeps no journal.

    It belongs to the thread and the event loop that use it first.  When that loop has ended, the
    next one of the thread may use it: a second `asyncio.run` goes on where the first ended.

    Raises (`open`, and whatever takes an update or looks into the store):
        LifetimeError: it is closed, or used in another thread or loop.
    """

    def __init__(
        self, read: Callable[[], Brain], store: str, clock: Clock, journal: str | None = None
    ) -> None:
        self._read, self._known = read, cast("Brain | None", None)
        self._reading = threading.Lock()
        self._home, self._journal_url = Home(), journal
        self._lazy, self._tending = LazyStore(store, self._home), AsyncExitStack()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last: list[Callable[[], Awaitable[None]]] = []
        super().__init__(
            cast("Brain", None),  # read when it is first wanted, see `brain`
            self._lazy,
            clock,
            drawer=ChartDrawer(),
            calendar=calendar_writer(),
            thinking=thinking(),
        )

    @property
    def brain(self) -> Brain:
        """Return the brain; read at its first use, unless it was opened before."""
        return self._known or self.read()

    @brain.setter
    def brain(self, brain: Brain) -> None:
        self._known = brain

    def read(self) -> Brain:
        """Read the pack, if that has not been done; once, however many threads ask for it.

        Raises:
            KnowledgeError: the pack has problems.
        """
        with self._reading:
            if self._known is None:
                self._known = self._read()
            return self._known

    async def open(self) -> Self:
        """Read the pack in a thread, open store and journal, and begin to tend them.

        Raises:
            KnowledgeError: the pack has problems.
            SettingsError, StoreError: store or journal cannot be used.
        """
        self._home.open()
        try:
            async with AsyncExitStack() as opening:
                await self._come_to()
                opening.push_async_callback(self._lazy.close)
                await self._lazy.opened()
                journal = await opening.enter_async_context(open_journal(self._journal_url))
                await opening.enter_async_context(running_chores(self, self._lazy, journal))
                self._journal, self._tending = journal, opening.pop_all()
        except BaseException:
            self._home.close()
            raise
        return self

    async def close(self) -> None:
        """Write what waits for the journal and let go of everything; `open` begins anew."""
        is_here = self._home.is_here()
        tending, self._tending = self._tending, AsyncExitStack()
        async with AsyncExitStack() as closing:  # from the last to the first
            if is_here:
                closing.push_async_callback(self._lazy.close)
                closing.push_async_callback(tending.aclose)
            closing.callback(self._home.close)
            for finish in self._last if is_here else ():
                closing.push_async_callback(finish)
        self._journal = None

    def before_close(self, finish: Callable[[], Awaitable[None]]) -> None:
        """Let somebody finish what needs the conversation, whenever it is closed."""
        self._last.append(finish)

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def take(self, update: Update, holder: str = "") -> Applied:
        """Answer an update as `Conversation.take` does, in the right thread and loop."""
        await self._come_to()
        if self._journal_url is not None and not self._home.is_open:
            raise LifetimeError(
                "要记下没答上的问题，得先打开：用 async with，或者 await conversation.open()"
            )
        return await super().take(update, holder)

    async def suggest(self, text: str) -> Sequence[Suggestion]:
        """Return suggestions as `Conversation.suggest` does, in the right thread and loop."""
        await self._come_to()
        return await super().suggest(text)

    async def _come_to(self) -> None:
        """Check thread and loop, and read the pack."""
        loop = self._home.loop()
        if loop is not self._loop:  # turns of a loop that is gone hold no lock any more
            self._loop, self._turns, self._thinking = loop, KeyedLocks(), thinking()
        if self._known is None:
            await asyncio.to_thread(self.read)
