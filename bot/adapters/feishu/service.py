"""Run one robot: its endpoint, and beside it what sends the replies."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from bot.adapters.delivery.answers import Forged, json_answer, refuse
from bot.adapters.delivery.full_text import FullText
from bot.adapters.delivery.payload import Json, part, text
from bot.adapters.delivery.sending import Sending
from bot.adapters.feishu.chats import CODES, RobotChats, card_of
from bot.adapters.feishu.envelope import Envelope, challenge_in
from bot.adapters.feishu.updates import PLATFORM, Foreign, read
from bot.adapters.vendors.access_token import AccessToken, SharedTokens, seconds_of
from bot.adapters.vendors.calls import Caller, Line
from bot.errors import DeliveryFailed, StoreUnavailable
from bot.plugins import Endpoint, Request, Response, Surroundings

WHO_PAUSE_S = 30.0
"""Between two questions who the robot is, while there was no answer."""
WHO = "/open-apis/bot/v3/info"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Robot:
    """What the operator entered."""

    app_id: str
    secret: str = field(repr=False)
    key: str = field(repr=False)
    token: str = field(repr=False)
    callback_url: str
    api_url: str


def access_token(
    line: Line,
    robot: Robot,
    now: Callable[[], float] = time.time,
    others: SharedTokens | None = None,
) -> AccessToken:
    """Return the access token of an app in its company."""

    async def fetch() -> tuple[str, float]:
        body = {"app_id": robot.app_id, "app_secret": robot.secret}
        path = "/open-apis/auth/v3/tenant_access_token/internal"
        found = await line.ask("POST", path, json=body)
        return str(found["tenant_access_token"]), float(found["expire"])

    return AccessToken(fetch, now, others)


class Service:
    """Implements `bot.plugins.Service`."""

    def __init__(self, robot: Robot, surroundings: Surroundings) -> None:
        self._stopping = asyncio.Event()
        self._client = httpx.AsyncClient(base_url=robot.api_url)
        now, talks = seconds_of(surroundings.clock), surroundings.conversation
        line, others = Line(self._client, CODES), f"{PLATFORM}:{robot.app_id}"
        shared = SharedTokens(talks, others, robot.secret)
        self._caller = Caller(line, access_token(line, robot, now, shared))
        self._full_text = FullText(talks, robot.secret, robot.callback_url)
        self._chats = RobotChats(surroundings, self._full_text, self._caller)
        self._sending = Sending(surroundings, self._chats)
        self._envelope = Envelope(robot.key, robot.token, now=now)
        self._who = ""

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the callback address and the page of replies that are too long."""
        return (Endpoint(self._call), self._full_text.endpoint)

    async def run(self) -> None:
        """Find out who the robot is, and send replies, until stopped."""
        asking = asyncio.create_task(self._learn_who())
        await self._sending.run(self._stopping)
        asking.cancel()
        await asyncio.wait([asking])
        await self._client.aclose()

    def stop(self) -> None:
        self._stopping.set()

    def trouble(self) -> str | None:
        return self._caller.trouble

    async def _learn_who(self) -> None:
        while not self._who:
            try:
                found = await self._caller.call("GET", WHO, None)
            except DeliveryFailed as failure:
                log.warning("who the robot is was not found out: %s", failure)
                await asyncio.sleep(WHO_PAUSE_S)
            else:
                self._who = text(part(found, "bot"), "open_id")

    async def _call(self, request: Request) -> Response:
        """Answer a call: prove, store, acknowledge; a press has its card replaced."""
        try:
            opened = self._envelope.open(request.headers, request.body)
            challenge = challenge_in(opened)
            if challenge is not None:
                return json_answer({"challenge": challenge})
            return json_answer(await self._taken(opened))
        except Forged as error:
            return refuse(401, error)
        except ValueError as error:
            return refuse(400, error)
        except StoreUnavailable as error:
            return refuse(503, error)

    async def _taken(self, opened: Json) -> Json:
        """Store the reply; return what is answered to the call."""
        heard = read(opened, self._who)
        if heard is None:
            return {}
        if isinstance(heard, Foreign):
            return {"toast": {"type": "info", "content": self._chats.phrase("not_your_button")}}
        await self._sending.take(heard.update, heard.route)
        if heard.update.press is None:
            return {}
        label = text(part(opened, "event", "action", "value"), "l")
        chosen = card_of(f"{self._chats.phrase('chosen')}：{label}", ())
        return {"card": {"type": "raw", "data": chosen}}
