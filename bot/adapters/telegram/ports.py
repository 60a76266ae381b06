"""What the handler needs from a library, from the core and from the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Params = Mapping[str, Any]
"""Parameters of a method as Bot API JSON values: nested ones are dicts and lists, not strings."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file among the parameters of a method."""

    name: str
    content: bytes = field(repr=False)


class Caller(Protocol):
    """Carries out one call of the Bot API; one for each library."""

    async def call(self, method: str, params: Params) -> Any:
        """The decoded `result` of a method named as the Bot API does (`sendMessage`).

        A parameter may be an `Upload`.

        Short waits and repeats belong in here; what is raised was given up for now.

        Raises:
            DeliveryFailed: or one of its kinds in `bot.adapters.telegram.errors`.
        """
        ...

    def has(self, method: str) -> bool:
        """Whether the library can carry the method; the server may still refuse it."""
        ...


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """What `getMe` says about the bot."""

    id: int
    username: str
    can_read_all_group_messages: bool = False
    supports_inline_queries: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """`secret` signs the data of buttons: the same in every process, and after a restart."""

    secret: bytes = field(repr=False)
    is_ephemeral: bool = False
    """Answers in groups are shown to the asker only, where the server can do that."""
    is_rich: bool = True
    """Papers and sources as rich messages, where library and server have them."""
    settle_s: float = 0.0
    """How old a reply must be before `drain` takes it for left behind.

    0 where nobody else can be sending it: a token is polled by one process only.  Several processes
    behind a webhook need longer than a reply is under way, say 30.
    """
