"""Declare what a platform's adapter consists of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from bot.plugins.finding import Finding
from bot.plugins.units import Units

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.core.conversation import Conversation
    from bot.core.ports import Clock

S = TypeVar("S", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can show; what it cannot is told in words.

    The conformance kit (`bot.testing`) checks an adapter against these and against nothing else.
    """

    units: Units = Units.CHARACTERS
    """What the platform measures `longest` in."""
    longest: int | None = None
    """Units of one message; `None` if there is no limit."""
    most_messages: int | None = None
    """Messages that one update may be answered with; `None` for any number."""
    buttons: int = 0
    """Choices that can be buttons of one message; more are numbered in the text."""
    has_links: bool = False
    """An address can be behind words."""
    has_pictures: bool = False
    has_files: bool = False
    can_edit: bool = False
    """A message that was sent can be replaced by another."""
    can_push: bool = False
    """A message can be sent later than the answer to a request."""
    has_groups: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an endpoint, as it came: signatures are made over bytes."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Found in any case; the last of several that are equal."""
    body: bytes = field(repr=False, default=b"")
    url: str = ""
    """The address that was called, without its query, as this server saw it."""


@dataclass(frozen=True, slots=True)
class Response:
    """What is sent back to the platform."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route below `/webhooks/<name of the adapter>`.

    The body is read up to 1 MiB (413 beyond it).  An exception becomes 503 if the store was out,
    and 500 otherwise, so whatever is wrong with the request has to be a `Response` with 4xx.
    """

    answer: Callable[[Request], Awaitable[Response]]
    path: str = ""
    """Empty, or `/` and more of it."""
    methods: Sequence[str] = ("POST",)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the HTTP server listens."""

    host: str = "127.0.0.1"
    port: int = 0
    is_local: bool = True
    """Only this machine can connect."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an adapter is given by the program."""

    conversation: Conversation
    clock: Clock
    listening: Listening = Listening()


class Service(Protocol):
    """An adapter at work."""

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the routes; asked once, before `run`."""
        ...

    async def run(self) -> None:
        """Work until `stop` was called: hold a connection, send what is left; then close.

        When it returns the whole program stops.  After an exception that is no `BotError` it is
        called again a few seconds later.

        Raises:
            BotError: it makes no sense to go on; the program stops with this sentence.
        """
        ...

    def stop(self) -> None:
        """Take in no more; `run` returns within three seconds."""
        ...

    def trouble(self) -> str | None:
        """Return a sentence in Chinese for the operator; `None` while all is well."""
        ...


class Answering:
    """A service that only answers requests: nothing runs beside them."""

    def __init__(self, *endpoints: Endpoint) -> None:
        self.endpoints: Sequence[Endpoint] = endpoints
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        await self._stopping.wait()

    def stop(self) -> None:
        self._stopping.set()

    def trouble(self) -> str | None:
        return None


async def _nothing(settings: BaseModel, listening: Listening) -> Sequence[Finding]:  # noqa: ARG001
    """Find nothing worth saying."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter(Generic[S]):
    """One platform, as its entry point names it."""

    name: str
    """Small letters, digits and `_`: the entry point, `BOT_<NAME>__…`, `/webhooks/<name>` and the
    platform of its conversation keys.
    """
    title: str
    """What operators call the platform."""
    settings: type[S]
    """A flat pydantic model; each field has a default and a description in Chinese."""
    capabilities: Capabilities
    start: Callable[[S, Surroundings], Service | None]
    """Build the service without waiting for anything; `None` if the settings do not ask for it.

    Raises SettingsError or ExtraMissing if they do, and it cannot be.
    """
    examine: Callable[[S, Listening], Awaitable[Sequence[Finding]]] = _nothing
    """Find out for `zhuce doctor` what is wrong, changing nothing; never raise."""
