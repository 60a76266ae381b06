"""Share the event loop out among long thoughts, a slice at a time, each in turn.

A thought is a greenlet: it is left in the middle of what it does and gone on with later, without a
thread that would fight for the interpreter.  What a newcomer would get wrong: a slice begins only
when the loop has nothing else to do, so a message of others waits for the rest of one slice, and
not for one at each of its steps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from importlib.util import find_spec
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


def thinking() -> Thinking:
    """Return what thinks of long words: in slices where the extra `fast` is installed."""
    return Slices() if find_spec("greenlet") else InThread()


class Slices:
    """Thinks of several things in turn."""

    def __init__(self) -> None:
        from greenlet import greenlet

        self._greenlet = greenlet
        self._turn = asyncio.Lock()
        self._ends = 0.0

    async def think(self, work: Callable[[], T]) -> T:
        """Return what the work returns, or raise what it raises."""
        found: list[T] = []
        thought = self._thought(lambda: found.append(work()))
        try:
            while not thought.dead:
                async with self._turn:
                    await _quiet()
                    self._ends = perf_counter() + SLICE_S
                    thought.switch()
        finally:
            if not thought.dead:
                thought.throw()  # nobody waits for it any more
        return found[0]

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
