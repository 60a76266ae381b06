"""Describe where a reply goes; stored as a short text beside the reply, it survives a crash."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Self

from bot.core.model.update import ConversationKey

PLATFORM = "telegram"
MOST_A_MINUTE = 18
"""Below the platform's 20 a minute for each group
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits, read 2026-11).
"""
_IN = "/"
"""Behind the chat in the key of a conversation, before the topic and the Business account."""


@dataclass(frozen=True, slots=True)
class Route:
    """The way back to one person in one chat; its text leaves out what the conversation key has."""

    chat: int
    user: int
    is_group: bool = False
    is_anonymous: bool = False
    """The sender speaks as the group, so that anybody may press the buttons."""
    thread: int | None = None
    asked: int | None = None
    """The message with the question."""
    edits: tuple[int, ...] = ()
    """Messages that the reply replaces, in order."""
    guest: str | None = None
    """The query of a person who called the bot in a chat that it is not in."""
    business: str | None = None
    """The connection to the Business account that the person writes to."""
    ephemeral: int | None = None
    """The message, visible to one person only, that was sent or pressed."""

    @property
    def key(self) -> ConversationKey:
        """Return the conversation: what is said in one topic is no context in another.

        Nor is what a person says to somebody whose account the bot answers for.
        """
        parts: list[int | str] = [self.chat, *([] if self.thread is None else [self.thread])]
        if self.business is not None:
            parts.append(self.business)
        return ConversationKey(PLATFORM, _IN.join(map(str, parts)), str(self.user))

    @property
    def person(self) -> int:
        """Return whom the rate limit counts; all who speak as a group are one person."""
        return self.chat if self.is_anonymous else self.user

    @property
    def place(self) -> tuple[int, int | None]:
        """Return the chat and the topic in it."""
        return self.chat, self.thread

    @property
    def is_outside(self) -> bool:
        """Return whether it is a guest's chat, which the bot is not in."""
        return self.guest is not None

    @property
    def is_paced(self) -> bool:
        """Return whether it is a new message in a group; edits and guests' chats do not count."""
        return self.is_group and not self.edits and not self.is_outside

    def moved_to(self, chat: Hashable) -> Self:
        """Return the same route in the supergroup that replaced a group.

        The ids of messages and topics are not kept there.
        """
        if not isinstance(chat, int):
            raise TypeError(f"a chat of Telegram is a number, not {chat!r}")
        return replace(self, chat=chat, thread=None, asked=None, edits=())

    def in_reply_to(self, message: int) -> Self:
        """Return the same route, as a reply to this message."""
        return replace(self, asked=message)

    def afresh(self) -> Self:
        """Return the same route for a new message."""
        return replace(self, edits=(), guest=None)

    def as_text(self) -> str:
        """Write letters and numbers, separated by semicolons: `g;t12;q345;e346,347`."""
        fields = ["g"] if self.is_group else []
        if self.is_anonymous:
            fields.append("a")
        if self.thread is not None:
            fields.append(f"t{self.thread}")
        if self.asked is not None:
            fields.append(f"q{self.asked}")
        if self.edits:
            fields.append("e" + ",".join(map(str, self.edits)))
        if self.ephemeral is not None:
            fields.append(f"s{self.ephemeral}")
        if self.business is not None:
            fields.append(f"b{self.business}")
        if self.guest is not None:
            fields.append(f"x{self.guest}")
        return ";".join(fields) or "p"


def read_route(key: ConversationKey, text: str) -> Route:
    """Invert `Route.as_text`.

    Raises:
        ValueError: the text was not made by it.
    """
    fields = {field[:1]: field[1:] for field in text.split(";")}
    return Route(
        chat=int(key.chat.partition(_IN)[0]),
        user=int(key.user),
        is_group="g" in fields,
        is_anonymous="a" in fields,
        thread=int(fields["t"]) if "t" in fields else None,
        asked=int(fields["q"]) if "q" in fields else None,
        edits=tuple(map(int, fields["e"].split(","))) if "e" in fields else (),
        guest=fields.get("x"),
        business=fields.get("b"),
        ephemeral=int(fields["s"]) if "s" in fields else None,
    )
