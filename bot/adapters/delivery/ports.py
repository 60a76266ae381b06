"""Declare what delivery needs of a platform: routes, messages, and sending."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol, Self, TypeVar

from bot.core.model.reply import Reply


class Route(Protocol):
    """The way back to one person in one chat; immutable."""

    @property
    def chat(self) -> Hashable: ...

    @property
    def user(self) -> Hashable: ...

    @property
    def place(self) -> Hashable:
        """Return the chat and, if it has topics, the topic."""
        ...

    @property
    def asked(self) -> Hashable | None:
        """Return the message with the question, if it is known."""
        ...

    @property
    def is_paced(self) -> bool:
        """Return whether a message counts against the rate limit of a group."""
        ...

    @property
    def is_outside(self) -> bool:
        """Return whether it leads to a chat that the bot is not in."""
        ...

    def moved_to(self, chat: Hashable) -> Self:
        """Return the same route after the chat got another id."""
        ...

    def in_reply_to(self, message: int) -> Self:
        """Return the same route, as a reply to this message."""
        ...

    def afresh(self) -> Self:
        """Return the same route for a new message, which edits none and answers no query."""
        ...


class Message(Protocol):
    """A reply rendered for a platform; immutable."""

    @property
    def pages(self) -> tuple[str, ...]:
        """Return its texts in the platform's markup; empty if there is nothing to send."""
        ...

    @property
    def is_answer(self) -> bool:
        """Return whether it is a fact that may be pointed to instead of being repeated."""
        ...


R = TypeVar("R", bound=Route)
R_contra = TypeVar("R_contra", bound=Route, contravariant=True)
M = TypeVar("M", bound=Message)


class Platform(Protocol[R_contra, M]):
    """Renders messages and sends them."""

    def write(self, reply: Reply, route: R_contra) -> M:
        """Render the reply for this route."""
        ...

    def pointer(self, route: R_contra) -> M:
        """Return a message that says "see above", to be sent in reply to the one above."""
        ...

    def passed_over(self, message: M) -> M:
        """Return the message with a first line that says it also stands for earlier questions."""
        ...

    def hides(self, route: R_contra) -> bool:
        """Return whether only the asker sees what is sent along this route."""
        ...

    async def send(self, message: M, route: R_contra) -> tuple[int, ...]:
        """Send, and return the ids of the messages that now exist; empty for none.

        Raises:
            Gone: nobody is there.
            Migrated: the chat has another id now.
            Refused: it will never be accepted.
            DeliveryFailed: not now; some of the pages may have been sent.
        """
        ...
