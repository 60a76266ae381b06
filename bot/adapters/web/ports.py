"""Declare what the web adapter needs from the rest of the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.dialogue.autocomplete import Suggestion
from bot.core.model.reply import Reply
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import PictureForm, Told


class Talks(Protocol):
    """The part of the core's conversation that a platform uses.

    Raises (`handle`, `history`, `forget`):
        StoreUnavailable: the store is out, nothing was answered; trying again makes sense.
    """

    @property
    def slot_names(self) -> Mapping[str, str]:
        """Return the pack's name of each slot by its internal name."""
        ...

    async def handle(self, update: Update) -> Reply: ...

    async def suggest(self, text: str) -> Sequence[Suggestion]:
        """Return answers to choose from while a person is still typing."""
        ...

    async def history(self, key: ConversationKey, limit: int) -> Sequence[Told]:
        """Return the last replies of a conversation, oldest first."""
        ...

    async def picture(self, name: str, form: PictureForm) -> bytes | None:
        """Draw the picture that a reply named; `None` if it cannot be drawn."""
        ...

    async def forget(self, platform: str, user: str) -> int:
        """Delete what is stored about a person; return the number of sessions."""
        ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """What `/readyz` reports; `degraded` says in words for the operator what is out."""

    can_answer: bool
    degraded: tuple[str, ...] = ()
