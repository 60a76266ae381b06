"""An answer in time, also from a server that says nothing at all.

Cancelling a driver is not enough: some of them then say goodbye to the server first, and wait for
that.  Whoever waits is let go at once here, and the driver gets the time it takes.

Nobody waits for a server that has just let somebody down, because turns of one person queue up and
their waits would add up.  It is asked in the background until it answers; till then all are told at
once that it is out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

FAREWELL_S = 1.0
"""How long what was given up may take to end when the store is closed."""
OVERLONG_S = 3.0
"""What drivers are given as limits of their own. They are not to be the first to give up: that
would not be noticed here."""
ASKING_S = 1.0
"""How long the server has for an answer that nobody waits for."""
PAUSE_S = 0.3
"""Between two times that it is asked: a turn is put off for this long and `ASKING_S` more at most
after it is back."""


class Promptness:
    """Owns the tasks that nobody waits for any more."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """`ask` makes the smallest of jobs, with a connection of its own."""
        self._ask = ask
        self._under_way: set[asyncio.Task[Any]] = set()
        self._asking: asyncio.Task[None] | None = None

    async def within(self, deadline_s: float, job: Coroutine[Any, Any, T]) -> T:
        """What the job returns or raises.

        Raises:
            TimeoutError: the job is not done in time, and has been cancelled; or it was not begun,
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
            task.exception()  # asked for, or asyncio complains of it when nobody else does
