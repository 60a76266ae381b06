"""Run the default database: one SQLite file, one connection.

Every unit of work is one transaction, which takes the write lock at its start (BEGIN IMMEDIATE), so
that several processes may share the file.

What a newcomer would get wrong: a unit that a person waits for runs where it is called, in the
event loop.  It takes 0.1 ms and waits for nothing: not for the disk, because the log is flushed
when it is copied into the file, which a thread does, and not for the lock.  Whoever would have to
wait goes to the thread.  A hop for each message costs more than what is done after it, and the two
threads fight for the interpreter (ADR 37).

`synchronous=NORMAL` with a write-ahead log: a process killed at any moment loses nothing that was
acknowledged; a power cut may lose the last moments, never the file.  `?synchronous=full` at the end
of the URL closes that gap at the price of a disk flush for each message, and of the hop.

A file that was deleted under a running program is noticed before the next unit of work and created
again, because SQLite itself would go on writing to a file without a name.
"""

from __future__ import annotations

import asyncio
import logging
import math
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.errors import SettingsError, StoreUnavailable
from bot.storage import DEADLINE_S
from bot.storage.deadline import Deadline, wait_for
from bot.storage.links import Link, SqliteLink
from bot.storage.sql_units import ConflictError
from bot.storage.sqlite_file import (
    BEGIN_TO_WRITE,
    be_patient,
    identity,
    in_transaction,
    open_file,
    store_errors,
)
from bot.storage.sqlite_log import LogCopier, copy_log

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 3
"""Attempts of one unit of work; the write lock should make conflicts impossible."""

BUSY_TIMEOUT_S = 1.5
"""How long one unit of work waits for another process's write lock."""
COPY_LOG_AFTER = 100
"""Units; some 4 MB, which is when SQLite itself would copy its log into the file."""


def read_address(address: str, setting: str = "BOT_STORE") -> tuple[Path, str]:
    """Return the file and the `synchronous` mode from what follows `sqlite://` in a URL.

    Raises:
        SettingsError: there is no path, or an option other than `synchronous=normal|full`.
    """
    place, _, option = address.partition("?")
    modes = {"": "NORMAL", "synchronous=normal": "NORMAL", "synchronous=full": "FULL"}
    if not place.startswith("/") or place == "/" or option not in modes:
        expected = "应写成 sqlite:///相对路径 或 sqlite:////绝对路径，后面可加 ?synchronous=full"
        raise SettingsError(setting, f"sqlite://{address}", expected)
    return Path(place[1:]), modes[option]


async def open_sqlite(
    path: Path,
    synchronous: str = "NORMAL",
    busy_timeout_s: float = BUSY_TIMEOUT_S,
    title: str = "会话库",
) -> SqliteDatabase:
    """Open the file; create it and its folder if they do not exist.

    `title` is its name in messages.  The whole file is checked for damage, which takes about a
    second per gigabyte.

    Raises:
        StoreError: the file is damaged, not ours, not writable, or of a newer program.
        StoreUnavailable: another process holds it.
    """
    database = SqliteDatabase(path, synchronous, busy_timeout_s, title)
    try:
        await database.in_thread(database.link)
    except BaseException:
        await database.close()
        raise
    return database


