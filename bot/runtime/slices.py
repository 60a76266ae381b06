"""Share the event loop out among long thoughts, a slice at a time.

A thought is a greenlet: it is left in the middle of what it does and gone on with later, without a
thread that would fight for the interpreter.  What a newcomer would get wrong: a slice begins only
when the loop has nothing else to do, so a message of others waits for the rest of one slice, and
not for one at each of its steps.  Of several thoughts the one goes on that is due first, and the
longer the words the later they are due: who writes a sentence does not wait for a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from heapq import heappop, heappush
from importlib.util import find_spec
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from bot.core.slices import InThread, Thinking, hand_over

if TYPE_CHECKING:
    from greenlet import greenlet

T = TypeVar("T")

SLICE_S = 0.001
"""How long a thought goes on at a time; an ordinary message takes 2 ms in all."""
IDLE_S = 0.0001
"""A round of the loop that took less did nothing: the steps of a message take longer."""
MOST_WAIT_S = 0.01
"""After which a slice is due although others are still served."""
DUE_S, LATEST_DUE_S = 0.005, 2.0
"""In how long a thought is due for each character, and at the latest: a whole page has its turn
too.
"""


def in_slices() -> bool:
    """Return whether long words are thought of in slices: where the extra `fast` is installed."""
    return find_spec("greenlet") is not None


def thinking() -> Thinking:
    """Return what thinks of long words."""
    return Slices() if in_slices() else InThread()


class Slices:
    """Thinks of several things at a time."""

    def __init__(self) -> None:
        from greenlet import greenlet

        self._greenlet = greenlet
        self._ends = 0.0
        self._is_taken = False
        self._line: list[tuple[float, int, asyncio.Future[None]]] = []
        """Who waits for the turn, with when they are due; a heap."""
        self._numbers = count()

    async def think(self, work: Callable[[], T], size: int) -> T:
        """Return what the work returns, or raise what it raises."""
        found: list[T] = []
        thought = self._thought(lambda: found.append(work()))
        due = perf_counter() + min(size * DUE_S, LATEST_DUE_S)
        try:
            while not thought.dead:
                async with self._turn(due):
                    await self._go_on(thought, due)
        finally:
            if not thought.dead:
                thought.throw()  # nobody waits for it any more
        return found[0]

    async def _go_on(self, thought: greenlet, due: float) -> None:
        """Think, a slice at a time, until it is done or another is due before."""
        while not (thought.dead or (self._line and self._line[0][0] < due)):
            await _quiet()
            self._ends = perf_counter() + SLICE_S
            thought.switch()

    @asynccontextmanager
    async def _turn(self, due: float) -> AsyncIterator[None]:
        """Hold the turn; who is due first gets it first."""
        if self._is_taken:
            mine = asyncio.get_running_loop().create_future()
            heappush(self._line, (due, next(self._numbers), mine))
            try:
                await mine
            except asyncio.CancelledError:
                if mine.done() and not mine.cancelled():
                    self._pass_on()
                raise
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give the turn to the next in line who still waits; it stays taken until they go on."""
        while self._line:
            *_, next_one = heappop(self._line)
            if not next_one.done():
                next_one.set_result(None)
                return
        self._is_taken = False

    def _thought(self, work: Callable[[], None]) -> greenlet:
        def run() -> None:
            hand_over.set(hand)
            work()

        def hand() -> None:
            if perf_counter() >= self._ends:
                thought.parent.switch()

        thought = self._greenlet(run)
        thought.gr_context = copy_context()
        return thought


async def _quiet() -> None:
    """Wait until the loop has nothing else to do, but not for ever."""
    latest = perf_counter() + MOST_WAIT_S
    while True:
        began = perf_counter()
        await asyncio.sleep(0)
        now = perf_counter()
        if now - began < IDLE_S or now >= latest:
            return
