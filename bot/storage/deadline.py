"""Limit how long a caller waits for a server, also if the server does not respond at all.

Cancelling a driver's call is not enough: some drivers then say goodbye to the server and wait for
that.  The caller returns at once here, and the driver's task ends in its own time.

After one timeout no caller waits any more (a circuit breaker), because the turns of one person
queue up and their waits would add up.  The server is probed in the background until it answers;
until then every call fails at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

FAREWELL_S = 1.0
"""How long abandoned tasks may take to end when the store is closed."""
OVERLONG_S = 3.0
"""Timeout that drivers get, longer than `DEADLINE_S`: if the driver gave up first, the silence
would not be noticed here.
"""
ASKING_S = 1.0
"""How long a probe waits for the answer of the server."""
PAUSE_S = 0.3
"""Pause between two probes; after the server is back, turns are refused for at most `PAUSE_S` +
`ASKING_S`.
"""


class Promptness:
    """Runs jobs with a time limit and owns the tasks that no caller waits for any more."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """`ask` makes a probe: the smallest possible job, on a connection of its own."""
        self._ask = ask
        self._under_way: set[asyncio.Task[Any]] = set()
        self._asking: asyncio.Task[None] | None = None

    async def within(self, deadline_s: float, job: Coroutine[Any, Any, T]) -> T:
        """Return what the job returns, or raise what it raises.

        Raises:
            TimeoutError: the job was not done in time and has been cancelled, or it was not started
                because the server is known to be silent.
        """
        if self._asking is not None and not self._asking.done():
            job.close()
            raise TimeoutError
        task = self._begun(job)
        try:
            await asyncio.wait({task}, timeout=deadline_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not task.done():
            task.cancel()
            if self._asking is None or self._asking.done():
                self._asking = self._begun(self._ask_until_it_answers())
            raise TimeoutError
        return task.result()

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FAREWELL_S)

    async def _ask_until_it_answers(self) -> None:
        while True:
            asked = self._begun(self._ask())
            await asyncio.wait({asked}, timeout=ASKING_S)
            if asked.done() and not asked.cancelled() and asked.exception() is None:
                return
            asked.cancel()
            await asyncio.sleep(PAUSE_S)

    def _begun(self, job: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(job)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # retrieved, or asyncio logs it as never retrieved
