"""What platforms have in common whose messages are texts, perhaps with a card of buttons behind.

WeChat, WeCom, DingTalk, Feishu and QQ stand on it: a route, a message, and what is said besides
replies.  What a newcomer would get wrong: the route is stored beside the reply, so what `as_text`
writes is read by later versions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from bot.adapters.delivery.full_text import FullText
from bot.core.dialogue import feedback
from bot.core.dialogue.short_form import shorten
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply, Status, Text
from bot.core.model.spans import day_of
from bot.core.model.update import ConversationKey
from bot.plugins import Surroundings

Json = dict[str, Any]
_IN_GROUP, _ALONE, _ALONE_BEFORE = "g", "p", "c"
_DIVIDES = "\n"


@dataclass(frozen=True, slots=True)
class Route:
    """The way back to one person in one chat."""

    chat: str
    """The group, or the person alone: what is held back or given up for one says nothing of others.
    """
    user: str
    is_group: bool = False
    request: str = ""
    """What the platform wants to be told of the message that is answered; for a while only."""
    update: str = ""
    """The id of the update, for a link to all of its reply."""

    @property
    def place(self) -> str:
        return self.chat

    @property
    def asked(self) -> None:
        """Return nothing: messages of ours have no ids that could be used."""
        return

    @property
    def is_paced(self) -> bool:
        return self.is_group

    @property
    def is_outside(self) -> bool:
        return False

    def moved_to(self, chat: Hashable) -> Self:
        """Chats never get another id.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"no chat is moved here, and none to {chat!r}")

    def in_reply_to(self, message: int) -> Self:  # noqa: ARG002  there are no replies to messages
        return self

    def afresh(self) -> Self:
        return self

    def as_text(self) -> str:
        kind = _IN_GROUP if self.is_group else _ALONE
        return kind + self.request + (_DIVIDES + self.update if self.update else "")


def read_route(key: ConversationKey, text: str) -> Route:
    """Invert `Route.as_text`.

    Raises:
        ValueError: the text was not made by it.
    """
    kind, (request, _, update) = text[:1], text[1:].partition(_DIVIDES)
    if kind not in (_IN_GROUP, _ALONE, _ALONE_BEFORE):
        raise ValueError(text)
    is_group = kind == _IN_GROUP
    return Route(key.chat if is_group else key.user, key.user, is_group, request, update)


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """The content to send along a route."""

    pages: tuple[str, ...]
    card: Json | None = None
    """Buttons in the platform's own form, sent with the last page or behind it."""
    is_answer: bool = False


def is_answer(reply: Reply) -> bool:
    """Return whether the reply is a fact that may be pointed to instead of being repeated."""
    return reply.status in (Status.ANSWERED, Status.ABSTAINED) and bool(reply.answers)


class Chats(ABC):
    """Implements most of `bot.adapters.delivery.ports.Platform`."""

    name: ClassVar[str]
    """The platform of its conversation keys."""
    shows_once: ClassVar[bool] = False
    """A message has an id of ours, and is shown once however often it is sent."""

    def __init__(self, surroundings: Surroundings, full_text: FullText | None = None) -> None:
        """Without `full_text` groups are told to ask alone for what a short form leaves out."""
        self._conversation, self._clock = surroundings.conversation, surroundings.clock
        self._asks_feedback, self._full_text = surroundings.asks_feedback, full_text

    @property
    def pack(self) -> Pack:
        return self._conversation.pack

    @abstractmethod
    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        """Render the reply for this route."""

    @abstractmethod
    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        """Send; see `bot.adapters.delivery.ports.Platform`."""

    def phrase(self, key: str) -> str:
        """Return one of the bot's own phrases."""
        return self.pack.phrase(key)

    def note(self, key: str) -> OutgoingMessage:
        """Return a message with one of the bot's own phrases."""
        return OutgoingMessage((self.phrase(key),))

    def perhaps_sent(self, route: Route) -> OutgoingMessage:  # noqa: ARG002  the same to all
        return self.note("perhaps_sent")

    def pointer(self, route: Route) -> OutgoingMessage:  # noqa: ARG002  it says the same to all
        return self.note("same_answer")

    def passed_over(self, message: OutgoingMessage) -> OutgoingMessage:
        pages = (self.phrase("only_your_last"), *message.pages)
        return replace(message, pages=pages, is_answer=False)

    def hides(self, route: Route) -> bool:
        return not route.is_group

    def shown(self, reply: Reply, route: Route) -> Reply:
        """Return what is shown of a reply: in groups the short form, and alone a question below.

        Numbers of choices stay as they are: who says the words of `ratings` says that.
        """
        if not route.is_group:
            return self.asking(reply)
        short = shorten(self.pack, reply, day_of(self._clock.now()))
        if short is None:
            return reply
        return replace(short, parts=(*short.parts, Text(self._rest_of(route))))

    def _rest_of(self, route: Route) -> str:
        if self._full_text is None or not route.update:
            return self.phrase("full_text_alone")
        key = ConversationKey(self.name, route.chat, route.user)
        return self._full_text.line(key, route.update)

    def asking(self, reply: Reply) -> Reply:
        """Return the reply with a line that asks whether it helped, if it is asked."""
        line = feedback.question(self.pack, reply) if self._asks_feedback else None
        return replace(reply, parts=(*reply.parts, Text(line))) if line else reply
