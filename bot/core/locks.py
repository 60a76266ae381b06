"""Run one task at a time for each key, in the order of arrival; other keys do not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from types import TracebackType
from typing import Generic, Protocol, TypeVar

K = TypeVar("K", bound=Hashable)
K_contra = TypeVar("K_contra", contravariant=True)


class Gate(Protocol):
    """What is waited for and given back: a lock, or a semaphore."""

    async def acquire(self) -> bool: ...

    def release(self) -> None: ...


class Line(Protocol[K_contra]):
    """Where callers wait, each under a key."""

    def line_up(self, key: K_contra, /) -> Gate:
        """Take a place; return what to wait for."""
        ...

    def leave(self, key: K_contra, /) -> None:
        """Give the place back."""
        ...


class KeyedLocks(Generic[K]):
    """Holds a lock for each key in use; a lock that nobody holds or waits for is removed."""

    def __init__(self) -> None:
        self._locks: dict[K, tuple[asyncio.Lock, int]] = {}

    def of(self, key: K) -> Turn[K]:
        """Return what waits for the lock of `key` and holds it, for `async with`."""
        return Turn(self, key)

    def line_up(self, key: K) -> asyncio.Lock:
        lock, waiting = self._locks.get(key) or (asyncio.Lock(), 0)
        self._locks[key] = lock, waiting + 1
        return lock

    def leave(self, key: K) -> None:
        lock, waiting = self._locks[key]
        if waiting == 1:
            del self._locks[key]
        else:
            self._locks[key] = lock, waiting - 1


class Turn(Generic[K]):
    """The time in which a task holds the gate of a key; not a generator, which costs more."""

    def __init__(self, line: Line[K], key: K) -> None:
        self._line, self._key = line, key

    async def __aenter__(self) -> None:
        self._gate = self._line.line_up(self._key)
        try:
            await self._gate.acquire()
        except BaseException:
            self._line.leave(self._key)
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._gate.release()
        self._line.leave(self._key)
