"""Carry Telegram through aiogram; the extra `aiogram` installs it.

Calls go through the `Bot`, so that the session and its middlewares of an embedding application are
in force.  They use a method class of ours that takes its parameters as they are: aiogram's own ones
would validate what the handler has just made, and parse results that are not used.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from aiogram import Bot, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, InputFile, TelegramObject, Update
from aiohttp import FormData, JsonPayload

from bot.adapters.telegram.embedded import EmbeddedHandlers
from bot.adapters.telegram.errors import failure
from bot.adapters.telegram.handler import Handler
from bot.adapters.telegram.incoming.kinds import kinds_of_updates
from bot.adapters.telegram.ports import Caller, Params, Upload
from bot.adapters.telegram.service import identity
from bot.core.conversation import Conversation
from bot.errors import DeliveryFailed

READ_S = 15
_CODES = {
    TelegramBadRequest: 400,
    TelegramEntityTooLarge: 400,
    TelegramUnauthorizedError: 401,
    TelegramForbiddenError: 403,
    TelegramNotFound: 404,
    TelegramConflictError: 409,
}
"""Any other class is a broken connection, a 5xx or an answer that is not JSON."""


class Raw(TelegramMethod[Any]):
    """Any method of the Bot API, with its parameters as extra fields."""

    __returning__: ClassVar[Any] = Any
    if TYPE_CHECKING:
        __api_method__: ClassVar[str]


_dumps = partial(json.dumps, ensure_ascii=False)
_raw_methods: dict[str, type[Raw]] = {}


def _raw(method: str) -> type[Raw]:
    """Return the class for a method: aiogram reads the method's name from the class."""
    if method not in _raw_methods:
        _raw_methods[method] = type(method, (Raw,), {"__api_method__": method})
    return _raw_methods[method]


class JsonSession(AiohttpSession):
    """Sends parameters as JSON, which the Bot API accepts except with files.

    In a form each byte of a Chinese text is escaped by itself, which costs more than answering.
    """

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> FormData:
        params = method.model_extra or {}
        if not isinstance(method, Raw) or any(isinstance(p, InputFile) for p in params.values()):
            return super().build_form_data(bot, method)
        return cast("FormData", JsonPayload(params, dumps=_dumps))  # aiohttp takes either


class AiogramCaller:
    """Implements `bot.adapters.telegram.ports.Caller`."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def has(self, method: str) -> bool:
        """Return true: methods are passed on raw, so those unknown to aiogram work as well."""
        return bool(method)

    async def call(self, method: str, params: Params) -> Any:
        wait_s = int(params.get("timeout", 0)) if method == "getUpdates" else 0
        try:
            return await self._bot(
                _raw(method)(**_with_files(params)), request_timeout=READ_S + wait_s
            )
        except Exception as error:  # aiogram does not wrap what proxies raise
            raise _failure(error) from error


def _with_files(params: Params) -> dict[str, Any]:
    return {
        name: BufferedInputFile(value.content, value.name) if isinstance(value, Upload) else value
        for name, value in params.items()
    }


def _failure(error: Exception) -> DeliveryFailed:
    text = error.message if isinstance(error, TelegramAPIError) else _described(error)
    match error:
        case TelegramRetryAfter():
            return failure(429, text, retry_after_s=error.retry_after)
        case TelegramMigrateToChat():
            return failure(400, text, new_chat_id=error.migrate_to_chat_id)
        case _:
            return failure(_code(error), text)


def _code(error: Exception) -> int:
    return next((code for kind, code in _CODES.items() if type(error) is kind), 500)


def _described(error: Exception) -> str:
    """Describe an error without what the server sent: that may be a page, or a person's words."""
    return type(error).__name__ if isinstance(error, AiogramError) else repr(error)


@asynccontextmanager
async def connect(token: str, api_url: str, proxy: str | None) -> AsyncIterator[Caller]:
    """Open a connection of our own to the Bot API, closed on leaving; nothing is called yet."""
    session = JsonSession(proxy=proxy, api=TelegramAPIServer.from_base(api_url))
    bot = Bot(token, session=session)
    try:
        yield AiogramCaller(bot)
    finally:
        await session.close()


def router(
    conversation: Conversation,
    *,
    is_ephemeral: bool = False,
    is_rich: bool = False,
    extras: Collection[str] = (),
    feedback: bool = False,
) -> Router:
    """Return the bot for your `Dispatcher`: `dispatcher.include_router(router(conversation))`.

    Included last it answers what none of your routers has taken.  Other people's buttons, and in
    groups everything not meant for it, are left to routers after it.
    """
    embedded, found = (
        EmbeddedHandlers(
            conversation,
            is_ephemeral=is_ephemeral,
            is_rich=is_rich,
            extras=extras,
            feedback=feedback,
        ),
        Router(name="zhuce"),
    )

    async def handler_of(bot: Bot) -> Handler:
        if known := embedded.known(bot.id):
            return known
        me = (await bot.me()).model_dump()
        return embedded.handler(AiogramCaller(bot), identity(me), bot.token)

    async def is_for_us(_: TelegramObject, event_update: Update, bot: Bot) -> bool:
        return (await handler_of(bot)).is_for_us(event_update)

    async def answer(_: TelegramObject, event_update: Update, bot: Bot) -> None:
        await (await embedded.accept(await handler_of(bot), event_update))

    for kind in kinds_of_updates(embedded.extras):
        found.observers[kind].register(answer, is_for_us)
    found.shutdown.register(embedded.close)
    return found
