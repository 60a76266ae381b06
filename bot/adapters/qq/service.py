"""Run one robot: its endpoint, and beside it what sends the replies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from bot.adapters.delivery.answers import Forged, json_answer, refuse
from bot.adapters.delivery.full_text import FullText
from bot.adapters.delivery.payload import Json, object_in, part, text
from bot.adapters.delivery.sending import Sending
from bot.adapters.qq.chats import CODES, RobotChats
from bot.adapters.qq.signature import Signature
from bot.adapters.qq.updates import PLATFORM, read
from bot.adapters.vendors.access_token import AccessToken, SharedTokens, seconds_of
from bot.adapters.vendors.calls import Caller, Line
from bot.errors import StoreUnavailable
from bot.plugins import Endpoint, Request, Response, Surroundings

_EVENT, _TAKEN, _CHECK = 0, 12, 13


@dataclass(frozen=True, slots=True)
class Robot:
    """What the operator entered."""

    app_id: str
    secret: str = field(repr=False)
    callback_url: str
    api_url: str
    token_url: str
    has_keyboard: bool = False


def access_token(
    line: Line,
    robot: Robot,
    now: Callable[[], float] = time.time,
    others: SharedTokens | None = None,
) -> AccessToken:
    """Return the access token of a robot."""

    async def fetch() -> tuple[str, float]:
        body = {"appId": robot.app_id, "clientSecret": robot.secret}
        found = await line.ask("POST", f"{robot.token_url}/app/getAppAccessToken", json=body)
        return str(found["access_token"]), float(found["expires_in"])

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
        self._chats = RobotChats(
            surroundings, self._full_text, self._caller, has_keyboard=robot.has_keyboard
        )
        self._sending = Sending(surroundings, self._chats)
        self._signature = Signature(robot.secret, now=now)

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the callback address and the page of replies that are too long."""
        return (Endpoint(self._call), self._full_text.endpoint)

    async def run(self) -> None:
        """Send replies until stopped."""
        await self._sending.run(self._stopping)
        await self._client.aclose()

    def stop(self) -> None:
        self._stopping.set()

    def trouble(self) -> str | None:
        return self._caller.trouble or self._chats.trouble

    async def _call(self, request: Request) -> Response:
        """Answer a call: prove, store, acknowledge."""
        try:
            body = object_in(request.body)
            if body.get("op") == _CHECK:
                return json_answer(self._proven(part(body, "d")))
            self._signature.check(request.headers, request.body)
            heard = read(body) if body.get("op") == _EVENT else None
            if heard:
                await self._sending.take(*heard)
        except Forged as error:
            return refuse(401, error)
        except ValueError as error:
            return refuse(400, error)
        except StoreUnavailable as error:
            return refuse(503, error)
        return json_answer({"op": _TAKEN})

    def _proven(self, asked: Json) -> Json:
        """Return what the console wants to see when the address is saved."""
        word = text(asked, "plain_token")
        return {
            "plain_token": word,
            "signature": self._signature.prove(text(asked, "event_ts"), word),
        }
