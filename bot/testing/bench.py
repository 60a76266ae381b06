"""Put an adapter to work between a counterpart and a conversation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bot.app import load_brain
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply, Status, Text
from bot.core.model.session import Session
from bot.core.model.spans import ZONE
from bot.core.model.turn import Turn
from bot.core.model.update import Update
from bot.core.ports import Applied, Brain
from bot.plugins import Adapter, Listening, Request, Response, Service, Surroundings
from bot.storage.memory import MemoryStore
from bot.testing.counterpart import Counterpart, Shown

PATIENCE_S = 20.0
"""How long a check waits for an adapter; what is fast takes no part of it."""
_PAUSE_S = 0.01
READY = 900_000
"""Number of the message that finds out whether the adapter is ready."""


@cache
def brain() -> Brain:
    """Return the pack that is shipped, and its understander."""
    return load_brain()


class StandingClock:
    """Tells the same time until it is moved."""

    def __init__(self) -> None:
        self._moment = datetime.now(ZONE).replace(microsecond=0)

    def now(self) -> datetime:
        return self._moment

    def forward(self, time: timedelta) -> None:
        self._moment += time


class Scripted(Conversation):
    """Answers everything with one reply, stored as any other, and remembers what it heard."""

    def __init__(self, store: MemoryStore, clock: StandingClock) -> None:
        super().__init__(brain(), store, clock)
        self.reply = Reply(Status.ANSWERED, (Text("好"),))
        self.heard: list[Update] = []

    async def take(self, update: Update, holder: str = "") -> Applied:
        def work(session: Session) -> Turn:
            return Turn(self.reply, session, route=update.route, holder=holder)

        applied = await self._store.transact(update.key, update.id, self.clock.now(), work)
        if not applied.is_repeat:
            self.heard.append(update)
        return applied


@dataclass
class Bench:
    """An adapter at work."""

    adapter: Adapter[Any]
    counterpart: Counterpart
    service: Service
    conversation: Conversation
    clock: StandingClock
    answered: list[Response] = field(default_factory=list)
    _number: int = 0

    def number(self) -> int:
        """Return a number that no message had yet."""
        self._number += 1
        return self._number

    def says(
        self, words: str, *, number: int = 0, at: datetime | None = None, person: int = 1
    ) -> Request:
        """Return a request; new and of this moment unless said otherwise."""
        return self.counterpart.says(
            words, number=number or self.number(), at=at or self.clock.now(), person=person
        )

    async def post(self, request: Request) -> Response:
        """Pass a request to its endpoint, and the response to the counterpart."""
        for endpoint in self.service.endpoints:
            if endpoint.path == self.counterpart.path and request.method in endpoint.methods:
                try:
                    response = await endpoint.answer(request)
                except Exception as error:
                    raise AssertionError(f"{error!r} left the endpoint, for {request}") from error
                self.counterpart.hears(response)
                return response
        raise AssertionError(f"no endpoint takes {request.method} {self.counterpart.path!r}")

    async def asked(self, request: Request) -> Sequence[Shown]:
        """Return what is shown for a request, once everything stored is marked as sent."""
        before = len(self.counterpart.shown())
        response = await self.post(request)
        if response.status >= 400:
            raise AssertionError(f"a genuine request was refused: {response}")
        await self.settle()
        return self.counterpart.shown()[before:]

    async def settle(self) -> None:
        """Wait until nothing is left to send; what is answered at once has no route."""

        async def is_settled() -> bool:
            left = await self.conversation.unsent(self.adapter.name)
            return not any(outgoing.route for outgoing in left)

        await _until(is_settled, "a reply was stored and not marked as sent")

    async def until_ready(self) -> None:
        """Wait while the adapter refuses genuine messages because it is not connected yet."""

        async def is_ready() -> bool:
            response = await self.post(self.says("你好", number=READY))
            return response.status != 503

        await _until(is_ready, "it goes on answering 503")
        await self.settle()


async def _until(is_so: Callable[[], Awaitable[bool]], complaint: str) -> None:
    """Ask until it is so: what an adapter does meanwhile gives no sign."""
    deadline = time.monotonic() + PATIENCE_S
    while not await is_so():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        await asyncio.sleep(_PAUSE_S)


@asynccontextmanager
async def at_work(
    adapter: Adapter[Any],
    counterpart: Counterpart,
    conversation: Conversation,
    clock: StandingClock,
) -> AsyncIterator[Bench]:
    """Start the adapter as `zhuce serve` does, and stop it."""
    settings = adapter.settings.model_validate(dict(counterpart.settings))
    service = adapter.start(settings, Surroundings(conversation, clock, Listening()))
    if service is None:
        raise AssertionError("with the settings of the counterpart it does not start")
    running = asyncio.ensure_future(service.run())
    bench = Bench(adapter, counterpart, service, conversation, clock)
    try:
        await bench.until_ready()
        yield bench
    finally:
        service.stop()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await running
        except TimeoutError:
            raise AssertionError("it does not return from run after stop") from None
