"""What a platform delivers, reduced to what the bot needs to know.

Adapters make an `Update` out of a payload; nothing behind them sees the payload.  `text`, `press`
and `event` exclude each other: a press carries the `value` of a `Choice` that the bot offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """Names one conversation: a person in a chat on a platform."""

    platform: str
    chat: str
    user: str


class Event(StrEnum):
    """What a person did without words and without a button."""

    UNREADABLE = "unreadable"
    """Sent something that has no words: a sticker, a voice message."""
    ADDED = "added"
    """Took the bot into a group where it hears only what is meant for it."""
    ADDED_HEARING_ALL = "added_hearing_all"
    """Took the bot into a group where it hears everything."""


@dataclass(frozen=True, slots=True)
class Update:
    """One thing a person did.

    Raises:
        ValueError: not exactly one of `text`, `press` and `event` is given, or `at` has no time
            zone.
    """

    id: str
    key: ConversationKey
    at: datetime
    text: str | None = None
    press: str | None = None
    event: Event | None = None
    route: str = ""
    """Where the reply goes, in the adapter's own words; kept beside the reply until it is sent."""

    def __post_init__(self) -> None:
        if (self.text, self.press, self.event).count(None) != 2:
            raise ValueError(f"update {self.id!r} needs exactly one of text, press and event")
        if self.at.tzinfo is None:
            raise ValueError(f"update {self.id!r} has a time without a zone: {self.at!r}")
