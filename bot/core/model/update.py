"""Represent what a platform delivers, reduced to what the bot needs.

Adapters make an `Update` from a payload; no other code sees the payload.  `text`, `press` and
`event` exclude each other: a press carries the `value` of a `Choice` that the bot offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """Identifies one conversation: a person in a chat on a platform."""

    platform: str
    chat: str
    user: str


class Event(StrEnum):
    """Something a person did without words and without a button."""

    UNREADABLE = "unreadable"
    """Sent something that has no words: a sticker, a voice message."""
    ADDED = "added"
    """Added the bot to a group where it receives only what is addressed to it."""
    ADDED_HEARING_ALL = "added_hearing_all"
    """Added the bot to a group where it receives every message."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """An earlier message that words reply to; read for its context and never stored."""

    words: str
    part: str = ""
    """The part that was marked as meant; empty if none was."""
    is_ours: bool = False
    """It is a message of the bot's own."""


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
    """Where the reply goes, in the adapter's own form; stored beside the reply until it is sent."""
    quoted: Quoted | None = None
    """The message that the text replies to."""

    def __post_init__(self) -> None:
        if (self.text, self.press, self.event).count(None) != 2:
            raise ValueError(f"update {self.id!r} needs exactly one of text, press and event")
        if self.at.tzinfo is None:
            raise ValueError(f"update {self.id!r} has a time without a zone: {self.at!r}")
