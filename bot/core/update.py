"""What a platform delivers, reduced to what the bot needs to know.

Adapters make an `Update` out of a payload; nothing behind them sees the payload.  `text` and
`press` exclude each other: a press carries the `value` of a `Choice` that the bot offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """Names one conversation: a person in a chat on a platform."""

    platform: str
    chat: str
    user: str


@dataclass(frozen=True, slots=True)
class Update:
    """One thing a person did.

    Raises:
        ValueError: neither or both of `text` and `press` are given, or `at` has no time zone.
    """

    id: str
    key: ConversationKey
    at: datetime
    text: str | None = None
    press: str | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.press is None):
            raise ValueError(f"update {self.id!r} needs exactly one of text and press")
        if self.at.tzinfo is None:
            raise ValueError(f"update {self.id!r} has a time without a zone: {self.at!r}")
