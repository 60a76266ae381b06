"""Run the smallest possible Telegram bot, in each library and mode: it repeats what it gets.

    python scripts/echo_bot.py ptb|aiogram polling|webhook API_URL TOKEN PORT

It is written as in the libraries' own documentation; `scripts.bench.telegram` compares with it.
"""

from __future__ import annotations

import sys
from typing import Any

HOST, PATH = "127.0.0.1", "/webhooks/telegram"


def run_ptb(mode: str, api_url: str, token: str, port: int) -> None:
    from telegram import Update
    from telegram.ext import ApplicationBuilder, MessageHandler, filters

    async def echo(update: Update, _: Any) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(update.message.text)

    application = ApplicationBuilder().token(token).base_url(f"{api_url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    if mode == "polling":
        application.run_polling(allowed_updates=["message"])
    else:
        url = f"http://{HOST}:{port}{PATH}"
        application.run_webhook(
            HOST, port, PATH, webhook_url=url, secret_token="bench", allowed_updates=["message"]
        )


def run_aiogram(mode: str, api_url: str, token: str, port: int) -> None:
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
    from aiohttp import web

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    bot = Bot(token, AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
    if mode == "polling":
        dispatcher.run_polling(bot)
        return

    @dispatcher.startup()
    async def register() -> None:
        await bot.set_webhook(f"http://{HOST}:{port}{PATH}", secret_token="bench")

    server = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token="bench").register(server, PATH)
    setup_application(server, dispatcher, bot=bot)
    web.run_app(server, host=HOST, port=port, print=None)


def main() -> None:
    library, mode, api_url, token, port = sys.argv[1:]
    run = {"ptb": run_ptb, "aiogram": run_aiogram}[library]
    run(mode, api_url, token, int(port))


if __name__ == "__main__":
    main()
