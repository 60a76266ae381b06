"""Run one official account: its endpoints and, if it is verified, what is sent beside them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import httpx

from bot.adapters.tencent import full_text
from bot.adapters.tencent.access_token import AccessToken
from bot.adapters.tencent.answers import refuse
from bot.adapters.tencent.calls import Caller, Line
from bot.adapters.tencent.envelope import Envelope
from bot.adapters.tencent.full_text import Names
from bot.adapters.tencent.sending import Sending
from bot.adapters.wechat.customer_service import (
    CODES,
    MOST_PAGES,
    WAY,
    CustomerService,
    Pages,
    Route,
    read_route,
)
from bot.adapters.wechat.menu import set_menu
from bot.adapters.wechat.receiver import Receiver
from bot.adapters.wechat.updates import PLATFORM
from bot.adapters.wechat.writer import Writer
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.core.ports import Clock
from bot.errors import DeliveryFailed, StoreUnavailable
from bot.plugins import Endpoint, Request, Response

FULL_TEXT = "/full"
_NAME = "m"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """What the operator entered."""

    app_id: str
    token: str = field(repr=False)
    callback_url: str
    aes_key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    """Only of use to a verified account."""
    api_url: str = ""
    sets_menu: bool = False
    handover: frozenset[str] = frozenset()


def fetcher(line: Line, account: Account) -> AccessToken:
    """Return the access token of an account with a secret."""

    async def fetch() -> tuple[str, float]:
        body = {"grant_type": "client_credential", "appid": account.app_id}
        found = await line.ask(
            "POST", "/cgi-bin/stable_token", json={**body, "secret": account.secret}
        )
        return str(found["access_token"]), float(found["expires_in"])

    return AccessToken(fetch, time.monotonic)


class Service:
    """Implements `bot.plugins.Service`."""

    def __init__(self, account: Account, conversation: Conversation, clock: Clock) -> None:
        self._account, self._conversation = account, conversation
        self._stopping = asyncio.Event()
        self._names = Names(account.token)
        writer = Writer(
            lambda: conversation.pack, self._names, f"{account.callback_url}{FULL_TEXT}?{_NAME}="
        )
        self._client = httpx.AsyncClient(base_url=account.api_url)
        self._sending: Sending[Route, Pages] | None = None
        self._caller: Caller | None = None
        if account.secret:
            line = Line(self._client, CODES)
            self._caller = caller = Caller(line, fetcher(line, account))
            platform = CustomerService(writer, caller)
            self._sending = Sending(PLATFORM, conversation, clock, platform, read_route)
        self._writer = writer
        envelope = Envelope(
            account.token, account.app_id, account.aes_key, now=lambda: clock.now().timestamp()
        )
        self._receiver = Receiver(
            self._answer, envelope, writer.phrase, account.handover, time.monotonic
        )
        self._trouble: str | None = None

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the callback address and the page of replies that are too long."""
        return (
            Endpoint(self._call, methods=("GET", "POST")),
            Endpoint(self._full_text, FULL_TEXT, methods=("GET",)),
        )

    async def run(self) -> None:
        """Send what goes on behind answers, until stopped."""
        if self._sending is None or self._caller is None:
            await self._stopping.wait()
        else:
            if self._account.sets_menu:
                await self._set_menu(self._caller)
            await self._sending.run(self._stopping)
        await self._client.aclose()

    def stop(self) -> None:
        self._stopping.set()

    def trouble(self) -> str | None:
        return self._trouble or (self._caller.trouble if self._caller else None)

    async def _call(self, request: Request) -> Response:
        if request.method == "GET":
            return self._receiver.verify(request.query)
        return await self._receiver.receive(request.query, request.body)

    async def _answer(self, update: Update) -> str:
        """Return the text to answer with; what it has no room for is sent, or on a page."""
        if self._sending is None:
            reply = await self._conversation.handle(update)
            return self._writer.write(update, reply)
        update = replace(update, route=WAY)
        reply = await self._sending.answer(update, partial(self._rest, update.key.user))
        pages = self._writer.pages(reply)
        return pages[0] if 1 < len(pages) <= MOST_PAGES else self._writer.write(update, reply)

    def _rest(self, user: str, reply: Reply) -> Route | None:
        """Return the route for the pages behind the first one, if they are sent."""
        return Route(user, 1) if 1 < len(self._writer.pages(reply)) <= MOST_PAGES else None

    async def _full_text(self, request: Request) -> Response:
        """Show a reply that a message had no room for."""
        name = self._names.read(request.query.get(_NAME, ""))
        if name is None:
            return refuse(404)
        title = self._conversation.pack.title
        try:
            reply = await self._conversation.told(*name)
        except StoreUnavailable:
            return _page(503, full_text.note_page(title, self._writer.phrase("try_later")))
        if reply is None:
            return _page(404, full_text.note_page(title, self._writer.phrase("full_text_gone")))
        return _page(200, full_text.page(title, reply))

    async def _set_menu(self, caller: Caller) -> None:
        try:
            await set_menu(caller, self._conversation.pack)
        except DeliveryFailed as failure:
            log.warning("the menu was not set: %s", failure)
            self._trouble = f"自定义菜单没有设成：{failure}"
        else:
            log.info("the menu is set")


def _page(status: int, text: str) -> Response:
    return Response(status, text.encode(), "text/html; charset=utf-8", full_text.HEADERS)
