"""Serve Telegram through any library: what an update means and which calls answer it.

No module here imports a Telegram library.  A library's module (`bot.adapters.telegram_ptb`,
`bot.adapters.telegram_aiogram`) makes a `Handler`, passes it the library's own update objects and
carries out its calls as a `Caller`.
"""

from bot.adapters.telegram.errors import failure
from bot.adapters.telegram.handler import Handler
from bot.adapters.telegram.ports import BotIdentity, Caller, Options

__all__ = ["BotIdentity", "Caller", "Handler", "Options", "failure"]
