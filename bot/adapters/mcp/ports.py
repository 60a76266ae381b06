"""Declare what the MCP adapter needs from the rest of the bot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.core.dialogue.autocomplete import Suggestion
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.core.ports import Clock, PictureForm


class Talks(Protocol):
    """The part of the core's conversation that the tools use."""

    @property
    def pack(self) -> Pack:
        """Return the pack in use; another one after a reload."""
        ...

    @property
    def clock(self) -> Clock: ...

    async def handle(self, update: Update) -> Reply: ...

    async def suggest(self, text: str) -> Sequence[Suggestion]:
        """Return answers that fit the words, best first."""
        ...

    async def picture(self, name: str, form: PictureForm) -> bytes | None:
        """Draw the picture that a reply named; `None` if it cannot be drawn."""
        ...
