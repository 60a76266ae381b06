"""Run a PostgreSQL database, for several processes on several machines.

Each unit of work is one transaction.  Two turns of one conversation meet at the row of its session:
the later one waits there until the first has committed, sees that the version has changed, and is
run again (optimistic concurrency).  A process that stalls inside a transaction is disconnected by
the server, so that it neither blocks the others nor writes when it resumes.

A server that cannot be reached when the store is opened is no error: the tables are created once it
can.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import asyncpg
from sqlalchemy import Connection, TextClause, event, text
from sqlalchemy import exc as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SettingsError, StoreError, StoreUnavailable
from bot.redaction import hide_password
from bot.storage import DEADLINE_S, schema, sql_units
from bot.storage.deadline import CLOSE_TIMEOUT_S, DRIVER_TIMEOUT_S, CircuitBreaker, Deadline
from bot.storage.links import Cursor, Link, Statement

log = logging.getLogger(__name__)
T = TypeVar("T")

CONNECTIONS = 10
"""Maximum of one process."""
STALL_S = 1.0
"""How long a transaction may be idle before the server ends it; a turn takes milliseconds."""
_SESSION = {
    "application_name": "zhuce",
    "lock_timeout": "1500",
    "statement_timeout": "1500",
    "idle_in_transaction_session_timeout": str(int(STALL_S * 1000)),
}
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_MORE_TIME = (
    "SELECT set_config('idle_in_transaction_session_timeout', '60000', true), "
    "set_config('statement_timeout', '60000', true)"
)
_TAKE_LOCK = text(f"{_MORE_TIME}, pg_advisory_xact_lock(7011042026)")
"""Takes an advisory lock before tables are changed, and allows more time: processes that start
together must not migrate at the same time.
"""
_ONE_STATE = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_MUCH_ROOM = text("SELECT set_config('work_mem', '64MB', true)")
"""A report sorts up to a million rows; with the usual 4 MB of memory that goes through the disk."""
_NO_HURRY = text(
    "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '60000', true), "
    "set_config('idle_in_transaction_session_timeout', '600000', true)"
)
PREPARATION_S = 60.0


def read_address(url: str, setting: str = "BOT_STORE") -> URL:
    """Return the parts of `postgresql://user:password@host:port/database?sslmode=require`.

    Raises:
        SettingsError: the URL has another form; the password is not repeated.
    """
    try:
        parts = make_url(url)
    except (sa.ArgumentError, ValueError):
        parts = None
    if parts and _is_valid(parts):
        return parts.set(drivername="postgresql+asyncpg")
    expected = (
        "应写成 postgresql://用户:密码@主机:端口/数据库，后面可加 ?sslmode=require；"
        "密码里的特殊字符要写成 %40 这样的形式"
    )
    raise SettingsError(setting, hide_password(url), expected)


def _is_valid(parts: URL) -> bool:
    """Return whether the parts are plausible.

    A password with an unquoted `@` or `/` would end up in other parts, and in messages.
    """
    return (
        re.fullmatch(r"[\w.:%-]+", parts.host or "") is not None
        and re.fullmatch(r"[^\s@:/]+", parts.database or "") is not None
        and set(parts.query) <= {"sslmode"}
        and parts.query.get("sslmode", "require") in _SSL_MODES
    )


async def open_postgres(url: URL, title: str = "会话库") -> PostgresDatabase:
    """Connect, and create or upgrade the tables; `title` is the database's name in messages.

    Raises:
        StoreError: the server refuses the login, or the tables are those of a newer program.
    """
    database = PostgresDatabase(url, title)
    try:
        await database.prepare()
    except StoreUnavailable as error:
        log.warning("the store cannot be reached and is tried again at each turn: %s", error)
    except BaseException:
        await database.close()
        raise
    return database


class PostgresLink:
    """Implements `bot.storage.links.Link` through SQLAlchemy, which makes asyncpg wait."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, statement: Statement, values: Mapping[str, Any]) -> Cursor:
        given = tuple([values[name] for name in statement.names])
        return cast("Cursor", self._connection.exec_driver_sql(statement.on_postgres, given))

    def run_each(self, statement: Statement, values: Iterable[Mapping[str, Any]]) -> None:
        given = [tuple([one[name] for name in statement.names]) for one in values]
        if given:
            self._connection.exec_driver_sql(statement.on_postgres, given)


