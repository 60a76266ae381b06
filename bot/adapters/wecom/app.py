"""Run one self-built app: its endpoint, and beside it what sends the replies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from bot.adapters.delivery.sending import Sending
from bot.adapters.tencent.envelope import Envelope
from bot.adapters.vendors.access_token import AccessToken, SharedTokens, seconds_of
from bot.adapters.vendors.calls import Caller, Line
from bot.adapters.wecom.app_chats import CODES, MOST_MARKDOWN, MOST_TEXT, AppChats
from bot.adapters.wecom.callback import Callback
from bot.adapters.wecom.message import APP, Form
from bot.plugins import Endpoint, Request, Response, Surroundings


@dataclass(frozen=True, slots=True)
class App:
    """What the operator entered."""

    corp_id: str
    agent: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    api_url: str
    is_markdown: bool = False
    has_cards: bool = True


def access_token(
    line: Line,
    app: App,
    now: Callable[[], float] = time.time,
    others: SharedTokens | None = None,
) -> AccessToken:
    """Return the access token of an app."""

    async def fetch() -> tuple[str, float]:
        asked = {"corpid": app.corp_id, "corpsecret": app.secret}
        found = await line.ask("GET", "/cgi-bin/gettoken", params=asked)
        return str(found["access_token"]), float(found["expires_in"])

    return AccessToken(fetch, now, others)


class AppService:
    """Implements `bot.plugins.Service`."""

    def __init__(self, app: App, surroundings: Surroundings) -> None:
        self._stopping = asyncio.Event()
        self._client = httpx.AsyncClient(base_url=app.api_url)
        line = Line(self._client, CODES)
        form = Form(MOST_MARKDOWN if app.is_markdown else MOST_TEXT, app.is_markdown, app.has_cards)
        now, name = seconds_of(surroundings.clock), f"{APP}:{app.corp_id}:{app.agent}"
        others = SharedTokens(surroundings.conversation, name, app.secret)
        self._caller = Caller(line, access_token(line, app, now, others))
        chats = AppChats(surroundings, self._caller, app.agent, form)
        self._sending = Sending(surroundings, chats)
        envelope = Envelope(app.token, app.corp_id, app.aes_key, now=now)
        self._callback = Callback(envelope, self._sending, app.agent, chats.phrase)

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the callback address."""
        return (Endpoint(self._call, methods=("GET", "POST")),)

    async def run(self) -> None:
        """Send replies until stopped."""
        await self._sending.run(self._stopping)
        await self._client.aclose()

    def stop(self) -> None:
        self._stopping.set()

    def trouble(self) -> str | None:
        return self._caller.trouble

    async def _call(self, request: Request) -> Response:
        if request.method == "GET":
            return self._callback.verify(request.query)
        return await self._callback.receive(request.query, request.body)