class SqliteDatabase:
    """Implements `bot.storage.sql_store.Database`; made by `open_sqlite`."""

    def __init__(self, path: Path, synchronous: str, busy_timeout_s: float, title: str) -> None:
        self._place = f"{title} {path}"
        self._path, self._synchronous, self._busy_timeout_s = path, synchronous, busy_timeout_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bot-sqlite")
        self._use = threading.Lock()
        """Held by whoever uses the connection."""
        self._link: SqliteLink | None = None
        self._file: tuple[int, int] | None = None
        self._is_prompt = synchronous == "NORMAL"
        self._in_log = 0
        """Units since the log was copied into the file last."""
        self._copier = LogCopier(path)
        self._is_copying = False

    async def run(self, unit: Callable[[Link], T]) -> T:
        return await self.in_thread(lambda: self._commit(unit))

    async def run_in_time(self, unit: Callable[[Link], T], deadline: Deadline | None = None) -> T:
        """Run a unit at once, or else within the deadline; one that is given up is rolled back."""
        if done := self._at_once(unit):
            return done[0]
        limit = deadline or Deadline(DEADLINE_S)
        job = asyncio.ensure_future(self.in_thread(lambda: self._commit(unit, limit)))
        try:
            if await wait_for(job, limit):
                return job.result()
        except asyncio.CancelledError:
            job.cancel()
            raise
        job.cancel()
        raise StoreUnavailable(f"{self._place} 在 {DEADLINE_S:g} 秒内没有空出来；请再试")

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self._once("BEGIN", unit)

    async def replace(self, unit: Callable[[Connection], T]) -> T:
        return await self._once(BEGIN_TO_WRITE, unit)

    async def _once(self, begin: str, unit: Callable[[Connection], T]) -> T:
        """Run a long unit on a connection of its own."""
        from bot.storage.sqlite_engine import run_once

        await self.in_thread(self.link)
        with store_errors(self._place):
            return await asyncio.to_thread(run_once, self._path, self._busy_timeout_s, begin, unit)

    async def tidy(self) -> None:
        """Empty the write-ahead log; deleted records are already overwritten in the file."""
        await self.in_thread(self._empty_log)

    async def migrate(self, revision: str) -> None:
        from bot.storage import schema

        await self.replace(lambda c: schema.migrate(c, revision))

    async def close(self) -> None:
        """Wait for running work, then close the file; may be called once."""
        await self.in_thread(self._disconnect)
        self._thread.shutdown()

    async def in_thread(self, job: Callable[[], T]) -> T:
        """Run a job that may wait for the disk or for other processes."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._patiently, job)

    def _patiently(self, job: Callable[[], T]) -> T:
        with self._use:
            try:
                if self._link is not None:
                    be_patient(self._link.driver, self._busy_timeout_s)
                return job()
            finally:
                if self._link is not None:
                    be_patient(self._link.driver, 0)

    def link(self) -> SqliteLink:
        """Return the connection to the current file; call it in the thread only."""
        if self._link is not None and identity(self._path) != self._file:
            log.warning("the file of the store is gone or another one; it is opened anew")
            self._disconnect()
        if self._link is None:
            self._link = open_file(self._path, self._synchronous, self._busy_timeout_s, self._place)
            self._file = identity(self._path)
        return self._link

    def _disconnect(self) -> None:
        self._copier.close()
        if self._link is not None:
            self._link.driver.close()
            self._link = None

    def _at_once(self, unit: Callable[[Link], T]) -> tuple[T] | None:
        """Run a unit here if nothing has to be waited for; whatever goes wrong, the thread tells.

        A unit may be run again: its work is pure.
        """
        if not (self._is_prompt and self._use.acquire(blocking=False)):
            return None
        try:
            if self._link is None or identity(self._path) != self._file:
                return None
            done = (in_transaction(self._link, unit),)
            self._in_log += 1
        except (ConflictError, sqlite3.Error):
            return None
        finally:
            self._use.release()
        if self._in_log >= COPY_LOG_AFTER and not self._is_copying:
            self._is_copying, self._in_log = True, 0
            self._thread.submit(self._copy_log_beside)
        return done

    def _commit(self, unit: Callable[[Link], T], deadline: Deadline | None = None) -> T:
        limit = deadline or Deadline(math.inf)

        def limited(link: Link) -> T:
            limit.attempt()
            result = unit(link)
            limit.commit()
            return result

        with store_errors(self._place):
            for _ in range(ATTEMPTS):
                try:
                    return self._keeping_the_log_short(limited)
                except (ConflictError, sqlite3.IntegrityError):
                    log.warning("a unit of work met a conflict and is run again")
        raise StoreUnavailable(f"{self._place} 上 {ATTEMPTS} 次都被别的进程抢先；请再试")

    def _keeping_the_log_short(self, unit: Callable[[Link], T]) -> T:
        done = in_transaction(self.link(), unit)
        self._in_log += 1
        if self._in_log >= COPY_LOG_AFTER:
            self._copy_log()
        return done

    def _copy_log_beside(self) -> None:
        """Copy the write-ahead log into the file while the loop goes on writing to it."""
        try:
            if self._copier.copy():
                self._patiently(self._copy_log)
        except sqlite3.Error as error:
            log.debug("the log of the store is copied later: %s", error)
        finally:
            self._is_copying = False

    def _copy_log(self) -> None:
        """Copy the log while nobody writes, after which it is written from its start again."""
        if self._link is not None:
            self._in_log = 0
            copy_log(self._link.driver)

    def _empty_log(self) -> None:
        """Copy the write-ahead log into the file and truncate it."""
        with store_errors(self._place):
            checkpoint = self.link().driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_ = checkpoint.fetchone()
        if is_busy:
            log.warning("the log of the store is in use and keeps deleted records")
