"""Decide which replies this process sends: those to updates that nobody answered before.

What a newcomer would get wrong: a repeated update is never answered from here.  The first delivery
of an update stores the reply and sends it; if that was interrupted, the outbox has it.  Sending on
a repeat would send twice, because another process may still be sending the first.
"""

from __future__ import annotations

from cachetools import FIFOCache

from bot.adapters.delivery.outbox import Name, Outbox
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import Update

MOST_UNSTORED = 20_000
"""How many updates that were answered without a store are remembered."""


class Claims:
    """Claims updates, so that each is answered once."""

    def __init__(self, conversation: Conversation, outbox: Outbox) -> None:
        self._conversation, self._outbox = conversation, outbox
        self._unstored: FIFOCache[str, None] = FIFOCache(MOST_UNSTORED)

    async def take(self, update: Update) -> tuple[Reply, Name | None] | None:
        """Return the reply to send now, and its name in the store if it has one.

        Return `None` for an update that was answered before.  While the store is out, repeats are
        known only as long as this process remembers them.
        """
        was_unstored = update.id in self._unstored
        holder = self._outbox.lease.holder
        applied = await self._conversation.take(update, holder)
        name = (update.key, update.id) if applied.version else None
        if name is None:
            self._unstored[update.id] = None
        elif was_unstored and not applied.is_repeat:
            self._outbox.begin(name, holder)
            self._outbox.arrived(name)
        if was_unstored or applied.is_repeat:
            return None
        if name is not None:
            self._outbox.begin(name, holder)
        return applied.reply, name
