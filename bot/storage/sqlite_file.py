"""Open an SQLite file of ours, prepare its tables, and tell its errors in a sentence."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import TypeVar

from bot.errors import StoreError, StoreUnavailable
from bot.storage.links import SqliteLink

T = TypeVar("T")
HEAD = "0008"
"""The migration that `newest.sql` and `bot.storage.sql_tables` describe; tests compare all three.
"""
VERSION_TABLE = "zhuce_schema"
_OUR_TABLES = {VERSION_TABLE, "schema_versions"}
"""One of these tables is in every file of ours; the second in those from before migrations."""
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
Upgrade = Callable[[], None]


def open_file(path: Path, synchronous: str, busy_timeout_s: float, place: str) -> SqliteLink:
    """Open the file, and create or upgrade its tables; `place` is its name in messages.

    Raises:
        StoreError, StoreUnavailable: it cannot be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{place} 的文件夹建不了：{error.strerror}") from error
    _create_private(path)
    with store_errors(place):
        # Units of work run here and in a thread, one at a time: see `SqliteDatabase`.
        driver = sqlite3.connect(path.absolute(), isolation_level=None, check_same_thread=False)
        try:
            be_patient(driver, busy_timeout_s)
            driver.execute(f"PRAGMA synchronous = {synchronous}")
            driver.execute("PRAGMA secure_delete = ON")
            _prepare(driver, path, busy_timeout_s, place)
            driver.execute("PRAGMA journal_mode = WAL").fetchone()
            # The log is copied into the file by `SqliteDatabase`, where nobody waits for the disk.
            driver.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
            _require_whole(driver, place)
        except BaseException:
            driver.close()
            raise
    return SqliteLink(driver)


def _require_whole(driver: sqlite3.Connection, place: str) -> None:
    (verdict,) = driver.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise StoreError(f"{place} 已损坏（{verdict}）；请从备份恢复，或移走它重新开始")


def be_patient(driver: sqlite3.Connection, busy_timeout_s: float) -> None:
    """Wait so long for the write lock of another process from now on."""
    driver.execute(f"PRAGMA busy_timeout = {int(busy_timeout_s * 1000)}")


def identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode, which tell the file from its successor; `None` if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  at every turn, and a third of the price
    except OSError:
        return None
    return found.st_dev, found.st_ino


def in_transaction(link: SqliteLink, unit: Callable[[SqliteLink], T]) -> T:
    """Hold the write lock from the start; commit unless the unit raises."""
    driver = link.driver
    driver.execute(BEGIN_TO_WRITE)
    try:
        result = unit(link)
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise
    return result


def _create_private(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives its mode to the files beside it.

    A file that exists is left as it is, and not opened: closing it would end the locks of other
    connections of this process (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    with suppress(OSError):  # SQLite's own error says more
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(driver: sqlite3.Connection, path: Path, busy_timeout_s: float, place: str) -> None:
    is_ready = in_transaction(SqliteLink(driver), lambda _: _create(driver, place))
    if not is_ready:
        # 0.3 s and 20 MiB: only what was made by another version pays for them.
        from bot.storage import schema
        from bot.storage.sqlite_engine import run_once

        run_once(path, busy_timeout_s, BEGIN_TO_WRITE, schema.prepare)


def _create(driver: sqlite3.Connection, place: str) -> bool:
    """Create the tables in an empty file; return whether they are the newest now."""
    found = [name for (name,) in driver.execute(_FIND_TABLES).fetchall()]
    if not found:
        newest = (resources.files(__package__) / "newest.sql").read_text("utf-8")
        for statement in newest.split(";\n"):
            driver.execute(statement)
        return True
    if not _OUR_TABLES.intersection(found):
        raise StoreError(f"{place} 是别的程序的数据库，其中有表 {found[0]}；请换一个路径")
    return VERSION_TABLE in found and driver.execute(_FIND_VERSION).fetchone() == (HEAD,)


_FIND_TABLES = (
    "SELECT name FROM sqlite_master"
    " WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
)
_FIND_VERSION = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608  a constant
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
def store_errors(place: str) -> Iterator[None]:
    """Turn the driver's errors into `StoreError` with a sentence of ours."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None) or 0
        kind, problem = _PROBLEMS.get(code & 0xFF, (StoreError, f"出错：{error}"))
        raise kind(f"{place} {problem}") from error
