"""What delivery needs of a platform: where a reply goes, what goes there, and who carries it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol, Self, TypeVar

from bot.core.model.reply import Reply


class Route(Protocol):
    """The way back to one person in one chat. Immutable."""

    @property
    def chat(self) -> Hashable: ...

    @property
    def user(self) -> Hashable: ...

    @property
    def place(self) -> Hashable:
        """The chat and, where it has topics, the topic."""
        ...

    @property
    def asked(self) -> Hashable | None:
        """The message with the question, where it is known."""
        ...

    @property
    def is_paced(self) -> bool:
        """Counts against what a group takes in a minute."""
        ...

    @property
    def is_outside(self) -> bool:
        """Leads to somebody although the bot is not in the chat."""
        ...

    def moved_to(self, chat: Hashable) -> Self:
        """The same way after the chat got another id."""
        ...

    def in_reply_to(self, message: int) -> Self:
        """The same way, as a reply to this message."""
        ...

    def afresh(self) -> Self:
        """The same way for a new message: nothing is replaced, nobody's query is answered."""
        ...


class Message(Protocol):
    """A reply made ready for a platform. Immutable."""

    @property
    def pages(self) -> tuple[str, ...]:
        """In the platform's own markup; none where there is nothing to send."""
        ...

    @property
    def is_answer(self) -> bool:
        """A fact that may be pointed to instead of being said again."""
        ...


R = TypeVar("R", bound=Route)
R_contra = TypeVar("R_contra", bound=Route, contravariant=True)
M = TypeVar("M", bound=Message)


class Platform(Protocol[R_contra, M]):
    """Writes messages and carries them."""

    def write(self, reply: Reply, route: R_contra) -> M:
        """The reply made ready for this way."""
        ...

    def pointer(self, route: R_contra) -> M:
        """A message that says "see above", to be sent in reply to the one above."""
        ...

    def passed_over(self, message: M) -> M:
        """The same message, saying first that it stands for earlier questions as well."""
        ...

    def hides(self, route: R_contra) -> bool:
        """Whether only the asker will see what is sent along this route."""
        ...

    async def send(self, message: M, route: R_contra) -> tuple[int, ...]:
        """The ids of the messages that now stand there; empty for none.

        Raises:
            Gone: nobody is there.
            Migrated: the chat has another id now.
            Refused: it will never be taken.
            DeliveryFailed: not now; a part of the pages may be there already.
        """
        ...
