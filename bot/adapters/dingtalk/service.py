"""Run one robot: by Stream, or as the endpoint that DingTalk calls."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from bot.adapters.delivery.answers import Forged, json_answer, refuse
from bot.adapters.delivery.full_text import FullText
from bot.adapters.delivery.payload import Json, object_in
from bot.adapters.delivery.sending import Sending
from bot.adapters.dingtalk.chats import CODES, GROUP_RATE, RobotChats
from bot.adapters.dingtalk.stream import Stream
from bot.adapters.dingtalk.updates import PLATFORM, read
from bot.adapters.vendors.access_token import AccessToken, SharedTokens, seconds_of
from bot.adapters.vendors.calls import Caller, Line
from bot.errors import StoreUnavailable
from bot.plugins import Endpoint, Request, Response, Surroundings

MOST_AGE_S = 300
"""How far a stamp may be from our clock; DingTalk itself would allow an hour."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Robot:
    """What the operator entered."""

    client_id: str
    secret: str = field(repr=False)
    robot_code: str
    api_url: str
    session_url: str
    is_stream: bool = True
    has_cards: bool = True
    public_url: str | None = None


def access_token(
    line: Line,
    robot: Robot,
    now: Callable[[], float] = time.time,
    others: SharedTokens | None = None,
) -> AccessToken:
    """Return the access token of an app."""

    async def fetch() -> tuple[str, float]:
        body = {"appKey": robot.client_id, "appSecret": robot.secret}
        found = await line.ask("POST", "/v1.0/oauth2/accessToken", json=body)
        return str(found["accessToken"]), float(found["expireIn"])

    return AccessToken(fetch, now, others)


def sign(stamp: str, secret: str) -> str:
    """Return what proves a stamp; the body it does not cover
    (https://open.dingtalk.com/document/isvapp/receive-message).
    """
    made = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
    return b64encode(made.digest()).decode()


def check(headers: Mapping[str, str], secret: str, now: float) -> None:
    """Check signature and stamp, which is in milliseconds.

    Raises:
        Forged: one of them is wrong.
    """
    stamp, given = headers.get("timestamp", ""), headers.get("sign", "")
    if not hmac.compare_digest(given.encode(), sign(stamp, secret).encode()):
        raise Forged("wrong signature")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 15):
        raise Forged("no stamp")
    if abs(now - int(stamp) / 1000) > MOST_AGE_S:
        raise Forged("stale stamp")


class Service:
    """Implements `bot.plugins.Service`."""

    def __init__(self, robot: Robot, surroundings: Surroundings) -> None:
        self._robot, self._stopping = robot, asyncio.Event()
        self._clients = [httpx.AsyncClient(base_url=robot.api_url)]
        self._clients.append(httpx.AsyncClient(base_url=robot.session_url))
        self._now = seconds_of(surroundings.clock)
        talks, line = surroundings.conversation, Line(self._clients[0], CODES)
        url = robot.public_url
        self._full_text = FullText(talks, robot.secret, url) if url else None
        others = SharedTokens(talks, f"{PLATFORM}:{robot.client_id}", robot.secret)
        self._caller = Caller(line, access_token(line, robot, self._now, others))
        chats = RobotChats(
            surroundings,
            self._full_text,
            (self._clients[1], self._caller),
            robot.robot_code,
            has_cards=robot.has_cards,
        )
        self._sending = Sending(surroundings, chats, GROUP_RATE)
        self._stream = (
            Stream(line, robot.client_id, robot.secret, self._sending.begin, self._is_heard)
            if robot.is_stream
            else None
        )

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the callback address, if it is called, and the page of what is too long."""
        called = () if self._robot.is_stream else (Endpoint(self._call),)
        return (*called, self._full_text.endpoint) if self._full_text else called

    async def run(self) -> None:
        """Hold the connection and send replies until stopped."""
        connecting = asyncio.create_task(self._stream.run()) if self._stream else None
        try:
            await self._sending.run(self._stopping)
        finally:
            if connecting:
                connecting.cancel()
                await asyncio.wait([connecting])
            for client in self._clients:
                await client.aclose()

    def stop(self) -> None:
        self._stopping.set()

    def trouble(self) -> str | None:
        return (self._stream.trouble if self._stream else None) or self._caller.trouble

    async def _call(self, request: Request) -> Response:
        """Answer a call: prove, store, acknowledge."""
        try:
            check(request.headers, self._robot.secret, self._now())
            heard = read(object_in(request.body), self._robot.session_url)
            if heard:
                await self._sending.take(*heard)
        except Forged as error:
            return refuse(401, error)
        except ValueError as error:
            return refuse(400, error)
        except StoreUnavailable as error:
            return refuse(503, error)
        return json_answer({})

    async def _is_heard(self, body: Json) -> bool:
        """Store what came by Stream; what is not acknowledged comes again."""
        try:
            heard = read(body, self._robot.session_url)
            if heard:
                await self._sending.take(*heard)
        except ValueError as error:
            log.warning("what DingTalk delivered could not be read: %s", error)
        except StoreUnavailable:
            return False
        return True
