"""Why a reply did not reach anybody, sorted by what can be done about it; the same everywhere."""

from __future__ import annotations

from collections.abc import Hashable

from bot.errors import DeliveryFailed


class NotModified(DeliveryFailed):
    """The message already looks like that: nothing to do."""


class Gone(DeliveryFailed):
    """Nobody is there: blocked, removed from the chat, chat deleted, query too old."""


class Refused(DeliveryFailed):
    """The request itself is not taken; sending it again the same way is useless."""


class Migrated(DeliveryFailed):
    """The chat lives on under another id."""

    def __init__(self, text: str, new_chat: Hashable) -> None:
        super().__init__(text)
        self.new_chat = new_chat
