"""Declare the platform's side of the wire, as a test plays it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bot.plugins import Request, Response


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message: what is shown, and what comes back."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as a person sees it."""

    text: str
    """What is visible, without markup."""
    buttons: tuple[Button, ...] = ()
    """Those that answer, without those that open or copy something."""
    links: tuple[str, ...] = ()
    """Addresses behind words or buttons."""


class Counterpart(ABC):
    """The platform.  Each check gets a new one."""

    settings: Mapping[str, Any]
    """Values for the settings of the adapter, by the names of the fields."""
    path: str = ""
    """The endpoint that messages are sent to."""
    signs_body: ClassVar[bool] = True
    """A request whose body was changed on its way can be told from a genuine one."""
    signs_time: ClassVar[bool] = True
    """A genuine request can be told from a copy that is sent much later."""

    @abstractmethod
    def says(self, words: str, *, number: int, at: datetime, person: int = 1) -> Request:
        """Return what the platform sends when a person says this in private; recorded, not guessed.

        `number` tells messages apart: the same number is the same message.
        """

    @abstractmethod
    def forgeries(self, request: Request) -> Iterable[Request]:
        """Yield the request as somebody sends it who does not know the secret: each way to try."""

    @abstractmethod
    def shown(self) -> Sequence[Shown]:
        """Return every message that people have been shown so far."""

    def signed(self, request: Request, body: bytes) -> Request:
        """Return a genuine request with another body."""
        raise NotImplementedError

    def hears(self, response: Response) -> None:  # noqa: B027  only some answer so
        """Take the response to a request: platforms that show it to the person do so here."""

    def presses(self, button: Button, *, number: int, at: datetime, person: int = 1) -> Request:
        """Return what the platform sends when a person presses a button of the last message."""
        raise NotImplementedError

    def says_in_group(
        self, words: str, *, number: int, at: datetime, is_addressed: bool
    ) -> Request:
        """Return what the platform sends when somebody says this in a group."""
        raise NotImplementedError

    def close(self) -> None:  # noqa: B027  only some have something to close
        """End what was opened for the test."""
