"""Classify failures of delivery by what can be done about them; the same on every platform."""

from __future__ import annotations

from collections.abc import Hashable

from bot.errors import DeliveryFailed


class NotModified(DeliveryFailed):
    """The message already has this content: nothing to do."""


class Gone(DeliveryFailed):
    """Nobody is there: blocked, removed from the chat, chat deleted, query too old."""


class Refused(DeliveryFailed):
    """The request itself is not accepted; repeating it unchanged is useless."""


class Migrated(DeliveryFailed):
    """The chat has another id now."""

    def __init__(self, text: str, new_chat: Hashable) -> None:
        super().__init__(text)
        self.new_chat = new_chat
