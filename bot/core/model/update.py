"""Represent what a platform delivers, reduced to what the bot needs.

Adapters make an `Update` from a payload; no other code sees the payload.  `text`, `press`, `event`
and `position` exclude each other: a press carries the `value` of a `Choice` that the bot offered.

What a newcomer would get wrong: an update never holds more than `MOST_CHARACTERS` of what was sent,
so no rule behind it has to fear a long text, and nothing that no store can write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.tracing import named_after

MOST_CHARACTERS = 2_000
"""Characters of a text or a press that are kept; half of a longer text is its end."""


def cut(text: str) -> str:
    """Return the text, or the beginning and the end of one with over `MOST_CHARACTERS`.

    A new line stands for what was left out, so that no word and no number is made of its edges.
    """
    if len(text) <= MOST_CHARACTERS:
        return text
    half = MOST_CHARACTERS // 2
    return f"{text[:half]}\n{text[1 - half :]}"


def representable(text: str) -> str:
    """Return the text without what no store or platform can write: lone surrogates and NUL.

    JSON can hold half of a pair (an emoji cut in two); U+FFFD stands for each.
    """
    if text.isascii() and "\0" not in text:
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\ufffd")


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """Identifies one conversation: a person in a chat on a platform."""

    platform: str
    chat: str
    user: str


class Event(StrEnum):
    """Something a person did without words and without a button."""

    UNREADABLE = "unreadable"
    """Sent something that has no words: a sticker, a file."""
    VOICE = "voice"
    """Sent speech, which is not listened to."""
    PICTURE = "picture"
    """Sent a picture or a film, which is not looked at."""
    ADDED = "added"
    """Added the bot to a group where it receives only what is addressed to it."""
    ADDED_HEARING_ALL = "added_hearing_all"
    """Added the bot to a group where it receives every message."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody says they are, in degrees; only the region is drawn from it."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Quoted:
    """An earlier message that words reply to; read for its context and never stored."""

    words: str
    part: str = ""
    """The part that was marked as meant; empty if none was."""
    is_ours: bool = False
    """It is a message of the bot's own."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", cut(self.words))
        object.__setattr__(self, "part", cut(self.part))


@dataclass(frozen=True, slots=True)
class Update:
    """One thing a person did.

    Raises:
        ValueError: not exactly one of `text`, `press`, `event` and `position` is given, or `at` has
            no time zone.
    """

    id: str
    key: ConversationKey
    at: datetime
    text: str | None = None
    press: str | None = None
    event: Event | None = None
    position: Position | None = None
    route: str = ""
    """Where the reply goes, in the adapter's own form; stored beside the reply until it is sent."""
    quoted: Quoted | None = None
    """The message that the text replies to."""
    is_cut: bool = False
    """The text was too long, and its middle is not read; found out when the update is made."""
    trace: str = ""
    """Its name in the log; made from platform and id unless given."""

    def __post_init__(self) -> None:
        if (self.text, self.press, self.event, self.position).count(None) != 3:
            needed = "exactly one of text, press, event and position"
            raise ValueError(f"update {self.id!r} needs {needed}")
        if self.at.tzinfo is None:
            raise ValueError(f"update {self.id!r} has a time without a zone: {self.at!r}")
        if not self.trace:
            trace = named_after(self.key.platform, self.id)
            object.__setattr__(self, "trace", trace)
        for name in ("text", "press"):
            given: str | None = getattr(self, name)
            if given is None:
                continue
            object.__setattr__(self, name, representable(cut(given)))
            if len(given) > MOST_CHARACTERS:
                object.__setattr__(self, "is_cut", name == "text")
