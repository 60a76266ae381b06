"""Declare what the handler needs from a library, from the core and from the operator."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from bot.plugins.adapter import Commands

Params = Mapping[str, Any]
"""Parameters of a method as Bot API JSON values: nested ones are dicts and lists, not strings."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file among the parameters of a method."""

    name: str
    content: bytes = field(repr=False)


class Caller(Protocol):
    """Carries out one call of the Bot API; each library has one."""

    async def call(self, method: str, params: Params) -> Any:
        """Return the decoded `result` of a method named as in the Bot API (`sendMessage`).

        A parameter may be an `Upload`.  A caller may wait and repeat; if it raises, it has given up
        for now.

        Raises:
            DeliveryFailed: or one of its subclasses in `bot.adapters.telegram.errors`.
        """
        ...

    def has(self, method: str) -> bool:
        """Return whether the library can send the method; the server may still refuse it."""
        ...


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """The part of `getMe` that the handler needs."""

    id: int
    username: str
    can_read_all_group_messages: bool = False
    supports_inline_queries: bool = False


class Extra(StrEnum):
    """Updates that are read only if the operator wants them."""

    CHANNELS = "channels"
    """Commands in posts of channels where the bot is an administrator."""
    REACTIONS = "reactions"
    """👍 and 👎 under answers."""
    BUSINESS = "business"
    """Messages to people who have connected the bot to their Telegram Business account."""


@dataclass(frozen=True, slots=True)
class Operators:
    """Who may use which commands in their private chat with the bot."""

    people: Collection[int]
    commands: Commands

    def may(self, user: int, text: str) -> bool:
        """Return whether the words are such a command of such a person."""
        return user in self.people and self.commands.knows(text)


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of a handler; `secret` signs callback data and must survive a restart."""

    secret: bytes = field(repr=False)
    is_ephemeral: bool = False
    """Show answers in groups to the asker only, where the server can."""
    is_rich: bool = False
    """Send papers as rich messages, where library and server know them; apps may not."""
    extras: Collection[Extra] = ()
    asks_feedback: bool = False
    """Ask below answers in private chats whether they helped."""
    is_shared: bool = False
    """Other processes may send for the same bot, as behind a webhook; then `Handler.lease` has to
    be renewed every second.  A token is polled by one process only.
    """
    operators: Operators | None = None
