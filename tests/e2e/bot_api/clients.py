"""Both real libraries behind one call, for tests that ask both the same thing.

`call` goes through the library's own method with its own types, so what comes back has been read
by the library; `refused` tells which exception it made of a refusal.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiogram.exceptions
import aiogram.methods
import telegram
import telegram.error
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.request import HTTPXRequest

from tests.e2e.bot_api.server import BotApi

LIBRARIES = ("aiogram", "ptb")


class Client(Protocol):
    library: str

    async def call(self, method: str, **params: Any) -> Any: ...

    async def refused(self, method: str, **params: Any) -> Exception: ...

    def article(self, id: str, title: str, text: str, **content: Any) -> Any: ...


class QuickSession(AiohttpSession):
    """The library's session, without the quarter of a second that it waits when it closes."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Aiogram:
    library = "aiogram"

    def __init__(self, bot: aiogram.Bot) -> None:
        self.bot = bot

    async def call(self, method: str, **params: Any) -> Any:
        kind = getattr(aiogram.methods, method[0].upper() + method[1:])
        return await self.bot(kind(**params))

    async def refused(self, method: str, **params: Any) -> Exception:
        try:
            await self.call(method, **params)
        except aiogram.exceptions.AiogramError as error:
            return error
        raise AssertionError(f"{method} was not refused")

    def article(self, id: str, title: str, text: str, **content: Any) -> Any:
        words = {"message_text": text, **content}
        return {"type": "article", "id": id, "title": title, "input_message_content": words}


class Ptb:
    library = "ptb"

    def __init__(self, bot: telegram.Bot) -> None:
        self.bot = bot

    async def call(self, method: str, **params: Any) -> Any:
        name = re.sub(r"(?=[A-Z])", "_", method).lower()
        return await getattr(self.bot, name)(**params)

    async def refused(self, method: str, **params: Any) -> Exception:
        try:
            await self.call(method, **params)
        except telegram.error.TelegramError as error:
            return error
        raise AssertionError(f"{method} was not refused")

    def article(self, id: str, title: str, text: str, **content: Any) -> Any:
        words = telegram.InputTextMessageContent(text, **content)
        return telegram.InlineQueryResultArticle(id, title, words)


def aiogram_bot(api: BotApi) -> aiogram.Bot:
    return aiogram.Bot(api.token, QuickSession(api=TelegramAPIServer.from_base(api.url)))


def ptb_bot(api: BotApi) -> telegram.Bot:
    quick = {"verify": False}  # there is no TLS on loopback; reading the certificates takes 20 ms
    requests = [HTTPXRequest(httpx_kwargs=quick) for _ in range(2)]
    return telegram.Bot(
        api.token,
        base_url=f"{api.url}/bot",
        request=requests[0],
        get_updates_request=requests[1],
    )


@asynccontextmanager
async def connected(api: BotApi, library: str) -> AsyncIterator[Client]:
    if library == "ptb":
        async with ptb_bot(api) as bot:
            yield Ptb(bot)
    else:
        async with aiogram_bot(api) as bot:
            yield Aiogram(bot)