class PostgresDatabase:
    """Implements `bot.storage.sql_store.Database`; made by `open_postgres`."""

    def __init__(self, url: URL, title: str) -> None:
        self._place = f"{title} {url.host}:{url.port or 5432}/{url.database}"
        self._engine = _engine(url)
        self._breaker = CircuitBreaker(self._probe)
        self._is_prepared = False
        self._trusted_from = 0.0
        self._listen()

    async def run(self, unit: Callable[[Link], T]) -> T:
        """Run a unit within the deadline as well: none of them is long."""
        return await self.run_in_time(unit)

    async def run_in_time(self, unit: Callable[[Link], T], deadline: Deadline | None = None) -> T:
        limit = deadline or Deadline(DEADLINE_S)
        try:
            return await self._breaker.within(limit, self._persist(unit, limit))
        except TimeoutError:
            message = f"{self._place} 在 {DEADLINE_S:g} 秒内没有做完；请再试"
            raise StoreUnavailable(message) from None

    async def prepare(self) -> None:
        """Connect and upgrade the tables, with a longer limit than a person's wait."""
        await self._with_long_limit(self._persist(lambda _: None))

    async def migrate(self, revision: str) -> None:
        await self._with_long_limit(self._under_lock(lambda c: schema.migrate(c, revision)))

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self._once(unit, _ONE_STATE, _MUCH_ROOM)

    async def replace(self, unit: Callable[[Connection], T]) -> T:
        return await self._once(unit)

    async def _once(self, unit: Callable[[Connection], T], *before: TextClause) -> T:
        try:
            async with self._connected() as connection, connection.begin():
                for statement in (*before, _NO_HURRY):
                    await connection.execute(statement)
                return await connection.run_sync(unit)
        except (sa.DBAPIError, OSError) as error:
            raise _as_store_error(error, self._place) from _origin(error)

    async def tidy(self) -> None:
        """Do nothing: the server's own vacuum removes what was deleted."""

    async def close(self) -> None:
        await self._breaker.close()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._engine.dispose()
        except TimeoutError:
            log.warning("the connections of the store could not be closed in time")

    def _listen(self) -> None:
        """Discard connections from before a silence when they are taken from the pool.

        They may be dead, and each of them would cost a timeout.
        """

        @event.listens_for(self._engine.sync_engine, "connect")
        def _note_age(_: object, record: ConnectionPoolEntry) -> None:
            record.info["born_at"] = time.monotonic()

        @event.listens_for(self._engine.sync_engine, "checkout")
        def _refuse_old(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
            if record.info["born_at"] < self._trusted_from:
                connection.driver_connection.terminate()  # closing it would wait for the server
                raise sa.DisconnectionError

    async def _probe(self) -> None:
        self._trusted_from = time.monotonic()
        await self._persist(sql_units.ping)

    async def _persist(self, unit: Callable[[Link], T], deadline: Deadline | None = None) -> T:
        """Run the unit until there is no conflict; a dead pooled connection costs one attempt.

        Running it again is safe even if it was committed: the claim of the update id shows that.
        """
        may_be_stale = True
        while True:
            try:
                return await self._commit(unit, deadline or Deadline(math.inf))
            except sql_units.ConflictError:
                log.debug("a unit of work was overtaken and is run again")
            except (sa.DBAPIError, OSError) as error:
                if _state(error) in _CONFLICTS:
                    continue
                if not (may_be_stale and _has_lost_connection(error)):
                    raise _as_store_error(error, self._place) from _origin(error)
                may_be_stale = False

    async def _commit(self, unit: Callable[[Link], T], deadline: Deadline) -> T:
        async with self._connected() as connection:
            if not self._is_prepared:
                await self._prepare(connection)
            async with connection.begin():
                deadline.attempt()
                result = await connection.run_sync(lambda c: unit(PostgresLink(c)))
                deadline.commit()
                return result

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await self._engine.connect()
        except (
            OSError,
            sa.SQLAlchemyError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:
            raise _as_store_error(error, self._place) from _origin(error)
        try:
            yield connection
        finally:
            await connection.close()

    async def _prepare(self, connection: AsyncConnection) -> None:
        async with connection.begin():
            await connection.execute(_TAKE_LOCK)
            await connection.run_sync(schema.prepare)
        self._is_prepared = True

    async def _under_lock(self, unit: Callable[[Connection], None]) -> None:
        async with self._connected() as connection, connection.begin():
            await connection.execute(_TAKE_LOCK)
            await connection.run_sync(unit)

    async def _with_long_limit(self, job: Coroutine[Any, Any, T]) -> T:
        try:
            return await self._breaker.within(PREPARATION_S, job)
        except TimeoutError:
            raise StoreUnavailable(f"{self._place} {_AWAY}") from None


def _engine(url: URL) -> AsyncEngine:
    sslmode = url.query.get("sslmode")
    arguments: dict[str, Any] = {"timeout": DRIVER_TIMEOUT_S, "server_settings": _SESSION}
    return create_async_engine(
        url.set(query={}),
        connect_args=arguments | ({"ssl": sslmode} if sslmode else {}),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=DRIVER_TIMEOUT_S,
        hide_parameters=True,
    )


_CONFLICTS = {"23505", "40001", "40P01"}
"""unique_violation, serialization_failure, deadlock_detected."""
_AWAY = "连不上；请检查服务器和网络，好了会自动恢复"
_PROBLEMS: Mapping[str, tuple[type[StoreError], str]] = {
    "08": (StoreUnavailable, _AWAY),  # connection exceptions
    "57P": (StoreUnavailable, "正在停止或启动；请稍后再试"),
    "53300": (StoreUnavailable, "的连接数用完了；请调大 max_connections 或减少进程"),
    "53": (StoreUnavailable, "资源不足；请检查服务器的磁盘和内存"),
    "55P03": (StoreUnavailable, "正被占用；请稍后再试"),
    "57014": (StoreUnavailable, "太慢，没有等到结果；请稍后再试"),
    "25P03": (StoreUnavailable, "等得太久，断开了连接；请再试"),
    "25006": (StoreUnavailable, "现在只读；请检查它是不是备用服务器"),
    "28": (StoreError, "不让登录；请检查用户名和密码"),
    "3D000": (StoreError, "没有这个数据库；请先用 createdb 建立"),
    "42501": (StoreError, "没有建表或读写的权限；请让管理员授权"),
}
"""Maps an SQLSTATE or its prefix (https://www.postgresql.org/docs/15/errcodes-appendix.html)."""


def _as_store_error(error: BaseException, place: str) -> StoreError:
    state = _state(error)
    for length in (5, 3, 2):
        if state and state[:length] in _PROBLEMS:
            kind, problem = _PROBLEMS[state[:length]]
            return kind(f"{place} {problem}")
    if _has_lost_connection(error) or isinstance(error, sa.TimeoutError | asyncpg.InterfaceError):
        return StoreUnavailable(f"{place} {_AWAY}")
    return StoreError(f"{place} 出错：{type(_origin(error)).__name__} {state or ''}".rstrip())


def _has_lost_connection(error: BaseException) -> bool:
    return isinstance(error, OSError) or (
        isinstance(error, sa.DBAPIError) and error.connection_invalidated
    )


def _origin(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, sa.DBAPIError) and error.orig else error


def _state(error: BaseException) -> str | None:
    return getattr(_origin(error), "sqlstate", None)
