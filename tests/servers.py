"""The stores that tests run over: PostgreSQL and Redis one test at a time, and a bad line to them.

A database that is named in the environment may be shared by several test runs on this machine; some
tests delete all that is old, so a lock file makes them take turns. Runs that are not to wait for
each other are given different databases, or numbers of Redis, as the workers of one run are.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.workers import free_port, own_database

POSTGRES, REDIS = "BOT_TEST_POSTGRES_URL", "BOT_TEST_REDIS_URL"


@contextlib.contextmanager
def server(variable: str) -> Iterator[str]:
    """The URL of a server, ours alone for the time being; without one the test is skipped."""
    url = os.environ.get(variable)
    if not url:
        pytest.skip(f"set {variable} to the URL of a server that tests may write to; .ci/run does")
    url = own_database(url)
    name = f"zhuce-{sha256(url.encode()).hexdigest()[:12]}.lock"
    with Path(tempfile.gettempdir(), name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield url


STORES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "sqlite": lambda folder: nullcontext(f"sqlite:///{folder / 'bot.db'}"),
    "postgres": lambda _: server(POSTGRES),
    "redis": lambda _: server(REDIS),
}
"""The URL of each kind of store that outlives its process, given a folder for files."""


class Line:
    """A TCP line to a server that can be out in several ways, until it is mended."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = parts.hostname, parts.port
        self._before, self._after = url.split(f"{parts.hostname}:{parts.port}")
        self._listener: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._port = free_port()
        self._may_speak = asyncio.Event()
        self._is_hanging_up = self._is_losing = False
        self._loop = asyncio.get_running_loop()

    @property
    def url(self) -> str:
        return f"{self._before}127.0.0.1:{self._port}{self._after}"

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """For those in another thread: `line.run(line.cut())`."""
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(5)

    async def mend(self) -> None:
        self._may_speak.set()
        self._is_hanging_up = False
        if self._listener is None:
            self._listener = await asyncio.start_server(self._talk, "127.0.0.1", self._port)

    async def cut(self) -> None:
        """Connections end, and new ones are refused."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await self._end_talks()

    async def hang_up(self) -> None:
        """Connections end, and new ones are taken and ended at once."""
        self._is_hanging_up = True
        await self._end_talks()

    async def silence(self) -> None:
        """Nothing comes through any more; connecting still works."""
        self._may_speak.clear()

    async def lose(self) -> None:
        """The same, and connections that are there now never speak again."""
        self._may_speak.clear()
        self._may_speak = asyncio.Event()

    async def _end_talks(self) -> None:
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_hanging_up:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        there, may_speak = None, self._may_speak
        try:
            await may_speak.wait()
            back, there = await asyncio.open_connection(*self._there)
            async with asyncio.TaskGroup() as both:
                both.create_task(_carry(reader, there, may_speak))
                both.create_task(_carry(back, writer, may_speak))
        except (asyncio.CancelledError, OSError, ExceptionGroup):
            pass
        finally:
            self._talks.discard(task)
            for end in (writer, there):
                if end is not None:
                    end.transport.abort()


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may_speak: asyncio.Event
) -> None:
    while data := await reader.read(65536):
        await may_speak.wait()
        writer.write(data)
        await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def line(url: str) -> AsyncIterator[Line]:
    between = Line(url)
    await between.mend()
    try:
        yield between
    finally:
        await between.cut()
