"""Limit how long a caller waits for a server, also if the server does not respond at all.

Cancelling a driver's call is not enough: some drivers then say goodbye to the server and wait for
that.  The caller returns at once here, and the driver's task ends in its own time.

After one timeout no caller waits any more (a circuit breaker), because the turns of one person
queue up and their waits would add up.  The server is probed in the background until it answers;
until then every call fails at once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

CLOSE_TIMEOUT_S = 1.0
"""How long abandoned tasks may take to end when the store is closed."""
DRIVER_TIMEOUT_S = 3.0
"""Timeout that drivers get, longer than `DEADLINE_S`: if the driver gave up first, the silence
would not be noticed here.
"""
PROBE_TIMEOUT_S = 1.0
"""How long a probe waits for the answer of the server."""
PROBE_PAUSE_S = 0.3
"""Pause between two probes; once the server is back, turns are refused for at most one pause and
one `PROBE_TIMEOUT_S` more.
"""


COMMIT_GRACE_S = 0.4
"""How much longer a commit that was begun may take: giving it up would leave in doubt what is
stored.  With `bot.storage.DEADLINE_S` it stays within the 2.5 s of an answer; half a second took
2.51 beside a silent Redis.
"""


_SHORTEST_WAIT_S = 0.01


class GivenUpError(Exception):
    """Nobody waits for this unit of work any more: nothing of it may be stored."""


class Deadline:
    """How long a caller waits for one unit of work, which is given up or committed, never both.

    It stands still while the turn is decided: how long that takes says nothing about the store.
    """

    def __init__(self, limit_s: float) -> None:
        self._ends = time.monotonic() + limit_s
        self._decides_since: float | None = None
        self._guard = threading.Lock()
        self._is_given_up = self._commits = False

    @property
    def left_s(self) -> float:
        since = self._decides_since
        return max(0.0, self._ends - (time.monotonic() if since is None else since))

    @contextmanager
    def stands_still(self) -> Iterator[None]:
        """Do not count the time of the body; may be entered in another thread."""
        since = self._decides_since = time.monotonic()
        try:
            yield
        finally:
            self._ends += time.monotonic() - since
            self._decides_since = None

    def attempt(self) -> None:
        """Begin the unit, or begin it again; raises as `commit`."""
        with self._guard:
            self._require_wanted()
            self._commits = False

    def commit(self) -> None:
        """Go on to what cannot be taken back.

        Raises:
            GivenUpError: it was given up.
        """
        with self._guard:
            self._require_wanted()
            self._commits = True

    def give_up(self) -> bool:
        """Forbid the commit; return false if it has begun."""
        with self._guard:
            self._is_given_up = not self._commits
            return self._is_given_up

    def _require_wanted(self) -> None:
        if self._is_given_up:
            raise GivenUpError


async def wait_for(job: asyncio.Future[Any], deadline: Deadline) -> bool:
    """Wait for a job; return false if it was given up, or its commit was not done in time either.

    The job itself goes on.
    """
    while not job.done() and (left_s := deadline.left_s):
        await asyncio.wait({job}, timeout=max(left_s, _SHORTEST_WAIT_S))
    if not job.done() and not deadline.give_up():
        await asyncio.wait({job}, timeout=COMMIT_GRACE_S)
    return job.done()


class CircuitBreaker:
    """Runs jobs with a time limit and owns the tasks that no caller waits for any more."""

    def __init__(self, probe: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """`probe` starts the smallest possible job, on a connection of its own."""
        self._probe = probe
        self._tasks: set[asyncio.Task[Any]] = set()
        self._probing: asyncio.Task[None] | None = None

    async def within(self, deadline: float | Deadline, job: Coroutine[Any, Any, T]) -> T:
        """Return what the job returns, or raise what it raises.

        Raises:
            TimeoutError: the job was not done in time and has been cancelled, or it was not started
                because the server is known to be silent.
        """
        if self._probing is not None and not self._probing.done():
            job.close()
            raise TimeoutError
        task = self._start(job)
        limit = deadline if isinstance(deadline, Deadline) else Deadline(deadline)
        try:
            is_done = await wait_for(task, limit)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not is_done:
            task.cancel()
            if self._probing is None or self._probing.done():
                self._probing = self._start(self._probe_until_it_answers())
            raise TimeoutError
        return task.result()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT_S)

    async def _probe_until_it_answers(self) -> None:
        while True:
            probe_task = self._start(self._probe())
            await asyncio.wait({probe_task}, timeout=PROBE_TIMEOUT_S)
            if probe_task.done() and not probe_task.cancelled() and probe_task.exception() is None:
                return
            probe_task.cancel()
            await asyncio.sleep(PROBE_PAUSE_S)

    def _start(self, job: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._discard)
        return task

    def _discard(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # retrieved, or asyncio logs it as never retrieved
