"""Run the robot: take in what its connection delivers, answer, send."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from bot.adapters.delivery.person_limit import PersonLimit, Verdict
from bot.adapters.tencent.sending import Sending
from bot.adapters.wecom import message
from bot.adapters.wecom.message import OutgoingMessage
from bot.adapters.wecom.robot_connection import Connection, Json
from bot.adapters.wecom.robot_platform import RobotPlatform
from bot.adapters.wecom.robot_updates import Displaced, Entered, Foreign, Heard, read
from bot.adapters.wecom.routes import ROBOT, Route, read_route
from bot.core.conversation import Conversation
from bot.core.model.spans import day_of
from bot.core.ports import Clock
from bot.errors import DeliveryFailed, StoreUnavailable
from bot.plugins import Endpoint

log = logging.getLogger(__name__)


class Robot:
    """One robot of a company, on its long connection; implements `bot.plugins.Service`."""

    endpoints: Sequence[Endpoint] = ()

    def __init__(
        self, url: str, bot_id: str, secret: str, conversation: Conversation, clock: Clock
    ) -> None:
        self._clock, self._stopping = clock, asyncio.Event()
        self._connection = Connection(url, bot_id, secret, self._begin)
        self._platform = RobotPlatform(
            lambda: conversation.pack, self._connection, lambda: day_of(clock.now())
        )
        self._sending: Sending[Route, OutgoingMessage] = Sending(
            ROBOT, conversation, clock, self._platform, read_route
        )
        self._limit = PersonLimit(time.monotonic)

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
            case Heard():
                await self._answer(seen)
            case Entered():
                await self._welcome(request)
            case Foreign(route):
                await self._say("not_your_button", route)
            case Displaced():
                self._connection.give_way()
            case None:
                pass

    async def _answer(self, heard: Heard) -> None:
        update, route = heard.update, heard.route
        verdict = self._limit.judge(f"{route.chat}:{update.id}", route.user)
        if verdict is Verdict.ANSWER:
            try:
                sending = await self._sending.take(update, route)
            except StoreUnavailable:
                await self._say("try_later", route)
                return
            if sending is not None:
                await sending
        elif verdict is Verdict.NOTICE:
            await self._say("too_many", route)

    async def _welcome(self, request: str) -> None:
        try:
            await self._platform.welcome(request)
        except DeliveryFailed as failure:
            log.info("a greeting was not sent: %s", failure)

    async def _say(self, phrase: str, route: Route) -> None:
        await self._sending.say(message.note(self._platform.phrase(phrase)), route)
