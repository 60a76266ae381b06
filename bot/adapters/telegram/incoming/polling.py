"""Fetch updates so that acknowledged means stored.

`getUpdates` acknowledges whatever lies below its `offset`.  The pollers of both libraries raise it
as soon as an update is in their queue; what is in the queue is lost with the process.  Here the
offset never passes an update that is not stored yet.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.adapters.delivery.health import Health
from bot.adapters.delivery.intake import Intake
from bot.adapters.telegram.errors import Conflict
from bot.adapters.telegram.incoming.json_view import Payload
from bot.adapters.telegram.incoming.kinds import ALLOWED_UPDATES
from bot.adapters.telegram.ports import Caller
from bot.errors import DeliveryFailed, StoreUnavailable

log = logging.getLogger(__name__)

WAIT_S = 30
"""How long the server may hold a call when there is no update (long polling)."""
BATCH_WAIT_S = 3.0
"""How long a batch may take before the next one is fetched meanwhile."""
RETRY_S = 1.0
"""Pause before an update that could not be stored is tried again."""
CLOSE_TIMEOUT_S = 1.0
"""How long the last call may take."""
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0)


class Polling:
    """The loop of one bot; `run` once, `stop` from anywhere in the same event loop."""

    def __init__(
        self,
        caller: Caller,
        intake: Intake[Payload],
        health: Health,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        *,
        kinds: Sequence[str] = ALLOWED_UPDATES,
    ) -> None:
        self._kinds = tuple(kinds)
        self._caller, self._intake, self._health, self._sleep = caller, intake, health, sleep
        self._offset: int | None = None
        self._open: dict[int, asyncio.Task[None]] = {}
        self._stored: set[int] = set()
        self._failures = 0
        self._fetching: asyncio.Task[Sequence[Payload]] | None = None
        self._is_stopping = False

    async def run(self) -> None:
        """Fetch and take until stopped; then acknowledge what was stored."""
        while not self._is_stopping:
            batch = await self._next_batch()
            if fresh := self._begin(batch):
                await asyncio.wait(fresh, timeout=BATCH_WAIT_S)
            elif self._open:
                await asyncio.wait(self._open.values(), timeout=RETRY_S)
            self._move(batch)
        await self._finish()

    def stop(self) -> None:
        """Fetch no more; `run` returns when what was fetched is stored."""
        self._is_stopping = True
        if self._fetching:
            self._fetching.cancel()

    async def _next_batch(self) -> Sequence[Payload]:
        self._fetching = asyncio.create_task(self._fetch(WAIT_S))
        try:
            return await self._fetching
        except asyncio.CancelledError:
            if self._is_stopping:
                return ()
            raise
        finally:
            self._fetching.cancel()

    async def _fetch(self, wait_s: int, limit: int = 100) -> Sequence[Payload]:
        params: dict[str, Any] = {
            "timeout": wait_s,
            "limit": limit,
            "allowed_updates": list(self._kinds),
        }
        if self._offset is not None:
            params["offset"] = self._offset
        try:
            batch: Sequence[Payload] = await self._caller.call("getUpdates", params)
        except DeliveryFailed as failed:
            await self._back_off(failed)
            return ()
        self._failures = 0
        self._health.beat()
        return batch

    async def _back_off(self, failed: DeliveryFailed) -> None:
        pause = PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
        self._failures += 1
        if isinstance(failed, Conflict):
            reason = "同一个令牌还有别的程序在取消息（409），请停掉其中一个"
        else:
            reason = f"取消息失败（{failed}）"
        self._health.miss(reason)
        log.warning("updates could not be fetched: %s", failed, extra={"failures": self._failures})
        await self._sleep(max(pause, failed.retry_after_s or 0))

    def _begin(self, batch: Sequence[Payload]) -> list[asyncio.Task[None]]:
        """Start a task for each new update; the server repeats what was not acknowledged."""
        fresh = []
        for payload in batch:
            number = int(payload["update_id"])
            if number not in self._open and number not in self._stored:
                task = asyncio.create_task(self._take(number, payload))
                self._open[number] = task
                fresh.append(task)
        return fresh

    async def _take(self, number: int, payload: Payload) -> None:
        """Try until the update is stored: an outage of the store must not lose it."""
        while True:
            try:
                await self._intake.take(payload)
                break
            except StoreUnavailable as error:
                log.warning("an update waits for the store: %s", error)
                await self._sleep(RETRY_S)
        self._open.pop(number, None)
        self._stored.add(number)

    def _move(self, batch: Sequence[Payload]) -> None:
        """Raise the offset to the first update that is not stored yet."""
        if self._open:
            self._offset = min(self._open)
        elif batch:
            self._offset = max(int(payload["update_id"]) for payload in batch) + 1
            self._stored.clear()

    async def _finish(self) -> None:
        if self._open:
            await asyncio.wait(self._open.values(), timeout=BATCH_WAIT_S)
        late = tuple(self._open.values())
        for task in late:
            task.cancel()
        if not late and self._offset is not None:
            await self._acknowledge()

    async def _acknowledge(self) -> None:
        """Tell the server what is stored; an update this fetches is dropped and comes again."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._fetch(wait_s=0, limit=1)
