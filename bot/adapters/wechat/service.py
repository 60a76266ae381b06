"""Run one official account: its endpoints and, if it is verified, what is sent beside them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import httpx

from bot.adapters.delivery.full_text import FullText
from bot.adapters.delivery.person_limit import limit_of
from bot.adapters.delivery.sending import Sending
from bot.adapters.tencent.envelope import Envelope
from bot.adapters.vendors.access_token import AccessToken, SharedTokens, seconds_of
from bot.adapters.vendors.calls import Caller, Line
from bot.adapters.wechat.chats import CODES, AccountChats, route_to
from bot.adapters.wechat.menu import set_menu
from bot.adapters.wechat.receiver import Receiver
from bot.adapters.wechat.updates import PLATFORM
from bot.core.model.update import Update
from bot.errors import DeliveryFailed
from bot.plugins import Endpoint, Request, Response, Surroundings

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


def access_token(
    line: Line,
    account: Account,
    now: Callable[[], float] = time.time,
    others: SharedTokens | None = None,
) -> AccessToken:
    """Return the access token of an account with a secret."""

    async def fetch() -> tuple[str, float]:
        body = {"grant_type": "client_credential", "appid": account.app_id}
        found = await line.ask(
            "POST", "/cgi-bin/stable_token", json={**body, "secret": account.secret}
        )
        return str(found["access_token"]), float(found["expires_in"])

    return AccessToken(fetch, now, others)


class Service:
    """Implements `bot.plugins.Service`."""

    def __init__(self, account: Account, surroundings: Surroundings) -> None:
        self._account, self._conversation = account, surroundings.conversation
        self._stopping = asyncio.Event()
        self._full_text = FullText(self._conversation, account.token, account.callback_url)
        self._client = httpx.AsyncClient(base_url=account.api_url)
        now = seconds_of(surroundings.clock)
        self._caller = self._caller_of(account, now)
        self._chats = AccountChats(surroundings, self._full_text, self._caller)
        self._sending = Sending(surroundings, self._chats) if self._caller else None
        self._receiver = Receiver(
            self._answer,
            Envelope(account.token, account.app_id, account.aes_key, now=now),
            self._chats.phrase,
            account.handover,
            limit_of(self._conversation, PLATFORM),
        )
        self._trouble: str | None = None

    def _caller_of(self, account: Account, now: Callable[[], float]) -> Caller | None:
        if account.secret is None:
            return None
        line, name = Line(self._client, CODES), f"{PLATFORM}:{account.app_id}"
        others = SharedTokens(self._conversation, name, account.secret)
        return Caller(line, access_token(line, account, now, others))

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the callback address and the page of replies that are too long."""
        return (Endpoint(self._call, methods=("GET", "POST")), self._full_text.endpoint)

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
            return self._chats.answer(update, await self._conversation.handle(update))
        user = update.key.user
        update = replace(update, route=route_to(user).as_text())
        reply = await self._sending.answer(update, partial(self._chats.rest, user))
        return self._chats.answer(update, reply)

    async def _set_menu(self, caller: Caller) -> None:
        try:
            await set_menu(caller, self._conversation.pack)
        except DeliveryFailed as failure:
            log.warning("the menu was not set: %s", failure)
            self._trouble = f"自定义菜单没有设成：{failure}"
        else:
            log.info("the menu is set")
