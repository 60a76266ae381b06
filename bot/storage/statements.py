"""Build the statements that SQL stores run, once.

Parameters of conditions begin with `in_`, so that they never equal the name of a column.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ClauseElement,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    and_,
    bindparam,
    delete,
    false,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from bot.storage.sql_tables import is_unsent, processes, sessions, shared, tombstones, updates


class Cursor(Protocol):
    """The common part of a driver's cursor and SQLAlchemy's result."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Sequence[Any] | None: ...


class Prepared:
    """A statement compiled once for each dialect and then passed straight to the driver.

    `Connection.execute` looks up and fills in a statement at each call, and its results are wrapped
    twice; a turn on SQLite then takes twice the CPU time.  Parameters and results are not
    converted, so this is for text and whole numbers only.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Sequence[str]]] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Cursor:
        """Run the statement; SQLite's own errors are not wrapped by SQLAlchemy.

        Raises:
            sqlalchemy.exc.DBAPIError, sqlite3.Error: any error of the database.
        """
        dialect = connection.dialect
        text, names = self._compiled.get(dialect.name) or self._compile(dialect)
        given = tuple([values[name] for name in names])
        driver: object = connection.connection.dbapi_connection
        if isinstance(driver, sqlite3.Connection):
            return driver.execute(text, given)
        return cast("Cursor", connection.exec_driver_sql(text, given))

    def _compile(self, dialect: Dialect) -> tuple[str, Sequence[str]]:
        compiled = cast("SQLCompiler", self._statement.compile(dialect=dialect))
        assert compiled.positiontup is not None  # true of SQLite and of asyncpg
        ready = self._compiled[dialect.name] = str(compiled), compiled.positiontup
        return ready


def _is_person(table: Table) -> ColumnElement[bool]:
    return and_(table.c.platform == bindparam("in_platform"), table.c.user == bindparam("in_user"))


def _is_conversation(table: Table) -> ColumnElement[bool]:
    return and_(_is_person(table), table.c.chat == bindparam("in_chat"))


_is_update = and_(_is_conversation(updates), updates.c.update_id == bindparam("in_update"))
_conversation: Mapping[str, Any] = {
    name: bindparam(f"in_{name}") for name in ("platform", "user", "chat")
}
_session: Mapping[str, Any] = {
    "version": bindparam("new_version"),
    "touched_at": bindparam("now"),
    "v": bindparam("v"),
    "record": bindparam("record"),
}
_reply: Mapping[str, Any] = {
    "update_id": bindparam("in_update"),
    "claimed_at": bindparam("now"),
    "version": bindparam("new_version"),
    "v": bindparam("v"),
    "reply": bindparam("record"),
    "is_sent": false(),
    "holder": bindparam("new_holder"),
}

FIND_SESSION = select(
    sessions.c.version, sessions.c.touched_at, sessions.c.v, sessions.c.record
).where(_is_conversation(sessions))


class Both(NamedTuple):
    """A session, the reply to an update and its tombstone, each with nulls if there is none."""

    version: int | None
    touched_at: int
    v: int
    record: str | None
    reply_version: int
    reply_v: int
    reply: str | None
    is_sent: bool
    forgotten: str | None


FIND_BOTH = Prepared(
    # Always one row, with nulls for what is not there: one statement costs less than two.
    select(
        *FIND_SESSION.selected_columns,
        updates.c.version.label("reply_version"),
        updates.c.v.label("reply_v"),
        updates.c.reply,
        updates.c.is_sent,
        tombstones.c.digest,
    ).select_from(
        select(literal_column("1"))
        .subquery()
        .outerjoin(sessions, _is_conversation(sessions))
        .outerjoin(updates, _is_update)
        .outerjoin(tombstones, tombstones.c.digest == bindparam("in_digest"))
    )
)
_outgoing = (
    updates.c.chat,
    updates.c.user,
    updates.c.update_id,
    updates.c.v,
    updates.c.reply,
    updates.c.claimed_at,
)
_is_waiting = and_(
    is_unsent, updates.c.platform == bindparam("in_platform"), updates.c.v <= bindparam("in_v")
)
FIND_REPLIES = (
    select(updates.c.claimed_at, updates.c.v, updates.c.reply)
    .where(_is_conversation(updates), updates.c.v <= bindparam("in_v"))
    .order_by(updates.c.seq.desc())
    .limit(bindparam("most"))
)
FIND_UNSENT = select(*_outgoing).where(_is_waiting).order_by(updates.c.seq).limit(bindparam("most"))


class server_now(ColumnElement[int]):  # noqa: N801  a function of SQL
    """The database's own time in microseconds: the clocks of processes may differ by minutes."""

    inherit_cache = True
    type = BigInteger()


