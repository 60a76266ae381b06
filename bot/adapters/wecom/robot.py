"""Run the robot: take in what its connection delivers, answer, send."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.adapters.delivery.chats import Json
from bot.adapters.delivery.full_text import FullText
from bot.adapters.delivery.sending import Sending
from bot.adapters.wecom.robot_chats import RobotChats
from bot.adapters.wecom.robot_connection import Connection
from bot.adapters.wecom.robot_updates import Displaced, Entered, Foreign, Heard, read
from bot.errors import DeliveryFailed
from bot.plugins import Endpoint, Surroundings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """What the operator entered."""

    url: str
    bot_id: str
    secret: str = field(repr=False)
    pages_url: str | None = None
    """The public address below which a reply is shown in full; groups are told of it."""


class Robot:
    """One robot of a company, on its long connection; implements `bot.plugins.Service`."""

    def __init__(self, access: Access, surroundings: Surroundings) -> None:
        self._clock, self._stopping = surroundings.clock, asyncio.Event()
        self._connection = Connection(access.url, access.bot_id, access.secret, self._begin)
        full_text = (
            FullText(surroundings.conversation, access.secret, access.pages_url)
            if access.pages_url
            else None
        )
        self.endpoints: Sequence[Endpoint] = (full_text.endpoint,) if full_text else ()
        self._chats = RobotChats(surroundings, full_text, self._connection)
        self._sending = Sending(surroundings, self._chats)

    def trouble(self) -> str | None:
        """Return why nothing is received, in Chinese; `None` while it is."""
        return self._connection.trouble

    async def run(self) -> None:
        """Stay connected until stopped."""
        connecting = asyncio.create_task(self._connection.run())
        try:
            await self._sending.run(self._stopping)
        finally:
            connecting.cancel()
            await asyncio.wait([connecting])

    def stop(self) -> None:
        self._stopping.set()

    def _begin(self, request: str, body: Json) -> None:
        self._sending.begin(self._take(request, body))

    async def _take(self, request: str, body: Json) -> None:
        """Answer what was delivered."""
        try:
            seen = read(body, request, self._clock.now())
        except ValueError as error:
            log.warning("what the platform delivered could not be read: %s", error)
            return
        match seen:
            case Heard(update, route):
                await self._sending.take_or_say(update, route)
            case Entered():
                await self._welcome(request)
            case Foreign(route):
                await self._sending.say("not_your_button", route)
            case Displaced():
                self._connection.give_way()
            case None:
                pass

    async def _welcome(self, request: str) -> None:
        try:
            await self._chats.welcome(request)
        except DeliveryFailed as failure:
            log.info("a greeting was not sent: %s", failure)
