"""A service of ours in a thread of this process, called without the wire."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bot.adapters.delivery import sending
from bot.plugins import Request, Response, Service
from tests.e2e.tencent.loopback import Json

STOP_S = 10.0
ORDINARY_S, PATIENT_S = sending.BUDGET_S, 30.0


@dataclass
class Indoors:
    """A service that runs."""

    service: Any
    loop: asyncio.AbstractEventLoop

    def push(self, url: str, query: Json, body: str) -> httpx.Response:
        return self.call("POST", query, body.encode())

    def call(
        self,
        method: str,
        query: Json,
        body: bytes = b"",
        path: str = "",
        headers: Json | None = None,
    ) -> httpx.Response:
        """What the endpoint at this path answers."""
        [endpoint] = [one for one in self.service.endpoints if one.path == path]
        request = Request(method, query, headers or {}, body)
        future = asyncio.run_coroutine_threadsafe(endpoint.answer(request), self.loop)
        answer: Response = future.result(STOP_S)
        told = {"Content-Type": answer.media_type, **answer.headers}
        return httpx.Response(answer.status, content=answer.body, headers=told)

    def is_idle(self) -> bool:
        return not self.service._sending._tasks


@contextmanager
def patience() -> Iterator[None]:
    """A machine that does much else at the time is not what is tried: calls wait longer."""
    before = sending.BUDGET_S
    sending.BUDGET_S = PATIENT_S if before == ORDINARY_S else before
    try:
        yield
    finally:
        sending.BUDGET_S = before


@contextmanager
def indoors(service: Service) -> Iterator[Indoors]:
    """Run a service until the end of the block."""
    with patience(), _running(service) as bot:
        yield bot


@contextmanager
def _running(service: Service) -> Iterator[Indoors]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = asyncio.run_coroutine_threadsafe(service.run(), loop)
    try:
        yield Indoors(service, loop)
    finally:
        loop.call_soon_threadsafe(service.stop)
        running.result(STOP_S)
        asyncio.run_coroutine_threadsafe(_ended(), loop).result(STOP_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(STOP_S)
        loop.close()


async def _ended() -> None:
    """Wait until what was cancelled has ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=STOP_S)
