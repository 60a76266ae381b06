"""Track which replies are being sent, which were delivered, and which a crash left unsent.

This is a transactional outbox: a reply is committed with the turn before it is sent and marked as
sent afterwards.  After a crash it may be sent a second time, and is never lost.  If many are
delivered in a moment their marks are written together, in one commit; a crash doubles only what was
sent since the last one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.core.conversation import Conversation
from bot.core.model.update import ConversationKey
from bot.core.ports import Clock, Outgoing
from bot.errors import StoreError

MARK_EVERY_S = 0.1
log = logging.getLogger(__name__)

Name = tuple[ConversationKey, str]


class Outbox:
    """Keeps the record; nothing is sent here."""

    def __init__(
        self, platform: str, conversation: Conversation, clock: Clock, settle_s: float
    ) -> None:
        self._platform, self._conversation, self._clock = platform, conversation, clock
        self._settle = timedelta(seconds=settle_s)
        self._sending: set[Name] = set()
        self._arrived: list[Name] = []
        self._marking: asyncio.Task[None] | None = None

    def begin(self, name: Name) -> None:
        """Note that the reply is being sent, or queued, by this process."""
        self._sending.add(name)

    def give_up(self, name: Name) -> None:
        """Note that the reply could not be sent; it stays in the store and is tried again later."""
        self._sending.discard(name)

    def arrived(self, name: Name) -> None:
        """Note that the reply was delivered, or never can be."""
        self._arrived.append(name)
        if self._marking is None or self._marking.done():
            self._marking = asyncio.create_task(self._mark_soon())

    async def left_behind(self) -> Sequence[Outgoing]:
        """Return the stored replies that no process is sending, oldest first."""
        now = self._clock.now()
        return [
            outgoing
            for outgoing in await self._conversation.unsent(self._platform)
            if (outgoing.key, outgoing.update_id) not in self._sending
            and now - outgoing.at >= self._settle
        ]

    async def close(self) -> None:
        """Mark at once what has been delivered."""
        if self._marking is not None:
            self._marking.cancel()
            await asyncio.wait([self._marking])
        await self._mark()

    async def _mark_soon(self) -> None:
        """Write the first mark at once, later ones together; a crash doubles what is not marked."""
        while self._arrived:
            await self._mark()
            await asyncio.sleep(MARK_EVERY_S)

    async def _mark(self) -> None:
        names, self._arrived = self._arrived, []
        if not names:
            return
        try:
            await self._conversation.mark_sent(names)
        except StoreError:
            log.exception("what was sent could not be noted; it is tried again with the next")
            self._arrived = [*names, *self._arrived]
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            self._arrived = [*names, *self._arrived]
            raise
        else:
            self._forget_sent(names)

    def _forget_sent(self, names: Iterable[Name]) -> None:
        self._sending.difference_update(names)
