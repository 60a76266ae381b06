"""`getUpdates`: one poll waits at a time, a newer one or a webhook ends it with 409."""

from __future__ import annotations

import asyncio

from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import Refused, conflict
from tests.e2e.bot_api.updates import Update
from tests.e2e.bot_api.world import World

LONGEST_S = 50
OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"
ACTIVE = (
    "can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)


class Polling:
    """Lives in the server's event loop."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._waiting: asyncio.Future[None] | None = None

    async def get_updates(self, params: Params) -> list[Update]:
        self._begin(params)
        limit = min(100, max(1, params.integer("limit", 100)))
        wait_s = min(LONGEST_S, max(0, params.integer("timeout")))
        deadline = asyncio.get_running_loop().time() + wait_s
        while not (found := self._batch(limit)) and await self._woken(deadline):
            pass
        return found

    def _begin(self, params: Params) -> None:
        if self.world.webhook is not None:
            raise conflict(ACTIVE)
        self.end(conflict(OTHER))
        with self.world.lock:
            self.world.updates.allow(params.get("allowed_updates"))
            self.world.updates.acknowledge(params.integer("offset"))

    def _batch(self, limit: int) -> list[Update]:
        with self.world.lock:
            return self.world.updates.batch(limit)

    async def _woken(self, deadline: float) -> bool:
        """Wait for something new; False when the time is over.

        Raises:
            Refused: another call has ended this one.
        """
        loop = asyncio.get_running_loop()
        waiting = self._waiting = loop.create_future()
        try:
            async with asyncio.timeout_at(deadline):
                await waiting
        except TimeoutError:
            return False
        finally:
            if self._waiting is waiting:
                self._waiting = None
        return True

    def wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def end(self, refusal: Refused) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(refusal)
