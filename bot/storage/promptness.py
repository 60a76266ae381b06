"""An answer in time, also from a server that says nothing at all.

Cancelling a driver is not enough: some of them then say goodbye to the server first, and wait for
that.  Whoever waits is let go at once here, and the driver gets the time it takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

FAREWELL_S = 1.0
"""How long what was given up may take to end when the store is closed."""


class Promptness:
    """Owns the tasks that nobody waits for any more."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()

    async def within(self, deadline_s: float, job: Coroutine[Any, Any, T]) -> T:
        """What the job returns or raises.

        Raises:
            TimeoutError: the job is not done in time; it has been cancelled.
        """
        task = asyncio.create_task(job)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        try:
            await asyncio.wait({task}, timeout=deadline_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not task.done():
            task.cancel()
            raise TimeoutError
        return task.result()

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FAREWELL_S)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # asked for, or asyncio complains of it when nobody else does
