"""Open stores and journals by URL; they implement `SessionStore` and `Journal` of `bot.core.ports`.

A store is one URL: `memory://`, `sqlite:///relative.db`, `sqlite:////absolute.db`,
`postgresql://user:password@host/database`, `redis://:password@host/0`.  A driver is imported when
its scheme is opened and not before, so that drivers which are not configured cost nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.core.ports import Journal, SessionStore
from bot.errors import SettingsError
from bot.redaction import hide_password

if TYPE_CHECKING:
    from bot.storage.sql_store import Database

DEADLINE_S = 2.0
"""How long a person waits for a store; DESIGN allows 2.5 s for the whole answer."""


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[SessionStore]:
    """Open the store that a URL names, and close it on leaving.

    Raises:
        SettingsError: no such scheme, or the rest of the URL does not fit it.
        StoreError: the store exists and cannot be used.
    """
    scheme, separator, _ = url.partition("://")
    if scheme not in _OPENERS or not separator:
        known = "、".join(f"{name}://" for name in _OPENERS)
        raise SettingsError("BOT_STORE", _scheme_of(url), f"开头应是 {known} 之一")
    store = await _OPENERS[scheme](url)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_journal(url: str) -> AsyncIterator[Journal]:
    """Open the journal in the SQL database that a URL names, and close it on leaving.

    Raises:
        SettingsError: no such scheme, or the rest of the URL does not fit it.
        StoreError: the database exists and cannot be used.
    """
    setting = "BOT_JOURNAL"
    if url.startswith("sqlite://"):
        database = await _sqlite(url, setting)
    elif url.startswith("postgresql://"):
        database = await _postgres(url, setting)
    else:
        expected = "开头应是 sqlite:// 或 postgresql://；留空就不记"
        raise SettingsError(setting, _scheme_of(url), expected)
    from bot.storage.journal import SqlJournal

    journal = SqlJournal(database)
    try:
        yield journal
    finally:
        await journal.close()


def check_address(url: str, setting: str = "BOT_STORE") -> None:
    """Find out whether a URL may be opened, without opening it.

    Raises:
        SettingsError: as `open_store` and `open_journal`.
    """
    scheme, separator, rest = url.partition("://")
    known = _OPENERS if setting == "BOT_STORE" else ("sqlite", "postgresql")
    if scheme not in known or not separator:
        names = "、".join(f"{name}://" for name in known)
        raise SettingsError(setting, _scheme_of(url), f"开头应是 {names} 之一")
    with _require_extra(_EXTRAS.get(scheme, ""), url, setting):
        if scheme == "sqlite":
            from bot.storage import sqlite

            _find("sqlalchemy")
            sqlite.read_address(rest, setting)
        elif scheme == "postgresql":
            from bot.storage import postgres

            postgres.read_address(url, setting)
        elif scheme != "memory":
            from bot.storage import redis_server

            redis_server.read_address(url)


def load_drivers(*urls: str) -> None:
    """Import what opening these takes, for whoever may not wait then; what is missing is told then.

    With PostgreSQL that is some 0.3 s.
    """
    for url in urls:
        for module in _MODULES.get(url.partition("://")[0], ()):
            with suppress(ImportError):
                import_module(f"bot.storage.{module}")


def _scheme_of(url: str) -> str:
    """Return the scheme only: in a URL of an unknown scheme the password may be anywhere."""
    scheme, separator, _ = url.partition(":")
    return f"{scheme}:…" if separator else url


async def _open_memory(url: str) -> SessionStore:
    from bot.storage.memory import MemoryStore

    if url != "memory://":
        raise SettingsError("BOT_STORE", hide_password(url), "memory:// 后面不写任何东西")
    return MemoryStore()


async def _open_sqlite(url: str) -> SessionStore:
    database = await _sqlite(url)
    from bot.storage.sql_store import SqlStore

    return SqlStore(database)


async def _open_postgres(url: str) -> SessionStore:
    database = await _postgres(url)
    from bot.storage.sql_store import SqlStore

    return SqlStore(database)


async def _sqlite(url: str, setting: str = "BOT_STORE") -> Database:
    from bot.storage.sqlite import open_sqlite, read_address

    with _require_extra("sql", url, setting):
        _find("sqlalchemy")
    path, synchronous = read_address(url.removeprefix("sqlite://"), setting)
    return await open_sqlite(path, synchronous, title=_TITLES[setting])


async def _postgres(url: str, setting: str = "BOT_STORE") -> Database:
    with _require_extra("postgres", url, setting):
        from bot.storage.postgres import open_postgres, read_address
    return await open_postgres(read_address(url, setting), _TITLES[setting])


_TITLES = {"BOT_STORE": "会话库", "BOT_JOURNAL": "问答记录"}
"""Maps a setting to the name of its database in messages."""


async def _open_redis(url: str) -> SessionStore:
    with _require_extra("redis", url):
        from bot.storage.redis_server import read_address
        from bot.storage.redis_store import open_redis
    return await open_redis(read_address(url))


@contextmanager
def _require_extra(extra: str, url: str, setting: str = "BOT_STORE") -> Iterator[None]:
    """Guard the import of a driver that is an extra.

    Raises:
        SettingsError: the driver is not installed.
    """
    try:
        yield
    except ImportError as error:
        expected = f"没有安装它的驱动（{error.name}）：pip install 'zhuce[{extra}]'"
        raise SettingsError(setting, hide_password(url), expected) from error


def _find(module: str) -> None:
    """Find a module without importing it: it is needed for upgrades and reports only.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    if find_spec(module) is None:
        raise ModuleNotFoundError(name=module)


_EXTRAS = {"sqlite": "sql", "postgresql": "postgres", "redis": "redis", "rediss": "redis"}
_OPENERS: Mapping[str, Callable[[str], Awaitable[SessionStore]]] = {
    "memory": _open_memory,
    "sqlite": _open_sqlite,
    "postgresql": _open_postgres,
    "redis": _open_redis,
    "rediss": _open_redis,
}
"""Maps a scheme to a function that takes the whole URL."""

_MODULES: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("sqlite", "journal"),
    "postgresql": ("postgres", "journal"),
    "redis": ("redis_store",),
    "rediss": ("redis_store",),
}
