"""Tables and units of work that every SQL store shares.

The functions want a connection with a transaction open; they neither commit nor roll back, the
caller does.  An asynchronous engine calls them through `AsyncConnection.run_sync`.

Times are whole microseconds since 1970 in UTC: they compare as numbers in every database and come
back exactly.  `user` stands before `chat` in the keys, so that `forget` finds a person by a prefix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    insert,
    inspect,
    literal,
    select,
    update,
)

from bot.core.ports import Applied, Outgoing, Stored, Work
from bot.core.session import SESSION_LIFE, Session
from bot.core.update import ConversationKey
from bot.errors import StoreError
from bot.storage import CLAIM_LIFE
from bot.storage.records import FORMAT, read_reply, read_session, write_reply, write_session

SCHEMA = 1
"""The version of the tables below, kept in `schema_versions` for later migrations."""

metadata = MetaData()

schema_versions = Table(
    "schema_versions",
    metadata,
    Column("part", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("touched_at", BigInteger, nullable=False),
    Column("v", Integer, nullable=False),
    Column("record", Text, nullable=False),
    sqlite_with_rowid=False,
)

updates = Table(
    "updates",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("update_id", Text, nullable=False),
    Column("claimed_at", BigInteger, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("v", Integer, nullable=False),
    Column("reply", Text, nullable=False),
    Column("is_sent", Boolean, nullable=False),
    UniqueConstraint("platform", "user", "chat", "update_id"),
)
_is_unsent = ~updates.c.is_sent
Index(
    "ix_updates_unsent",
    updates.c.platform,
    updates.c.seq,
    sqlite_where=_is_unsent,
    postgresql_where=_is_unsent,
)


class Conflict(Exception):
    """Another process stored a turn of this conversation first: roll back and run again."""


def prepare(connection: Connection) -> None:
    """Create what is missing.

    Raises:
        StoreError: the tables were made by a newer program.
    """
    if inspect(connection).has_table(schema_versions.name):
        found = connection.scalar(_FIND_SCHEMA)
        if found is not None and found > SCHEMA:
            raise StoreError(f"会话库的结构是第 {found} 版，本程序只到第 {SCHEMA} 版；请升级程序")
    metadata.create_all(connection)
    if connection.scalar(_FIND_SCHEMA) is None:
        connection.execute(insert(schema_versions), {"part": "sessions", "version": SCHEMA})


def transact(
    connection: Connection, key: ConversationKey, update_id: str, now: datetime, work: Work
) -> Applied:
    """See `bot.core.ports.SessionStore.transact`.

    Raises:
        Conflict, sqlalchemy.exc.IntegrityError: somebody was faster.
        StoreError: a record cannot be read.
    """
    names = _names(key) | {"in_update": update_id}
    row = connection.execute(_FIND_BOTH, names).one()
    if row.reply is not None:
        return Applied(read_reply(row.reply, row.reply_v), row.reply_version, is_repeat=True)
    stored = _read(row, now)
    turn = work(stored.session if stored else Session())
    version = stored.version + 1 if stored else 1
    new = names | {"new_version": version, "now": _as_number(now), "v": FORMAT}
    _save(connection, new | {"record": write_session(turn.session)}, row.version)
    connection.execute(_ADD_REPLY, new | {"record": write_reply(turn.reply)})
    return Applied(turn.reply, version, is_repeat=False)


def load(connection: Connection, key: ConversationKey, now: datetime) -> Stored | None:
    row = connection.execute(_FIND_SESSION, _names(key)).one_or_none()
    return _read(row, now) if row else None


def unsent(connection: Connection, platform: str, limit: int) -> list[Outgoing]:
    """Replies in a newer format are left to the newer program that wrote them."""
    rows = connection.execute(_FIND_UNSENT, {"in_platform": platform, "most": limit, "v": FORMAT})
    return [
        Outgoing(_key(platform, row), row.update_id, read_reply(row.reply, row.v)) for row in rows
    ]


def mark_sent(connection: Connection, names: Sequence[tuple[ConversationKey, str]]) -> None:
    if names:
        connection.execute(_MARK_SENT, [_names(key) | {"in_update": name} for key, name in names])


def forget(connection: Connection, platform: str, user: str) -> int:
    person = {"in_platform": platform, "in_user": user}
    connection.execute(_FORGET_UPDATES, person)
    return connection.execute(_FORGET_SESSIONS, person).rowcount


def expire(connection: Connection, now: datetime) -> int:
    connection.execute(_EXPIRE_UPDATES, {"oldest": _as_number(now - CLAIM_LIFE)})
    return connection.execute(_EXPIRE_SESSIONS, {"oldest": _as_number(now - SESSION_LIFE)}).rowcount


def _read(row: Row[*tuple[Any, ...]], now: datetime) -> Stored | None:
    if row.record is None:
        return None
    touched_at = _EPOCH + timedelta(microseconds=row.touched_at)
    if now - touched_at > SESSION_LIFE:
        return None
    return Stored(read_session(row.record, row.v), row.version, touched_at)


def _key(platform: str, row: Row[*tuple[Any, ...]]) -> ConversationKey:
    return ConversationKey(platform, row.chat, row.user)


def _save(connection: Connection, new: dict[str, object], expected: int | None) -> None:
    if expected is None:
        connection.execute(_ADD_SESSION, new)
    elif connection.execute(_REPLACE_SESSION, new | {"expected": expected}).rowcount != 1:
        raise Conflict


_EPOCH = datetime.fromtimestamp(0, UTC)


def _as_number(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


# The statements are built once: SQLAlchemy compiles each on first use and finds it again by cache.


def _names(key: ConversationKey) -> dict[str, object]:
    return {"in_platform": key.platform, "in_user": key.user, "in_chat": key.chat}


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
    "is_sent": False,
}

_FIND_SCHEMA = select(schema_versions.c.version).where(schema_versions.c.part == "sessions")
_FIND_SESSION = select(
    sessions.c.version, sessions.c.touched_at, sessions.c.v, sessions.c.record
).where(_is_conversation(sessions))
_FIND_BOTH = (
    # Always one row, with nulls for what is not there: one statement costs less than two.
    select(
        *_FIND_SESSION.selected_columns,
        updates.c.version.label("reply_version"),
        updates.c.v.label("reply_v"),
        updates.c.reply,
    ).select_from(
        select(literal(1))
        .subquery()
        .outerjoin(sessions, _is_conversation(sessions))
        .outerjoin(updates, _is_update)
    )
)
_FIND_UNSENT = (
    select(updates.c.chat, updates.c.user, updates.c.update_id, updates.c.v, updates.c.reply)
    .where(_is_unsent, updates.c.platform == bindparam("in_platform"))
    .where(updates.c.v <= bindparam("v"))
    .order_by(updates.c.seq)
    .limit(bindparam("most"))
)
_ADD_SESSION = insert(sessions).values(**_conversation, **_session)
_ADD_REPLY = insert(updates).inline().values(**_conversation, **_reply)
_REPLACE_SESSION = (
    update(sessions)
    .where(_is_conversation(sessions), sessions.c.version == bindparam("expected"))
    .values(**_session)
)
_MARK_SENT = update(updates).where(_is_update).values(is_sent=True)
_FORGET_SESSIONS = delete(sessions).where(_is_person(sessions))
_FORGET_UPDATES = delete(updates).where(_is_person(updates))
_EXPIRE_SESSIONS = delete(sessions).where(sessions.c.touched_at < bindparam("oldest"))
_EXPIRE_UPDATES = delete(updates).where(updates.c.claimed_at < bindparam("oldest"))