@compiles(server_now, "postgresql")
def _on_postgres(*_: Any, **__: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


@compiles(server_now, "sqlite")
def _on_sqlite(*_: Any, **__: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"


ADD_PROCESS = insert(processes).values(holder=bindparam("in_holder"), seen_at=server_now())
SEE_PROCESS = (
    update(processes)
    .where(processes.c.holder == bindparam("in_holder"))
    .values(seen_at=server_now())
)
FORGET_PROCESSES = delete(processes).where(
    processes.c.seen_at < server_now() - bindparam("life", type_=BigInteger)
)
_living = select(processes.c.holder).where(
    processes.c.seen_at > server_now() - bindparam("life", type_=BigInteger)
)
_has_lost_its_holder = or_(bindparam("is_alone", type_=Boolean), updates.c.holder.not_in(_living))
_is_claimable = or_(
    and_(updates.c.holder != bindparam("in_holder"), _has_lost_its_holder),
    and_(
        updates.c.holder == bindparam("in_holder"),
        updates.c.claimed_at < bindparam("mine_before", type_=BigInteger),
    ),
)
CLAIM_UNSENT = (
    update(updates)
    .where(
        updates.c.seq.in_(
            select(updates.c.seq)
            .where(_is_waiting, _is_claimable)
            .order_by(updates.c.seq)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        )
    )
    .values(holder=bindparam("in_holder"))
    .returning(updates.c.seq, *_outgoing)
)
"""Two processes that claim at once get different replies: each skips the rows of the other."""
RELEASE = (
    update(updates).where(_is_update, updates.c.holder == bindparam("in_holder")).values(holder="")
)
ADD_SESSION = Prepared(insert(sessions).values(**_conversation, **_session))
ADD_REPLY = Prepared(insert(updates).inline().values(**_conversation, **_reply))
REPLACE_SESSION = Prepared(
    update(sessions)
    .where(_is_conversation(sessions))
    .where(sessions.c.version == bindparam("expected"))
    .where(sessions.c.touched_at == bindparam("expected_at"))
    .values(**_session)
)
MARK_SENT = update(updates).where(_is_update).values(is_sent=True)
FORGET_SESSIONS = delete(sessions).where(_is_person(sessions))
FIND_CLAIMS = (
    select(updates.c.seq, updates.c.chat, updates.c.update_id, updates.c.claimed_at)
    .where(_is_person(updates))
    .with_for_update()
)
FORGET_UPDATE = delete(updates).where(updates.c.seq == bindparam("in_seq"))
ADD_TOMBSTONE = insert(tombstones)
EXPIRE_TOMBSTONES = delete(tombstones).where(tombstones.c.claimed_at < bindparam("oldest"))
EXPIRE_SESSIONS = delete(sessions).where(sessions.c.touched_at < bindparam("oldest"))
EXPIRE_UPDATES = delete(updates).where(
    updates.c.seq.in_(
        select(updates.c.seq)
        .where(updates.c.claimed_at < bindparam("oldest"))
        .limit(bindparam("most"))
    )
)
FIND_SHARED = select(shared.c.value).where(
    shared.c.name == bindparam("in_name"), shared.c.until > bindparam("now")
)
DROP_SHARED = delete(shared).where(shared.c.name == bindparam("in_name"))
ADD_SHARED = insert(shared).values(
    name=bindparam("in_name"), value=bindparam("in_value"), until=bindparam("in_until")
)
EXPIRE_SHARED = delete(shared).where(shared.c.until <= bindparam("now"))
