"""Long words are thought of in slices, and others go first in between.

What a newcomer would get wrong: a thread alone does not help.  While it computes, the event loop
has to ask for the interpreter after every send, receive and statement, and waits each time until
the thread is made to give it up, 5 ms later.  So what computes for long calls `pause` in its loops:
that is where somebody else may go on.

Nobody pauses who holds a lock, or is half-way through a change of what others read.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol, TypeVar

T = TypeVar("T")

hand_over: ContextVar[Callable[[], None] | None] = ContextVar("hand_over", default=None)
"""Lets others go on; `None` where nothing is thought of in slices."""


def pause() -> None:
    """Let others go on here, if what is going on is thought of in slices."""
    if hand := hand_over.get():
        hand()


class Thinking(Protocol):
    """Thinks of long words beside what else the loop does."""

    async def think(self, work: Callable[[], T], size: int) -> T:
        """Return what the work returns, or raise what it raises.

        `size` is how many characters are thought of; few go before many.
        """
        ...


class InThread:
    """Thinks in a thread, of one thing at a time: where nothing better is installed."""

    def __init__(self) -> None:
        from asyncio import Lock, to_thread  # noqa: PLC0415  30 ms that `zhuce ask` need not pay

        self._one, self._in_thread = Lock(), to_thread

    async def think(self, work: Callable[[], T], size: int) -> T:  # noqa: ARG002  in order
        async with self._one:
            return await self._in_thread(work)
