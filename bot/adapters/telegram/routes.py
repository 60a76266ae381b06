"""Where a reply goes: kept as a short text beside the stored reply, so that it survives a crash."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Self

from bot.core.model.update import ConversationKey

PLATFORM = "telegram"


@dataclass(frozen=True, slots=True)
class Route:
    """The way back to one person in one chat; as text it leaves out what the key says."""

    chat: int
    user: int
    is_group: bool = False
    is_anonymous: bool = False
    """Speaks as the group: nobody can be told apart, so anybody may press the buttons."""
    thread: int | None = None
    asked: int | None = None
    """The message with the question."""
    edits: tuple[int, ...] = ()
    """Messages that the reply replaces, in order."""
    guest: str | None = None
    """The query of somebody who called the bot into a chat that it is not in."""
    ephemeral: int | None = None
    """The message, seen by one person only, that was sent or pressed."""

    @property
    def key(self) -> ConversationKey:
        return ConversationKey(PLATFORM, str(self.chat), str(self.user))

    @property
    def person(self) -> int:
        """Who is asking; those who speak as a group are one person a group."""
        return self.chat if self.is_anonymous else self.user

    @property
    def place(self) -> tuple[int, int | None]:
        """The chat and the topic in it."""
        return self.chat, self.thread

    @property
    def is_outside(self) -> bool:
        """A guest's chat, which the bot is not in."""
        return self.guest is not None

    @property
    def is_paced(self) -> bool:
        """New messages in groups are; editing one is not, nor what a guest's chat is told."""
        return self.is_group and not self.edits and not self.is_outside

    def moved_to(self, chat: Hashable) -> Self:
        """The same way into the supergroup that a group became.

        The ids of messages and topics do not move along.
        """
        if not isinstance(chat, int):
            raise TypeError(f"a chat of Telegram is a number, not {chat!r}")
        return replace(self, chat=chat, thread=None, asked=None, edits=())

    def in_reply_to(self, message: int) -> Self:
        """The same way, as a reply to this message."""
        return replace(self, asked=message)

    def afresh(self) -> Self:
        """The same way for a new message."""
        return replace(self, edits=(), guest=None)

    def as_text(self) -> str:
        """Letters and numbers, apart by semicolons: `g;t12;q345;e346,347`."""
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
        if self.guest is not None:
            fields.append(f"x{self.guest}")
        return ";".join(fields) or "p"


def read_route(key: ConversationKey, text: str) -> Route:
    """The inverse of `Route.as_text`.

    Raises:
        ValueError: the text was not made by it.
    """
    fields = {field[:1]: field[1:] for field in text.split(";")}
    return Route(
        chat=int(key.chat),
        user=int(key.user),
        is_group="g" in fields,
        is_anonymous="a" in fields,
        thread=int(fields["t"]) if "t" in fields else None,
        asked=int(fields["q"]) if "q" in fields else None,
        edits=tuple(map(int, fields["e"].split(","))) if "e" in fields else (),
        guest=fields.get("x"),
        ephemeral=int(fields["s"]) if "s" in fields else None,
    )
