"""The statements that SQL stores run, built once.

Parameters that find something begin with `in_`, so that they never meet the name of a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Table,
    and_,
    bindparam,
    delete,
    false,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.compiler import SQLCompiler

from bot.storage.tables import is_unsent, sessions, updates


class Prepared:
    """A statement compiled once for each dialect and then handed straight to the driver.

    `Connection.execute` looks up and fills in a statement anew at each call; without it a turn on
    SQLite takes 0.77 of the CPU time.  Parameters and results are not converted, so this is for
    text and whole numbers only.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Sequence[str]]] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        dialect = connection.dialect
        text, names = self._compiled.get(dialect.name) or self._compile(dialect)
        return connection.exec_driver_sql(text, tuple([values[name] for name in names]))

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
}

FIND_SESSION = select(
    sessions.c.version, sessions.c.touched_at, sessions.c.v, sessions.c.record
).where(_is_conversation(sessions))
FIND_BOTH = Prepared(
    # Always one row, with nulls for what is not there: one statement costs less than two.
    select(
        *FIND_SESSION.selected_columns,
        updates.c.version.label("reply_version"),
        updates.c.v.label("reply_v"),
        updates.c.reply,
        updates.c.is_sent,
    ).select_from(
        select(literal_column("1"))
        .subquery()
        .outerjoin(sessions, _is_conversation(sessions))
        .outerjoin(updates, _is_update)
    )
)
FIND_UNSENT = (
    select(
        updates.c.chat,
        updates.c.user,
        updates.c.update_id,
        updates.c.v,
        updates.c.reply,
        updates.c.claimed_at,
    )
    .where(is_unsent, updates.c.platform == bindparam("in_platform"))
    .where(updates.c.v <= bindparam("v"))
    .order_by(updates.c.seq)
    .limit(bindparam("most"))
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
FORGET_UPDATES = delete(updates).where(_is_person(updates))
EXPIRE_SESSIONS = delete(sessions).where(sessions.c.touched_at < bindparam("oldest"))
EXPIRE_UPDATES = delete(updates).where(
    updates.c.seq.in_(
        select(updates.c.seq)
        .where(updates.c.claimed_at < bindparam("oldest"))
        .limit(bindparam("most"))
    )
)
