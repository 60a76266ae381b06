"""Run the default database: one SQLite file, one connection, one thread.

Every unit of work is one hop into that thread and one transaction, which takes the write lock at
its start (BEGIN IMMEDIATE), so that several processes may share the file.

`synchronous=NORMAL` with a write-ahead log: a process killed at any moment loses nothing that was
acknowledged; a power cut may lose the last moments, never the file.  `?synchronous=full` at the end
of the URL closes that gap at the price of a disk flush for each message.

A file that was deleted under a running program is noticed before the next unit of work and created
again, because SQLite itself would go on writing to a file without a name.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import SettingsError, StoreError, StoreUnavailable
from bot.storage import DEADLINE_S, schema, sql_units
from bot.storage.deadline import Deadline, wait_for

log = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 3
"""Attempts of one unit of work; the write lock should make conflicts impossible."""

BUSY_TIMEOUT_S = 1.5
"""How long one unit of work waits for another process's write lock."""


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
        await database.in_thread(database.connection)
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
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None

    async def run(self, unit: Callable[[Connection], T]) -> T:
        return await self.in_thread(lambda: self._commit(unit))

    async def run_in_time(
        self, unit: Callable[[Connection], T], deadline: Deadline | None = None
    ) -> T:
        """Run a unit within the deadline; one that is given up is rolled back."""
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
        return await self.in_thread(lambda: self._once(unit, "BEGIN"))

    async def replace(self, unit: Callable[[Connection], T]) -> T:
        return await self.in_thread(lambda: self._once(unit, _BEGIN_TO_WRITE))

    def _once(self, unit: Callable[[Connection], T], begin: str) -> T:
        with _store_errors(self._place), _transaction(self.connection(), begin) as connection:
            return unit(connection)

    async def tidy(self) -> None:
        """Empty the write-ahead log; deleted records are already overwritten in the file."""
        await self.in_thread(self._empty_log)

    async def migrate(self, revision: str) -> None:
        await self.run(lambda c: schema.migrate(c, revision))

    async def close(self) -> None:
        """Wait for running work, then close the file; may be called once."""
        await self.in_thread(self._disconnect)
        self._thread.shutdown()

    async def in_thread(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    def connection(self) -> Connection:
        """Return the connection to the current file; call it in the thread only."""
        if self._connection is not None and _identity(self._path) != self._file:
            log.warning("the file of the store is gone or another one; it is opened anew")
            self._disconnect()
        if self._connection is None:
            engine = _engine(self._path, self._synchronous, self._busy_timeout_s)
            self._connection = _connect(engine, self._path, self._place)
            self._file = _identity(self._path)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            _close(self._connection)
            self._connection = None

    def _commit(self, unit: Callable[[Connection], T], deadline: Deadline | None = None) -> T:
        limit = deadline or Deadline(math.inf)
        with _store_errors(self._place):
            for _ in range(ATTEMPTS):
                connection = self.connection()
                try:
                    with _transaction(connection):
                        limit.attempt()
                        result = unit(connection)
                        limit.commit()
                        return result
                except (sql_units.ConflictError, IntegrityError, sqlite3.IntegrityError):
                    log.warning("a unit of work met a conflict and is run again")
        raise StoreUnavailable(f"{self._place} 上 {ATTEMPTS} 次都被别的进程抢先；请再试")

    def _empty_log(self) -> None:
        """Copy the write-ahead log into the file and truncate it."""
        with _store_errors(self._place):
            checkpoint = _driver(self.connection()).execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_ = checkpoint.fetchone()
        if is_busy:
            log.warning("the log of the store is in use and keeps deleted records")


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode, which tell the file from its successor; `None` if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _engine(path: Path, synchronous: str, busy_timeout_s: float) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),
        hide_parameters=True,  # they are people's words
    )
    _configure(engine, synchronous, busy_timeout_s)
    return engine


def _connect(engine: Engine, path: Path, place: str) -> Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{place} 的文件夹建不了：{error.strerror}") from error
    _create_private(path)
    with _store_errors(place):
        connection = engine.connect()
        try:
            _prepare(connection, place)
        except BaseException:
            _close(connection)
            raise
    return connection


def _create_private(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives its mode to the files beside it.

    A file that exists is left as it is, and not opened: closing it would end the locks of other
    connections of this process (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    with suppress(OSError):  # SQLite's own error says more
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _configure(engine: Engine, synchronous: str, busy_timeout_s: float) -> None:
    """Set the pragmas that SQLite does not keep from one connection to the next."""

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver sends no BEGIN of its own
        connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout_s * 1000)}")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA secure_delete = ON")


_OUR_TABLES = {schema.VERSION_TABLE, "schema_versions"}
"""One of these tables is in every file of ours; the second in those from before migrations."""


def _prepare(connection: Connection, place: str) -> None:
    with _transaction(connection):
        tables = inspect(connection).get_table_names()
        if tables and not _OUR_TABLES.intersection(tables):
            raise StoreError(f"{place} 是别的程序的数据库，其中有表 {tables[0]}；请换一个路径")
        schema.prepare(connection)
    driver = _driver(connection)
    driver.execute("PRAGMA journal_mode = WAL").fetchone()
    (verdict,) = driver.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise StoreError(f"{place} 已损坏（{verdict}）；请从备份恢复，或移走它重新开始")


_BEGIN_TO_WRITE = "BEGIN IMMEDIATE"


@contextmanager
def _transaction(connection: Connection, begin: str = _BEGIN_TO_WRITE) -> Iterator[Connection]:
    """Hold the write lock from the start of the transaction; commit unless the body raises.

    An event listener for `begin`, SQLAlchemy's usual recipe, slows down every statement.
    """
    with connection.begin():
        _driver(connection).execute(begin)
        yield connection


def _driver(connection: Connection) -> sqlite3.Connection:
    """Return the driver's connection, for what SQLAlchemy lacks; it raises `sqlite3.Error`."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _close(connection: Connection) -> None:
    connection.close()
    connection.engine.dispose()


_PROBLEMS: Mapping[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (StoreUnavailable, "正被另一个进程占用；请稍后再试"),
    sqlite3.SQLITE_LOCKED: (StoreUnavailable, "正被占用；请稍后再试"),
    sqlite3.SQLITE_FULL: (StoreUnavailable, "写不下了；请在它的磁盘上腾出空间"),
    sqlite3.SQLITE_IOERR: (StoreUnavailable, "读写失败；请检查它的磁盘"),
    sqlite3.SQLITE_CANTOPEN: (StoreError, "打不开；请检查路径和文件夹的权限"),
    sqlite3.SQLITE_READONLY: (StoreError, "不能写；请检查文件和文件夹的权限"),
    sqlite3.SQLITE_NOTADB: (StoreError, "不是 SQLite 数据库；请移走它或换一个路径"),
    sqlite3.SQLITE_CORRUPT: (StoreError, "已损坏；请从备份恢复，或移走它重新开始"),
}


@contextmanager
def _store_errors(place: str) -> Iterator[None]:
    """Turn the driver's errors into `StoreError` with a sentence of ours."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", None) or 0
        kind, problem = _PROBLEMS.get(code & 0xFF, (StoreError, f"出错：{cause}"))
        raise kind(f"{place} {problem}") from cause
