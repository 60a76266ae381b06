"""A real `zhuce serve` process on a loopback Bot API, through either library, in either mode."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.bot_api import BotApi, Message, User
from tests.e2e.test_serve import STOP_S, Server, serving
from tests.workers import free_port

LIBRARIES = ("ptb", "aiogram")
MODES = ("polling", "webhook")
SET_UPS = [(library, mode) for library in LIBRARIES for mode in MODES]
SECRET = "loopback-webhook-secret"
SAYING = frozenset({"sendMessage", "sendPhoto", "sendRichMessage", "editMessageText"})


@contextmanager
def on_the_line(
    api: BotApi, folder: Path, library: str = "ptb", mode: str = "polling", **more: str
) -> Iterator[Server]:
    """`zhuce serve` that has introduced itself to the Bot API."""
    port = free_port()
    settings = {
        "BOT_TELEGRAM__TOKEN": api.token,
        "BOT_TELEGRAM__API_URL": api.url,
        "BOT_TELEGRAM__LIBRARY": library,
        "BOT_TELEGRAM__MODE": mode,
    }
    if mode == "webhook":
        settings["BOT_TELEGRAM__WEBHOOK_URL"] = f"http://127.0.0.1:{port}/webhooks/telegram"
        settings["BOT_TELEGRAM__WEBHOOK_SECRET"] = SECRET
    with serving(folder, port=port, **settings | more) as server:
        yield server


def stopped(server: Server) -> float:
    """End it with SIGTERM; how long that took."""
    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(STOP_S) == 0, server.log.read_text(encoding="utf-8")
    return time.monotonic() - begun


def asks(api: BotApi, person: User, text: str) -> list[str]:
    """What a person sees after saying something: what was sent or edited, in order."""
    before = len(api.calls)
    person.says(text)
    return seen_since(api, person, before)


def presses(api: BotApi, person: User, label: str) -> list[str]:
    before = len(api.calls)
    person.presses(label)
    return seen_since(api, person, before)


def seen_since(api: BotApi, person: User, before: int, within_s: float = 10.0) -> list[str]:
    def told() -> list[str]:
        calls = [call for call in api.calls[before:] if call.ok and call.method in SAYING]
        return [words(c.message) for c in calls if c.message.chat_id == person.chat.id]

    api.wait(told, within_s)
    return told()


def words(message: Message) -> str:
    """What can be read in a message, be it rich or not."""
    return message.text or "\n".join(_texts(message.raw.get("rich_message")))


def _texts(block: Any) -> Iterator[str]:
    if isinstance(block, str):
        yield block
    elif isinstance(block, list):
        for part in block:
            yield from _texts(part)
    elif isinstance(block, dict):
        for name in ("caption", "summary", "text", "cells", "blocks"):
            yield from _texts(block.get(name))
