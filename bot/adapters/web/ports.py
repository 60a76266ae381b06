"""What the web adapter needs from the rest of the bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.core.ports import PictureForm


class Talks(Protocol):
    """The core's conversation, as far as a platform sees it.

    Raises (`handle`, `forget`):
        StoreUnavailable: the store is out, nothing was answered; trying again makes sense.
    """

    @property
    def slot_names(self) -> Mapping[str, str]:
        """What the pack calls its slots, by their names inside."""
        ...

    async def handle(self, update: Update) -> Reply: ...

    async def picture(self, name: str, form: PictureForm) -> bytes | None:
        """A picture that a reply named; `None` where it cannot be drawn."""
        ...

    async def forget(self, platform: str, user: str) -> int:
        """Delete what is kept about a person; returns how many sessions went."""
        ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """`degraded` says, in words for the operator, what is out while questions are answered."""

    can_answer: bool
    degraded: tuple[str, ...] = ()
