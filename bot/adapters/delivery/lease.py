"""Tell other processes that this one lives, and know when they may think otherwise.

A stored reply is held by the process that sends it.  When a process has been silent for
`HOLDER_LIFE_S` the others claim what it held.  What a newcomer would get wrong: a process that was
silent may live, with replies in its queues.  It must not send those any more, so it goes on under a
new name, and what it held under the old one is claimed like that of a dead process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import uuid4

from bot.core.conversation import Conversation
from bot.core.ports import HOLDER_LIFE_S

log = logging.getLogger(__name__)

BEAT_S = 1.0
"""Pause between two beats; two that take as long as a store may, 2 s, are not too late yet."""
MARGIN_S = 1.0
"""How much earlier than the others this process counts itself as gone."""


class Lease:
    """The right of a process to send what it holds; without other processes it never ends."""

    def __init__(
        self, conversation: Conversation, ticks: Callable[[], float], *, is_shared: bool
    ) -> None:
        self._conversation, self._ticks = conversation, ticks
        self.is_shared = is_shared
        self.holder = uuid4().hex
        self._beaten_at: float | None = None
        self._claims_from = float("-inf")

    def is_valid(self, holder: str) -> bool:
        """Return whether what was begun under this name may still be sent."""
        if not self.is_shared:
            return True
        return holder == self.holder and self._beaten_at is not None and not self._has_ended()

    def begin(self) -> Callable[[], bool]:
        """Return what tells whether a call that begins now may still be made, or repeated.

        One that begins without a lease, while the store is out, has nothing that others claim.
        """
        holder = self.holder
        was_valid = self.is_valid(holder)
        return lambda: not was_valid or self.is_valid(holder)

    def may_claim(self) -> bool:
        """Return whether this process may claim from others.

        Not for a while after a silence: if the store was out, the others are yet to be heard of.
        """
        return self.is_valid(self.holder) and self._ticks() >= self._claims_from

    async def beat(self) -> None:
        """Renew the lease.

        Raises:
            StoreError: the store did not hear of it.
        """
        if self._has_ended():
            self._begin_anew()
        begun = self._ticks()
        await self._conversation.beat(self.holder)
        if self._has_ended():
            self._begin_anew()
        else:
            self._beaten_at = begun

    def _has_ended(self) -> bool:
        if self._beaten_at is None:
            return False
        return self._ticks() - self._beaten_at >= HOLDER_LIFE_S - MARGIN_S

    def _begin_anew(self) -> None:
        log.warning("the store has not heard of this process; others may send what it held")
        self.holder, self._beaten_at = uuid4().hex, None
        self._claims_from = self._ticks() + HOLDER_LIFE_S
