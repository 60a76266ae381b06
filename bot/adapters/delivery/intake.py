"""Take payloads in: each is stored before it is acknowledged, and its reply is sent afterwards.

The caller waits for `take` and acknowledges when it returns.  From then on the reply is in the
store: if the process dies before sending, the next one sends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from bot.adapters.delivery.in_time import in_time
from bot.errors import StoreUnavailable

P = TypeVar("P")
log = logging.getLogger(__name__)

MOST_AT_ONCE = 256
"""Updates that are being decided; further ones wait at their caller.  A reply that waits to be sent
holds no place: one chat that may not be written to would hold them all.
"""


class Accepts(Protocol):
    """The part of the handler that takes updates."""

    async def accept(self, update: object) -> Awaitable[None] | None: ...


class Intake(Generic[P]):
    """Takes updates in, in the order of its calls within each conversation."""

    def __init__(
        self,
        handler: Accepts,
        read: Callable[[P], object],
        name: Callable[[P], Mapping[str, Any]] = lambda _: {},
    ) -> None:
        """Make none; `name` returns what the log may say of a payload."""
        self._handler, self._read, self._name = handler, read, name
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._sending: set[asyncio.Task[None]] = set()

    async def take(self, payload: P) -> None:
        """Decide and store; the reply is sent after this has returned.

        An update that cannot be read, or that reveals a fault of ours, is logged and dropped: it
        would fail again at each delivery.

        Raises:
            StoreUnavailable: nothing was done; let it be delivered again.
        """
        update = self._readable(payload)
        if update is None:
            return
        try:
            async with self._room:
                rest = await self._handler.accept(update)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("an update was not answered", extra=self._name(payload))
            return
        if rest is not None:
            self._send(rest)

    async def take_within(self, budget_s: float, payload: P) -> bool:
        """As `take`; return whether it was stored in time.

        If not, it is not to be acknowledged.
        """
        try:
            await in_time(budget_s, self.take(payload))
        except StoreUnavailable:
            return False
        return True

    def _readable(self, payload: P) -> object | None:
        try:
            return self._read(payload)
        except Exception as error:  # noqa: BLE001  its message may hold people's words
            said, what = self._name(payload), type(error).__name__
            log.error("an update could not be read: %s", what, extra=said)  # noqa: TRY400  the traceback holds them too
            return None

    def _send(self, rest: Awaitable[None]) -> None:
        task = asyncio.create_task(_carry_out(rest))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def finish(self, grace_s: float) -> None:
        """Take no more and wait for replies that are being sent.

        Those that take longer than `grace_s` stay in the store for the next start.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                for _ in range(MOST_AT_ONCE):
                    await self._room.acquire()
                while self._sending:
                    await asyncio.wait(self._sending)
        late = tuple(self._sending)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _carry_out(rest: Awaitable[None]) -> None:
    try:
        await rest
    except Exception:
        log.exception("a reply was not sent; it stays in the store")
