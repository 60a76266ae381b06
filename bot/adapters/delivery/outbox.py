"""Track which replies are being sent, which were delivered, and which a crash left unsent.

This is a transactional outbox: a reply is committed with the turn before it is sent and marked as
sent afterwards.  After a crash it is never lost; where a platform would show it a second time, a
mark is also written before it is sent, and what was begun is asked about instead of repeated.  If
many are delivered in a moment their marks are written together, in one commit.  Several processes
may share a store: each sends only what it holds (see `bot.adapters.delivery.lease`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.adapters.delivery.lease import Lease
from bot.core.conversation import Conversation
from bot.core.model.update import ConversationKey
from bot.core.ports import Claim, Clock, Outgoing
from bot.errors import StoreError

MARK_EVERY_S = 0.1
FORGOTTEN = timedelta(seconds=30)
"""How old a reply is that this process holds in the store and knows nothing of: a commit whose
confirmation was lost.  Looked for while nothing is being sent.
"""
log = logging.getLogger(__name__)

Name = tuple[ConversationKey, str]


class Outbox:
    """Keeps the record; nothing is sent here."""

    def __init__(
        self, platform: str, conversation: Conversation, clock: Clock, lease: Lease
    ) -> None:
        self._platform, self._conversation, self._clock = platform, conversation, clock
        self.lease = lease
        self._sending: dict[Name, str] = {}
        self._arrived: list[Name] = []
        self._given_up: list[tuple[tuple[str, bool], Name]] = []
        self._marking: asyncio.Task[None] | None = None
        self._beginning: list[Name] = []
        self._one_commit = asyncio.Lock()

    def begin(self, name: Name, holder: str) -> None:
        """Note that the reply is being sent, or queued, by this process under that name."""
        self._sending[name] = holder

    async def begin_sending(self, names: Sequence[Name]) -> None:
        """Note in the store that these are about to be sent; all that come meanwhile in one commit.

        If the store cannot be reached they are sent all the same.
        """
        self._beginning += names
        async with self._one_commit:
            begun, self._beginning = self._beginning, []
            try:
                for holder in {self._sending.get(name) for name in begun} - {None}:
                    held = [name for name in begun if self._sending.get(name) == holder]
                    await self._conversation.begin_sending(str(holder), held)
            except StoreError as error:
                log.warning("what is being sent could not be noted: %s", error)

    def holds(self, name: Name) -> bool:
        """Return whether the reply may be sent: nobody else can have claimed it meanwhile."""
        holder = self._sending.get(name)
        return holder is not None and self.lease.is_valid(holder)

    def give_up(self, name: Name, *, is_interrupted: bool = False) -> None:
        """Note that the reply could not be sent; it stays in the store and is tried again later.

        One that `is_interrupted` has arrived perhaps, if it had been begun.
        """
        holder = self._sending.pop(name, None)
        if holder is not None:
            self._given_up.append(((holder, is_interrupted), name))

    def arrived(self, name: Name) -> None:
        """Note that the reply was delivered, or never can be."""
        self._arrived.append(name)
        if self._marking is None or self._marking.done():
            self._marking = asyncio.create_task(self._mark_soon())

    async def left_behind(self) -> Sequence[Outgoing]:
        """Claim the stored replies that no process is sending and begin them; oldest first.

        Raises:
            StoreError: the store cannot say what is left.
        """
        await self._release()
        if not self.lease.may_claim():
            return []
        holder = self.lease.holder
        forgotten = None if self._sending else self._clock.now() - FORGOTTEN
        claim = Claim(self._platform, holder, not self.lease.is_shared, forgotten)
        claimed = [
            left
            for left in await self._conversation.claim_unsent(claim)
            if (left.key, left.update_id) not in self._sending
        ]
        for left in claimed:
            self.begin((left.key, left.update_id), holder)
        return claimed

    async def close(self) -> None:
        """Mark at once what has been delivered."""
        if self._marking is not None:
            self._marking.cancel()
            await asyncio.wait([self._marking])
        await self._mark()
        with contextlib.suppress(StoreError):
            await self._release()

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

    async def _release(self) -> None:
        """Let everybody claim what was given up here."""
        while self._given_up:
            how, _ = self._given_up[0]
            names = [name for so, name in self._given_up if so == how]
            await self._conversation.release(how[0], names, keeps_begun=how[1])
            self._given_up = [one for one in self._given_up if one[0] != how]

    def _forget_sent(self, names: Iterable[Name]) -> None:
        for name in names:
            self._sending.pop(name, None)
