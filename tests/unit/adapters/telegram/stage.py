"""A handler between a library's update objects and a small Telegram, in one process and one thread.

The calls of the handler are carried out by the loopback Bot API without its wire, so every text,
keyboard and reply is checked as that server checks it.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiogram.types
import telegram

from bot.adapters.telegram import BotIdentity, Handler, Options, failure
from bot.adapters.telegram.incoming.json_view import seen
from bot.adapters.telegram.ports import Upload
from bot.core.conversation import Conversation
from bot.core.ports import SessionStore
from tests.e2e.bot_api import BotApi, Call, Message, User
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.world import Chat
from tests.fakes import FakeClock

Json = dict[str, Any]
LIBRARIES: Mapping[str, Callable[[Json], object]] = {
    "ptb": lambda payload: telegram.Update.de_json(payload, None),
    "aiogram": aiogram.types.Update.model_validate,
    "ours": seen,
}
"""What an update is read from: in other people's applications, and in a bot of our own."""
SECRET = b"a secret of the tests, long enough"


def _as_received(file: object) -> Json:
    """A file as the server tells of it after the journey."""
    assert isinstance(file, Upload)
    return {"file_name": file.name, "file_size": len(file.content)}


class OfflineCaller:
    """A `Caller` straight into the loopback server's hands."""

    def __init__(self, api: BotApi, lacks: frozenset[str] = frozenset()) -> None:
        self.api, self.lacks = api, lacks

    def has(self, method: str) -> bool:
        return method not in self.lacks

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        front, started = self.api._front, time.monotonic()
        sent = Params.of(json.loads(json.dumps(params, default=_as_received)))
        fault = front.faults.take(method, sent)
        outcome = await front._outcome(method, sent, fault)
        await asyncio.sleep(0)
        call = front._note(method, sent, outcome, started, fault=fault.kind if fault else "")
        if call.ok:
            return call.result
        told = call.answer.get("parameters", {})
        raise failure(
            call.answer.get("error_code", 500),
            call.description,
            retry_after_s=told.get("retry_after"),
            new_chat_id=told.get("migrate_to_chat_id"),
        )


@dataclass
class Ticks:
    """A monotonic clock and a sleep that lets it run on."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Stage:
    """One bot, one Telegram; `await stage.plays()` hands over everything that waits."""

    api: BotApi
    conversation: Conversation
    read: Callable[[Json], object]
    clock: FakeClock
    options: Options = field(default_factory=lambda: Options(SECRET))
    lacks: frozenset[str] = frozenset()
    ticks: Ticks = field(default_factory=Ticks)

    def __post_init__(self) -> None:
        self.handler = self.new_handler()

    def new_handler(self, conversation: Conversation | None = None) -> Handler:
        """The bot after a restart: it remembers what the store holds and nothing else."""
        raw = self.api.world.bot
        me = BotIdentity(raw["id"], raw["username"], raw["can_read_all_group_messages"])
        return Handler(
            conversation=conversation or self.conversation,
            caller=OfflineCaller(self.api, self.lacks),
            me=me,
            clock=self.clock,
            options=self.options,
            ticks=self.ticks,
            sleep=self.ticks.sleep,
        )

    def waiting(self) -> list[object]:
        """The updates that wait, as the library's objects; they count as received then."""
        updates = self.api.world.updates
        batch = updates.batch(1000)
        if batch:
            updates.acknowledge(batch[-1]["update_id"] + 1)
        return [self.read(json.loads(json.dumps(update))) for update in batch]

    async def plays(self) -> None:
        """Handle all that waits, one after another."""
        for update in self.waiting():
            await self.handler.handle(update)

    async def plays_stored_first(self) -> None:
        """Handle all that waits as our own polling and webhook do: store each, then send."""
        rests = [await self.handler.accept(update) for update in self.waiting()]
        await asyncio.gather(*(rest for rest in rests if rest is not None))

    async def plays_at_once(self) -> None:
        await asyncio.gather(*(self.handler.handle(update) for update in self.waiting()))

    async def asked(self, user: User, text: str, chat: Chat | None = None, **how: Any) -> Message:
        """What somebody sees who says this: the one message that the bot sent for it."""
        before = len(self.api.sent())
        user.says(text, chat, **how)
        await self.plays()
        [message] = self.api.sent()[before:]
        return message

    def calls(self, method: str) -> list[Call]:
        return self.api.of(method)

    @property
    def store(self) -> SessionStore:
        return self.conversation._store


@contextmanager
def set_up(
    conversation: Conversation,
    library: str = "ptb",
    *,
    clock: FakeClock | None = None,
    options: Options | None = None,
    lacks: frozenset[str] = frozenset(),
    **bot: Any,
) -> Iterator[Stage]:
    """A stage for one test; `bot` is what the `BotApi` is told about the bot."""
    api = BotApi(**bot)
    try:
        yield Stage(
            api,
            conversation,
            LIBRARIES[library],
            clock or FakeClock(),
            options or Options(SECRET),
            lacks,
        )
    finally:
        api._loop.close()


def numbered(text: str) -> set[str]:
    """The choices that stand in a text, whatever their order."""
    return set(re.findall(r"^\d+\. (.+)$", text, re.MULTILINE))
