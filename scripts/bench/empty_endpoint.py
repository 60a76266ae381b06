"""Serve the smallest possible HTTP API, which the bot's own is measured against.

    python -m scripts.bench.empty_endpoint PORT

It has the same framework, the same form of message and the same settings of uvicorn as the bot's.
"""

from __future__ import annotations

import asyncio
import sys

from fastapi import FastAPI

from bot.adapters.web.errors import Json
from bot.adapters.web.schemas import MessageIn
from bot.adapters.web.server import Server
from bot.runtime.addresses import listening
from bot.settings import HttpSettings
from scripts.bench.load import PATH


def app() -> FastAPI:
    found = FastAPI(docs_url=None, redoc_url=None)

    @found.post(PATH)
    async def post_message(message: MessageIn) -> Json:
        return Json({"conversation": message.conversation})

    return found


def main() -> None:
    bound = listening(HttpSettings(port=int(sys.argv[1])))
    asyncio.run(Server(app(), on_stop=lambda: None).serve(sockets=[bound]))


if __name__ == "__main__":
    main()
