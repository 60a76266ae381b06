"""Carry Telegram through python-telegram-bot; the extra `ptb` installs it.

Calls go through the `Bot`, so that a rate limiter or defaults of an embedding application are in
force.  Results stay decoded JSON: objects made of them would not be used.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from httpx import HTTPError, Limits, Timeout, TimeoutException
from telegram import Bot, InputFile, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import BaseHandler, CallbackContext
from telegram.request import HTTPXRequest, RequestData

from bot.adapters.telegram.embedded import EmbeddedHandlers
from bot.adapters.telegram.errors import failure
from bot.adapters.telegram.handler import Handler
from bot.adapters.telegram.ports import Caller, Params, Upload
from bot.adapters.telegram.service import identity
from bot.core.conversation import Conversation
from bot.errors import DeliveryFailed

READ_S = 15.0
CONNECT_S = 5.0
CONNECTIONS = 8
"""Concurrent calls.  At 0.1 s each that is more than Telegram accepts from a bot (30 messages/s),
and httpx looks at every idle connection before each call: 20 of them cost a third more CPU than
one.
"""
KEEP_S = 30.0
"""How long a connection stays open for the next question; httpx closes it after 5 s."""
_JSON = {"Content-Type": "application/json", "User-Agent": HTTPXRequest.USER_AGENT}
_CODES = {BadRequest: 400, Forbidden: 403, Conflict: 409}
"""PTB distinguishes statuses by class; any other one is a broken connection or a 5xx."""


class JsonRequest(HTTPXRequest):
    """Sends parameters as JSON, which the Bot API accepts except with files.

    In a form each byte of a Chinese text is escaped by itself, which costs more than answering.
    """

    async def do_request(  # type: ignore[override]  # `PtbCaller` passes the timeouts by name
        self, url: str, method: str, request_data: RequestData | None, **waits_s: float
    ) -> tuple[int, bytes]:
        if request_data is None or request_data.contains_files:
            return await super().do_request(url, method, request_data, **waits_s)
        body = json.dumps(request_data.parameters, ensure_ascii=False).encode()
        timeout = Timeout(READ_S, read=waits_s["read_timeout"], connect=CONNECT_S)
        try:
            answer = await self._client.request(
                method, url, content=body, headers=_JSON, timeout=timeout
            )
        except TimeoutException as error:
            raise TimedOut from error
        except HTTPError as error:
            raise NetworkError(f"httpx.{type(error).__name__}: {error}") from error
        return answer.status_code, answer.content


class PtbCaller:
    """Implements `bot.adapters.telegram.ports.Caller`."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._calls = asyncio.Semaphore(CONNECTIONS)

    def has(self, method: str) -> bool:
        """Return true: methods are passed on raw, so those that PTB does not know work as well."""
        return bool(method)

    async def call(self, method: str, params: Params) -> Any:
        if method == "getUpdates":
            return await self._post(method, params, READ_S + float(params.get("timeout", 0)))
        async with self._calls:
            return await self._post(method, params, READ_S)

    async def _post(self, method: str, params: Params, read_s: float) -> Any:
        try:
            # The public `do_api_request` warns for every method that the class `Bot` has.
            return await self._bot._post(  # noqa: SLF001
                method, _with_files(params), read_timeout=read_s, connect_timeout=CONNECT_S
            )
        except TelegramError as error:
            raise _failure(error) from error


def _with_files(params: Params) -> dict[str, Any]:
    return {
        name: InputFile(value.content, filename=value.name) if isinstance(value, Upload) else value
        for name, value in params.items()
    }


def _failure(error: TelegramError) -> DeliveryFailed:
    match error:
        case RetryAfter():
            return failure(429, error.message, retry_after_s=_seconds(error.retry_after))
        case ChatMigrated():
            return failure(400, error.message, new_chat_id=error.new_chat_id)
        case InvalidToken():
            code = 404 if "not found" in error.message.lower() else 401
        case _:
            code = next((code for kind, code in _CODES.items() if type(error) is kind), 500)
    return failure(code, error.message)


def _seconds(period: int | timedelta) -> float:
    return period.total_seconds() if isinstance(period, timedelta) else float(period)


@asynccontextmanager
async def connect(token: str, api_url: str, proxy: str | None) -> AsyncIterator[Caller]:
    """Open a connection of our own to the Bot API, closed on leaving; nothing is called yet."""
    # Otherwise PTB warns at every 429 that its type will change.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    limits = Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_S)
    bot = Bot(
        token,
        base_url=f"{api_url.rstrip('/')}/bot",
        request=JsonRequest(pool_timeout=READ_S, proxy=proxy, httpx_kwargs={"limits": limits}),
        get_updates_request=JsonRequest(1, proxy=proxy),
    )
    try:
        yield PtbCaller(bot)
    finally:
        for request in bot._request:  # noqa: SLF001  `shutdown` asks for a getMe before it
            await request.shutdown()


def handlers(
    conversation: Conversation,
    *,
    is_ephemeral: bool = False,
    is_rich: bool = False,
    extras: Collection[str] = (),
    feedback: bool = False,
) -> list[BaseHandler[Update, Any, None]]:
    """Return the bot for your `Application`: `application.add_handlers(handlers(conversation))`.

    Added last it answers what none of your handlers has taken.  Other people's buttons, and in
    groups everything not meant for it, are left to handlers of later groups.
    """
    embedded = EmbeddedHandlers(
        conversation,
        is_ephemeral=is_ephemeral,
        is_rich=is_rich,
        extras=extras,
        feedback=feedback,
    )
    return [ZhuceHandler(embedded)]


class ZhuceHandler(BaseHandler[Update, Any, None]):
    """Stores its answer before PTB goes on to the next update, and sends it in a task."""

    __slots__ = ("_embedded",)

    def __init__(self, embedded: EmbeddedHandlers) -> None:
        super().__init__(self._answer)
        self._embedded = embedded

    def check_update(self, update: object) -> bool:
        return isinstance(update, Update) and self._handler_of(update.get_bot()).is_for_us(update)

    async def _answer(self, update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
        sending = await self._embedded.accept(self._handler_of(context.bot), update)
        context.application.create_task(sending, update)

    def _handler_of(self, bot: Bot) -> Handler:
        return self._embedded.known(bot.id) or self._embedded.handler(
            PtbCaller(bot), identity(bot.bot.to_dict()), bot.token
        )
